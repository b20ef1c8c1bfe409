"""``python -m tests.reliability.flips --count N --seed S``: flip bits of results and kept parts; each is noticed.

A small run and a small comparison are made, and once more both up to the join, so that their parts are kept. Each time
one bit of one file is flipped, anywhere: tables, figures, CSV files, page, manifest, checksums. `imgsim verify` must
name the file of results; a part must be known as damaged, and every tenth time the work is taken up with the damaged
part in it, which must give the same tables.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the tests find their helpers by plain names

from builders.reforms import MORE_PLACES
from reliability.damage import flip_a_bit

from imgsim.base.files.checksums import checksums, problems
from imgsim.runs.parts import Part, parts_in

KEPT, DONE = "kept", "done"
RESUMED = 10  # one in so many damaged parts is taken up by a run


class StoppedHereError(Exception):
    """Stands for the end of a run between its last replication and its results."""


@dataclass(frozen=True)
class Work:
    """Something that leaves parts and then results: `do` writes below a folder, with figures if they are wanted.

    `last` names the function of its last step.
    """

    do: Callable[[Path, bool], Path]
    last: str

    def tables(self, folder: Path) -> dict[str, str]:
        """The checksums of the tables that it writes below a folder, taking up what is there."""
        done = checksums(self.do(folder, False))
        return {name: sha256 for name, sha256 in done.items() if name.endswith(".parquet")}

    def stop_before_the_end(self, folder: Path) -> None:
        """Do it up to the join, which leaves its parts."""
        with patch(self.last, side_effect=StoppedHereError), suppress(StoppedHereError):
            self.do(folder, False)


@dataclass(frozen=True)
class Target:
    """A file to be damaged, with the work that it belongs to."""

    file: Path
    work: Work
    root: Path


def targets(work: Work, root: Path) -> list[Target]:
    """Do a work twice, once to the end; every file that it left."""
    done = work.do(root / DONE, True)
    work.stop_before_the_end(root / KEPT)
    kept = [path for part in all_parts(root / KEPT) for path in sorted(part.folder.iterdir())]
    files = [path for path in sorted(done.rglob("*")) if path.is_file()]
    return [Target(file, work, done) for file in files] + [Target(file, work, root / KEPT) for file in kept]


def all_parts(root: Path) -> list[Part]:
    """Every part that is kept below a folder for results."""
    folders = sorted(path for path in root.glob(".checkpoints/*") if path.is_dir())
    return [part for folder in folders for part in parts_in(folder, folder.name)]


def trial(target: Target, expected: dict[str, str], chance: Random, resume: bool) -> str:
    """What became of one flipped bit: how it was noticed, or what went wrong."""
    before = target.file.read_bytes()
    flip_a_bit(target.file, chance)
    try:
        if target.root.name != KEPT:
            name = "manifest.json: it or" if target.file.name.startswith("manifest.") else f"{target.file}: has changed"
            named = any(name in line for line in problems(target.root))
            return "named by verify" if named else f"NOT NOTICED: {target.file}"
        if all(part.fault() is None for part in all_parts(target.root)):
            return f"NOT NOTICED: {target.file}"
        return resumed(target, expected) if resume else "known as damaged"
    finally:
        target.file.write_bytes(before)


def resumed(target: Target, expected: dict[str, str]) -> str:
    """Take up the work in a copy of the kept parts, one of which is damaged."""
    with TemporaryDirectory() as folder, redirect_stderr(StringIO()):
        copy = shutil.copytree(target.root, Path(folder) / KEPT)
        same = target.work.tables(copy) == expected
    return "computed again, with the same tables" if same else f"OTHER TABLES: {target.file}"


def flips(works: Sequence[Work], root: Path, count: int, seed: int) -> Iterator[str]:
    """What became of each of so many flipped bits."""
    chance, every = Random(seed), [targets(work, root / str(number)) for number, work in enumerate(works)]
    expected = {work: work.tables(root / "again" / str(number)) for number, work in enumerate(works)}
    for number in range(count):
        target = chance.choice(chance.choice(every))
        yield trial(target, expected[target.work], chance, resume=number % RESUMED == 0)


def small_works(folder: Path) -> list[Work]:
    """A run and a comparison of a small country, with figures."""
    import imgsim
    from imgsim.inputs.new_country import new_country

    new_country("atlantis", folder)
    reform = folder / "more.toml"
    reform.write_text(MORE_PLACES, "utf-8")
    given: dict[str, Any] = {"replications": 3, "scale": 0.05, "workers": 1, "quiet": True}

    def run(out: Path, figures: bool) -> Path:
        return imgsim.run(folder / "atlantis.toml", out=out, figures=figures, **given).folder

    def compare(out: Path, figures: bool) -> Path:
        return imgsim.compare(folder / "atlantis.toml", [reform], out=out, figures=figures, **given).folder

    return [
        Work(run, "imgsim.runs.store.Store.write"),
        Work(compare, "imgsim.experiments.compare.run.write_comparison"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.flips", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    os.environ.setdefault("MPLBACKEND", "Agg")
    with TemporaryDirectory() as folder:
        kinds = Counter(flips(small_works(Path(folder)), Path(folder), given.count, given.seed))
    wrong = sum(number for kind, number in kinds.items() if kind.split(":")[0].isupper())
    print(f"{given.count} flipped bits, seed {given.seed}: {wrong} not noticed ({dict(sorted(kinds.items()))})")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
