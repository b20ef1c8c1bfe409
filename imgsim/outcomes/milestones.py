"""Ages at milestones, times from one to the next, and how many reach them a year."""

from __future__ import annotations

from typing import Final

import numpy as np

from imgsim.dates import DAYS_A_YEAR, NEVER
from imgsim.outcomes.counting import Codes, Floats, Ints, places
from imgsim.outcomes.definitions import FOLLOW_UP_YEARS, MEASURED, QUANTILES
from imgsim.outcomes.rows import Rows, labels
from imgsim.outcomes.view import Days, View, spans

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
    key = (days.astype(np.int64) << 8) | view.cell[chosen]
    cell, age, _ = parts_of(np.sort(key))
    cell_by_year, age_by_year, of_year = parts_of(np.sort(key | (year.astype(np.int64) << 32)))
    by_age, by_year = places(view.groups, cell), places(view.groups, cell_by_year)
    for group in view.groups:
        if len(by_age[group]):
            mine = of_year[by_year[group]]
            begin = np.flatnonzero(np.append(True, mine[1:] != mine[:-1]))
            described(rows, measure, labels(mine[begin].tolist()), group, age_by_year[by_year[group]], begin)
            described(rows, measure, [MEASURED], group, age[by_age[group]], np.zeros(1, np.int64))


def parts_of(key: Ints) -> tuple[Codes, Floats, Codes]:
    """Cells, ages in years and calendar years of such whole numbers."""
    return (key & 0xFF).astype(np.int32), ((key >> 8) & 0xFFFFFF) / DAYS_A_YEAR, (key >> 32).astype(np.int32)


def described(rows: Rows, measure: str, cohort: list[str], group: str, value: Floats, begin: Ints) -> None:
    """Mean, SD (of a sample) and percentiles of sorted runs of values that begin at these places."""
    n = np.diff(np.append(begin, len(value)))
    mean = np.add.reduceat(value, begin) / n
    squares = np.add.reduceat((value - np.repeat(mean, n)) ** 2, begin)
    rows.add(f"{measure}_mean", cohort, group, mean, n)
    rows.add(f"{measure}_sd", cohort, group, np.sqrt(squares / np.where(n > 1, n - 1, np.nan)), n)
    for name, share in QUANTILES.items():
        rows.add(f"{measure}_{name}", cohort, group, quantile(value, begin, n, share), n)


def quantile(value: Floats, begin: Ints, n: Ints, share: float) -> Floats:
    """The quantile of each sorted run, interpolated linearly (definition 7 of Hyndman and Fan 1996)."""
    place = begin + share * (n - 1)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, begin + n - 1)
    found: Floats = value[below] + (place - below) * (value[above] - value[below])
    return found


def times(view: View, rows: Rows) -> None:
    """Years between milestones of those who got there, and the share that never did, among those followed long."""
    for since, until in TIMES:
        if not view.knows(since, until):
            continue
        chosen = np.flatnonzero(view.measured(view.day(since), FOLLOW_UP_YEARS))
        begin, end, cell = (held[chosen] for held in (view.day(since), view.day(until), view.cell))
        never, years = end == NEVER, spans(begin, end)
        for group, inside in places(view.groups, cell).items():
            without = never[inside]
            rows.share(f"time_{since}_to_{until}_never", MEASURED, group, int(np.count_nonzero(without)), len(inside))
            percentiles(rows, f"time_{since}_to_{until}", group, years[inside][~without])


def percentiles(rows: Rows, measure: str, group: str, value: Floats) -> None:
    """P10, P50 and P90 of the values, over all years."""
    if len(value):
        found = np.quantile(value, list(QUANTILES.values()))
        for name, at in zip(QUANTILES, found, strict=True):
            rows.add(f"{measure}_{name}", MEASURED, group, at, len(value))


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
