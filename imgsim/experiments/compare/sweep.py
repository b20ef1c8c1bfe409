"""What the size of a dose decides: where a difference turns its sign, and where it passes that of another reform."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.errors import InputError
from imgsim.experiments.compare.differences import each

Sweep = tuple[str, tuple[float, ...]]  # a dose and its sizes
COLUMNS: Final = ["measure", "group", "label", "against", "size"]
BASELINE: Final = "the baseline"


def sizes_of(sweep: str) -> tuple[str, tuple[float, ...]]:
    """Name and sizes of ``NAME=a,b,c``."""
    name, equals, listed = sweep.partition("=")
    try:
        sizes = tuple(float(part) for part in listed.split(","))
    except ValueError:
        sizes = ()
    if not name.strip() or not equals or len(sizes) < 2:
        raise InputError(f"`{sweep}` is no NAME=a,b,c with at least two sizes", key="--sweep")
    return name.strip(), sizes


def world_of(name: str, size: float) -> str:
    """What the world of one size is called."""
    return f"{name} = {size:g}"


def by_size(table: pd.DataFrame, sweep: Sweep) -> pd.DataFrame:
    """The rows of a sweep's worlds among differences, from the smallest size to the largest, with a column ``size``."""
    size = {world_of(sweep[0], one): one for one in sweep[1]}
    held = table[table["reform"].isin(list(size))]
    return held.assign(size=held["reform"].map(size)).sort_values("size", kind="stable", ignore_index=True)


def beside(table: pd.DataFrame, sweep: Sweep) -> pd.DataFrame:
    """The rows of the other reforms, which stand beside the sweep at a size of their own."""
    return table[~table["reform"].isin([world_of(sweep[0], one) for one in sweep[1]])]


def turns(table: pd.DataFrame, sweep: Sweep) -> pd.DataFrame:
    """Where the sign turns (against the baseline) and where the ranking does (against another reform), line by line.

    Sizes lie on the straight line between two that were run; chance is not taken into account.
    """
    found = []
    for (measure, group, label), held in by_size(table, sweep).groupby(["measure", "group", "label"], sort=False):
        others = beside(table, sweep)
        rivals = others[(others["measure"] == measure) & (others["group"] == group)]
        levels = {BASELINE: 0.0} | {str(row.reform): float(row.difference) for row in each(rivals)}
        for against, level in levels.items():
            size = threshold(held["size"].to_numpy(np.float64), held["difference"].to_numpy(np.float64) - level)
            if size is not None:
                found.append((measure, group, label, against, size))
    return pd.DataFrame(found, columns=COLUMNS)


def threshold(sizes: Any, difference: npt.NDArray[np.float64] | list[float]) -> float | None:
    """The first size at which the sign turns, on the line between two sizes; None if it does not."""
    for k in range(len(sizes) - 1):
        if difference[k] * difference[k + 1] < 0:
            share = difference[k] / (difference[k] - difference[k + 1])
            return float(sizes[k] + share * (sizes[k + 1] - sizes[k]))
    return None


def told(found: pd.DataFrame, name: str) -> list[str]:
    """The turns in words."""
    return [
        f"“{row.label.strip('. ')}” turns its sign at {name} = {row.size:.3g}."
        if row.against == BASELINE
        else f"“{row.label.strip('. ')}” ranks level with {row.against} at {name} = {row.size:.3g}."
        for row in each(found)
    ]
