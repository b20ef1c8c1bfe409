"""Where compiled code is stored: in a folder of this user alone, and read from one that others cannot have written to.

Compiled code runs as it is loaded, so the place must be one where nobody else can put any. Without such a place it is
stored in a temporary one for this process and those that it starts, which is removed at the end.
"""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

from imgsim.base.files.atomic import leftovers, new_folder
from imgsim.base.files.private_folder import is_trusted, make_private, objection
from imgsim.base.printable import one_line
from imgsim.base.streams import remark

TEMPORARY: Final = "IMGSIM_TEMPORARY_CODE"  # tells the processes that this one starts of its temporary folder
REMARK: Final = "IMGSIM_REMARK_ON_CODE"  # what was said already, here or by the process that started this one


@cache
def code_folders() -> tuple[Path, ...]:
    """The folders from which compiled code is read; new code is written to the last one.

    They are the first of these that can be written to, and those before it that can only be read: ``NUMBA_CACHE_DIR``,
    the user's cache, a temporary folder. None of them can be written to by others. There is none at all where a process
    can write nowhere; then code is compiled and not stored.
    """
    folders: list[Path] = []
    for place in (os.environ.get("NUMBA_CACHE_DIR"), _user_cache()):
        folder = _trusted(place) if place else None
        if folder is not None:
            folders.append(folder)
            if os.access(folder, os.W_OK | os.X_OK):
                return tuple(folders)
    temporary = _temporary()
    return (*folders, temporary) if temporary else tuple(folders)


def written_folder() -> Path | None:
    """The folder to which new code is written, if there is one."""
    folders = code_folders()
    return folders[-1] if folders and os.access(folders[-1], os.W_OK | os.X_OK) else None


def _user_cache() -> str | None:
    """The user's folder for caches; None for a user without a home."""
    folders = (os.environ.get("XDG_CACHE_HOME", ""), os.path.expanduser("~/.cache"))
    return next(filter(os.path.isabs, folders), None)  # a relative one is to be ignored (XDG)


def _trusted(place: str) -> Path | None:
    """Our folder in a place, made if it is not there; None, with a remark, if others could have written to it."""
    try:
        folder = Path(os.path.realpath(Path(place, "imgsim")))
        make_private(folder)
        reason = objection(folder)
    except OSError:  # it is not there and cannot be made
        return None
    if reason:
        _remark(one_line(f"imgsim: compiled code is not stored in {Path(place, 'imgsim')}, for {reason}"))
    return None if reason else folder


def _remark(text: str) -> None:
    """Say something once, here and in the processes that this one starts."""
    if text not in os.environ.get(REMARK, "").splitlines():
        os.environ[REMARK] = "\n".join([*os.environ.get(REMARK, "").splitlines(), text])
        remark(text)


def _temporary() -> Path | None:
    """The temporary folder of the process that started this one, or a new one that nobody can know of; None if neither.

    Only an own folder that nobody else may even look into is taken over from the environment.
    """
    inherited = os.environ.get(TEMPORARY)
    if inherited and _is_own(Path(inherited)):
        return Path(inherited)
    place = Path(os.path.realpath(tempfile.gettempdir()))
    if not place.is_dir():
        return None
    try:
        folder = _new_temporary(place / "imgsim-code")
    except OSError:
        return None
    os.environ[TEMPORARY] = str(folder)
    atexit.register(_remove, folder, os.getpid())
    return folder


def _new_temporary(target: Path) -> Path:
    """A new folder for this user alone, locked as long as this process lives; what killed ones have left is removed."""
    for leftover in leftovers(target.parent):
        if leftover.path.name.startswith(f".{target.name}.") and _is_own(leftover.path):
            leftover.remove_if_dead()
    return new_folder(target, mode=0o700)[0]


def _is_own(folder: Path) -> bool:
    """Is this a folder, not a link to one, of this user alone?"""
    try:
        status = folder.lstat()
        return stat.S_ISDIR(status.st_mode) and status.st_mode & 0o077 == 0 and is_trusted(status.st_uid)
    except OSError:
        return False


def _remove(folder: Path, process: int) -> None:
    """Remove the temporary folder at the end of the process that made it, not of its forks."""
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)
