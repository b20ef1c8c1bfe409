"""Dated values that change on some days: step functions, and values interpolated linearly between dates (knots).

Days run from ``start`` (-inf: since ever) to before ``until`` (inf: for good). ``move`` gives a row its new value.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from imgsim.inputs.parameters.parameter import Parameter, Row

Series = tuple[Row, ...]
Move = Callable[[Row], Row]


def begun(row: Row) -> float:
    """The day from which a row holds."""
    return -math.inf if row.start is None else row.start


def in_force(series: Series, day: float) -> Row:
    """The row that holds on a day: the latest begun by then, or the first."""
    return [series[0], *(row for row in series[1:] if begun(row) <= day)][-1]


def stepped(series: Series, start: float, until: float, move: Move, flat: bool) -> Series:
    """Change a step function between two days; ``flat``: to one value, so that steps between them vanish."""
    if -math.inf < start <= begun(series[0]):
        series = (series[0]._replace(start=None), *series[1:])  # what the first row says holds before its date, too
    within = [row for row in series if start < begun(row) < until and not flat]
    first = in_force(series, start)._replace(start=dated(start))
    after = [in_force(series, until)._replace(start=dated(until))] if until < math.inf else []
    after += [row for row in series if begun(row) > until]
    return (*(row for row in series if begun(row) < start), move(first), *map(move, within), *after)


def bent(line: Parameter, start: float, until: float, move: Move, flat: bool) -> Series:
    """Change an interpolated series between two days, with knots around them that leave the other days as they were."""
    series = line.rows[""]
    if (start, until) == (-math.inf, math.inf):
        return tuple(map(move, (series[0]._replace(start=None),) if flat else series))
    before = [row for row in series if -math.inf < begun(row) < start - 1]
    within = [row for row in series if start < begun(row) < until - 1 and not flat]
    ends = sorted({day for day in (start, until - 1) if math.isfinite(day)})
    moved = sorted([*(knot(line, day) for day in ends), *within], key=begun)
    after = [row for row in series if begun(row) > until]
    return (*before, *knots(line, start - 1), *map(move, moved), *knots(line, until), *after)


def rejoined(series: Series, start: float, until: float, move: Move) -> Series:
    """Replace the knots between two days by one on the first day, interpolated from and to its neighbours."""
    first = move(in_force(series, start)._replace(start=dated(start)))
    return (*(row for row in series if begun(row) < start), first, *(row for row in series if begun(row) >= until))


def knots(line: Parameter, day: float) -> list[Row]:
    """The interpolated value on a day as a knot; none for a day without a date."""
    return [knot(line, day)] if math.isfinite(day) else []


def knot(line: Parameter, day: float) -> Row:
    """The interpolated value on a day that may lie between two dates, as a row."""
    return in_force(line.rows[""], day)._replace(start=int(day), value=line.value(int(day)))


def dated(day: float) -> int | None:
    """The day as a row gives it: None for the beginning of time."""
    return int(day) if math.isfinite(day) else None


def same_course(line: Parameter, rows: Series) -> bool:
    """Do two series have equal values on every day? They do if they agree on the dates of both."""
    dates = {row.start for row in (*line.rows[""], *rows) if row.start is not None} or {0}
    other = replace(line, rows={"": rows})
    return all(line.value(day) == other.value(day) for day in (min(dates) - 1, *dates))
