"""Locks on files and folders: of one holder at a time, among threads as among processes, and released when it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Final

TRIES: Final = 1000  # to open a file that others remove meanwhile

_guard = Lock()
_locked_here: set[str] = set()  # of this process: where locks belong to processes, its threads exclude each other so


def try_lock(handle: int, *, shared: bool = False) -> bool | None:
    """Lock an open file or folder without waiting: False if somebody else has it, None where there are no locks."""
    try:
        import fcntl
    except ImportError:
        return None
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


@contextmanager
def lock_file(path: Path) -> Iterator[bool]:
    """Lock a file for this thread alone, making it and the folder above; False if somebody else has it.

    The file is removed at the end, while it is locked still; whoever has opened it meanwhile opens it anew.
    """
    name = str(path.absolute())
    with _guard:
        free = name not in _locked_here
        _locked_here.add(name)
    if not free:
        yield False
        return
    try:
        handle, locked = _opened(path)
        try:
            yield locked
        finally:
            if locked:
                path.unlink(missing_ok=True)
            os.close(handle)
    finally:
        with _guard:
            _locked_here.discard(name)


def is_locked(path: Path) -> bool | None:
    """Whether somebody has locked a file, without making it; None where there are no locks to tell."""
    if str(path.absolute()) in _locked_here:
        return True
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        free = try_lock(handle, shared=True)
        return None if free is None else not free
    finally:
        os.close(handle)


def _opened(path: Path) -> tuple[int, bool]:
    """The file at a path, locked or not; one that was removed while we waited for nothing is no lock of ours."""
    for tried in range(TRIES):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except (FileNotFoundError, FileExistsError):  # another run has just removed the folder, empty as it was
            if tried == TRIES - 1:
                raise
            continue
        locked = try_lock(handle) is not False
        if not locked or is_at(handle, path):
            return handle, locked
        os.close(handle)
    raise OSError(f"{path}: is made and removed by others all the time")


def is_at(handle: int, path: Path) -> bool:
    """Whether an open file or folder is the one at a path."""
    with suppress(OSError):
        return os.path.samestat(os.fstat(handle), path.stat())
    return False
