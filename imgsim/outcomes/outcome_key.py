"""Outcomes by key: what a published figure, or a page of the documentation, picks out of the outcomes table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from imgsim.base.errors import InputError
from imgsim.inputs.published import Target
from imgsim.outcomes.catalogue import entry_of


class OutcomeKey(NamedTuple):
    """One outcome, whatever the replication."""

    measure: str
    cohort: str
    group: str
    statistic: str
    time: float | None  # None for a value that is no point of a curve

    @property
    def series(self) -> str:
        """The measure, with its statistic and time where it has several."""
        several = len(entry_of(self.measure).statistics) > 1
        time = "" if self.time is None else f", year {self.time:g}"
        return f"{self.measure}{f', {self.statistic}' if several else ''}{time}"


Outcomes = Mapping[OutcomeKey, float]  # means over replications


def outcome_key(
    measure: str, cohort: str, group: str = "all", statistic: str = "", time: float | None = None
) -> OutcomeKey:
    """The key of an outcome; the statistic may be left out where the measure has only one.

    InputError if there is no such measure or statistic.
    """
    statistics = entry_of(measure).statistics
    if not statistic and len(statistics) > 1:
        raise InputError(f"the measure `{measure}` needs a `statistic`: one of {', '.join(statistics)}")
    if statistic and statistic not in statistics:
        raise InputError(f"`{measure}` has no statistic `{statistic}`", name=statistic, known=statistics)
    return OutcomeKey(measure, cohort, group, statistic or statistics[0], time)


def target_key(target: Target) -> OutcomeKey:
    """The outcome that answers to a published figure."""
    return outcome_key(target.measure, target.cohort, target.group, target.statistic, target.time)


def means(outcomes: pd.DataFrame) -> dict[OutcomeKey, float]:
    """The mean of every outcome over replications."""
    names = list(OutcomeKey._fields)
    table = outcomes.groupby(names, observed=True, dropna=False)["value"].mean().reset_index()
    texts = [table[name].astype(str) for name in names[:-1]]
    times = (None if np.isnan(time) else float(time) for time in table["time"])
    keys = map(OutcomeKey, *texts, times)
    return dict(zip(keys, table["value"].astype(float), strict=True))
