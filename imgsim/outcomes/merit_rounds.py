"""Rounds by merit: who applied in a season and got a place, at which attempt; and how fast places come.

Rounds that are called alike up to the last dot are iterations of one season: whoever applied to any of them in a year
applied once that year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from imgsim.base.dates.day_numbers import DAYS_A_YEAR, NEVER
from imgsim.outcomes.counts import Bools, Ints, Replicas, inside
from imgsim.outcomes.definitions import ALL, ATTEMPT_CLASSES, CITIZEN, MEASURED, NONCITIZEN
from imgsim.outcomes.outcome_rows import Rows, labels, ratio, where
from imgsim.outcomes.people_arrays import View

HAZARDS: Final = (("examined", "training"), ("certified", "training"))


@dataclass(frozen=True)
class Applied:
    """The measured seasons of a family of rounds: a row for each replication, year and kind of applicant."""

    replicas: Replicas
    years: range
    year: Ints  # place among the years
    attempt: Ints  # the number of the season in the life of its applicants, from 1
    groups: Mapping[str, Bools]
    applied: Ints  # heads
    placed: Ints

    def count(self, heads: Ints, of: Bools) -> Ints:
        """Heads by replication and year."""
        return self.replicas.of(of).by(len(self.years), self.year[of], heads[of]).astype(np.int64)

    @property
    def occurs(self) -> Bools:
        """Which replications have the family at all, shape (replications, 1)."""
        return np.bincount(self.replicas.place, minlength=self.replicas.all)[:, None] > 0


def applied(table: pd.DataFrame, replicas: Replicas, years: range) -> Applied:
    """Some rows of the table of applications as arrays."""
    season, heads, placed = (table[name].to_numpy(np.int64) for name in ("season", "applied", "placed"))
    citizen, current = (table[name].to_numpy(bool) for name in ("citizen", "current_year"))
    groups = {ALL: np.ones(len(table), bool), CITIZEN: citizen, NONCITIZEN: ~citizen}
    groups |= {"current_year": current, "earlier_year": ~current}  # graduates of the year before 1 July, and others
    return Applied(replicas, years, table["year"].to_numpy(np.int64) - years.start, season, groups, heads, placed)


def places(view: View, rows: Rows) -> None:
    """Seasons of every family of rounds by merit."""
    table = view.tables["applications"]
    table = table[table["year"].isin(view.years)]
    for family, part in table.groupby("family", sort=False, observed=True):
        held = applied(part, view.replicas_in(part), view.years)
        seasons(view, rows, str(family), held)
        by_attempt(rows, str(family), held)


def seasons(view: View, rows: Rows, family: str, held: Applied) -> None:
    """Applicants of a season, those placed in it, and their share; by year and pooled."""
    for group, of in held.groups.items():
        heads, placed = held.count(held.applied, of), held.count(held.placed, of)
        told(rows, f"{family}.season_rate", group, held.years, placed, heads)
        for word, count in (("applicants", heads), ("placed", placed)):
            told_of = where(held.occurs, count / view.scale)
            rows.add(f"{family}.season_{word}", labels(held.years), group, told_of, count)


def by_attempt(rows: Rows, family: str, held: Applied) -> None:
    """How the placed divide over attempts, and the share placed at each attempt; by year and pooled."""
    placed = held.count(held.placed, held.groups[ALL])
    for name, (low, high) in ATTEMPT_CLASSES.items():
        here = (held.attempt >= low) & (held.attempt <= high)
        heads, won = held.count(held.applied, here), held.count(held.placed, here)
        told(rows, f"{family}.season_attempt_share", name, held.years, won, placed)
        told(rows, f"{family}.season_rate_of_attempt", name, held.years, won, heads)


def told(rows: Rows, measure: str, group: str, years: range, hits: Ints, heads: Ints) -> None:
    """A share by year and pooled."""
    rows.share(measure, labels(years), group, hits, heads)
    rows.share(measure, MEASURED, group, hits.sum(axis=1), heads.sum(axis=1))


def hazards(view: View, rows: Rows) -> None:
    """Yearly rate of beginning training since a milestone: events over person-years until training, end or horizon."""
    for since, until in HAZARDS:
        if not view.knows(since, until):
            continue
        begin, goal = view.day(since), view.day(until)
        stop = np.minimum(np.minimum(goal, view.day("end")), view.horizon)
        of = view.measured(begin) & (stop >= begin)
        heads, (years,) = view.pooled(of, [(stop - begin) / DAYS_A_YEAR])
        begun = view.by_cell(of, goal < NEVER)[1]
        for group, cells in view.people_groups.items():
            rate = ratio(inside(begun, cells), inside(years, cells))
            rows.add(f"yearly_rate_{since}_to_{until}", MEASURED, group, rate, inside(heads, cells))
