"""Ages at milestones, times from one to the next, and how many reach them a year."""

from __future__ import annotations

from typing import Final

import numpy as np

from imgsim.base.dates.day_numbers import DAYS_A_YEAR, NEVER
from imgsim.outcomes.counts import Codes, Ints, inside
from imgsim.outcomes.definitions import FOLLOW_UP_YEARS, MEASURED, QUANTILES
from imgsim.outcomes.order_statistics import Runs, moments, quantile, runs, sorted_rows
from imgsim.outcomes.outcome_rows import Named, Rows, labels, ratio
from imgsim.outcomes.people_arrays import Days, View

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
    """Mean, SD and percentiles of ages in days of the chosen, by year and over all years."""
    old, replica, when, cell = sorted_rows(days, view.replicas.place[chosen], year, view.cell[chosen])
    held = runs_of(view, replica, old, cell)
    described(view, rows, measure, MEASURED, held.of, held)
    years = view.touched
    held = runs_of(view, replica * len(years) + when - years.start, old, cell)
    cohort = Named(labels(years), held.of % len(years))
    described(view, rows, measure, cohort, held.of // len(years), held)


def runs_of(view: View, of: Ints, days: Ints, cell: Ints) -> Runs:
    """Years of the members of every group that have ``of`` in common; days are sorted."""
    return runs(np.array(list(view.groups.values())), of, days / DAYS_A_YEAR, cell)


def described(view: View, rows: Rows, measure: str, cohort: str | Named, replica: Ints, held: Runs) -> None:
    """Mean, SD (of a sample) and percentiles of runs of ages."""
    group, (mean, squares) = Named(list(view.groups), held.group), moments(held)
    rows.add(f"{measure}_mean", cohort, group, mean, held.n, replica=replica)
    rows.add(f"{measure}_sd", cohort, group, np.sqrt(ratio(squares, held.n - 1)), held.n, replica=replica)
    for name, share in QUANTILES.items():
        rows.add(f"{measure}_{name}", cohort, group, quantile(held, share), held.n, replica=replica)


def times(view: View, rows: Rows) -> None:
    """Years between milestones of those who got there, and the share that never did, among those followed long."""
    for since, until in TIMES:
        if not view.knows(since, until):
            continue
        chosen, measure = view.measured(view.day(since), FOLLOW_UP_YEARS), f"time_{since}_to_{until}"
        there = view.day(until) != NEVER
        heads, got_there = view.by_cell(chosen, there)
        arrived = np.flatnonzero(chosen & there)
        for group, cells in view.groups.items():
            rows.share(f"{measure}_never", MEASURED, group, inside(heads - got_there, cells), inside(heads, cells))
        days = view.day(until)[arrived] - view.day(since)[arrived]
        waited, replica, cell = sorted_rows(days, view.replicas.place[arrived], view.cell[arrived])
        held = runs_of(view, replica, waited, cell)
        groups = Named(list(view.groups), held.group)
        for name, share in QUANTILES.items():
            rows.add(f"{measure}_{name}", MEASURED, groups, quantile(held, share), held.n, replica=held.of)


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
