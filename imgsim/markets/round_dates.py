"""The dates of a round: when it opens, reads files, closes, allocates, and when what it gives starts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from imgsim.base.dates.day_numbers import DAYS_A_YEAR, day_of, mark_of, year_of
from imgsim.inputs.kinds.round import MARKS
from imgsim.inputs.parameters.parameter import Parameters


@dataclass(frozen=True, slots=True)
class RoundDates:
    """The marks of one meeting of a round, as days: opens <= reads <= closes <= allocates <= starts."""

    year: int
    opens: int
    reads: int
    closes: int
    allocates: int
    starts: int


class Schedule:
    """The dates of a round, year by year, from the parameters ``<round>.reads`` and so on; none before a first day."""

    def __init__(self, name: str, parameters: Parameters, years: range, first: int) -> None:
        self.name = name
        meetings = (dates for year in years for dates in meetings_of(name, parameters, year))
        self.dates = tuple(dates for dates in meetings if dates.allocates >= first)
        self.closing = [dates.closes for dates in self.dates]

    def next(self, day: int) -> RoundDates | None:
        """The first meeting whose lists close on this day or later; None after the last one scheduled."""
        index = bisect_left(self.closing, day)
        return self.dates[index] if index < len(self.dates) else None


def meetings_a_year(name: str, parameters: Parameters, year: int) -> int:
    """How often a round meets in a year: ``<round>.meetings``, which may be 0, or once."""
    meetings = f"{name}.meetings"
    return round(parameters.value(meetings, day_of(year, 1, 1))) if meetings in parameters else 1


def meetings_of(name: str, parameters: Parameters, year: int) -> Iterator[RoundDates]:
    """The meetings of one year, evenly spaced from the yearly marks on; all of them belong to that year."""
    first, meetings = round_dates(name, parameters, year), meetings_a_year(name, parameters, year)
    for meeting in range(meetings):
        later = int(meeting * DAYS_A_YEAR / meetings)
        marks = {mark: getattr(first, mark) + later for mark in MARKS}
        yield RoundDates(year=year, **marks)


def round_dates(name: str, parameters: Parameters, year: int) -> RoundDates:
    """The marks around the allocation of a year: the last reading and closing before it, the first start after it."""
    new_year = day_of(year, 1, 1)
    mark = {word: int(parameters.value(f"{name}.{word}", new_year)) for word in MARKS}
    allocates = mark_of(year, mark["allocates"])
    closes = last_before(allocates, year, mark["closes"])
    reads = last_before(closes, year_of(closes), mark["reads"])
    opens = last_before(reads, year_of(reads), mark["opens"])
    starts = mark_of(year, mark["starts"])
    if starts < allocates:
        starts = mark_of(year + 1, mark["starts"])
    return RoundDates(year, opens, reads, closes, allocates, starts)


def last_before(day: int, year: int, month_day: int) -> int:
    """The last occurrence of a yearly mark on or before a day."""
    mark = mark_of(year, month_day)
    return mark if mark <= day else mark_of(year - 1, month_day)
