"""Rounds by merit: who applied in a season and got a place, at which attempt; and how fast places come.

Rounds that are called alike up to the last dot are iterations of one season: whoever applied to any of them in a year
applied once that year.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from imgsim.dates import DAYS_A_YEAR, day_of
from imgsim.outcomes.definitions import ALL, ATTEMPT_CLASSES, CITIZEN, FIRST_MONTH, MEASURED, MERIT, NONCITIZEN
from imgsim.outcomes.rows import Bools, Ints, Rows
from imgsim.outcomes.view import MISSING, View

HAZARDS: Final = (("examined", "training"), ("certified", "training"))


@dataclass(frozen=True)
class Applied:
    """One entry a person and season of a family of rounds, sorted by person and year."""

    view: View
    rounds: tuple[str, ...]

    @cached_property
    def key(self) -> Ints:
        """Person and year of everybody who entered a round, each once: (entries, 2)."""
        return np.unique(self.of_events("entered"), axis=0)

    def of_events(self, word: str) -> Ints:
        """Person and year of the rounds' events of this name."""
        events = self.view.events({f"{name}.{word}" for name in self.rounds})
        return np.stack([self.view.row_of(events["person"]), events["value"].to_numpy().astype(np.int64)], axis=1)

    @property
    def person(self) -> Ints:
        """Places in people."""
        return self.key[:, 0]

    @property
    def year(self) -> Ints:
        """Year of the season."""
        return self.key[:, 1]

    @cached_property
    def placed(self) -> Bools:
        """With a place in one of the rounds."""
        hit = self.of_events("placed")
        found: Bools = np.isin(self.key @ SHIFT, hit @ SHIFT)
        return found

    @cached_property
    def attempt(self) -> Ints:
        """The number of each person's season, from 1."""
        first = np.flatnonzero(np.r_[True, self.person[1:] != self.person[:-1]])
        run = np.arange(len(self.key))
        return run - np.repeat(run[first], np.diff(np.r_[first, len(run)])) + 1

    @cached_property
    def measured(self) -> Bools:
        """In a year that is measured."""
        return (self.year >= self.view.years.start) & (self.year < self.view.years.stop)

    def groups(self) -> Iterator[tuple[str, Bools]]:
        """Everybody; by citizenship; those who graduate within the twelve months before 1 July of the season's year."""
        citizen = self.view.citizen[self.person]
        since = np.array([day_of(int(year) - 1, FIRST_MONTH, 1) for year in self.year], np.int64)
        current = self.view.day("graduation")[self.person] >= since
        whole = np.ones(len(self.key), bool)
        yield from ((ALL, whole), (CITIZEN, citizen), (NONCITIZEN, ~citizen))
        yield from (("current_year", current), ("earlier_year", ~current))


SHIFT: Final = np.array([10_000, 1], np.int64)  # person and year as one number


def places(view: View, rows: Rows) -> None:
    """Seasons of every family of rounds by merit."""
    families: dict[str, list[str]] = {}
    for stage in view.scenario.pathway.stages.values():
        if stage.mechanism == MERIT:
            families.setdefault(stage.name.rpartition(".")[0] or stage.name, []).append(stage.name)
    for family, rounds in families.items():
        held = Applied(view, tuple(rounds))
        if len(held.key):
            seasons(held, rows, family)
            by_attempt(held, rows, family)


def seasons(held: Applied, rows: Rows, family: str) -> None:
    """Applicants of a season, those placed in it, and their share; by year and pooled."""
    for group, inside in held.groups():
        of = held.measured & inside
        rows.shares(f"{family}.season_rate", group, held.year, held.placed, of)
        rows.share(f"{family}.season_rate", MEASURED, group, held.placed, of)
        for word, chosen in (("applicants", of), ("placed", of & held.placed)):
            rows.counts(f"{family}.season_{word}", group, held.year, chosen, held.view.years, held.view.scale)


def by_attempt(held: Applied, rows: Rows, family: str) -> None:
    """How the placed divide over attempts, and the share placed at each attempt; by year and pooled."""
    for name, (low, high) in ATTEMPT_CLASSES.items():
        here = (held.attempt >= low) & (held.attempt <= high)
        for measure, hit, of in (
            (f"{family}.season_attempt_share", here, held.placed & held.measured),
            (f"{family}.season_rate_of_attempt", held.placed, here & held.measured),
        ):
            rows.shares(measure, name, held.year, hit, of)
            rows.share(measure, MEASURED, name, hit, of)


def hazards(view: View, rows: Rows) -> None:
    """Yearly rate of beginning training since a milestone: events over person-years until training, end or horizon."""
    for since, until in HAZARDS:
        if not view.knows(since, until):
            continue
        begin, goal = view.day(since), view.day(until)
        stop = np.minimum(np.minimum(goal, view.day("end")), view.horizon)
        for group, inside in view.people_groups.items():
            of = view.measured(begin) & inside & (stop >= begin)
            years = float((stop - begin)[of].sum() / DAYS_A_YEAR)
            if years > 0:
                rate = np.count_nonzero(of & (goal != MISSING)) / years
                rows.add(f"yearly_rate_{since}_to_{until}", MEASURED, group, rate, np.count_nonzero(of))
