"""What runs that were killed have left in a results folder: found, described, and removed when that is asked for.

Nothing of a living process is touched: its folders are locked while it lives. What another machine writes may be in use
there although nobody can see it here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from imgsim.base.errors import InputError
from imgsim.base.files.atomic import leftovers, remove, remove_if_empty
from imgsim.base.files.locks import is_locked, lock_file
from imgsim.base.printable import one_line
from imgsim.runs.checkpoints import ABOUT, LOCK
from imgsim.runs.folders import CHECKPOINTS
from imgsim.runs.parts import parts_in
from imgsim.runs.portions import RECORD

DAY, HOUR, MINUTE = 86_400, 3_600, 60
UNITS: Final = ("bytes", "kB", "MB", "GB", "TB")


@dataclass(frozen=True, slots=True)
class Abandoned:
    """Something that a run has left: its path, what it is in words, and whether it may be in use out of our sight."""

    path: Path
    what: str
    may_be_used: bool = False

    def text(self) -> str:
        """A line for people: what it is, how large, how old, and where."""
        sure = "; may be in use, removed only with --all" if self.may_be_used else ""
        about = f"{self.what}: {size_text(size(self.path))}, {age_text(age(self.path))} old{sure}"
        return f"{one_line(about)}\n  {one_line(str(self.path))}"


def abandoned(root: Path) -> list[Abandoned]:
    """Everything that killed runs have left in a results folder, and nothing that a living process here works in."""
    if not root.is_dir():
        raise InputError("no such folder", file=str(root))
    return [*temporary_folders(root), *interrupted_runs(root / CHECKPOINTS)]


def temporary_folders(root: Path) -> Iterator[Abandoned]:
    """Half-written folders and files whose writers are dead, or on another machine."""
    folders = [root, *(path for pattern in ("*", "*/*") for path in sorted(root.glob(pattern)) if path.is_dir())]
    for leftover in (leftover for folder in folders for leftover in leftovers(folder)):
        if not leftover.is_of_this_machine():
            yield Abandoned(leftover.path, f"half-written on another machine, {leftover.machine}", may_be_used=True)
        elif not leftover.may_be_written():
            yield Abandoned(leftover.path, "half-written by a process that is dead")


def interrupted_runs(checkpoints: Path) -> Iterator[Abandoned]:
    """Finished parts of runs that were interrupted, and locks of dead processes."""
    for key in sorted({path.name.partition(".")[0] for path in checkpoints.glob("[!.]*")}):
        locks = [is_locked(lock) for lock in (checkpoints / f"{key}{LOCK}", *checkpoints.glob(f"{key}.*{LOCK}"))]
        if True not in locks:
            waiting = (checkpoints / f"{key}{RECORD}").exists()
            may_be_used = waiting or None in locks
            yield Abandoned(checkpoints / key, interrupted_text(checkpoints, key), may_be_used)


def interrupted_text(checkpoints: Path, key: str) -> str:
    """What an interrupted run has left, in words."""
    try:
        about = (checkpoints / f"{key}{ABOUT}").read_text("utf-8", errors="replace").strip()
    except OSError:
        about = ""
    parts = len(parts_in(checkpoints / key, key))
    count = f"{parts} finished {'part' if parts == 1 else 'parts'}"
    if (checkpoints / f"{key}{RECORD}").exists():
        return f"{count} of shards, to be gathered, of a {about or 'run'}"
    return f"{count} of an interrupted {about or 'run'}"


def sweep_away(left: Abandoned) -> bool:
    """Remove what a run has left, unless a run has taken it up meanwhile; whether it is gone."""
    if left.path.parent.name != CHECKPOINTS or left.path.name.startswith("."):
        remove(left.path)
        return not left.path.exists()
    with lock_file(left.path.with_name(f"{left.path.name}{LOCK}")) as free:
        if free:
            remove(left.path)
            for ending in (ABOUT, RECORD):
                remove(left.path.with_name(f"{left.path.name}{ending}"))
    remove_if_empty(left.path.parent)
    return not left.path.exists()


def size(path: Path) -> int:
    """The bytes of a file, or of all files in a folder."""
    return sum(each.lstat().st_size for each in [path, *path.rglob("*")] if each.is_file())


def age(path: Path) -> float:
    """Seconds since the last change of a file or of anything in a folder."""
    changed = [each.lstat().st_mtime for each in [path, *path.rglob("*")] if each.exists()]
    return max(0.0, time.time() - max(changed, default=time.time()))


def size_text(number: int) -> str:
    """A number of bytes in words."""
    amount, unit = float(number), 0
    while amount >= 1000 and unit < len(UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.3g} {UNITS[unit]}"


def age_text(seconds: float) -> str:
    """A time in words, rounded down."""
    for length, word in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {word}{'' if count == 1 else 's'}"
    return "less than a minute"
