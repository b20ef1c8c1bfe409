"""Folders that are there complete or not at all, whenever the process or the machine stops.

What is being written has a temporary name that no other thread, process or machine takes, and is locked while its
writer lives. It gets its own name when it is complete, by one renaming.
"""

from __future__ import annotations

import errno
import os
import platform
import re
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from imgsim.base.errors import ImgsimError
from imgsim.base.files.locks import TRIES, is_at, try_lock
from imgsim.base.files.source import refuse_no_file

TAKEN: Final = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR)  # why a folder cannot be renamed to a name in use
LONGEST: Final = 30  # characters of a name that a temporary name repeats
TEMPORARY: Final = re.compile(r"\.(?P<target>.+)\.(?P<machine>[^.]+)\.(?P<process>\d+)-\d+-[0-9a-f]{8}\.tmp")


@contextmanager
def refused_in_one_line(doing: str) -> Iterator[None]:
    """Report a full disk or a read-only folder as one message; DuckDB reports them in its own words."""
    import duckdb

    try:
        yield
    except OSError as error:
        raise ImgsimError(f"{doing}: {error.strerror or error}") from error
    except duckdb.Error as error:
        raise ImgsimError(f"{doing}: {_reason(str(error))}") from error


def _reason(text: str) -> str:
    """The system's own reason if DuckDB's message quotes one, else its first line."""
    known = [os.strerror(number) for number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EFBIG)]
    quoted = next((reason for reason in known if reason in text), None)
    return quoted or text.strip().partition("\n")[0]


@contextmanager
def unfinished(target: Path) -> Iterator[Path]:
    """A new folder beside `target` under a temporary name; it is removed at the end unless it was published."""
    folder, handle = new_folder(target)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def new_folder(target: Path, mode: int = 0o777) -> tuple[Path, int]:
    """An empty folder beside `target` under a temporary name, locked as long as the handle is open."""

    def make(folder: Path) -> int:
        folder.mkdir(mode, parents=True)
        return os.open(folder, os.O_RDONLY)

    return _locked_new(target, make)


def _new_file(target: Path) -> tuple[Path, int]:
    """An empty file beside `target` under a temporary name, locked as long as the handle is open."""
    return _locked_new(target, lambda new: os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))


def _locked_new(target: Path, make: Callable[[Path], int]) -> tuple[Path, int]:
    """What is made under a temporary name, with its handle; one that a sweeper has taken for dead is made anew."""
    for tried in range(TRIES):
        new = temporary(target)
        try:
            handle = make(new)
        except (FileNotFoundError, FileExistsError):  # another run has just removed the folder above, empty as it was
            if tried == TRIES - 1:
                raise
            continue
        if try_lock(handle, shared=True) is not False and is_at(handle, new):
            return new, handle
        remove(new)
        os.close(handle)
    raise OSError(f"{target}: what is written there is removed by others all the time")


def publish(folder: Path, names: Iterable[Path]) -> Path:
    """Flush a folder to disk and rename it to the first of some names that nobody has taken; that name."""
    _to_disk(folder)
    taken: OSError = FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    for name in names:
        try:
            folder.rename(name)
        except OSError as problem:
            if problem.errno not in TAKEN:
                raise
            taken = problem
        else:
            _flush(name.parent)
            return name
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from taken


def discard(folder: Path) -> None:
    """Remove a folder, all of it at once for whoever looks: it gets a temporary name first."""
    if folder.exists():
        with suppress(FileNotFoundError), unfinished(folder) as away:
            folder.rename(away / "discarded")


def write_file(target: Path, content: bytes) -> None:
    """Put new content into a file, or leave it as it was; links are followed and permissions stay.

    InputError for what is no regular file: a device of this name would be replaced by a file.
    """
    file = _regular(target)
    new, handle = _new_file(file)
    try:
        with open(handle, "wb", closefd=False) as written:
            written.write(content)
        if file.exists():
            shutil.copymode(file, new)
        os.fsync(handle)
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)
        os.close(handle)


def try_to_write(target: Path) -> None:
    """Fail where `write_file` would, before there is anything to write; the file stays as it is, or is not there.

    What a writer that was killed has left beside it is removed.
    """
    file = _regular(target)
    sweep(file.parent)
    new, handle = _new_file(file)
    new.unlink(missing_ok=True)
    os.close(handle)


def _regular(target: Path) -> Path:
    """The file that a name leads to, which may not be there yet; InputError for what is no regular file."""
    with suppress(FileNotFoundError):
        refuse_no_file(target, target.stat())
    return target.resolve()


def temporary(target: Path) -> Path:
    """A new name beside `target` that says who writes: machine, process, thread, and chance for the rest."""
    writer = f"{_machine()}.{os.getpid()}-{threading.get_ident()}-{os.urandom(4).hex()}"
    return target.with_name(f".{target.name[:LONGEST]}.{writer}.tmp")


@dataclass(frozen=True, slots=True)
class Leftover:
    """A temporary file or folder, and what its name says of its writer."""

    path: Path
    machine: str
    process: int

    def is_of_this_machine(self) -> bool:
        """Whether it was written here, where one can see if its writer lives."""
        return self.machine == _machine()

    def may_be_written(self) -> bool:
        """Whether its writer may be alive: it is locked, or where there are no locks, there is such a process."""
        with self._locked_if_dead() as dead:
            return not dead

    def remove_if_dead(self) -> None:
        """Remove it if its writer is dead, under a lock: one that has just made it takes another name meanwhile."""
        with self._locked_if_dead() as dead:
            if dead:
                remove(self.path)

    @contextmanager
    def _locked_if_dead(self) -> Iterator[bool]:
        """Whether its writer is dead; if so nobody else locks it meanwhile."""
        if not self.is_of_this_machine():
            yield False
            return
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            yield not _alive(self.process)
            return
        try:
            free = try_lock(handle)
            yield not _alive(self.process) if free is None else free
        finally:
            os.close(handle)


def leftovers(folder: Path) -> list[Leftover]:
    """The temporary files and folders in a folder, whoever writes or wrote them."""
    named = [(path, TEMPORARY.fullmatch(path.name)) for path in sorted(folder.glob(".*.tmp"))]
    return [Leftover(path, name["machine"], int(name["process"])) for path, name in named if name]


def sweep(folder: Path) -> None:
    """Remove what writers on this machine that are dead have left under temporary names in `folder`."""
    for leftover in leftovers(folder):
        leftover.remove_if_dead()


def remove(path: Path) -> None:
    """Remove a file or a folder with all that is in it, as far as that is possible."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def remove_if_empty(folder: Path) -> None:
    """Remove a folder if it is empty; any other stays."""
    with suppress(OSError):
        folder.rmdir()


def _machine() -> str:
    """The name of this machine, without the dots and strokes that would be taken for others in a file's name."""
    return re.sub(r"[^\w-]", "-", platform.node()) or "here"


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _to_disk(folder: Path) -> None:
    """Flush a folder and all its files to disk: the rename must not reach it before its contents."""
    for path in sorted(folder.rglob("*")):
        _flush(path)
    _flush(folder)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
