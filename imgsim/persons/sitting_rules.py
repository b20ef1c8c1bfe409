"""Who may sit an exam, on which days it is given, and when it may be sat again: the rules in force on the day."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.jit import called_kernel, inline_kernel
from imgsim.base.dates.day_numbers import NEVER, day_of, mark_of, to_days, year_of
from imgsim.persons.risk_equations import SERIES, Row, Rules, amount, base, dated

FREE: Final = -1  # nothing bars the person
EXHAUSTED, LAPSED = 1, 2  # places among the outcomes of an exam


@inline_kernel
def barred(rules: Rules, given: int, limit: int, per_year: int, day: int, row: Row, attempts: int) -> int:
    """The outcome of somebody who may not sit today, or FREE: the exam lapsed, or no attempt is allowed any more.

    ``given`` is the quantity of a logit that is positive while the exam is given (-1: always), ``limit`` that of the
    attempts allowed, ``per_year`` that of the sittings allowed in twelve months (-1: any number); 0 of them are none.
    """
    if given >= 0 and base(rules, given, day, row) < 0.0:  # below one half
        return LAPSED
    if per_year >= 0 and base(rules, per_year, day, row) < 1.0:
        return EXHAUSTED
    return EXHAUSTED if attempts >= base(rules, limit, day, row) else FREE


@inline_kernel
def earliest_retake(
    rules: Rules, per_year: int, late_gap: int, day: int, row: Row, sat: npt.NDArray[np.int64], count: int
) -> int:
    """The first day on which the spacing rules allow another sitting.

    At most ``per_year`` sittings in twelve months; from then on, at least a year after the first of the last
    ``per_year`` and ``late_gap`` days after the last. ``sat`` is a ring that holds the day of sitting k (from 0) of
    this visit at k modulo its length; ``count`` sittings were made.
    """
    allowed = max(1, int(base(rules, per_year, day, row)))  # where it is 0, ``barred`` answers on the day itself
    last = sat[(count - 1) % len(sat)]
    if count < allowed:
        return int(last + 1)
    gap = to_days(amount(rules, late_gap, day, row) + 0.5)
    return int(max(sat[(count - allowed) % len(sat)] + 366, last + gap))


@called_kernel
def next_session(rules: Rules, first: int, sessions: int, day: int) -> int:
    """The day of the first session on or after a day.

    The yearly marks are the quantities ``first`` to ``first + sessions - 1``, as they stand on 1 January; two that fall
    on one day are one session.
    """
    best = NEVER
    for year in range(year_of(day), year_of(day) + 2):
        new_year = day_of(year, 1, 1)
        for k in range(sessions):
            mark = mark_of(year, int(dated(rules, rules.head[first + k, SERIES], new_year, 0)))
            if day <= mark < best:
                best = mark
    return best


@called_kernel
def session_after(
    rules: Rules, first: int, sessions: int, apart: int, wished: int, day: int, row: Row, sat: npt.NDArray[np.int64],
    count: int,
) -> int:  # fmt: skip
    """The day of the first session on or after the one wished for that the rules allow.

    A retake takes place in the ``apart``-th session after the last sitting or later (a quantity, as it stands today;
    -1: in any). ``sat`` and ``count`` are as for ``earliest_retake``.
    """
    allowed = wished
    if count > 0:
        allowed = int(sat[(count - 1) % len(sat)])
        sessions_on = 1 if apart < 0 else max(1, math.floor(base(rules, apart, day, row) + 0.5))
        for _ in range(sessions_on):
            allowed = next_session(rules, first, sessions, allowed + 1)
    return next_session(rules, first, sessions, max(wished, allowed))
