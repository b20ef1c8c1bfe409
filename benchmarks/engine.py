"""The SimPy engine beside a bare SimPy loop of the same events and the same live processes.

`python benchmarks/engine.py [--scale 0.02] [--rounds 5]`

The bare loop (bare.py) replays the event log of the engine's own run: one process per graduate, created on the day of
entry, with one timeout for every event the engine logged, and nothing else: no rule, no random number, no log. It
therefore has the same event count and, on every day, the same number of live processes. Both run with the cyclic
garbage collector off and take turns. Printed are medians, and the ratio is the median of the ratios of the turns.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

import bare
import numpy as np
from memory import peak_above_start

from imgsim.engines.model import Model, build
from imgsim.engines.simpy.processes import run, simulate
from imgsim.inputs.scenarios.load import load_scenario

SCENARIO = Path(__file__).parents[1] / "scenarios" / "us.toml"
AIM = 5.0  # times the bare loop
WEIGHINGS = 5


def event_log(model: Model) -> list[bare.Days]:
    """The day of every event of every life, in order; lives in the order of entry. From one run of the engine."""
    person, _, day, _, _ = run(model, 0).journal.events().T
    lives = np.split(day, np.flatnonzero(np.diff(person)) + 1)
    return sorted(lives, key=lambda days: int(days[0]))


def seconds(work: Callable[[], object]) -> float:
    """Processor time of one call."""
    begin = process_time()
    work()
    return process_time() - begin


def speed(model: Model, lives: list[bare.Days], rounds: int) -> None:
    """Print logged events per second of the engine and of the bare loop, and their ratio."""
    waking = [np.unique(days) for days in lives]
    events, wakings = sum(map(len, lives)), sum(map(len, waking))
    jobs: dict[str, Callable[[], object]] = {
        "bare loop": lambda: bare.loop(lives),
        "bare loop, days instead of events": lambda: bare.loop(waking),
        "engine": lambda: run(model, 0),
        "engine and tables": lambda: simulate(model, 0),
    }
    turns = [{name: seconds(job) for name, job in jobs.items()} for _ in range(rounds)]
    print(f"{len(lives):,} lives, {events:,} logged events, {wakings:,} days on which a life moves; {rounds} turns")
    print(f"{'':36}{'seconds':>9}{'logged events/s':>17}{'x bare loop':>13}{'min':>8}{'max':>8}")
    for name in jobs:
        ratios = [turn[name] / turn["bare loop"] for turn in turns]
        middle = median(turn[name] for turn in turns)
        spread = f"{median(ratios):13.2f}{min(ratios):8.2f}{max(ratios):8.2f}"
        print(f"{name:36}{middle:9.2f}{events / middle:17,.0f}{spread}")
    met = median(turn["engine"] / turn["bare loop"] for turn in turns) <= AIM
    print(f"aim: the engine at most {AIM:g} times the bare loop: {'met' if met else 'missed'}")


def weigh_engine(model: Model) -> None:
    """Print lives and the bytes by which memory rose while a replication ran.

    A first replication has loaded the compiled rules, and is kept so that its memory cannot be used again.
    """
    first = run(model, 1)
    second = []
    peak = peak_above_start(lambda: second.append(run(model, 0)))
    assert first.careers
    print(len(second[0].careers), peak)


def megabytes_per_thousand(*command: str) -> float:
    """Median peak of fresh processes, each of which prints lives and bytes."""
    weights = []
    for _ in range(WEIGHINGS):
        told = subprocess.run([sys.executable, *command], check=True, capture_output=True, text=True).stdout.split()
        weights.append(int(told[1]) / 1e6 / (int(told[0]) / 1000))
    return median(weights)


def memory(lives: list[bare.Days], scenario: Path, scale: float) -> None:
    """Print the peak memory per thousand lives of the bare loop and of the engine."""
    with TemporaryDirectory() as folder:
        bare.save(Path(folder, "lives.npz"), lives)
        loop = megabytes_per_thousand(bare.__file__, str(Path(folder, "lives.npz")))
    engine = megabytes_per_thousand(__file__, "--weigh", "--scenario", str(scenario), "--scale", str(scale))
    print(f"peak memory per thousand lives: bare loop {loop:.2f} MB, engine {engine:.2f} MB, {engine / loop:.1f} times")


def main() -> None:
    """Print speed, then memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", type=Path, default=SCENARIO)
    parser.add_argument("--scale", type=float, default=0.02, help="share of people and seats")
    parser.add_argument("--rounds", type=int, default=5, help="turns each")
    parser.add_argument("--weigh", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    model = build(load_scenario(options.scenario, scale=options.scale))
    if options.weigh:
        weigh_engine(model)
        return
    lives = event_log(model)
    speed(model, lives, options.rounds)
    memory(lives, options.scenario, options.scale)


if __name__ == "__main__":
    main()
