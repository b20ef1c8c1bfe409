"""How far the figures of a small scale lie from those of full size, and how far chance alone would carry them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from scales.figures import SHARE, Figure
from scipy.special import stdtrit

FULL: Final = 1.0
ONE_POINT: Final = 0.01  # of a share; of everything else, one percent of its value at full size
ERROR: Final = 0.05  # the probability that chance alone is blamed on the scale, over all comparisons together


class Estimate(NamedTuple):
    """A pooled figure with its standard error and the replications behind it."""

    value: float
    error: float
    replications: int


class Drift(NamedTuple):
    """A figure at a small scale beside the one at full size, in points."""

    line: str
    unit: str
    scale: float
    small: Estimate
    full: Estimate
    points: float
    chance: float  # points that chance alone explains

    @property
    def is_within(self) -> bool:
        """Is the drift within chance and one point?"""
        return abs(self.points) <= self.chance + 1.0


def estimate(amounts: Sequence[float], of: Sequence[float]) -> Estimate:
    """A ratio of sums over replications; its error by linearisation (Cochran 1977, section 6.4)."""
    amount, base = np.array(amounts), np.array(of)
    n, total = len(amount), float(base.sum())
    value = float(amount.sum()) / total if total else float("nan")
    squares = float(((amount - value * base) ** 2).sum())
    return Estimate(value, float(np.sqrt(squares * n / (n - 1))) / total if n > 1 and total else float("nan"), n)


def drifts(by_scale: Mapping[float, Sequence[Sequence[Figure]]]) -> list[Drift]:
    """Every figure of every small scale beside that of full size."""
    estimates = {scale: estimates_of(replications) for scale, replications in by_scale.items()}
    full = estimates.pop(FULL)
    pairs = [(key, scale) for key in full for scale in estimates if key in estimates[scale]]
    level = 1 - ERROR / (2 * max(1, len(pairs)))
    return [drift(key, scale, estimates[scale][key], full[key], level) for key, scale in pairs]


def estimates_of(replications: Sequence[Sequence[Figure]]) -> dict[tuple[str, str], Estimate]:
    """Line and unit -> the figure pooled over replications; a replication that lacks a line has nothing to add."""
    parts: dict[tuple[str, str], list[Figure]] = {}
    for figures in replications:
        for figure in figures:
            parts.setdefault((figure.line, figure.unit), []).append(figure)
    return {key: estimate([f.amount for f in each], [f.of for f in each]) for key, each in parts.items()}


def drift(key: tuple[str, str], scale: float, small: Estimate, full: Estimate, level: float) -> Drift:
    """The difference of two estimates in points, with what chance explains at a level (Welch 1947)."""
    line, unit = key
    point = ONE_POINT if unit == SHARE else ONE_POINT * abs(full.value) or ONE_POINT
    variance = small.error**2 + full.error**2
    parts = sum(e.error**4 / (e.replications - 1) for e in (small, full) if e.replications > 1)
    freedom = variance**2 / parts if parts > 0 else 1.0
    chance = float(stdtrit(freedom, level)) * float(np.sqrt(variance)) / point if variance > 0 else 0.0
    return Drift(line, unit, scale, small, full, (small.value - full.value) / point, chance)
