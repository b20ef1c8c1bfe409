"""Dates as people write them, and as whole days since 1970-01-01."""

from __future__ import annotations

import datetime
import re
from typing import Final

EPOCH: Final = datetime.date(1970, 1, 1).toordinal()


def to_day(date: datetime.date | str) -> int:
    """The day number of a date, or of ``YYYY-MM-DD``; ValueError if it is no date."""
    if isinstance(date, str):
        date = datetime.date.fromisoformat(date)
    return date.toordinal() - EPOCH


def to_date(day: int) -> datetime.date:
    """The date of a day number."""
    return datetime.date.fromordinal(day + EPOCH)


def month_day(text: str) -> float:
    """``MM-DD`` as 100 x month + day; ValueError if no year has that day (29 February has none every year)."""
    if not re.fullmatch(r"\d\d-\d\d", text):
        raise ValueError(f"`{text}` is no month and day (MM-DD)")
    month, day = int(text[:2]), int(text[3:])
    datetime.date(2001, month, day)
    return float(100 * month + day)
