"""Which of many parameters stand out from chance: p-values, and control of the share of false discoveries among them.

With hundreds of parameters one in twenty lies beyond two standard errors though it does nothing. The procedure of
Benjamini and Hochberg (1995) bounds the expected share of such parameters among those that are shown; where no
parameter does anything, the probability of showing any is no more than ``SHARE``.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from imgsim.base.arrays import Bools, Floats

SHARE: Final = 0.05  # of false discoveries among those shown, in expectation


def stand_out(p: Floats) -> Bools:
    """Which p-values stand out among all of these; those that are missing do not."""
    from scipy.stats import false_discovery_control

    known = np.isfinite(p)
    chosen = np.zeros(len(p), bool)
    if known.any():
        chosen[known] = false_discovery_control(p[known], method="bh") <= SHARE
    return chosen


def two_sided(estimate: Floats, error: Floats, freedom: int) -> Floats:
    """Two-sided p-values of estimates by Student's t; missing where no degree of freedom is left to judge the error.

    An estimate without error is certain, and an estimate of zero is nothing.
    """
    from scipy.special import stdtr

    if freedom < 1:
        return np.full(len(estimate), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(estimate == 0, 0.0, np.abs(estimate) / error)
    p: Floats = 2 * stdtr(freedom, -ratio)
    return p
