"""Dates as whole days since 1970-01-01, for compiled rules (``imgsim.calendar`` has the readable side).

The conversions are the proleptic Gregorian algorithms of H. Hinnant, "chrono-compatible low-level date algorithms"
(2013); exact for any year.
"""

from __future__ import annotations

from typing import Final

from imgsim.compiled import lean, rare

DAYS_A_YEAR: Final = 365.25
NEVER: Final = 2**30  # a day no life reaches; fits a 32-bit column, and so does a life's worth of days after it


@lean
def day_of(year: int, month: int, day: int) -> int:
    """The day number of a calendar date."""
    shifted = year - 1 if month <= 2 else year
    era = shifted // 400
    year_of_era = shifted - era * 400
    month_shifted = month - 3 if month > 2 else month + 9
    day_of_year = (153 * month_shifted + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * 146097 + day_of_era - 719468


@lean
def year_of(day: int) -> int:
    """The calendar year of a day number."""
    z = day + 719468
    era = z // 146097
    day_of_era = z - era * 146097
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_shifted = (5 * day_of_year + 2) // 153
    return year_of_era + era * 400 + (1 if month_shifted >= 10 else 0)


@lean
def mark_of(year: int, month_day: int) -> int:
    """The day number of a yearly mark written as 100 x month + day (315 is 15 March)."""
    return day_of(year, month_day // 100, month_day % 100)


@rare
def academic_year_start(day: int) -> int:
    """The 1 July on or before a day."""
    year = year_of(day)
    start = day_of(year, 7, 1)
    return start if start <= day else day_of(year - 1, 7, 1)
