"""Cumulative incidence of training with competing ends (Aalen and Johansen 1978), never one minus Kaplan-Meier."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from imgsim.outcomes.definitions import INCIDENCE_STEPS, INCIDENCE_YEARS, MEASURED
from imgsim.outcomes.rows import Floats, Ints, Rows
from imgsim.outcomes.view import MISSING, View

TRAINING = "training"
CENSORED = "under_way"
SINCE = {"cumulative_incidence": "certified", "cumulative_incidence_entry": "entry"}


def incidence(view: View, rows: Rows) -> None:
    """Probability of training, and of each class of end before it, by years since certification and since entry."""
    for measure, milestone in SINCE.items():
        if not view.knows(milestone, TRAINING):
            continue
        since = view.day(milestone)
        until, cause, causes = first_of_ends(view)
        of = view.measured(since) & (until >= since)
        for group, inside in view.people_groups.items():
            suffix = "" if group == "all" else f"/{group}"
            curves(rows, measure, suffix, (until - np.where(of, since, 0))[of & inside], cause[of & inside], causes)


def first_of_ends(view: View) -> tuple[Ints, Ints, list[str]]:
    """Day and cause of what comes first, training, an end or the horizon; causes count from 1 (0: censored)."""
    ends = view.people["end_class"].astype(str).to_numpy()
    causes = [TRAINING, *sorted(set(ends[view.entrant]) - {CENSORED})]
    cause = np.select([ends == name for name in causes], range(1, len(causes) + 1), 0)
    training, end = view.day(TRAINING), np.minimum(view.day("end"), view.horizon)
    trains = training != MISSING
    return np.where(trains, training, end), np.where(trains, 1, cause), causes


def curves(rows: Rows, measure: str, suffix: str, days: Ints, cause: Ints, causes: Sequence[str]) -> None:
    """One curve for each cause on a grid of quarters of a year."""
    if not len(days):
        return
    grid = np.arange(INCIDENCE_YEARS * INCIDENCE_STEPS + 1) / INCIDENCE_STEPS
    for name, curve in zip(causes, aalen_johansen(days, cause, len(causes), grid), strict=True):
        rows.add(measure, MEASURED, name + suffix, curve, len(days), time=grid)


def aalen_johansen(days: Ints, cause: Ints, causes: int, grid: Floats) -> list[Floats]:
    """Cumulative incidence of causes 1 .. n at times in years, from days to the cause or to censoring (cause 0)."""
    from statsmodels.duration.survfunc import CumIncidenceRight

    from imgsim.dates import DAYS_A_YEAR

    present = sorted(set(np.unique(cause).tolist()) - {0})
    renumbered = np.searchsorted(np.array([0, *present]), cause)  # statsmodels wants causes without gaps
    found = [np.zeros(len(grid)) for _ in range(causes)]
    if not present:
        return found
    estimate = CumIncidenceRight(days, renumbered, freq_weights=np.ones(len(days)))  # weights: no standard errors
    place = np.searchsorted(estimate.times, grid * DAYS_A_YEAR, side="right")
    for code, curve in zip(present, estimate.cinc, strict=True):
        found[code - 1] = np.r_[0.0, curve][place]
    return found
