"""What one replication says at a scale: the lines of the headline table, and what the places of every round gave."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from imgsim.engines.compiled.replication import pieces
from imgsim.engines.model import build
from imgsim.engines.records.columns import frames
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.outcomes.all_measures import measures
from imgsim.outcomes.headline import chosen, lines

SHARE: Final = "share"
GIVEN: Final = ["placed", "after"]  # places of a round itself; those outside a Match are no seats in it


class Figure(NamedTuple):
    """One number of a replication, as an amount over a denominator so that replications can be pooled."""

    line: str
    unit: str
    amount: float
    of: float


def figures(scenario: Scenario, replication: int = 0) -> list[Figure]:
    """The headline lines and the figures of every round, in the measured years of one replication."""
    tables = frames(next(iter(pieces(build(scenario), replication))))
    outcomes = measures(tables, scenario)
    return [*headline_figures(outcomes, scenario), *round_figures(tables["rounds"], scenario)]


def headline_figures(outcomes: pd.DataFrame, scenario: Scenario) -> Iterator[Figure]:
    """Each headline line that the scenario has, under its own name even where the label continues another."""
    for line in lines(scenario.pathway.first_post):
        rows = chosen(outcomes, line)
        if len(rows) and np.isfinite(value := float(rows["value"].iloc[0])):
            group = f" of {line['group']}" if "group" in line else ""
            yield Figure(f"{line['measure']}{group} ({line['statistic']})", line["unit"], value, 1.0)


def round_figures(rounds: pd.DataFrame, scenario: Scenario) -> Iterator[Figure]:
    """Shares of applicants placed and of places used, by round and group; places given a year at full size."""
    first, last = scenario.run.measured_from.year, scenario.run.end.year
    table = rounds[(rounds["year"] >= first) & (rounds["year"] < last)]
    table = table.assign(given=table[GIVEN].fillna(0).sum(axis=1))
    sums = table.groupby(["round", "group"], observed=True)[["seats", "applicants", "given"]].sum()
    for key, row in sums.iterrows():
        label = ", ".join(key) if isinstance(key, tuple) else str(key)
        if row["seats"]:
            yield Figure(f"{label}: places used", SHARE, row["given"], row["seats"])
        if row["applicants"]:
            yield Figure(f"{label}: applicants placed", SHARE, row["given"], row["applicants"])
        yield Figure(f"{label}: placed a year", "persons", row["given"] / scenario.run.scale / (last - first), 1.0)
