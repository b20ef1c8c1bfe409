"""Finished replications of a run under way, each a folder of Parquet files with their checksums.

A part is there whole or not at all, and a changed bit in it is noticed, so the next run of the same inputs can pick up
what an interrupted run had finished.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from imgsim.atomic import checksums, published, refused_in_one_line, remove_if_empty, sweep, temporary
from imgsim.parquet import merge, write_table

if TYPE_CHECKING:
    from pandas import DataFrame

SEAL = "part.json"


@dataclass(frozen=True, slots=True)
class Parts:
    """The folder of the finished replications of one set of inputs."""

    folder: Path

    def of(self, replication: int) -> Path:
        """The folder of one replication."""
        return self.folder / f"rep-{replication:05d}"

    def write(self, replication: int, pieces: Iterable[Mapping[str, DataFrame]]) -> None:
        """Keep the tables of a finished replication, which come in pieces: later ones hold further rows."""
        target = self.of(replication)
        with refused_in_one_line(f"{self.folder.parent}: cannot keep replication {replication}"):
            if target.exists() and intact(target, replication):
                return
            shutil.rmtree(target, ignore_errors=True)
            with published(target) as folder:
                for number, tables in enumerate(pieces):
                    for name, table in tables.items():
                        write_table(name, table, folder / f"{name}.{number:05d}.parquet")
                seal = {"replication": replication, "sha256": checksums(folder)}
                (folder / SEAL).write_text(json.dumps(seal, indent=1) + "\n", encoding="utf-8")

    def finished(self, replications: int) -> set[int]:
        """The replications that need not be computed again; a damaged part is removed, with a note."""
        sweep(self.folder)
        found = {number for number in range(replications) if self.of(number).exists()}
        damaged = {number for number in found if not intact(self.of(number), number)}
        for number in sorted(damaged):
            print(f"imgsim: replication {number} was kept but is damaged; it is computed again", file=sys.stderr)
            shutil.rmtree(self.of(number), ignore_errors=True)
        return found - damaged

    def merge_into(self, folder: Path, replications: int) -> None:
        """One file per table with the rows of all replications in order."""
        for name in sorted({path.name.partition(".")[0] for path in self.of(0).glob("*.parquet")}):
            pieces = [path for number in range(replications) for path in sorted(self.of(number).glob(f"{name}.*"))]
            merge(pieces, folder / f"{name}.parquet")

    def remove(self) -> None:
        """Forget the parts, once their run is finished."""
        shutil.rmtree(self.folder, ignore_errors=True)


def intact(part: Path, replication: int) -> bool:
    """Whether a part holds exactly the files and bytes that were written."""
    try:
        seal = json.loads((part / SEAL).read_text(encoding="utf-8"))
        found = checksums(part)
    except (OSError, ValueError):
        return False
    found.pop(SEAL)
    return bool(seal == {"replication": replication, "sha256": found})


@contextmanager
def claimed(root: Path, digest: str) -> Iterator[Parts]:
    """The parts of these inputs, for this process alone; a second run of the same inputs gets a folder of its own."""
    with refused_in_one_line(f"{root}: cannot write results"):
        root.mkdir(parents=True, exist_ok=True)
        sweep(root)
        lock = (root / f"{digest}.lock").open("w")
    with lock:
        if _locked(lock):
            try:
                yield Parts(root / digest)
            finally:
                Path(lock.name).unlink(missing_ok=True)
                remove_if_empty(root / digest)
                remove_if_empty(root)
        else:
            own = temporary(root / digest)
            try:
                yield Parts(own)
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
