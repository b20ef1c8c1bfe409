"""Days and years agree with the standard library."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st

from imgsim.base.dates.day_numbers import academic_year_start, day_of, mark_of, year_of


@given(st.dates(datetime.date(1800, 1, 1), datetime.date(2200, 12, 31)))
def test_days_and_years_agree_with_the_standard_library(date: datetime.date) -> None:
    day = date.toordinal() - datetime.date(1970, 1, 1).toordinal()
    assert day_of(date.year, date.month, date.day) == day
    assert year_of(day) == date.year
    assert academic_year_start(day, 701) == day_of(date.year - (date.month < 7), 7, 1)
    assert academic_year_start(day, 301) == day_of(date.year - (date.month < 3), 3, 1)
    assert academic_year_start(day, 101) == day_of(date.year, 1, 1)
    assert mark_of(date.year, 100 * date.month + date.day) == day
