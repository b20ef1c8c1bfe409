"""``python -m tests.reliability.cluster --shards N --lost SHARE --seed S``: a cluster that loses and doubles tasks.

Every shard of a command is a process of its own, two at a time, each with a results folder of one of three machines.
The scheduler never starts some shards, kills some while they compute, and runs some twice. Then `imgsim missing` must
name exactly the shards that were not finished; they are submitted again, and what `imgsim gather` writes must be, byte
for byte, what one process writes.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the tests find their helpers by plain names

from builders.reforms import MORE_PLACES
from reliability.kills import DAYTIME, ROOT

SCENARIO: Final = 'title = "small"\nextends = "atlantis.toml"\n[run]\nreplications = {}\n[population]\nscale = 0.05\n'
COMMANDS: Final = {
    "run": ("run", "small.toml"),
    "compare": ("compare", "small.toml", "--reform", "more.toml", "--uncertainty", "16"),
}
COMMAND: Final = re.compile(rb"Command: [^\n]*")  # on the page of a comparison: what was gathered was not computed
MACHINES: Final = ("north", "south", "west")
NEVER, KILLED, TWICE, ONCE = "never started", "killed", "run twice", "run"


def call(folder: Path, *arguments: str, timeout: float | None = None) -> subprocess.CompletedProcess[str]:
    """The command line in a folder; killed after so many seconds."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "imgsim", *arguments]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=timeout, check=False)


def prepared(folder: Path, replications: int) -> None:
    """A small country, a scenario and a reform of it."""
    call(folder, "new-country", "atlantis")
    (folder / "small.toml").write_text(SCENARIO.format(replications), "utf-8")
    (folder / "more.toml").write_text(MORE_PLACES, "utf-8")


def submitted(folder: Path, command: Sequence[str], shard: str, machine: str, fate: str, moment: float) -> bool:
    """Submit one shard to its fate; whether it was finished."""
    arguments = (*command, "--shard", shard, "--out", machine, "--workers", "1")
    if fate == NEVER:
        return False
    for _ in range(2 if fate == TWICE else 1):
        try:
            done = call(folder, *arguments, timeout=moment if fate == KILLED else 600)
        except subprocess.TimeoutExpired:
            return False
        if done.returncode:
            raise SystemExit(f"shard {shard} ended with {done.returncode}: {done.stderr}")
    return True


def results(folder: Path) -> dict[str, bytes]:
    """The files of the only results in a folder, but for the manifest, without times of day and commands."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and "manifest" not in path.name]
    named = {DAYTIME.sub(b"", str(path.relative_to(folder)).encode()).decode(): path for path in files}
    return {name: COMMAND.sub(b"", DAYTIME.sub(b"", path.read_bytes())) for name, path in named.items()}


def tried(folder: Path, command: Sequence[str], shards: int, lost: float, chance: random.Random) -> str:
    """One command on the cluster; what happened, or SystemExit if it was not as it must be."""
    fates = [NEVER if (u := chance.random()) < lost / 2 else KILLED if u < lost else TWICE if u < lost + 0.1 else ONCE
             for _ in range(shards)]  # fmt: skip
    tasks = [
        (folder, command, f"{k}/{shards}", chance.choice(MACHINES), fate, chance.uniform(0.5, 6.0))
        for k, fate in enumerate(fates, 1)
    ]
    chance.shuffle(tasks)
    with ThreadPoolExecutor(2) as hands:
        done = list(hands.map(lambda task: submitted(*task), tasks))
    finished = {task[2]: each for task, each in zip(tasks, done, strict=True)}
    machines = [name for name in MACHINES if (folder / name).is_dir()]
    asked = call(folder, "missing", *machines)
    named = [shlex.split(line) for line in asked.stdout.splitlines()]
    unfinished = {shard for shard, done in finished.items() if not done and has_work(command, shard)}
    if {words[words.index("--shard") + 1] for words in named} != unfinished or asked.returncode != bool(unfinished):
        raise SystemExit(f"missing named {asked.stdout}{asked.stderr}, not finished were {sorted(unfinished)}")
    for words in named:
        call(folder, *words[1:], "--workers", "1")
    gathered = call(folder, "gather", *machines, "--out", "together")
    if gathered.returncode:
        raise SystemExit(f"gather ended with {gathered.returncode}: {gathered.stderr}")
    alone = call(folder, *command, "--out", "alone", "--workers", "1")
    if results(folder / "together") != results(folder / "alone") or not results(folder / "alone"):
        raise SystemExit(f"{shlex.join(command)}: the shards gave other bytes than one process ({alone.stderr})")
    for name in (*machines, "together", "alone"):
        shutil.rmtree(folder / name)
    return f"{shlex.join(command)}: {shards} shards, {len(unfinished)} lost and named, same bytes"


def has_work(command: Sequence[str], shard: str) -> bool:
    """Has a shard a batch of anything? The first so many have one of the replications, or one of the draws."""
    number = int(shard.partition("/")[0])
    return number <= max(REPLICATIONS, 16 if "--uncertainty" in command else 0)


REPLICATIONS: Final = 32


def main(arguments: Sequence[str] | None = None) -> None:
    """Try every command on the cluster."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--shards", type=int, default=40)
    parser.add_argument("--lost", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    chance = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as place:
        prepared(Path(place), REPLICATIONS)
        for command in COMMANDS.values():
            print(tried(Path(place), command, asked.shards, asked.lost, chance), flush=True)


if __name__ == "__main__":
    main()
