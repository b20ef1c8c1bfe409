"""Rounds by merit: who applied in a season and got a place, at which attempt; and how fast places come.

Rounds that are called alike up to the last dot are iterations of one season: whoever applied to any of them in a year
applied once that year.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from imgsim.dates import DAYS_A_YEAR, NEVER
from imgsim.outcomes.counting import Bools, Ints
from imgsim.outcomes.definitions import ALL, ATTEMPT_CLASSES, CITIZEN, MEASURED, NONCITIZEN
from imgsim.outcomes.rows import Rows, labels
from imgsim.outcomes.view import View

HAZARDS: Final = (("examined", "training"), ("certified", "training"))


@dataclass(frozen=True)
class Applied:
    """The measured seasons of a family of rounds: a row for each year and kind of applicant."""

    table: pd.DataFrame
    years: range

    def flag(self, name: str) -> Bools:
        """A column of marks."""
        return self.table[name].to_numpy(bool)

    def count(self, word: str, of: Bools) -> Ints:
        """Persons who applied or were placed, by year."""
        year, heads = self.table["year"].to_numpy(np.int64), self.table[word].to_numpy(np.float64)
        return np.bincount(year[of] - self.years.start, heads[of], len(self.years)).astype(np.int64)

    @property
    def attempt(self) -> Ints:
        """The number of the season in the life of its applicants, from 1."""
        return self.table["season"].to_numpy(np.int64)

    @property
    def groups(self) -> dict[str, Bools]:
        """Everybody; by citizenship; who graduates within the twelve months before 1 July of the season's year."""
        citizen, current = self.flag("citizen"), self.flag("current_year")
        found = {ALL: np.ones(len(self.table), bool), CITIZEN: citizen, NONCITIZEN: ~citizen}
        return found | {"current_year": current, "earlier_year": ~current}


def places(view: View, rows: Rows) -> None:
    """Seasons of every family of rounds by merit."""
    table = view.tables["applications"]
    table = table[table["year"].isin(view.years)]
    for family, part in table.groupby("family", sort=False, observed=True):
        held = Applied(part, view.years)
        seasons(view, rows, str(family), held)
        by_attempt(rows, str(family), held)


def seasons(view: View, rows: Rows, family: str, held: Applied) -> None:
    """Applicants of a season, those placed in it, and their share; by year and pooled."""
    for group, of in held.groups.items():
        applied, placed = held.count("applied", of), held.count("placed", of)
        told(rows, f"{family}.season_rate", group, held.years, placed, applied)
        for word, count in (("applicants", applied), ("placed", placed)):
            rows.add(f"{family}.season_{word}", labels(held.years), group, count / view.scale, count)


def by_attempt(rows: Rows, family: str, held: Applied) -> None:
    """How the placed divide over attempts, and the share placed at each attempt; by year and pooled."""
    placed = held.count("placed", held.groups[ALL])
    for name, (low, high) in ATTEMPT_CLASSES.items():
        here = (held.attempt >= low) & (held.attempt <= high)
        applied, won = held.count("applied", here), held.count("placed", here)
        told(rows, f"{family}.season_attempt_share", name, held.years, won, placed)
        told(rows, f"{family}.season_rate_of_attempt", name, held.years, won, applied)


def told(rows: Rows, measure: str, group: str, years: range, hits: Ints, heads: Ints) -> None:
    """A share by year and pooled."""
    rows.ratios(measure, group, years, hits, heads)
    rows.share(measure, MEASURED, group, int(hits.sum()), int(heads.sum()))


def hazards(view: View, rows: Rows) -> None:
    """Yearly rate of beginning training since a milestone: events over person-years until training, end or horizon."""
    for since, until in HAZARDS:
        if not view.knows(since, until):
            continue
        begin, goal = view.day(since), view.day(until)
        stop = np.minimum(np.minimum(goal, view.day("end")), view.horizon)
        for group, cells in view.people_groups.items():
            of = view.measured(begin) & cells[view.cell] & (stop >= begin)
            years = float((stop - begin)[of].sum(dtype=np.int64) / DAYS_A_YEAR)
            if years > 0:
                rate = np.count_nonzero(of & (goal < NEVER)) / years
                rows.add(f"yearly_rate_{since}_to_{until}", MEASURED, group, rate, np.count_nonzero(of))
