"""On which days an exam can be sat: its yearly sessions, and how many of them must pass between two sittings."""

from __future__ import annotations

from imgsim.compiled import compiled
from imgsim.dates import NEVER, day_of, mark_of, year_of
from imgsim.rules import SERIES, Rules, dated


@compiled
def next_session(rules: Rules, first: int, count: int, day: int) -> int:
    """The day of the first session on or after a day.

    The yearly marks are the quantities ``first`` to ``first + count - 1``, as they stand on 1 January; two that fall
    on one day are one session.
    """
    best = NEVER
    for year in range(year_of(day), year_of(day) + 2):
        new_year = day_of(year, 1, 1)
        for k in range(count):
            mark = mark_of(year, int(dated(rules, rules.head[first + k, SERIES], new_year, 0)))
            if day <= mark < best:
                best = mark
    return best


@compiled
def session_after(rules: Rules, first: int, count: int, apart: int, last: int, day: int) -> int:
    """The day of the first session on or after a day that lies at least ``apart`` sessions after the last sitting.

    ``last`` is the day of that sitting, or negative if there was none.
    """
    if last >= 0:
        earliest = last
        for _ in range(apart):
            earliest = next_session(rules, first, count, earliest + 1)
        day = max(day, earliest)
    return next_session(rules, first, count, day)
