"""Ages at milestones, times from one to the next, and how many reach them a year."""

from __future__ import annotations

from typing import Final

import numpy as np

from imgsim.dates import DAYS_A_YEAR, NEVER
from imgsim.outcomes.counting import Codes, Ints, inside
from imgsim.outcomes.definitions import FOLLOW_UP_YEARS, MEASURED, QUANTILES
from imgsim.outcomes.rows import Rows, labels, ratio
from imgsim.outcomes.sorting import Runs, moments, quantile, runs, sorted_rows
from imgsim.outcomes.view import NO_YEAR, Days, View

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
    replica, cell = view.replicas.place[chosen], view.cell[chosen]
    held = runs_of(view, replica, days, cell)
    described(view, rows, measure, MEASURED, held.of, held)
    held = runs_of(view, replica * np.int64(NO_YEAR) + year, days, cell)
    described(view, rows, measure, labels((held.of % NO_YEAR).tolist()), held.of // NO_YEAR, held)


def runs_of(view: View, of: Ints | Codes, days: Days, cell: Codes) -> Runs:
    """Years of the members of every group that have ``of`` in common, sorted."""
    common, sorted_days, cells = sorted_rows(of, days, cell)
    return runs(np.array(list(view.groups.values())), common, sorted_days / DAYS_A_YEAR, cells)


def described(view: View, rows: Rows, measure: str, cohort: str | list[str], replica: Ints, held: Runs) -> None:
    """Mean, SD (of a sample) and percentiles of runs of ages."""
    group, (mean, squares) = group_names(view, held), moments(held)
    rows.add(f"{measure}_mean", cohort, group, mean, held.n, replica=replica)
    rows.add(f"{measure}_sd", cohort, group, np.sqrt(ratio(squares, held.n - 1)), held.n, replica=replica)
    for name, share in QUANTILES.items():
        rows.add(f"{measure}_{name}", cohort, group, quantile(held, share), held.n, replica=replica)


def group_names(view: View, held: Runs) -> list[str]:
    """The names of the groups of runs."""
    names = list(view.groups)
    return [names[k] for k in held.group.tolist()]


def times(view: View, rows: Rows) -> None:
    """Years between milestones of those who got there, and the share that never did, among those followed long."""
    for since, until in TIMES:
        if not view.knows(since, until):
            continue
        chosen, measure = np.flatnonzero(view.measured(view.day(since), FOLLOW_UP_YEARS)), f"time_{since}_to_{until}"
        arrived = chosen[view.day(until)[chosen] != NEVER]
        heads, got_there = view.by_cell(chosen), view.by_cell(arrived)
        for group, cells in view.groups.items():
            rows.share(f"{measure}_never", MEASURED, group, inside(heads - got_there, cells), inside(heads, cells))
        days = view.day(until)[arrived] - view.day(since)[arrived]
        held = runs_of(view, view.replicas.place[arrived], days, view.cell[arrived])
        for name, share in QUANTILES.items():
            found = quantile(held, share)
            rows.add(f"{measure}_{name}", MEASURED, group_names(view, held), found, held.n, replica=held.of)


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
