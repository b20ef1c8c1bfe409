"""``python -m tests.reliability.cache_flips --count N --seed S``: damage compiled code; nothing comes of it.

Each time one file of compiled code is damaged (two times of three a bit is flipped), and a fresh process computes with
it: it must end well, compute the same and say nothing. With ``--run`` that is a run of a small country in a new
interpreter; without, two short functions in a fork of one that has loaded Numba.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from multiprocessing import get_context
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


def rules(folder: Path) -> Outcome:
    """The outcome of two short functions in a process that has loaded Numba, but no function of ours."""
    (folder / "rules.py").write_text(RULES, "utf-8")
    paths = [folder / name for name in ("computed", "said")]
    for path in paths:
        path.write_text("", "utf-8")
    process = get_context("fork").Process(target=print_rules, args=(folder, *paths))
    process.start()
    process.join()
    return Outcome(process.exitcode or 0, paths[1].read_text("utf-8"), paths[0].read_text("utf-8"))


def print_rules(folder: Path, out: Path, err: Path) -> None:
    """Print what the functions compute, with what is printed in two files."""
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY), number)
    os.environ["NUMBA_CACHE_DIR"] = str(folder / "cache")
    warnings.simplefilter("error")
    sys.path.insert(0, str(folder))
    loaded = import_module("rules")
    print(*(rule(number) for rule in (loaded.next_odd, loaded.doubled) for number in (20, 0.25)), flush=True)


def process(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(folder / "cache")}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=env, capture_output=True, text=True, timeout=900, check=False
    )


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
    if expected.code != 0 or not expected.computed or again != expected:
        raise SystemExit(f"the undamaged runs failed: {expected}, {again}")
    intact = folder / "intact"
    shutil.copytree(folder / "cache", intact)
    for _ in range(count):
        shutil.rmtree(folder / "cache")
        shutil.copytree(intact, folder / "cache")
        file = chance.choice(sorted((folder / "cache").rglob("*.nbc")))
        damage = flip_a_bit if chance.random() < 2 / 3 else chance.choice(DAMAGES)
        damage(file, chance)
        outcome = compute(folder)
        place = f"{damage.__name__} {file.relative_to(folder)}"
        yield place, "" if outcome == expected else repr(outcome)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.cache_flips", description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--run", action="store_true", help="run a small country each time, instead of two functions")
    given = parser.parse_args()
    import_module("imgsim.base.compiled.jit")  # once for all trials
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
