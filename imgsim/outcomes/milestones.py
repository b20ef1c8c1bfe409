"""Ages at milestones, times from one to the next, and how many reach them a year."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.dates import DAYS_A_YEAR, NEVER
from imgsim.outcomes.counting import Codes, Floats, Ints, dealt
from imgsim.outcomes.definitions import FOLLOW_UP_YEARS, MEASURED, QUANTILES
from imgsim.outcomes.rows import Rows, labels, ratio, where
from imgsim.outcomes.view import Days, View

COUNTED: Final = {
    "entrants": "entry",
    "certificates": "certified",
    "training_starts": "training",
    "licences": "licensed",
}
CELL_BITS: Final = 8
DAY_BITS: Final = 32
EARLIEST: Final = 2 ** (DAY_BITS - 1)  # so many days before the first one
YEAR_BITS: Final = 12
TIMES: Final = (("entry", "certified"), ("certified", "training"), ("graduation", "training"), ("entry", "training"))


def ages(view: View, rows: Rows) -> None:
    """Mean, SD and percentiles of age at each milestone, by calendar year of the milestone and pooled."""
    for milestone in view.scenario.pathway.milestones:
        chosen = np.flatnonzero(view.measured(view.day(milestone)))
        days = view.day(milestone)[chosen] - view.day("birth")[chosen]
        spread(view, rows, f"age_{milestone}", chosen, view.year(milestone)[chosen], days)


def spread(view: View, rows: Rows, measure: str, chosen: Ints, year: Codes, days: Days) -> None:
    """Mean, SD and percentiles of ages in days of the chosen, by year and over all years."""
    if not len(chosen):
        return
    replica, cell = view.replicas.place[chosen].astype(np.int64), view.cell[chosen]
    held = sorted_runs(view, replica, days, cell)
    described(rows, measure, MEASURED, held.of, held)
    held = sorted_runs(view, (replica << YEAR_BITS) | year, days, cell)
    years = labels((held.of & (2**YEAR_BITS - 1)).tolist())
    described(rows, measure, years, held.of >> YEAR_BITS, held)


class Runs(NamedTuple):
    """Values of runs, group after group, each sorted."""

    group: list[str]  # of each run
    of: Ints  # what the members of each run have in common
    begin: Ints  # where it begins
    n: Ints  # how many values it has, at least one
    days: Ints  # the values


def sorted_runs(view: View, of: Ints, days: npt.NDArray[Any], cell: Codes) -> Runs:
    """Runs of those in a group who have ``of`` in common, up to 2^23; days lie between -2^31 and 2^31.

    All three are sorted as one whole number, once for all groups: a cell takes the last byte, the days four before it.
    """
    key = np.sort((of << (DAY_BITS + CELL_BITS)) | ((days + np.int64(EARLIEST)) << CELL_BITS) | cell)
    place, first = dealt(np.array(list(view.groups.values())), (key & (2**CELL_BITS - 1)).astype(np.int32))
    key = key[place]
    of = key >> (DAY_BITS + CELL_BITS)
    begins = np.zeros(len(key) + 1, bool)
    begins[first] = True
    begins[1:-1] |= of[1:] != of[:-1]
    begin, names = np.flatnonzero(begins[:-1]), list(view.groups)
    group = [names[k] for k in (np.searchsorted(first, begin, side="right") - 1).tolist()]
    days = ((key >> CELL_BITS) & (2**DAY_BITS - 1)) - EARLIEST
    return Runs(group, of[begin], begin, np.diff(np.append(begin, len(key))), days)


def described(rows: Rows, measure: str, cohort: str | list[str], replica: Ints, held: Runs) -> None:
    """Mean, SD (of a sample) and percentiles of runs of ages in days."""
    value, n = held.days / DAYS_A_YEAR, held.n
    mean = np.add.reduceat(value, held.begin) / n
    squares = np.add.reduceat((value - np.repeat(mean, n)) ** 2, held.begin)
    rows.add(f"{measure}_mean", cohort, held.group, mean, n, replica=replica)
    rows.add(f"{measure}_sd", cohort, held.group, np.sqrt(ratio(squares, n - 1)), n, replica=replica)
    for name, share in QUANTILES.items():
        found = quantile(value, held.begin, n, share)
        rows.add(f"{measure}_{name}", cohort, held.group, found, n, replica=replica)


def quantile(value: Floats, begin: Ints, n: Ints, share: float) -> Floats:
    """The quantile of each sorted run, interpolated linearly (definition 7 of Hyndman and Fan 1996); NaN of none."""
    place = share * np.maximum(n - 1, 0)
    below = np.floor(place).astype(np.int64)
    low, high = value[begin + below], value[begin + np.minimum(below + 1, np.maximum(n - 1, 0))]
    return where(n > 0, low + (place - below) * (high - low))


def times(view: View, rows: Rows) -> None:
    """Years between milestones of those who got there, and the share that never did, among those followed long."""
    for since, until in TIMES:
        if not view.knows(since, until):
            continue
        chosen = np.flatnonzero(view.measured(view.day(since), FOLLOW_UP_YEARS))
        if not len(chosen):
            continue
        begin, end = view.day(since)[chosen], view.day(until)[chosen]
        days = np.where(end == NEVER, NEVER, end - begin)  # who never gets there comes last
        held = sorted_runs(view, view.replicas.place[chosen].astype(np.int64), days, view.cell[chosen])
        got_there = np.add.reduceat((held.days != NEVER).astype(np.int64), held.begin)
        measure, never = f"time_{since}_to_{until}", (held.n - got_there) / held.n
        rows.add(f"{measure}_never", MEASURED, held.group, never, held.n, replica=held.of)
        for name, share in QUANTILES.items():
            found = quantile(held.days / DAYS_A_YEAR, held.begin, got_there, share)
            rows.add(f"{measure}_{name}", MEASURED, held.group, found, got_there, replica=held.of)


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
            value = np.full(len(view.replications), series[-1].value)
            rows.add(f"{name.removeprefix('comparison.')}_mean", MEASURED, kind, value, 0)
