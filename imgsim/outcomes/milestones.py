"""Ages at milestones, times from one to the next, and how many reach them a year."""

from __future__ import annotations

from typing import Final

import numpy as np

from imgsim.outcomes.definitions import FOLLOW_UP_YEARS, MEASURED, QUANTILES
from imgsim.outcomes.rows import Bools, Floats, Ints, Rows, labels
from imgsim.outcomes.view import MISSING, View, spans, year_of

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
        since = view.day(milestone)
        of, age = view.measured(since), view.people[f"{milestone}_age"].to_numpy(np.float64)
        for group, inside in view.groups.items():
            chosen = of & inside
            spread(rows, f"age_{milestone}", group, year_of(since)[chosen], age[chosen])


def spread(rows: Rows, measure: str, group: str, year: Ints, value: Floats) -> None:
    """Mean, SD and percentiles of values by year and over all years."""
    if not len(value):
        return
    order = np.lexsort((value, year))
    year, value = year[order], value[order]
    begin = np.flatnonzero(np.r_[True, year[1:] != year[:-1]])
    described(rows, measure, labels(year[begin]), group, value, begin)
    described(rows, measure, np.array([MEASURED], object), group, np.sort(value), np.zeros(1, np.int64))


def described(rows: Rows, measure: str, cohort: object, group: str, value: Floats, begin: Ints) -> None:
    """Mean, SD (of a sample) and percentiles of sorted runs of values that begin at these places."""
    n = np.diff(np.r_[begin, len(value)])
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
        begin, end = view.day(since), view.day(until)
        of, years = view.measured(begin, FOLLOW_UP_YEARS), spans(begin, end)
        for group, inside in view.groups.items():
            rows.share(f"time_{since}_to_{until}_never", MEASURED, group, end == MISSING, of & inside)
            percentiles(rows, f"time_{since}_to_{until}", group, years[of & inside & (end != MISSING)])


def percentiles(rows: Rows, measure: str, group: str, value: Floats) -> None:
    """P10, P50 and P90 of the values, over all years."""
    if len(value):
        for name, share in QUANTILES.items():
            rows.add(f"{measure}_{name}", MEASURED, group, np.quantile(value, share), len(value))


def reached(view: View, rows: Rows) -> None:
    """Persons entering the road and reaching its milestones per calendar year, in the whole population."""
    for measure, milestone in COUNTED.items():
        if view.knows(milestone):
            year = year_of(view.day(milestone))
            for group, inside in view.groups.items():
                of: Bools = view.entrant & inside
                rows.counts(measure, group, year, of, view.years, view.scale)


def compared(view: View, rows: Rows) -> None:
    """Ages of competitors that a country gives for comparison (``comparison.age_<milestone>``)."""
    for name in view.scenario.parameters.family("comparison.age_"):
        parameter = view.scenario.parameters[name]
        for kind, series in parameter.rows.items():
            rows.add(f"{name.removeprefix('comparison.')}_mean", "measured", kind, series[-1].value, 0)
