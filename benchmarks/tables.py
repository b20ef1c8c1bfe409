"""Tables and outcomes of a whole country without events: seconds of one core.

`python benchmarks/tables.py [--scale 0.02] [--people 700000] [--seasons 2] [--rounds 3]`

The people of a small replication are laid out again and again until they are as many as a country's, with their rows of
the accumulators; every row of seasons stands `--seasons` times. That is no population, but the work is that of one.
Processor time of `build_tables` and of `measures`, medians; the first call at small scale is told beside it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import numpy as np
import pandas as pd

from imgsim.engines.model import build
from imgsim.engines.records.columns import columns_of, frame
from imgsim.engines.records.finished import Finished
from imgsim.engines.records.tables import build_tables
from imgsim.engines.simpy.processes import run
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.persons.population import Population

SCENARIO = Path(__file__).parents[1] / "scenarios" / "us.toml"
OF_PEOPLE = ("milestones", "spent", "status", "sitting", "sat", "again", "state", "before", "since")


def tiled(finished: Finished, times: int, seasons: int) -> Finished:
    """The same people over and over, without events and spells."""

    def again(rows: Any) -> Any:
        return np.concatenate([rows] * times)

    people = len(finished.population.actor)
    population = Population(*map(again, finished.population))
    own = {name: again(getattr(finished.accumulators, name)) for name in OF_PEOPLE}
    accumulators = finished.accumulators._replace(**own, traits=population.traits, stock=population.stock)
    table = frame(finished.seasons)
    held = table.loc[np.repeat(table.index, seasons)]
    rows = pd.concat([held.assign(person=held["person"] + k * people) for k in range(times)], ignore_index=True)
    more = {name: again(getattr(finished, name)) for name in ("days_in", "end", "end_day")}
    return replace(
        finished,
        population=population,
        accumulators=accumulators,
        seasons=columns_of(rows),
        events=None,
        spells=None,
        **more,
    )


def seconds(work: Callable[[], object]) -> float:
    """Processor time of one call."""
    before = process_time()
    work()
    return process_time() - before


def main() -> None:
    """Print what it takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("--scale", 0.02), ("--people", 700_000), ("--seasons", 2), ("--rounds", 3)):
        parser.add_argument(name, type=type(default), default=default)
    asked = parser.parse_args()
    scenario = load_scenario(SCENARIO, scale=asked.scale)
    small = run(build(scenario), 0).finished()
    tables = build_tables(replace(small, events=None, spells=None))

    from imgsim.outcomes.all_measures import measures

    print(f"first measures of {len(tables['people']):,} people: {seconds(lambda: measures(tables, scenario)):.2f} s")
    large = tiled(small, 1 + asked.people // len(tables["people"]), asked.seasons)
    tables = build_tables(large)
    print(f"{len(tables['people']):,} people, {len(tables['seasons']):,} rows of seasons")
    print(f"build_tables {median(seconds(lambda: build_tables(large)) for _ in range(asked.rounds)):.2f} s")
    print(f"measures {median(seconds(lambda: measures(tables, scenario)) for _ in range(asked.rounds)):.2f} s")


if __name__ == "__main__":
    main()
