"""Dated values that change on some days: step functions, and values interpolated linearly between dates (knots).

Days run from ``start`` (-inf: since ever) to before ``until`` (inf: for good). ``move`` gives a row its new value.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import replace

from imgsim.inputs.parameters.parameter import Parameter, Row, begun

Series = tuple[Row, ...]
Move = Callable[[Row], Row]


def between(series: Series, start: float, until: float) -> Series:
    """The rows that begin from one day on and before another."""
    return series[bisect_left(series, start, key=begun) : bisect_left(series, until, key=begun)]


def in_force(series: Series, day: float) -> Row:
    """The row that holds on a day: the latest begun by then, or the first."""
    return series[max(bisect_right(series, day, key=begun) - 1, 0)]


def touched(series: Series, start: float, until: float) -> int:
    """How many rows a change between two days gives a new value."""
    return len(between(series, start, until)) + 1


def stepped(series: Series, start: float, until: float, move: Move, flat: bool) -> Series:
    """Change a step function between two days; ``flat``: to one value, so that steps between them vanish."""
    if -math.inf < start <= begun(series[0]):
        series = (series[0]._replace(start=None), *series[1:])  # what the first row says holds before its date, too
    within = () if flat else between(series, just_after(start), until)
    first = in_force(series, start)._replace(start=dated(start))
    last = (in_force(series, until)._replace(start=dated(until)),) if until < math.inf else ()
    after = between(series, just_after(until), math.inf)
    return (*between(series, -math.inf, start), move(first), *map(move, within), *last, *after)


def just_after(day: float) -> float:
    """The moment after a day; after the beginning of time, before any day with a date."""
    return math.nextafter(day, math.inf)


def bent(line: Parameter, start: float, until: float, move: Move, flat: bool) -> Series:
    """Change an interpolated series between two days, with knots around them that leave the other days as they were."""
    series = line.rows[""]
    if (start, until) == (-math.inf, math.inf):
        return tuple(map(move, (series[0]._replace(start=None),) if flat else series))
    before = between(series, just_after(-math.inf), start - 1)
    within = () if flat else between(series, just_after(start), until - 1)
    ends = sorted({day for day in (start, until - 1) if math.isfinite(day)})
    moved = sorted([*(knot(line, day) for day in ends), *within], key=begun)
    after = between(series, just_after(until), math.inf)
    return (*before, *knots(line, start - 1), *map(move, moved), *knots(line, until), *after)


def rejoined(series: Series, start: float, until: float, move: Move) -> Series:
    """Replace the knots between two days by one on the first day, interpolated from and to its neighbours."""
    first = move(in_force(series, start)._replace(start=dated(start)))
    return (*between(series, -math.inf, start), first, *between(series, until, math.inf))


def knots(line: Parameter, day: float) -> list[Row]:
    """The interpolated value on a day as a knot; none for a day without a date."""
    return [knot(line, day)] if math.isfinite(day) else []


def knot(line: Parameter, day: float) -> Row:
    """The interpolated value on a day that may lie between two dates, as a row."""
    return in_force(line.rows[""], day)._replace(start=int(day), value=line.value(int(day)))


def dated(day: float) -> int | None:
    """The day as a row gives it: None for the beginning of time."""
    return int(day) if math.isfinite(day) else None


def same_course(line: Parameter, rows: Series, start: float, until: float) -> bool:
    """Do two series that differ between two days at most have equal values on every day?

    They do if they agree on the dates of both, of which those around the two days are compared.
    """
    near = (*around(line.rows[""], start, until), *around(rows, start, until))
    dates = {row.start for row in near if row.start is not None} or {0}
    other = replace(line, rows={"": rows})
    return all(line.value(day) == other.value(day) for day in (min(dates) - 1, *dates))


def around(series: Series, start: float, until: float) -> Series:
    """The rows from the last that begins before one day to the first that begins after another."""
    first, last = bisect_left(series, start - 1, key=begun), bisect_right(series, until, key=begun)
    return series[max(first - 1, 0) : last + 1]
