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

from imgsim.base.arrays import Bools, Ints
from imgsim.base.dates.day_numbers import DAYS_A_YEAR, NEVER
from imgsim.outcomes.catalogue import measure
from imgsim.outcomes.counts import Replicas, inside
from imgsim.outcomes.definitions import ATTEMPT_CLASSES, MEASURED, WAITS
from imgsim.outcomes.outcome_rows import Rows, labels, ratio, where
from imgsim.outcomes.people_arrays import View
from imgsim.outcomes.strata import BY_PEOPLE, CITIZENS, EVERYBODY, OTHERS, Stratum

ATTEMPT: Final = "attempt"
GRADUATION: Final = "graduation"  # within the twelve months before 1 July of the season's year, or earlier
CURRENT, EARLIER = Stratum(GRADUATION, "current_year"), Stratum(GRADUATION, "earlier_year")
BY: Final = (*BY_PEOPLE, GRADUATION)


@dataclass(frozen=True)
class Applied:
    """The measured seasons of a family of rounds: a row for each replication, year and kind of applicant."""

    replicas: Replicas
    years: range
    year: Ints  # place among the years
    attempt: Ints  # the number of the season in the life of its applicants, from 1
    groups: Mapping[Stratum, Bools]
    applied: Ints  # persons
    placed: Ints

    def count(self, persons: Ints, of: Bools) -> Ints:
        """Persons by replication and year."""
        return self.replicas.of(of).by(len(self.years), self.year[of], persons[of]).astype(np.int64)

    @property
    def occurs(self) -> Bools:
        """Which replications have the family at all, shape (replications, 1)."""
        return np.bincount(self.replicas.code, minlength=self.replicas.all)[:, None] > 0


def applied(table: pd.DataFrame, replicas: Replicas, years: range) -> Applied:
    """Some rows of the table of applications as arrays."""
    season, persons, placed = (table[name].to_numpy(np.int64) for name in ("season", "applied", "placed"))
    citizen, current = (table[name].to_numpy(bool) for name in ("citizen", "current_year"))
    groups = {EVERYBODY: np.ones(len(table), bool), CITIZENS: citizen, OTHERS: ~citizen}
    groups |= {CURRENT: current, EARLIER: ~current}
    return Applied(replicas, years, table["year"].to_numpy(np.int64) - years.start, season, groups, persons, placed)


@measure(
    name="<season>.season_rate", label="Applicants of a season who are placed: {}", unit="share",
    definition="Share of those who enter any round of the season, in the year or in the measured window, who get a "
    "place in one of them.",
    denominator="simulated applicants of the season", by=BY,
)  # fmt: skip
@measure(
    name="<season>.season_applicants", label="Applicants of a season: {}", unit="persons",
    definition="Persons who enter any round of the year's season, at full size.",
    denominator="simulated persons counted", by=BY, statistics=("count",),
)  # fmt: skip
@measure(
    name="<season>.season_placed", label="Placed in a season: {}", unit="persons",
    definition="Persons who get a place in any round of the year's season, at full size.",
    denominator="simulated persons counted", by=BY, statistics=("count",),
)  # fmt: skip
@measure(
    name="<season>.season_attempt_share", label="Attempt at which the placed are placed: {}", unit="share",
    definition="Share of those placed in a season, in the year or in the measured window, for whom it is the first, "
    "second or third, or a later season.",
    denominator="simulated persons placed in the season", by=(ATTEMPT,),
)  # fmt: skip
@measure(
    name="<season>.season_rate_of_attempt", label="Placed, by attempt: {}", unit="share",
    definition="Share placed of those for whom the season is the first, second or third, or a later one, in the year "
    "or in the measured window.",
    denominator="simulated applicants of the season at this attempt", by=(ATTEMPT,),
)  # fmt: skip
def places(view: View, rows: Rows) -> None:
    """Seasons of every family of rounds by merit."""
    table = view.tables["applications"]
    table = table[table["year"].isin(view.years)]
    for family, part in table.groupby("family", sort=False, observed=True):
        counts = applied(part, view.replicas_in(part), view.years)
        seasons(view, rows, str(family), counts)
        by_attempt(rows, str(family), counts)


def seasons(view: View, rows: Rows, family: str, counts: Applied) -> None:
    """Applicants of a season, those placed in it, and their share; by year and pooled."""
    for stratum, of in counts.groups.items():
        persons, placed = counts.count(counts.applied, of), counts.count(counts.placed, of)
        yearly_and_pooled(rows, f"{family}.season_rate", stratum, counts.years, placed, persons)
        for word, count in (("applicants", persons), ("placed", placed)):
            value = where(counts.occurs, count / view.scale)
            rows.add(f"{family}.season_{word}", labels(counts.years), stratum, value, count, "count")


def by_attempt(rows: Rows, family: str, counts: Applied) -> None:
    """How the placed divide over attempts, and the share placed at each attempt; by year and pooled."""
    placed = counts.count(counts.placed, counts.groups[EVERYBODY])
    for name, (low, high) in ATTEMPT_CLASSES.items():
        here, attempt = (counts.attempt >= low) & (counts.attempt <= high), Stratum(ATTEMPT, name)
        persons, won = counts.count(counts.applied, here), counts.count(counts.placed, here)
        yearly_and_pooled(rows, f"{family}.season_attempt_share", attempt, counts.years, won, placed)
        yearly_and_pooled(rows, f"{family}.season_rate_of_attempt", attempt, counts.years, won, persons)


def yearly_and_pooled(rows: Rows, name: str, stratum: Stratum, years: range, hits: Ints, persons: Ints) -> None:
    """A share by year and over all measured years."""
    rows.share(name, labels(years), stratum, hits, persons)
    rows.share(name, MEASURED, stratum, hits.sum(axis=1), persons.sum(axis=1))


@measure(
    name="yearly_rate_<wait>", label="Yearly rate from {}", unit="per year",
    definition="Persons who begin training over the person-years from the first milestone until training, the end of "
    "the career or the horizon, of those who reach the first milestone in the measured window.",
    denominator="simulated persons who reach the first milestone", by=BY_PEOPLE, statistics=("rate",),
)  # fmt: skip
def hazards(view: View, rows: Rows) -> None:
    """Yearly rate of beginning training since a milestone: events over person-years until training, end or horizon."""
    for since, until in WAITS:
        if not view.knows(since, until):
            continue
        begin, goal = view.day(since), view.day(until)
        stop = np.minimum(np.minimum(goal, view.day("end")), view.horizon)
        of = view.measured(begin) & (stop >= begin)
        persons, (years,) = view.pooled(of, [(stop - begin) / DAYS_A_YEAR])
        begun = view.by_cell(of, goal < NEVER)[1]
        for stratum, cells in view.people_groups.items():
            rate = ratio(inside(begun, cells), inside(years, cells))
            rows.add(f"yearly_rate_{since}_to_{until}", MEASURED, stratum, rate, inside(persons, cells), "rate")
