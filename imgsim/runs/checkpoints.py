"""Finished batches of replications of a run under way, each a folder of Parquet files with their checksums.

A checkpoint is there complete or not at all, and a changed bit in it is noticed, so the next run of the same inputs can
pick up the replications that an interrupted run had finished.
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
from imgsim.base.files.parquet_concat import concat
from imgsim.engines.records.data_dictionary import layout

if TYPE_CHECKING:
    from pandas import DataFrame

CHECKSUMS = "checksums.json"
LARGE, SMALL = 40, 128  # so many large batches, or small ones, would make a run
Division = Callable[[int], list[range]]


def one_by_one(replications: int) -> list[range]:
    """The replications 0 .. n-1, each a batch, whatever n: those of a smaller number stay what they are."""
    return [range(number, number + 1) for number in range(replications)]


def guided(replications: int) -> list[range]:
    """The replications 0 .. n-1 batch by batch: several together where files would outnumber their rows.

    Large batches come first, for measuring and writing a few takes longer; the last ones are small, so that workers end
    together (guided self-scheduling, Polychronopoulos and Kuck 1987), however many there are.
    """
    large, small = 1 + replications // LARGE, 1 + replications // SMALL
    batches: list[range] = []
    begin = 0
    while begin < replications:
        left = replications - begin
        end = begin + min(left, large, max(small, left // 4))
        batches.append(range(begin, end))
        begin = end
    return batches


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """The folder of the finished replications of one set of inputs, with a folder for each batch of them."""

    folder: Path
    divided: Division = one_by_one

    def folder_of(self, numbers: range) -> Path:
        """The folder of a batch, named after its first and last replication."""
        return self.folder / f"rep-{numbers[0]:05d}-{numbers[-1]:05d}"

    def files(self, name: str, replications: int) -> list[Path]:
        """The files of a table in the order of replications."""
        folders = [self.folder_of(numbers) for numbers in self.divided(replications)]
        return [path for folder in folders for path in sorted(folder.glob(f"{name}.*.parquet"))]

    def write(self, numbers: range, pieces: Iterable[Mapping[str, DataFrame]]) -> None:
        """Write the tables of finished replications, which come in pieces: later ones contain further rows."""
        target = self.folder_of(numbers)
        with refused_in_one_line(f"{self.folder.parent}: cannot write replication {numbers.start}"):
            if target.exists() and intact(target, numbers):
                return
            shutil.rmtree(target, ignore_errors=True)
            with published(target) as folder:
                _write_behind(folder, pieces)
                content = {"replications": list(numbers), "sha256": checksums(folder)}
                (folder / CHECKSUMS).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    def missing(self, replications: int) -> list[range]:
        """The batches still to be computed; a damaged checkpoint is removed, with a note."""
        sweep(self.folder)
        return [numbers for numbers in self.divided(replications) if not self._is_written(numbers)]

    def _is_written(self, numbers: range) -> bool:
        folder = self.folder_of(numbers)
        if not folder.exists():
            return False
        if intact(folder, numbers):
            return True
        print(f"imgsim: checkpoint of replication {numbers.start} is damaged; it is computed again", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        return False

    def concat_into(self, folder: Path, replications: int) -> None:
        """One file per table with the rows of all replications in order."""
        first = self.folder_of(self.divided(replications)[0])
        for name in sorted({path.name.partition(".")[0] for path in first.glob("*.parquet")}):
            concat(self.files(name, replications), folder / f"{name}.parquet")

    def remove(self) -> None:
        """Remove the checkpoints, once their run is finished."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _write_behind(folder: Path, pieces: Iterable[Mapping[str, DataFrame]]) -> None:
    """Write each piece while the next one is computed; no more than these two are in memory."""
    written: Future[None] | None = None
    try:
        for number, tables in enumerate(pieces):
            if written is not None:
                written.result()
            written = _writer(os.getpid()).submit(_write, folder, number, tables)
    finally:
        if written is not None:
            wait([written])
    if written is not None:
        written.result()


@lru_cache(maxsize=1)
def _writer(process: int) -> ThreadPoolExecutor:
    """A thread that writes; one for all batches, because with every thread that ends DuckDB gives its memory back."""
    del process  # a fork has no threads of its parent
    return ThreadPoolExecutor(1)


def _write(folder: Path, number: int, tables: Mapping[str, DataFrame]) -> None:
    for name, table in tables.items():
        write_table(layout(name), table, folder / f"{name}.{number:05d}.parquet")


def intact(folder: Path, numbers: range) -> bool:
    """Does a checkpoint contain exactly the files and bytes that were written?"""
    try:
        written = json.loads((folder / CHECKSUMS).read_text(encoding="utf-8"))
        sha256 = checksums(folder)
    except (OSError, ValueError):
        return False
    sha256.pop(CHECKSUMS)
    return bool(written == {"replications": list(numbers), "sha256": sha256})


@contextmanager
def claimed(root: Path, digest: str, divided: Division = one_by_one) -> Iterator[Checkpoints]:
    """The checkpoints of some inputs, for this process alone; a second run of them meanwhile gets its own folder."""
    with refused_in_one_line(f"{root}: cannot write results"):
        root.mkdir(parents=True, exist_ok=True)
        sweep(root)
        lock = (root / f"{digest}.lock").open("w")
    with lock:
        if _locked(lock):
            try:
                yield Checkpoints(root / digest, divided)
            finally:
                Path(lock.name).unlink(missing_ok=True)
                remove_if_empty(root / digest)
                remove_if_empty(root)
        else:
            own = temporary(root / digest)
            try:
                yield Checkpoints(own, divided)
            finally:
                shutil.rmtree(own, ignore_errors=True)


def _locked(lock: IO[str]) -> bool:
    """Was the lock free? It is released when the process ends, however that ends."""
    try:
        import fcntl
    except ImportError:  # a system without file locks
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
