"""Cumulative incidence of training with competing ends (Aalen and Johansen 1978), never one minus Kaplan-Meier."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from imgsim.dates import DAYS_A_YEAR, NEVER
from imgsim.outcomes.counting import Codes, Floats, Ints
from imgsim.outcomes.definitions import INCIDENCE_STEPS, INCIDENCE_YEARS, MEASURED
from imgsim.outcomes.rows import Rows
from imgsim.outcomes.view import Days, View, codes_in

TRAINING = "training"
CENSORED = "under_way"
SINCE = {"cumulative_incidence": "certified", "cumulative_incidence_entry": "entry"}


def incidence(view: View, rows: Rows) -> None:
    """Probability of training, and of each class of end before it, by years since certification and since entry."""
    if not view.knows(TRAINING):
        return
    until, cause, causes = first_of_ends(view)
    for measure, milestone in SINCE.items():
        if not view.knows(milestone):
            continue
        since = view.day(milestone)
        chosen = np.flatnonzero(view.measured(since) & (until >= since))
        days, why, cell = until[chosen] - since[chosen], cause[chosen], view.cell[chosen]
        for group, cells in view.people_groups.items():
            inside, suffix = cells[cell], "" if group == "all" else f"/{group}"
            curves(rows, measure, suffix, days[inside], why[inside], causes)


def first_of_ends(view: View) -> tuple[Days, Codes, list[str]]:
    """Day and cause of what comes first, training, an end or the horizon; causes count from 1 (0: censored)."""
    classes = sorted({str(name) for name in view.people["end_class"].astype("category").cat.categories} - {CENSORED})
    code = codes_in(view.people["end_class"], classes)
    occurs = np.bincount(code[view.entrant & (code >= 0)], minlength=len(classes)) > 0
    causes = [TRAINING, *(name for name, some in zip(classes, occurs, strict=True) if some)]
    number = np.array([*(causes.index(name) + 1 if name in causes else 0 for name in classes), 0], np.int32)
    training, end = view.day(TRAINING), np.minimum(view.day("end"), np.int32(view.horizon))
    trains = training != NEVER
    return np.where(trains, training, end), np.where(trains, np.int32(1), number[code]), causes


def curves(rows: Rows, measure: str, suffix: str, days: Days, cause: Codes, causes: Sequence[str]) -> None:
    """One curve for each cause on a grid of quarters of a year."""
    if not len(days):
        return
    grid = np.arange(INCIDENCE_YEARS * INCIDENCE_STEPS + 1) / INCIDENCE_STEPS
    for name, curve in zip(causes, aalen_johansen(days, cause, len(causes), grid), strict=True):
        rows.add(measure, MEASURED, name + suffix, curve, len(days), time=grid)


def aalen_johansen(days: Days | Ints, cause: Codes | Ints, causes: int, grid: Floats) -> list[Floats]:
    """Cumulative incidence of causes 1 .. n at times in years, from days to the cause or to censoring (cause 0).

    Of those at risk on a day, all whose day it is come to their causes before anybody is censored. The product over
    days is taken as the sum of logarithms, as statsmodels does, to whose last bit this agrees.
    """
    counts = np.bincount(days * np.int64(causes + 1) + cause).astype(np.float64)
    table = np.append(counts, np.zeros(-len(counts) % (causes + 1))).reshape(-1, causes + 1)
    times = np.flatnonzero(table.any(axis=1))
    table = table[times]
    at_risk = np.cumsum(table.sum(axis=1)[::-1])[::-1]
    free = 1 - table[:, 1:].sum(axis=1) / at_risk
    with np.errstate(divide="ignore"):  # nobody is left after the last day: the logarithm of nothing
        surviving = np.exp(np.cumsum(np.log(free)))
    a_head = np.append(1.0, surviving[:-1]) / at_risk
    place = np.searchsorted(times, grid * DAYS_A_YEAR, side="right")
    return [np.append(0.0, np.cumsum(a_head * table[:, k]))[place] for k in range(1, causes + 1)]
