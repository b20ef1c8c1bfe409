"""``python -m tests.reliability.versions --python PATH --python PATH``: the same bytes by several Pythons and engines.

Runs a small made-up country and a small part of the United States by each interpreter, engine and number of workers,
and compares the SHA-256 of every table with the first's. Each interpreter needs the packages of requirements.lock:

    uv venv --python 3.12 other && uv pip install --python other/bin/python --require-hashes -r requirements.lock
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
ENGINES = ("simpy", "compiled")
SMALL = 'title = "small"\nextends = "{}"\n[run]\nreplications = 3\n[population]\nscale = {}\n'
Checksums = dict[str, str]


RUN = (
    "import sys, imgsim; _, file, engine, workers, out = sys.argv;"
    "imgsim.run(file, engine=engine, workers=int(workers), out=out, quiet=True, figures=False)"
)


def call(python: str, folder: Path, *arguments: str) -> None:
    """Have an interpreter do something in a folder."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(folder / "cache")}
    subprocess.run([python, *arguments], cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL)


def scenarios(python: str, folder: Path) -> list[str]:
    """Write the scenarios to be run; their names."""
    call(python, folder, "-m", "imgsim", "new-country", "atlantis")
    (folder / "toy.toml").write_text(SMALL.format("atlantis.toml", 0.2), "utf-8")
    (folder / "states.toml").write_text(SMALL.format(ROOT / "scenarios" / "us.toml", 0.02), "utf-8")
    return ["toy", "states"]


def checksums(python: str, folder: Path, scenario: str, engine: str, workers: int) -> Checksums:
    """The SHA-256 of every table of a run."""
    out = folder / hashlib.sha256(f"{python} {engine} {workers}".encode()).hexdigest()[:8]
    call(python, folder, "-c", RUN, f"{scenario}.toml", engine, str(workers), str(out))
    files = sorted((out / scenario).rglob("*.parquet"))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def cells(pythons: list[str], folder: Path) -> Iterator[tuple[str, int, list[str]]]:
    """What was run, of how many tables, and which of them differ from those of the first run of the scenario."""
    for scenario in scenarios(pythons[0], folder):
        first: Checksums = {}
        for python, engine, workers in product(pythons, ENGINES, (1, 2)):
            tables = checksums(python, folder, scenario, engine, workers)
            first = first or tables
            differing = sorted(name for name in {*first, *tables} if first.get(name) != tables.get(name))
            yield f"{scenario}, {version(python)}, {engine}, {workers} workers", len(tables), differing


def version(python: str) -> str:
    """The version of an interpreter."""
    return subprocess.run([python, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.versions", description=__doc__)
    parser.add_argument("--python", action="append", metavar="PATH", help="an interpreter; this one if none is given")
    pythons = parser.parse_args().python or [sys.executable]
    wrong = runs = 0
    with TemporaryDirectory() as place:
        for cell, tables, differing in cells(pythons, Path(place)):
            runs += 1
            wrong += bool(differing) or not tables
            print(f"{cell}: {tables} tables, {', '.join(differing) or 'none'} differ", flush=True)
    print(f"{runs} runs, {wrong} with other bytes than the first of their scenario")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
