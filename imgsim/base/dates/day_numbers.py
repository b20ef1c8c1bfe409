"""Dates as whole days since 1970-01-01, for compiled rules (``imgsim.base.dates.calendar`` has the readable side).

From date to day by the proleptic Gregorian algorithm of H. Hinnant, "chrono-compatible low-level date algorithms"
(2013), exact for any year; from day to year by tables of the years that Python's dates know (1 to 9999). There is a
closed formula for that too, but compilers take it out of loops and compute it for every career, though few need it.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.jit import called_kernel, inline_kernel

DAYS_A_YEAR: Final = 365.25
NEVER: Final = 2**30  # a day that no career reaches; it fits a 32-bit column, and so do a career's days after it

FIRST_YEAR: Final = 1
MONTHS: Final = np.arange(f"{FIRST_YEAR:04}-01", "10000-01", dtype="datetime64[M]")
NEW_YEAR: Final = MONTHS[::12].astype("datetime64[D]").astype(np.int64)  # 1 January of every year


@inline_kernel
def to_days(days: float) -> int:
    """The whole days of a length of time: at least 0, and ``NEVER`` for whatever is longer than that.

    The only place where a length becomes a number of days: a float that no integer holds would turn into its opposite.
    """
    return math.floor(min(float(NEVER), max(0.0, days)))


@inline_kernel
def day_of(year: int, month: int, day: int) -> int:
    """The day number of a calendar date."""
    shifted = year - 1 if month <= 2 else year
    era = shifted // 400
    year_of_era = shifted - era * 400
    month_shifted = month - 3 if month > 2 else month + 9
    day_of_year = (153 * month_shifted + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * 146097 + day_of_era - 719468


@inline_kernel
def last_begun(starts: npt.NDArray[np.int64], day: int) -> int:
    """The index of the last of some yearly days on or before a day; 0 if there is none."""
    index = min(max((day - starts[0]) * 400 // 146097, 0), len(starts) - 1)  # off by one at most
    while index > 0 and starts[index] > day:
        index -= 1
    while index + 1 < len(starts) and starts[index + 1] <= day:
        index += 1
    return int(index)


@inline_kernel
def year_of(day: int) -> int:
    """The calendar year of a day number."""
    return FIRST_YEAR + last_begun(NEW_YEAR, day)


@inline_kernel
def mark_of(year: int, month_day: int) -> int:
    """The day number of a yearly mark written as 100 x month + day (315 is 15 March)."""
    return day_of(year, month_day // 100, month_day % 100)


@called_kernel
def academic_year_start(day: int, month_day: int) -> int:
    """The first day of the academic year of a day; it begins on a yearly mark, written as for ``mark_of``."""
    year = year_of(day)
    start = mark_of(year, month_day)
    return start if start <= day else mark_of(year - 1, month_day)
