"""Match seasons of persons: first attempts, the ladder of attempts, rank lists, specialties, the need for a visa."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from imgsim.outcomes.definitions import (
    ALL,
    FOLLOW_UP_YEARS,
    MEASURED,
    NONCITIZEN,
    RANK_CLASSES,
    RECENT_YEARS,
    RUNGS,
)
from imgsim.outcomes.rows import Bools, Ints, Rows
from imgsim.outcomes.view import View


@dataclass(frozen=True)
class Seasons:
    """The seasons table as arrays, one entry a person and Match, sorted by person and year."""

    view: View

    @cached_property
    def table(self) -> pd.DataFrame:
        """The rows of entrants."""
        table = self.view.tables["seasons"].sort_values(["person", "year"], kind="stable", ignore_index=True)
        return table[self.view.entrant[self.view.row_of(table["person"])]] if len(table) else table

    @cached_property
    def person(self) -> Ints:
        """Places in people."""
        return self.view.row_of(self.table["person"])

    @cached_property
    def year(self) -> Ints:
        """Year of the Match."""
        return self.table["year"].to_numpy(np.int64)

    @cached_property
    def active(self) -> Bools:
        """With a rank list."""
        return self.table["active"].to_numpy(bool)

    def came_by(self, *channels: str) -> Bools:
        """With a place by one of these channels."""
        return self.table["channel"].isin(channels).to_numpy(bool)

    @cached_property
    def measured(self) -> Bools:
        """In a year that is measured."""
        years = self.view.years
        return (self.year >= years.start) & (self.year < years.stop)

    @cached_property
    def rung(self) -> Ints:
        """Which active attempt of the person each season is, from 1; 0 where there was no rank list."""
        return np.where(self.active, self.before(self.active) + 1, 0)

    @cached_property
    def placed_before(self) -> Bools:
        """After an earlier season with a place, as from a preliminary post."""
        placed = self.came_by("outside", "match", "soap")
        return self.before(placed) > 0

    def before(self, hit: Bools) -> Ints:
        """How many earlier seasons of the same person were hits."""
        total = np.cumsum(hit, dtype=np.int64) - hit
        first = np.flatnonzero(np.r_[True, self.person[1:] != self.person[:-1]])
        return total - np.repeat(total[first], np.diff(np.r_[first, len(self.person)]))

    def groups(self, *, regions: bool = False) -> Iterator[tuple[str, Bools]]:
        """Everybody, citizens, others; and each region if asked for."""
        for group, inside in (self.view.groups if regions else self.view.people_groups).items():
            yield group, inside[self.person]


def attempts(view: View, rows: Rows) -> None:
    """Everything that is told from seasons."""
    seasons = Seasons(view)
    if not len(seasons.table):
        return
    first_attempts(seasons, rows)
    ladder(seasons, rows)
    rank_lists(seasons, rows)
    visa_odds(seasons, rows)
    specialties(seasons, rows)


def first_attempts(seasons: Seasons, rows: Rows) -> None:
    """Share of first active applicants without a place in the round itself, and without one afterwards either.

    `first_attempt_failure_any` counts places outside the round too: its first attempt is the first season with a rank
    list or with such a place.
    """
    first, outside = seasons.rung == 1, seasons.came_by("outside")
    tried = seasons.active | outside
    failures = {
        "first_attempt_failure": (first, ~seasons.came_by("match")),
        "first_attempt_failure_after": (first, ~seasons.came_by("match", "soap")),
        "first_attempt_failure_any": (
            tried & (seasons.before(tried) == 0),
            ~seasons.came_by("outside", "match", "soap"),
        ),
    }
    for measure, (of, failed) in failures.items():
        for group, inside in seasons.groups(regions=True):
            rows.shares(measure, group, seasons.year, failed, of & seasons.measured & inside)
            rows.share(measure, MEASURED, group, failed, of & seasons.measured & inside)


def ladder(seasons: Seasons, rows: Rows) -> None:
    """By number of the active attempt: the share of first applicants that gets there, and the share placed of attempts.

    Who gets there is asked of those whose first attempt lies long enough before the horizon; the share placed in the
    round itself is over all attempts of the measured years. Both count attempts up to a first place only: who comes
    back from a preliminary post has not failed before.
    """
    ladder = np.where(seasons.placed_before, 0, seasons.rung)
    followed = seasons.measured & (seasons.year < seasons.view.years.stop - FOLLOW_UP_YEARS)
    starters = np.isin(seasons.person, seasons.person[(ladder == 1) & followed])
    n = np.count_nonzero(starters & (ladder == 1))
    for k, name in enumerate(RUNGS, 1):
        here = (ladder >= k) if name == RUNGS[-1] else (ladder == k)
        if n:
            rows.add("attempt_active", MEASURED, name, np.count_nonzero(starters & (ladder == k)) / n, n)
        rows.share("attempt_placed", MEASURED, name, seasons.came_by("match"), here & seasons.measured)


def rank_lists(seasons: Seasons, rows: Rows) -> None:
    """Share placed in the round by length of the rank list, and the median length of those placed and not placed."""
    active, matched = seasons.active & seasons.measured, seasons.came_by("match")
    ranks = seasons.table["ranks"].to_numpy(np.int64)
    for name, (low, high) in RANK_CLASSES.items():
        of = active & (ranks >= low) & (ranks <= high)
        rows.share("match_rate_by_ranks", MEASURED, name, matched, of)
        rows.shares("match_rate_by_ranks", name, seasons.year, matched, of)
    for name, chosen in (("matched", active & matched), ("unmatched", active & ~matched)):
        if chosen.any():
            rows.add("ranks_median", MEASURED, name, np.median(ranks[chosen]), np.count_nonzero(chosen))
            for year in np.unique(seasons.year[chosen]):
                held = ranks[chosen & (seasons.year == year)]
                rows.add("ranks_median", str(year), name, np.median(held), len(held))


def visa_odds(seasons: Seasons, rows: Rows) -> None:
    """Odds of a place in the round of noncitizens who need a visa over those who do not, among active applicants."""
    needs = seasons.view.people["needs_visa"].to_numpy(bool)[seasons.person]
    active = seasons.active & seasons.measured & ~seasons.view.citizen[seasons.person]
    matched, recent = seasons.came_by("match"), seasons.year >= seasons.view.years.stop - RECENT_YEARS
    for cohort, of in (("last_5_years", active & recent), (MEASURED, active)):
        cells = [np.count_nonzero(of & a & b) for a in (needs, ~needs) for b in (matched, ~matched)]
        if all(cells):
            ratio = cells[0] / cells[1] / (cells[2] / cells[3])
            rows.add("odds_ratio_visa", cohort, NONCITIZEN, ratio, sum(cells))


def specialties(seasons: Seasons, rows: Rows) -> None:
    """Shares of placements by specialty, by citizenship too, and of posts that do not complete training."""
    of = seasons.measured & seasons.came_by("outside", "match", "soap")
    specialty = seasons.table["specialty"].astype(object).to_numpy()
    short = np.isin(specialty.astype(str), list(short_posts(seasons.view)))
    for group, inside in seasons.groups():
        rows.share("prelim_share", MEASURED, group, short, of & inside)
        rows.shares("prelim_share", group, seasons.year, short, of & inside)
        for name in seasons.view.scenario.pathway.categories.get("specialty", ()):
            held = name if group == ALL else f"{name}/{group}"
            rows.share("specialty_share", MEASURED, held, specialty == name, of & inside)


def short_posts(view: View) -> set[str]:
    """The specialties whose posts are certain to lead to work that does not end in the licence (preliminary years).

    They are those with certainty 1 in a choice by specialty whose option is a work stage that starts training but
    whose completion is no licence.
    """
    road, parameters, found = view.scenario.pathway, view.scenario.parameters, set()
    starts, licences = road.milestones.get("training", ()), road.milestones.get("licensed", ())
    for stage in road.stages.values():
        for option, to in stage.next.items() if stage.kind == "choose" else ():
            if f"{to}.started" in starts and f"{to}.completed" not in licences:
                rule = parameters.get(f"{stage.name}.{option}")
                if rule is not None and rule.by == "specialty":
                    found |= {name for name in rule.rows if rule.value(view.horizon, name) == 1}
    return found
