"""Sweeps of a lever: at which size a difference changes its sign, and at which it passes that of another reform."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.errors import InputError
from imgsim.base.files.toml import finite
from imgsim.experiments.compare.differences import each_row
from imgsim.inputs.parameters.limits import number_text

Sweep = tuple[str, tuple[float, ...]]  # a lever and its sizes
COLUMNS: Final = ["measure", "group", "label", "against", "size"]
BASELINE: Final = "the baseline"


def sizes_of(sweep: str) -> Sweep:
    """Lever and sizes of ``NAME=a,b,c``."""
    name, equals, listed = sweep.partition("=")
    try:
        sizes = tuple(float(part) for part in listed.split(","))
    except ValueError:
        sizes = ()
    if not name.strip() or not equals or len(sizes) < 2 or not all(map(finite, sizes)):
        raise InputError(f"`{sweep}` is no NAME=a,b,c with at least two sizes", key="--sweep")
    if len(set(sizes)) < len(sizes):
        raise InputError(f"`{sweep}` gives a size twice", key="--sweep")
    return name.strip(), sizes


def world_of(name: str, size: float) -> str:
    """The name of the world in which a lever has a size."""
    return f"{name} = {number_text(size)}"


def by_size(table: pd.DataFrame, sweep: Sweep) -> pd.DataFrame:
    """The differences of a sweep's worlds, from the smallest size to the largest, with a column ``size``."""
    size = {world_of(sweep[0], one): one for one in sweep[1]}
    rows = table[table["reform"].isin(list(size))]
    return rows.assign(size=rows["reform"].map(size)).sort_values("size", kind="stable", ignore_index=True)


def outside(table: pd.DataFrame, sweep: Sweep) -> pd.DataFrame:
    """The differences of reforms that do not have the swept lever."""
    return table[~table["reform"].isin([world_of(sweep[0], one) for one in sweep[1]])]


def switching_points(table: pd.DataFrame, sweep: Sweep) -> pd.DataFrame:
    """Sizes at which a difference changes its sign, or is level with that of another reform, line by line.

    Only where that is beyond chance: the 95% interval at one size lies wholly below the level and at another wholly
    above it (for another reform's level: the intervals do not overlap). The size lies on the straight line between two
    that were simulated. Lines whose denominator moved are left out.
    """
    points = []
    table = table[~table["denominator_moved"].to_numpy(bool)]
    others = outside(table, sweep)
    for (measure, group, label), rows in by_size(table, sweep).groupby(["measure", "group", "label"], sort=False):
        rivals = others[(others["measure"] == measure) & (others["group"] == group)]
        levels = {BASELINE: (0.0, 0.0, 0.0)}
        levels |= {str(row.reform): (row.difference, row.low, row.high) for row in each_row(rivals)}
        for against, (level, low, high) in levels.items():
            above = (rows["low"] > high).to_numpy(bool).astype(int) - (rows["high"] < low).to_numpy(bool)
            size = sign_change(rows["size"].tolist(), rows["difference"].to_numpy(np.float64) - level, above)
            if size is not None:
                points.append((measure, group, label, against, size))
    return pd.DataFrame(points, columns=COLUMNS)


def sign_change(
    sizes: Sequence[float], difference: npt.NDArray[np.float64] | Sequence[float], known: npt.ArrayLike
) -> float | None:
    """The first size at which the sign of a difference changes, by linear interpolation; None if it does not.

    ``known`` is the sign at each size that is beyond chance: 1, -1, or 0 where it is not known. Between two sizes of
    known and opposite sign lies a change, wherever it is drawn between those of unknown sign among them.
    """
    signs = np.asarray(known)
    sure = np.flatnonzero(signs)
    for first, last in pairwise(sure.tolist()):
        if signs[first] != signs[last]:
            return crossing(sizes[first : last + 1], difference[first : last + 1])
    return None


def crossing(sizes: Sequence[float], difference: npt.NDArray[np.float64] | Sequence[float]) -> float:
    """Where the line through differences of opposite signs at its ends first crosses zero."""
    k = next(k for k in range(len(sizes) - 1) if difference[k] * difference[k + 1] <= 0)
    share = difference[k] / (difference[k] - difference[k + 1])
    return float(sizes[k] + share * (sizes[k + 1] - sizes[k]))


def switching_text(points: pd.DataFrame, lever: str) -> list[str]:
    """A sentence for every switching point of a lever."""
    return [switching_sentence(row, lever) for row in each_row(points)]


def switching_sentence(row: Any, lever: str) -> str:
    """One switching point in words."""
    label = row.label.strip(". ")
    if row.against == BASELINE:
        return f"“{label}” changes its sign at {lever} = {row.size:.3g}."
    return f"“{label}” is level with {row.against} at {lever} = {row.size:.3g}."
