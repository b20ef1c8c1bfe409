"""Distributions of times and ages, with their percentiles in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from imgsim.base.arrays import Floats
from imgsim.reports.figures.style import number, percent, readable

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Spread(NamedTuple):
    """Values of those who have one, in years, out of everybody asked."""

    name: str
    values: Floats
    asked: int
    colour: str


def distributions(axes: Axes, spreads: list[Spread], edges: Floats, *, never: bool) -> None:
    """Outlines of distributions, and above them their percentiles in words."""
    drawn = [spread for spread in spreads if len(spread.values)]
    shares = [np.histogram(np.clip(s.values, edges[0], edges[-1]), edges)[0] / s.asked for s in drawn]
    top = max(part.max() for part in shares)
    for spread, part in zip(drawn, shares, strict=True):
        axes.stairs(part, edges, fill=True, color=spread.colour, alpha=0.18)
        axes.stairs(part, edges, color=spread.colour, linewidth=1.6)
    axes.set_ylim(0, top * (1.2 + 0.21 * len(drawn)))
    axes.set_xlim(edges[0], edges[-1])
    for k, spread in enumerate(drawn):
        percentiles(axes, spread, top * (1.13 + 0.21 * (len(drawn) - 1 - k)), top, never=never)
    axes.set_yticks([tick for tick in axes.get_yticks() if 0 <= tick <= top * 1.02])
    percent(axes)


def percentiles(axes: Axes, spread: Spread, height: float, top: float, *, never: bool) -> None:
    """A bar from the 10th to the 90th percentile with a dot at the median, and all three in words."""
    low, mid, high = np.quantile(spread.values, [0.1, 0.5, 0.9])
    axes.plot([low, high], [height, height], color=spread.colour, linewidth=3, alpha=0.6, solid_capstyle="butt")
    axes.plot([mid], [height], "o", color=spread.colour, markersize=7)
    words = f"{spread.name}: P10 {low:.1f}, median {mid:.1f}, P90 {high:.1f} years"
    if never:
        words += f"; never {1 - len(spread.values) / spread.asked:.0%}"
    words += f"  (n = {number(spread.asked)})"
    begin = max(low, axes.get_xlim()[0])  # some start before the date asked for
    axes.text(begin, height + 0.045 * top, words, fontsize=8.8, color=readable(spread.colour), va="bottom")
