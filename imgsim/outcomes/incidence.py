"""Cumulative incidence of training with competing ends (Aalen and Johansen 1978), never one minus Kaplan-Meier."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.base.compiled.jit import kernel
from imgsim.base.dates.day_numbers import DAYS_A_YEAR, NEVER
from imgsim.outcomes.catalogue import measure
from imgsim.outcomes.counts import Codes
from imgsim.outcomes.definitions import GRID, MEASURED
from imgsim.outcomes.order_statistics import sorted_rows
from imgsim.outcomes.outcome_rows import Rows, where
from imgsim.outcomes.people_arrays import Days, View, codes_in
from imgsim.outcomes.strata import CITIZENSHIP, Stratum

TRAINING = "training"
CENSORED = "under_way"
CAUSE = "cause"  # training, or the class of an end
BY = (CAUSE, f"{CAUSE}/{CITIZENSHIP}")
SINCE = {"cumulative_incidence": "certified", "cumulative_incidence_entry": "entry"}


@measure(
    name="cumulative_incidence", label="Cumulative incidence since certification", unit="share",
    definition="Probability of having begun training, or of each class of end before it, by years since certification, "
    "of entrants certified in the measured window (Aalen-Johansen estimator; careers under way are censored at the "
    "horizon).",
    denominator="simulated persons certified", by=BY, needs=("training", "certified"),
)  # fmt: skip
@measure(
    name="cumulative_incidence_entry", label="Cumulative incidence since entry", unit="share",
    definition="Probability of having begun training, or of each class of end before it, by years since entry, of "
    "entrants of the measured window (Aalen-Johansen estimator; careers under way are censored at the horizon).",
    denominator="simulated entrants", by=BY, needs=("training",),
)  # fmt: skip
def incidence(view: View, rows: Rows) -> None:
    """Probability of training, and of each class of end before it, by years since certification and since entry."""
    if not view.knows(TRAINING):
        return
    ends = first_of_ends(view)
    for name, milestone in SINCE.items():
        if view.knows(milestone):
            since = view.day(milestone)
            chosen = np.flatnonzero(view.measured(since) & (ends.until >= since))
            waited = ends.until[chosen] - since[chosen]
            columns = view.replicas.code[chosen], waited, ends.cause[chosen], view.cell[chosen]
            replica, days, cause, cell = sorted_rows(*columns)
            first = np.searchsorted(replica, np.arange(len(view.replications) + 1))
            for stratum, cells in view.people_groups.items():
                curves(rows, name, stratum, ends, days, cause, first, cells[cell])


class Ends(NamedTuple):
    """The first event of each person: training, the end of the career or the horizon."""

    until: Days
    cause: Codes  # from 1; 0 where the horizon comes first
    causes: list[str]
    occurs: Bools  # (replications, causes): which of them occur at all


def first_of_ends(view: View) -> Ends:
    """Day and cause of the first event of each person: training, an end, or censoring at the horizon."""
    classes = sorted({str(name) for name in view.people["end_class"].astype("category").cat.categories} - {CENSORED})
    code = codes_in(view.people["end_class"], classes)
    ended = np.flatnonzero(view.entrant & (code >= 0))
    persons = view.replicas.of(ended).by(len(classes), code[ended])
    training, end = view.day(TRAINING), np.minimum(view.day("end"), np.int32(view.horizon))
    trains = training != NEVER
    return Ends(
        until=np.where(trains, training, end),
        cause=np.where(trains, np.int32(1), np.where(code >= 0, code + np.int32(2), np.int32(0))),
        causes=[TRAINING, *classes],
        occurs=np.column_stack([np.ones(len(persons), bool), persons > 0]),
    )


def curves(
    rows: Rows, measure: str, whose: Stratum, ends: Ends, days: Ints, cause: Ints, first: Ints, of: Bools
) -> None:  # fmt: skip
    """One curve for each cause that occurs in a replication, on a grid of quarters of a year."""
    n, incidence = aalen_johansen(days, cause, first, of, len(ends.causes), GRID)
    for k, name in enumerate(ends.causes):
        curve = where((ends.occurs[:, k] & (n > 0))[:, None], incidence[:, k])
        rows.add(measure, MEASURED, Stratum(CAUSE, name).within(whose), curve, n[:, None], "share", GRID)


def aalen_johansen(
    days: Days | Ints, cause: Codes | Ints, first: Ints, of: Bools, causes: int, grid: Floats
) -> tuple[Ints, Floats]:
    """Cumulative incidence of causes 1 .. n at times in years, from days to the cause or to censoring (cause 0).

    Of the rows in ``of`` alone: how many each run has of them, and its curves, shape (runs, causes, times). Runs go
    from their ``first`` row to the next one's, the last of which is where all end; ``days`` are sorted in each.

    Of those at risk on a day, all whose day it is come to their causes before anybody is censored. The product over
    days is taken as the sum of logarithms, as statsmodels does, to whose last bit this agrees.
    """
    table = days_with_somebody(days, cause, first, of, causes)
    with np.errstate(divide="ignore"):  # nobody is left after the last day: the logarithm of nothing
        log_free = np.log(1 - table.coming[:, 1:].sum(axis=1) / table.at_risk)
    surviving = np.exp(summed_in_runs(log_free, table.first))
    return table.persons, incidences(table, surviving, grid * DAYS_A_YEAR)


class Table(NamedTuple):
    """Life table of several runs: days with events or censoring, numbers at risk, and events by cause."""

    day: Ints
    at_risk: Floats
    coming: Floats  # (days, 1 + causes): to censoring and to each cause
    first: Ints  # where each run begins, and where the last one ends
    persons: Ints  # of each run


@kernel
def days_with_somebody(days: Days | Ints, cause: Codes | Ints, first: Ints, of: Bools, causes: int) -> Table:
    """Count events and censorings by day and cause, and the persons at risk before them."""
    day, at_risk, coming = np.empty(len(days), np.int64), np.empty(len(days)), np.empty((len(days), causes + 1))
    begins, persons = np.zeros_like(first), np.zeros(len(first) - 1, np.int64)
    n = 0
    for run in range(len(first) - 1):
        persons[run] = np.sum(of[first[run] : first[run + 1]])
        left = persons[run]
        for k in range(first[run], first[run + 1]):
            if of[k]:
                if left == persons[run] or days[k] != day[n - 1]:
                    day[n], at_risk[n], coming[n] = days[k], left, 0.0
                    n += 1
                coming[n - 1, cause[k]] += 1
                left -= 1
        begins[run + 1] = n
    return Table(day[:n], at_risk[:n], coming[:n], begins, persons)


@kernel
def summed_in_runs(value: Floats, first: Ints) -> Floats:
    """Cumulative sums that start anew with each run."""
    sums = np.empty_like(value)
    for run in range(len(first) - 1):
        total = 0.0
        for k in range(first[run], first[run + 1]):
            total += value[k]
            sums[k] = total
    return sums


@kernel
def incidences(table: Table, surviving: Floats, grid: Floats) -> Floats:
    """Cumulative incidence by cause on a grid of times: hazards weighted by survival to the day before."""
    causes = table.coming.shape[1] - 1
    curves, total = np.zeros((len(table.first) - 1, causes, len(grid))), np.empty(causes)
    for run in range(len(table.first) - 1):
        total[:] = 0.0
        k = table.first[run]
        for time in range(len(grid)):
            while k < table.first[run + 1] and table.day[k] <= grid[time]:
                a_head = (surviving[k - 1] if k > table.first[run] else 1.0) / table.at_risk[k]
                for c in range(causes):
                    total[c] += a_head * table.coming[k, c + 1]
                k += 1
            curves[run, :, time] = total
    return curves
