"""Ages at milestones, times from one to the next, and how many persons reach them a year."""

from __future__ import annotations

from typing import Final

import numpy as np

from imgsim.base.arrays import Ints
from imgsim.base.dates.day_numbers import DAYS_A_YEAR, NEVER
from imgsim.outcomes.catalogue import measure
from imgsim.outcomes.counts import Codes, inside
from imgsim.outcomes.definitions import FOLLOW_UP_YEARS, INTERVALS, MEASURED, QUANTILES
from imgsim.outcomes.order_statistics import Runs, moments, quantile, runs, sorted_rows
from imgsim.outcomes.outcome_rows import Named, Rows, labels, ratio
from imgsim.outcomes.people_arrays import Days, View
from imgsim.outcomes.strata import BY_TRAITS, COMPETITOR, Stratum

COUNTED: Final = {
    "entrants": "entry",
    "certificates": "certified",
    "training_starts": "training",
    "licences": "licensed",
}
AGE: Final = "age_"  # before the name of a milestone
COMPARED: Final = "comparison."  # before the name of a measure: parameters that give it for competitors


@measure(
    name="age_<milestone>", label="Age at milestone: {}", unit="years",
    definition="Age on the day on which the milestone is reached for the first time, of entrants who reach it in the "
    "calendar year, or at any time in the measured window. Of competitors the age that the country gives for "
    "comparison, which is an input.",
    denominator="simulated persons who reach the milestone; 0 where the age is given",
    by=(*BY_TRAITS, COMPETITOR), statistics=("mean", "sd", *QUANTILES),
)  # fmt: skip
def ages(view: View, rows: Rows) -> None:
    """Mean, standard deviation and percentiles of age at each milestone, by calendar year and pooled."""
    for milestone in view.scenario.pathway.milestones:
        chosen = np.flatnonzero(view.measured(view.day(milestone)))
        days = view.day(milestone)[chosen] - view.day("birth")[chosen]
        spread(view, rows, f"{AGE}{milestone}", chosen, view.year(milestone)[chosen], days)
    given_ages(view, rows)


def given_ages(view: View, rows: Rows) -> None:
    """Mean ages of competitors that a country gives for comparison (``comparison.age_<milestone>``)."""
    for name in view.scenario.parameters.family(f"{COMPARED}{AGE}"):
        for kind, series in view.scenario.parameters[name].rows.items():
            value = np.full(len(view.replications), series[-1].value)
            rows.add(name.removeprefix(COMPARED), MEASURED, Stratum(COMPETITOR, kind), value, 0, "mean")


def spread(view: View, rows: Rows, name: str, chosen: Ints, year: Codes, days: Days) -> None:
    """Mean, standard deviation and percentiles of ages in days of the chosen, by year and over all years."""
    old, replica, when, cell = sorted_rows(days, view.replicas.code[chosen], year, view.cell[chosen])
    pooled = runs_of(view, replica, old, cell)
    described(view, rows, name, MEASURED, pooled.of, pooled)
    years = view.touched
    yearly = runs_of(view, replica * len(years) + when - years.start, old, cell)
    cohort = Named(labels(years), yearly.of % len(years))
    described(view, rows, name, cohort, yearly.of // len(years), yearly)


def runs_of(view: View, of: Ints, days: Ints, cell: Ints) -> Runs:
    """Years of the members of every group that have ``of`` in common; days are sorted."""
    return runs(np.array(list(view.groups.values())), of, days / DAYS_A_YEAR, cell)


def described(view: View, rows: Rows, name: str, cohort: str | Named, replica: Ints, ages: Runs) -> None:
    """Mean, standard deviation (of a sample) and percentiles of runs of ages."""
    stratum, (mean, squares) = Named(list(view.groups), ages.group), moments(ages)
    rows.add(name, cohort, stratum, mean, ages.n, "mean", replica=replica)
    rows.add(name, cohort, stratum, np.sqrt(ratio(squares, ages.n - 1)), ages.n, "sd", replica=replica)
    for statistic, share in QUANTILES.items():
        rows.add(name, cohort, stratum, quantile(ages, share), ages.n, statistic, replica=replica)


@measure(
    name="time_<interval>", label="Time from {}", unit="years",
    definition="Years from the first date to the second of those who reach the second, among entrants whose first date "
    f"lies in the measured window and at least {FOLLOW_UP_YEARS} years before the horizon.",
    denominator="simulated persons who reach the second date",
    by=BY_TRAITS, statistics=tuple(QUANTILES),
)  # fmt: skip
@measure(
    name="never_<interval>", label="Never from {}", unit="share",
    definition="Share that does not reach the second date by the horizon, of entrants whose first date lies in the "
    f"measured window and at least {FOLLOW_UP_YEARS} years before the horizon.",
    denominator="simulated persons with the first date",
    by=BY_TRAITS,
)  # fmt: skip
def times(view: View, rows: Rows) -> None:
    """Years between milestones of those who got there, and the share that never did, among those followed long."""
    for since, until in INTERVALS:
        if not view.knows(since, until):
            continue
        chosen, interval = view.measured(view.day(since), FOLLOW_UP_YEARS), f"{since}_to_{until}"
        there = view.day(until) != NEVER
        persons, got_there = view.by_cell(chosen, there)
        arrived = np.flatnonzero(chosen & there)
        for stratum, cells in view.groups.items():
            rows.share(
                f"never_{interval}", MEASURED, stratum, inside(persons - got_there, cells), inside(persons, cells)
            )
        days = view.day(until)[arrived] - view.day(since)[arrived]
        waited, replica, cell = sorted_rows(days, view.replicas.code[arrived], view.cell[arrived])
        waits = runs_of(view, replica, waited, cell)
        strata = Named(list(view.groups), waits.group)
        for statistic, share in QUANTILES.items():
            value = quantile(waits, share)
            rows.add(f"time_{interval}", MEASURED, strata, value, waits.n, statistic, replica=waits.of)


@measure(
    name="entrants", label="Entrants a year", unit="persons",
    definition="Graduates who enter the pathway in the calendar year, at full size.",
    denominator="simulated persons counted", by=BY_TRAITS, statistics=("count",),
)  # fmt: skip
@measure(
    name="certificates", label="Certified a year", unit="persons",
    definition="Entrants certified for the first time in the calendar year, at full size.",
    denominator="simulated persons counted", by=BY_TRAITS, statistics=("count",), needs=("certified",),
)  # fmt: skip
@measure(
    name="training_starts", label="Training begun a year", unit="persons",
    definition="Entrants who begin training for the first time in the calendar year, at full size.",
    denominator="simulated persons counted", by=BY_TRAITS, statistics=("count",), needs=("training",),
)  # fmt: skip
@measure(
    name="licences", label="Licensed a year", unit="persons",
    definition="Entrants licensed for the first time in the calendar year, at full size.",
    denominator="simulated persons counted", by=BY_TRAITS, statistics=("count",), needs=("licensed",),
)  # fmt: skip
def reached(view: View, rows: Rows) -> None:
    """Persons entering the pathway and reaching its milestones per calendar year, in the whole population."""
    for name, milestone in COUNTED.items():
        if view.knows(milestone):
            counted = view.tally(view.years, view.year(milestone), view.entrant)
            for stratum, cells in view.groups.items():
                count = counted.inside(cells)[1]
                rows.add(name, labels(view.years), stratum, count / view.scale, count, "count")
