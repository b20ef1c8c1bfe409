"""Who may sit an exam, and when again: the rules in force on the day."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.compiled import lean
from imgsim.rules import Row, Rules, base

FREE: Final = -1  # nothing bars the person
EXHAUSTED, LAPSED = 1, 2  # places among the outcomes of an exam


@lean
def barred(rules: Rules, given: int, limit: int, day: int, row: Row, attempts: int) -> int:
    """The outcome of somebody who may not sit today, or FREE: the exam lapsed, or the attempts are used up.

    ``given`` is the quantity of a logit that is positive while the exam is given (-1: always), ``limit`` that of the
    attempts allowed.
    """
    if given >= 0 and base(rules, given, day, row) < 0.0:  # below one half
        return LAPSED
    return EXHAUSTED if attempts >= base(rules, limit, day, row) else FREE


@lean
def earliest_retake(
    rules: Rules, per_year: int, late_gap: int, day: int, row: Row, sat: npt.NDArray[np.int64], count: int
) -> int:
    """The first day on which the spacing rules allow another sitting.

    At most ``per_year`` sittings in twelve months; from then on, at least a year after the first of the last
    ``per_year`` and ``late_gap`` days after the last. ``sat`` is a ring that holds the day of sitting k (from 0) of
    this visit at k modulo its length; ``count`` sittings were made.
    """
    allowed = max(1, int(base(rules, per_year, day, row)))
    last = sat[(count - 1) % len(sat)]
    if count < allowed:
        return int(last + 1)
    gap = math.floor(math.exp(base(rules, late_gap, day, row)) + 0.5)
    return int(max(sat[(count - allowed) % len(sat)] + 366, last + gap))
