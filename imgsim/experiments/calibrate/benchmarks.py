"""Benchmark forecasts: simple rules that the model's forecast must beat to be worth its parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True)
class Published:
    """Published Match series by group and year: active applicants and matched; and positions by year."""

    active: Mapping[tuple[str, int], float]
    matched: Mapping[tuple[str, int], float]
    positions: Mapping[int, float]

    def rate(self, groups: Sequence[str], year: int) -> float:
        """Share of active applicants who matched, over several groups together."""
        return sum(self.matched[g, year] for g in groups) / sum(self.active[g, year] for g in groups)


def last_known_rate(published: Published, groups: Sequence[str], year: int, last: int) -> float:
    """Benchmark: the last match rate known when the forecast was made."""
    del year
    return published.rate(groups, last)


def previous_year_rate(published: Published, groups: Sequence[str], year: int, last: int) -> float:
    """Benchmark: the match rate of the year before, which a forecast could not yet know, so harder to beat."""
    del last
    return published.rate(groups, year - 1)


def seats_left_over(published: Published, rivals: Sequence[str], groups: Sequence[str], year: int, last: int) -> float:
    """Benchmark: seats that competitors leave at their last known match rate, by published applicants.

    Every group gets the same rate: this benchmark knows nothing of the split.
    """
    rate = {rival: published.matched[rival, last] / published.active[rival, last] for rival in rivals}
    taken = sum(rate[rival] * published.active[rival, year] for rival in rivals)
    left = published.positions[year] - taken
    return min(1.0, max(0.0, left) / sum(published.active[g, year] for g in groups))


def errors(forecast: pd.DataFrame) -> pd.DataFrame:
    """Mean absolute error of every method by series, in percentage points.

    ``forecast`` has columns series, year, method, value (a share), published (a share).
    """
    table = forecast.assign(error=(forecast["value"] - forecast["published"]).abs() * 100)
    return table.pivot_table(index="series", columns="method", values="error", aggfunc="mean", sort=False)
