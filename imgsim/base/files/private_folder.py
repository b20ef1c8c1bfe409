"""Folders and files that nobody can have written but this user and the system.

Code that is loaded from disk runs with all rights of the user, so it is taken only from such places: they belong to the
user or the system, and others may write neither to them nor to any folder above, where they could put another in place.
Where a system has no owners of this kind (Windows), folders below the user's own are taken as they are.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from functools import cache
from pathlib import Path


def make_private(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for this user alone; where that is refused, do nothing."""
    with suppress(OSError):
        for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
            missing.mkdir(mode=0o700, exist_ok=True)


def objection(folder: Path) -> str:
    """Why others could have put files into a folder: a sentence that names the one to mend; nothing if nobody could.

    The path must have no symbolic links in it (``os.path.realpath``). A folder like ``/tmp``, in which everybody may
    write but nobody remove what is another's, is good enough above it.
    """
    return next(filter(None, (_objection_to(each, each != folder) for each in (folder, *folder.parents))), "")


def _objection_to(folder: Path, above: bool) -> str:
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        return f"{folder} is no folder"
    if not is_trusted(status.st_uid):
        return f"{folder} belongs to another user"
    if others_write(status) and not (above and status.st_mode & stat.S_ISVTX):
        return f"others may write to {folder}"
    return ""


def read_private(file: Path) -> bytes:
    """The content of a file; nothing if it is no regular one, or not only the user and the system may write to it."""
    handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or not is_trusted(status.st_uid) or others_write(status):
            return b""
        with open(handle, "rb", closefd=False) as opened:
            return opened.read()
    finally:
        os.close(handle)


def is_trusted(owner: int) -> bool:
    """Is a user by this number the one who runs this, or one who could change everything anyway?"""
    return not hasattr(os, "geteuid") or owner in {os.geteuid(), *system_owners()}


@cache
def system_owners() -> frozenset[int]:
    """The administrator, and whoever owns the root folder: inside a container that may be another number."""
    return frozenset({0, os.stat("/").st_uid})


def others_write(status: os.stat_result) -> bool:
    """May anybody but the owner write to a file or folder?"""
    if not hasattr(os, "geteuid"):
        return False
    mode = status.st_mode
    return bool(mode & stat.S_IWOTH) or (bool(mode & stat.S_IWGRP) and not is_of_one(status.st_gid, status.st_uid))


@cache
def is_of_one(group: int, owner: int) -> bool:
    """Is a group the owner's alone, as many systems make one for each user? New files can be written by it there."""
    import grp
    import pwd

    try:
        of_group, name = grp.getgrgid(group), pwd.getpwuid(owner).pw_name
    except KeyError:
        return False
    return of_group.gr_name == name and set(of_group.gr_mem) <= {name}
