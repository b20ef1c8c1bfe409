"""IMG-lite beside its C twin: the same lives, how much longer, how cost and memory grow, a thousand replications.

`python benchmarks/lite.py [--turns 5] [--replications 1000]`

img_lite/README.md says what the workload is. Every figure is a median of turns; the two programs take turns, and the
ratio is the median of the ratios of the turns.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import twin
from memory import peak_above_start

import imgsim
from imgsim.engines.compiled import replication as compiled_engine
from imgsim.engines.engine import finished_replication
from imgsim.engines.model import Model, build
from imgsim.engines.records.tables import build_tables
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.outcomes.all_measures import measures

LITE, MILLION = twin.FOLDER / "img_lite.toml", twin.FOLDER / "img_lite_million.toml"
PEOPLE = 100_000


def seconds(model: Model, replication: int) -> float:
    """Processor time of simulating one replication, people drawn and Matches included, without tables."""
    begin = process_time()
    compiled_engine.run(model, replication)
    return process_time() - begin


def beside_c(turns: int) -> None:
    """Print whether the lives are the same, and how many times the C program's time the engine takes."""
    model = build(load_scenario(LITE))
    with TemporaryDirectory() as folder:
        program = twin.compiled(model, Path(folder))
        if program is None:
            print("no C compiler: not compared")
            return
        theirs = twin.run(program, PEOPLE)[0]
        ours = twin.counts(finished_replication("compiled", model, 0), theirs.seconds)
        print(
            f"{PEOPLE:,} people, {theirs.events:,} events: {'the same lives' if ours == theirs else 'DIFFERENT LIVES'}"
        )
        pairs = [(twin.run(program, PEOPLE)[0].seconds, seconds(model, 0)) for _ in range(turns)]
    ratio = median(mine / other for other, mine in pairs)
    other, mine = (median(times) for times in zip(*pairs, strict=True))
    print(f"C {other:.4f} s, compiled engine {mine:.4f} s: {ratio:.1f} times (limit 4, aim 1.5)")


def growth(turns: int) -> None:
    """Print the cost of a life from ten thousand to a million of them."""
    for file, scale in ((LITE, 0.1), (LITE, 1.0), (MILLION, 1.0)):
        model = build(load_scenario(file, scale=scale))
        people = len(compiled_engine.run(model, 0).population.actor)
        took = median(seconds(model, 0) for _ in range(turns))
        print(f"{people:>9,} lives: {took:7.3f} s, {1e6 * took / people:.2f} microseconds a life")


def weigh() -> None:
    """Print by how much memory rose while a million careers were simulated, and while they were measured too."""
    scenario, small = load_scenario(MILLION), load_scenario(LITE, scale=0.01)
    measures(build_tables(compiled_engine.run(build(small), 0).finished()), small)  # loads all that is compiled
    model = build(scenario)
    simulated = peak_above_start(lambda: compiled_engine.run(model, 0)) / 1e6
    everything = peak_above_start(lambda: measures(build_tables(compiled_engine.run(model, 0).finished()), scenario))
    print(f"peak memory of a million lives above the imports: {simulated:.0f} MB simulated (limit 400),"
          f" {everything / 1e6:.0f} MB with tables and outcomes")  # fmt: skip


def runs(turns: int, replications: int) -> None:
    """Print the wall time of whole runs: many small replications, and a million lives with every event."""
    with TemporaryDirectory() as out:
        for tables in (["rounds"], ["people", "rounds"]):
            begin = perf_counter()
            run(LITE, out, scale=0.1, replications=replications, tables=tables)
            print(f"{replications} replications of 10,000 lives, {', '.join(tables)} and outcomes kept, two processes:"
                  f" {perf_counter() - begin:.1f} s")  # fmt: skip
    model = build(load_scenario(MILLION))
    print(f"a million lives to a Parquet table of events: {median(to_parquet(model) for _ in range(turns)):.2f} s")


def run(file: Path, out: str, **settings: Any) -> None:
    """A run without figures and remarks."""
    imgsim.run(file, out=out, workers=min(2, os.cpu_count() or 1), quiet=True, figures=False, **settings)


def to_parquet(model: Model) -> float:
    """Wall time from the model to the events on disk: two passes over the lives, and the file."""
    from imgsim.engines.engine import pieces
    from imgsim.runs.checkpoints import Checkpoints
    from imgsim.runs.job import gathered

    with TemporaryDirectory() as folder:
        begin = perf_counter()
        checkpoints = Checkpoints(Path(folder, "checkpoints"))
        checkpoints.folder.mkdir()
        events = ({"events": piece["events"]} for piece in pieces("compiled", model, 0) if "events" in piece)
        checkpoints.write(range(1), gathered(events))
        checkpoints.concat_into(Path(folder), 1)
        return perf_counter() - begin


def main() -> None:
    """Print every part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--weigh", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.weigh:
        weigh()
        return
    beside_c(options.turns)
    growth(options.turns)
    weighed = subprocess.run([sys.executable, __file__, "--weigh"], check=True, capture_output=True, text=True)
    print(weighed.stdout, end="")
    runs(options.turns, options.replications)


if __name__ == "__main__":
    main()
