"""The United States at full size: careers advanced by both engines, and where the time of one replication goes.

`python benchmarks/national.py [--turns 5] [--scale 1] [--simpy-scale 1]`

Advancing careers is everything but the allocations: the compiled engine's passes over them, or the SimPy run less the
time spent in `allocate`. SimPy takes two minutes a turn at full size; with fewer live processes, at a smaller scale, it
is faster. Processor time, one thread, compiled code cached, in the environment of a run's workers; medians of turns.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from imgsim.engines.compiled import replication as compiled_engine
from imgsim.engines.model import Model, build
from imgsim.engines.records.tables import build_tables
from imgsim.engines.simpy import processes as simpy_engine
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.outcomes.all_measures import measures
from imgsim.runs.workers import COLLECTION_THRESHOLDS, WORKER_ENVIRONMENT

SCENARIO = Path(__file__).parents[1] / "scenarios" / "us.toml"
PARTS = ("people", "advancing", "allocation", "tables", "outcomes", "all")


class Stopwatch:
    """Processor time by name."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)

    def timed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """The function, its time added under a name."""

        def run(*given: Any) -> Any:
            begin = process_time()
            result = work(*given)
            self.spent[name] += process_time() - begin
            return result

        return run


class Timed:
    """A mechanism whose allocations are timed."""

    def __init__(self, mechanism: Any, watch: Stopwatch) -> None:
        self.allocate = watch.timed("allocation", mechanism.allocate)


def timed_model(scenario: Any, watch: Stopwatch) -> Model:
    """The model of a scenario with timed allocations."""
    model = build(scenario)
    for name, mechanism in list(model.mechanisms.items()):
        model.mechanisms[name] = Timed(mechanism, watch)  # type: ignore[index]
    return model


def simpy_rate(scale: float, turns: int) -> float:
    """Events a second that the SimPy engine simulates, allocations and the drawing of people left out."""
    rates = []
    for _ in range(turns):
        watch = Stopwatch()
        model = timed_model(load_scenario(SCENARIO, scale=scale), watch)
        drawn = watch.timed("people", compiled_engine.Replication)
        drawn(model, 0)
        held = watch.timed("all", simpy_engine.run)(model, 0)
        events = len(held.journal.events())
        rates.append(events / (watch.spent["all"] - watch.spent["allocation"] - watch.spent["people"]))
        del held
        gc.collect()  # lives hold their replication: the next turn would be slowed down by those before
    return median(rates)


def compiled_turn(scale: float) -> tuple[dict[str, float], int, int]:
    """Time of every part of one replication, events and people."""
    watch = Stopwatch()
    scenario = load_scenario(SCENARIO, scale=scale)
    model = timed_model(scenario, watch)
    compiled_engine.run(build(load_scenario(SCENARIO, scale=0.05)), 1)  # whatever is loaded on first use
    begin = process_time()
    held = watch.timed("people", compiled_engine.Replication)(model, 0)
    watch.timed("run", compiled_engine.pass_time)(held)
    tables = watch.timed("tables", lambda: build_tables(held.finished()))()
    watch.timed("outcomes", measures)(tables, scenario)
    watch.spent["all"] = process_time() - begin
    watch.spent["advancing"] = watch.spent.pop("run") - watch.spent["allocation"]
    return watch.spent, held.events, len(tables["people"])


def main() -> None:
    """Print both rates, their ratio, and the parts of a replication."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--simpy-scale", type=float, default=1.0)
    options = parser.parse_args()
    if not WORKER_ENVIRONMENT.items() <= os.environ.items():
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | WORKER_ENVIRONMENT)
    gc.set_threshold(*COLLECTION_THRESHOLDS)
    turns = [compiled_turn(options.scale) for _ in range(options.turns)]
    spent = {part: median(turn[0][part] for turn in turns) for part in PARTS}
    events, people = turns[0][1:]
    compiled, simpy = events / spent["advancing"], simpy_rate(options.simpy_scale, options.turns)
    print(f"{people:,} people, {events:,} events at scale {options.scale:g}")
    print(f"advancing careers: compiled {compiled:,.0f} events/s, SimPy at scale {options.simpy_scale:g} {simpy:,.0f}:"
          f" {compiled / simpy:.0f} times (limit 100)")  # fmt: skip
    for part in PARTS:
        print(f"{part:12}{spent[part]:7.2f} s{100 * spent[part] / spent['all']:6.0f}%")
    print("one replication, Matches and outcomes included: limit 5 s, aim 2 s")


if __name__ == "__main__":
    main()
