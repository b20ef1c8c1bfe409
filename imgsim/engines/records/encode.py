"""Codes and day numbers as columns people can read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.compiled.jit import kernel
from imgsim.base.dates.day_numbers import NEVER

SECONDS_A_DAY = 86_400
NO_DATE = np.iinfo(np.int64).min  # how numpy writes a missing date


def coded(codes: npt.ArrayLike, names: Sequence[str]) -> pd.Categorical[str]:
    """Codes as a categorical column; negative codes are missing."""
    small = np.maximum(np.asarray(codes).astype(np.int16), np.int16(-1))
    column: pd.Categorical[str] = pd.Categorical.from_codes(small, dtype=categories(tuple(names)))
    return column


@lru_cache(maxsize=256)
def categories(names: tuple[str, ...]) -> Any:
    """The type of a categorical column with these names, made once."""
    return pd.CategoricalDtype(list(names))


def dates(days: npt.NDArray[Any]) -> npt.NDArray[np.datetime64]:
    """Day numbers as dates with second resolution, which pandas keeps; NEVER is missing."""
    return seconds(days).view("datetime64[s]")


@kernel
def seconds(days: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Day numbers as seconds."""
    ticks = np.empty(len(days), np.int64)
    for k in range(len(days)):
        ticks[k] = NO_DATE if days[k] >= NEVER else np.int64(days[k]) * SECONDS_A_DAY
    return ticks
