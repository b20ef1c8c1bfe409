"""Ages at milestones, times from one to the next, and how many reach them a year."""

from __future__ import annotations

from itertools import compress
from typing import Final

import numpy as np

from imgsim.dates import DAYS_A_YEAR, NEVER
from imgsim.outcomes.counting import Codes, Floats, Ints, dealt
from imgsim.outcomes.definitions import FOLLOW_UP_YEARS, MEASURED, QUANTILES
from imgsim.outcomes.rows import Rows, labels
from imgsim.outcomes.view import Days, View

COUNTED: Final = {
    "entrants": "entry",
    "certificates": "certified",
    "training_starts": "training",
    "licences": "licensed",
}
TIMES: Final = (("entry", "certified"), ("certified", "training"), ("graduation", "training"), ("entry", "training"))


def ages(view: View, rows: Rows) -> None:
    """Mean, SD and percentiles of age at each milestone, by calendar year of the milestone and pooled."""
    for milestone in view.scenario.pathway.milestones:
        chosen = np.flatnonzero(view.measured(view.day(milestone)))
        days = view.day(milestone)[chosen] - view.day("birth")[chosen]
        spread(view, rows, f"age_{milestone}", chosen, view.year(milestone)[chosen], days)


def spread(view: View, rows: Rows, measure: str, chosen: Ints, year: Codes, days: Days) -> None:
    """Mean, SD and percentiles of ages in days of the chosen, by year and over all years; sorted once for all groups.

    Year, age and cell are sorted as one whole number: a cell takes the last byte, an age three before it.
    """
    if not len(chosen):
        return
    key = (days.astype(np.int64) << 8) | view.cell[chosen]
    cell, age, _ = parts_of(np.sort(key))
    place, begin, group = grouped(view, cell)
    described(rows, measure, MEASURED, group, age[place], begin)
    cell, age, of_year = parts_of(np.sort(key | (year.astype(np.int64) << 32)))
    place, begin, group = grouped(view, cell, of_year)
    described(rows, measure, labels(of_year[place[begin]].tolist()), group, age[place], begin)


def grouped(view: View, cell: Codes, year: Codes | None = None) -> tuple[Codes, Ints, list[str]]:
    """The places of those in each group, group after group; where runs of a group and year begin; their groups."""
    place, first = dealt(np.array(list(view.groups.values())), cell)
    is_first = np.zeros(len(place) + 1, bool)
    is_first[first] = True
    if year is not None:
        mine = year[place]
        is_first[1:-1] |= mine[1:] != mine[:-1]
    begin = np.flatnonzero(is_first[:-1])
    names, of = list(view.groups), np.searchsorted(first, begin, side="right") - 1
    return place, begin, [names[k] for k in of.tolist()]


def parts_of(key: Ints) -> tuple[Codes, Floats, Codes]:
    """Cells, ages in years and calendar years of such whole numbers."""
    return (key & 0xFF).astype(np.int32), ((key >> 8) & 0xFFFFFF) / DAYS_A_YEAR, (key >> 32).astype(np.int32)


def described(rows: Rows, measure: str, cohort: str | list[str], group: list[str], value: Floats, begin: Ints) -> None:
    """Mean, SD (of a sample) and percentiles of sorted runs of values that begin at these places."""
    n = np.diff(np.append(begin, len(value)))
    mean = np.add.reduceat(value, begin) / n
    squares = np.add.reduceat((value - np.repeat(mean, n)) ** 2, begin)
    rows.add(f"{measure}_mean", cohort, group, mean, n)
    rows.add(f"{measure}_sd", cohort, group, np.sqrt(squares / np.where(n > 1, n - 1, np.nan)), n)
    percentiles(rows, measure, cohort, group, value, begin, n)


def percentiles(
    rows: Rows, measure: str, cohort: str | list[str], group: list[str], value: Floats, begin: Ints, n: Ints
) -> None:
    """P10, P50 and P90 of the n sorted values, at least one, that begin at each of these places."""
    for name, share in QUANTILES.items():
        rows.add(f"{measure}_{name}", cohort, group, quantile(value, begin, n, share), n)


def quantile(value: Floats, begin: Ints, n: Ints, share: float) -> Floats:
    """The quantile of each sorted run, interpolated linearly (definition 7 of Hyndman and Fan 1996)."""
    place = share * (n - 1)
    below = np.floor(place).astype(np.int64)
    low, high = value[begin + below], value[begin + np.minimum(below + 1, n - 1)]
    found: Floats = low + (place - below) * (high - low)
    return found


def times(view: View, rows: Rows) -> None:
    """Years between milestones of those who got there, and the share that never did, among those followed long."""
    for since, until in TIMES:
        if not view.knows(since, until):
            continue
        chosen = np.flatnonzero(view.measured(view.day(since), FOLLOW_UP_YEARS))
        begin, end = view.day(since)[chosen], view.day(until)[chosen]
        days = np.where(end == NEVER, NEVER, end - begin).astype(np.int64)
        key = np.sort((days << 8) | view.cell[chosen])  # once for all groups; who never gets there comes last
        place, first, group = grouped(view, (key & 0xFF).astype(np.int32))
        if len(place):
            days, n = (key >> 8)[place], np.diff(np.append(first, len(place)))
            got_there = np.add.reduceat(days != NEVER, first)
            measure, some = f"time_{since}_to_{until}", got_there > 0
            rows.add(f"{measure}_never", MEASURED, group, (n - got_there) / n, n)
            told = list(compress(group, some)), days / DAYS_A_YEAR, first[some], got_there[some]
            percentiles(rows, measure, MEASURED, *told)


def reached(view: View, rows: Rows) -> None:
    """Persons entering the road and reaching its milestones per calendar year, in the whole population."""
    for measure, milestone in COUNTED.items():
        if view.knows(milestone):
            held = view.tally(view.years, view.year(milestone), view.entrant)
            for group, cells in view.groups.items():
                count = held.inside(cells)[1]
                rows.add(measure, labels(view.years), group, count / view.scale, count)


def compared(view: View, rows: Rows) -> None:
    """Ages of competitors that a country gives for comparison (``comparison.age_<milestone>``)."""
    for name in view.scenario.parameters.family("comparison.age_"):
        parameter = view.scenario.parameters[name]
        for kind, series in parameter.rows.items():
            rows.add(f"{name.removeprefix('comparison.')}_mean", "measured", kind, series[-1].value, 0)
