"""Finished replications of a run under way, each a folder of Parquet files with their checksums.

A part is there whole or not at all, and a changed bit in it is noticed, so the next run of the same inputs can pick up
what an interrupted run had finished.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING

from imgsim.base.files.atomic import checksums, published, refused_in_one_line, remove_if_empty, sweep, temporary
from imgsim.base.files.parquet import write_table
from imgsim.base.files.parquet_concat import join
from imgsim.engines.records.data_dictionary import layout

if TYPE_CHECKING:
    from pandas import DataFrame

SEAL = "part.json"
LARGE, SMALL = 40, 128  # so many large parts, or small ones, would make a run
Division = Callable[[int], list[range]]


def one_by_one(replications: int) -> list[range]:
    """The replications 0 .. n-1, each a part, whatever n: those of a smaller number stay what they are."""
    return [range(number, number + 1) for number in range(replications)]


def guided(replications: int) -> list[range]:
    """The replications 0 .. n-1 part by part: several together where files would outnumber their rows.

    Large parts come first, for measuring and writing a few takes longer; the last ones are small, so that workers end
    together (guided self-scheduling, Polychronopoulos and Kuck 1987), however many there are.
    """
    large, small = 1 + replications // LARGE, 1 + replications // SMALL
    parts: list[range] = []
    begin = 0
    while begin < replications:
        left = replications - begin
        end = begin + min(left, large, max(small, left // 4))
        parts.append(range(begin, end))
        begin = end
    return parts


@dataclass(frozen=True, slots=True)
class Parts:
    """The folder of the finished replications of one set of inputs, each part a folder in it."""

    folder: Path
    divided: Division = one_by_one

    def of(self, numbers: range) -> Path:
        """The folder of a part: that of another division of the replications has another name."""
        return self.folder / f"rep-{numbers[0]:05d}-{numbers[-1]:05d}"

    def files(self, name: str, replications: int) -> list[Path]:
        """The files of a table in the order of replications."""
        parts = [self.of(numbers) for numbers in self.divided(replications)]
        return [path for part in parts for path in sorted(part.glob(f"{name}.*.parquet"))]

    def write(self, numbers: range, pieces: Iterable[Mapping[str, DataFrame]]) -> None:
        """Keep the tables of finished replications, which come in pieces: later ones hold further rows."""
        target = self.of(numbers)
        with refused_in_one_line(f"{self.folder.parent}: cannot keep replication {numbers.start}"):
            if target.exists() and intact(target, numbers):
                return
            shutil.rmtree(target, ignore_errors=True)
            with published(target) as folder:
                _write_behind(folder, pieces)
                seal = {"replications": list(numbers), "sha256": checksums(folder)}
                (folder / SEAL).write_text(json.dumps(seal, indent=1) + "\n", encoding="utf-8")

    def missing(self, replications: int) -> list[range]:
        """The parts still to be computed; a damaged one is removed, with a note."""
        sweep(self.folder)
        return [numbers for numbers in self.divided(replications) if not self._is_kept(numbers)]

    def _is_kept(self, numbers: range) -> bool:
        part = self.of(numbers)
        if not part.exists():
            return False
        if intact(part, numbers):
            return True
        print(f"imgsim: replication {numbers.start} was kept but is damaged; it is computed again", file=sys.stderr)
        shutil.rmtree(part, ignore_errors=True)
        return False

    def merge_into(self, folder: Path, replications: int) -> None:
        """One file per table with the rows of all replications in order."""
        first = self.of(self.divided(replications)[0])
        for name in sorted({path.name.partition(".")[0] for path in first.glob("*.parquet")}):
            join(self.files(name, replications), folder / f"{name}.parquet")

    def remove(self) -> None:
        """Forget the parts, once their run is finished."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _write_behind(folder: Path, pieces: Iterable[Mapping[str, DataFrame]]) -> None:
    """Write each piece while the next one is computed; no more than these two are held."""
    written: Future[None] | None = None
    try:
        for place, tables in enumerate(pieces):
            if written is not None:
                written.result()
            written = _hand(os.getpid()).submit(_write, folder, place, tables)
    finally:
        if written is not None:
            wait([written])
    if written is not None:
        written.result()


@lru_cache(maxsize=1)
def _hand(process: int) -> ThreadPoolExecutor:
    """A thread that writes; one for all parts, because with every thread that ends DuckDB gives its memory back."""
    del process  # a fork has no threads of its parent
    return ThreadPoolExecutor(1)


def _write(folder: Path, place: int, tables: Mapping[str, DataFrame]) -> None:
    for name, table in tables.items():
        write_table(layout(name), table, folder / f"{name}.{place:05d}.parquet")


def intact(part: Path, numbers: range) -> bool:
    """Whether a part holds exactly the files and bytes that were written."""
    try:
        seal = json.loads((part / SEAL).read_text(encoding="utf-8"))
        found = checksums(part)
    except (OSError, ValueError):
        return False
    found.pop(SEAL)
    return bool(seal == {"replications": list(numbers), "sha256": found})


@contextmanager
def claimed(root: Path, digest: str, divided: Division = one_by_one) -> Iterator[Parts]:
    """The parts of these inputs, for this process alone; a second run of the same inputs gets a folder of its own."""
    with refused_in_one_line(f"{root}: cannot write results"):
        root.mkdir(parents=True, exist_ok=True)
        sweep(root)
        lock = (root / f"{digest}.lock").open("w")
    with lock:
        if _locked(lock):
            try:
                yield Parts(root / digest, divided)
            finally:
                Path(lock.name).unlink(missing_ok=True)
                remove_if_empty(root / digest)
                remove_if_empty(root)
        else:
            own = temporary(root / digest)
            try:
                yield Parts(own, divided)
            finally:
                shutil.rmtree(own, ignore_errors=True)


def _locked(lock: IO[str]) -> bool:
    """Whether the lock was free; it ends with the process, however that ends."""
    try:
        import fcntl
    except ImportError:  # a system without file locks
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
