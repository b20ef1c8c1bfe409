"""Codes as columns people can read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd


def coded(codes: npt.ArrayLike, names: Sequence[str]) -> pd.Categorical[str]:
    """Codes as a categorical column; negative codes are missing."""
    whole = np.maximum(np.asarray(codes).astype(np.int32), -1)
    found: pd.Categorical[str] = pd.Categorical.from_codes(whole, pd.Index(list(names)))
    return found
