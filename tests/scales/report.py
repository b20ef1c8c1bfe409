"""The table of drifts in words: what full size says, and by how many points each smaller scale differs."""

from __future__ import annotations

from collections.abc import Sequence

from scales.drift import Drift
from scales.figures import SHARE


def report(found: Sequence[Drift]) -> str:
    """A Markdown table, a line a figure; bold where the drift is more than chance and one point."""
    scales = sorted({drift.scale for drift in found})
    head = ["figure", "full size", *(f"{scale:g}" for scale in scales)]
    rows: dict[str, list[str]] = {}
    for drift in sorted(found, key=lambda one: one.scale):
        row = rows.setdefault(drift.line, [drift.line, value(drift), *("" for _ in scales)])
        row[2 + scales.index(drift.scale)] = points(drift)
    beyond = sum(not drift.is_within for drift in found)
    lines = [head, ["---"] * len(head), *rows.values()]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{table}\n\n{beyond} of {len(found)} differences are more than chance and one point."


def value(drift: Drift) -> str:
    """The figure at full size."""
    return f"{100 * drift.full.value:.1f}%" if drift.unit == SHARE else f"{drift.full.value:,.1f}"


def points(drift: Drift) -> str:
    """The drift in points, with what chance explains."""
    text = f"{drift.points:+.1f} ± {drift.chance:.1f}"
    return text if drift.is_within else f"**{text}**"
