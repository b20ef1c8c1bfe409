"""``python -m tests.reliability.cache_flips --count N --seed S``: damage compiled code; nothing comes of it.

Each time one file of compiled code is damaged (two times of three a bit is flipped), and a fresh process computes with
it: it must end well and compute the same. With ``--run`` that is ``imgsim run`` of a small country; without, two short
functions.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))  # the tests find their helpers by plain names

from reliability.damage import DAMAGES, flip_a_bit  # noqa: E402

RULES = """
from imgsim.base.compiled.jit import called_kernel, kernel

@called_kernel
def doubled(number):
    return 2 * number

@kernel
def next_odd(number):
    return doubled(number) + 1

if __name__ == "__main__":
    print(next_odd(20), next_odd(0.25))
"""
RUN = "import imgsim; imgsim.run('s.toml', workers=1, quiet=True, figures=False)"
SCENARIO = 'title = "small"\nextends = "atlantis.toml"\n[run]\nreplications = 1\n[population]\nscale = 0.05\n'


class Outcome(NamedTuple):
    """What a process left: how it ended, what it said, and what it computed."""

    code: int
    said: str
    computed: str


def process(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}", "NUMBA_CACHE_DIR": str(folder / "cache")}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=env, capture_output=True, text=True, timeout=900, check=False
    )


def rules(folder: Path) -> Outcome:
    """The outcome of the small functions."""
    (folder / "rules.py").write_text(RULES, "utf-8")
    done = process(folder, "-W", "error", "rules.py")
    return Outcome(done.returncode, done.stderr, done.stdout)


def run(folder: Path) -> Outcome:
    """The outcome of a run of a small country: the checksums of its tables."""
    if not (folder / "s.toml").exists():
        process(folder, "-m", "imgsim", "new-country", "atlantis")
        (folder / "s.toml").write_text(SCENARIO, "utf-8")
    done = process(folder, "-W", "error", "-c", RUN)
    newest = max((folder / "results" / "s").glob("*"), default=folder)
    tables = sorted((newest / "tables").glob("*.parquet"))
    sums = [f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in tables]
    return Outcome(done.returncode, done.stderr, "\n".join(sums))


def trials(count: int, seed: int, compute: Callable[[Path], Outcome], folder: Path) -> Iterator[tuple[str, str]]:
    """What was done to which file, and what was wrong afterwards, if anything."""
    chance, expected = Random(seed), compute(folder)
    again = compute(folder)
    if expected.code != 0 or not expected.computed or again != (0, again.said, expected.computed):
        raise SystemExit(f"the undamaged runs failed: {expected}, {again}")
    for _ in range(count):
        file = chance.choice(sorted((folder / "cache").rglob("*.nbc")))
        damage = flip_a_bit if chance.random() < 2 / 3 else chance.choice(DAMAGES)
        damage(file, chance)
        outcome = compute(folder)
        place = f"{damage.__name__} {file.relative_to(folder)}"
        yield place, "" if (outcome.code, outcome.computed) == (0, expected.computed) else repr(outcome)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.cache_flips", description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--run", action="store_true", help="run a small country each time, instead of two functions")
    given = parser.parse_args()
    kinds: Counter[str] = Counter()
    wrong = 0
    with TemporaryDirectory() as place:
        for done, problem in trials(given.count, given.seed, run if given.run else rules, Path(place)):
            kinds[done.split()[0]] += 1
            wrong += bool(problem)
            if problem:
                print(f"{done}: {problem}")
    print(f"{given.count} damages, seed {given.seed}: {wrong} with a wrong result ({dict(sorted(kinds.items()))})")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
