"""Dated changes to named parameters: what a reform, or ``--set``, does to the numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from imgsim.errors import InputError
from imgsim.parameters import Parameter, Parameters, Row


@dataclass(frozen=True, slots=True)
class Change:
    """A parameter set to a value, or scaled, from a day (None: ever since) until another (None: for good)."""

    parameter: str
    start: int | None
    until: int | None
    value: float | None
    scale: float | None
    why: str
    category: str = ""
    source: str = ""
    where: str = ""
    file: str = ""
    line: int | None = None
    in_words: bool = False  # the value was written as a month and day

    def refuse(self, message: str, name: str | None = None, known: Iterable[str] = ()) -> InputError:
        """The error that says what is wrong with this change."""
        return InputError(
            message, file=self.file or None, line=self.line, key=self.parameter, name=name, known=known
        )  # fmt: skip


def apply_changes(parameters: Parameters, changes: Iterable[Change]) -> Parameters:
    """The parameters after the changes, in their order."""
    for change in changes:
        if change.parameter not in parameters:
            raise change.refuse("unknown parameter", change.parameter, parameters)
        parameters = parameters.replacing(changed(parameters[change.parameter], change))
    return parameters


def changed(parameter: Parameter, change: Change) -> Parameter:
    """One parameter after one change."""
    if change.category and parameter.by is None:
        raise change.refuse(f"has one value for everybody, none of `{change.category}`")
    if change.category and change.category not in parameter.rows:
        raise change.refuse(f"unknown {parameter.by} `{change.category}`", change.category, parameter.rows)
    refuse_month_days(parameter, change)
    rows = {
        category: merged(parameter, series, change) if change.category in ("", category) else series
        for category, series in parameter.rows.items()
    }
    return replace(parameter, rows=rows)


def refuse_month_days(parameter: Parameter, change: Change) -> None:
    """InputError if a month and day is changed by a number, or a number by a month and day."""
    if (parameter.unit == "month-day") == change.in_words:
        return
    if change.in_words:
        raise change.refuse(f"must be a number ({parameter.unit}), not a month and day")
    raise change.refuse("must be set to a month and day such as 07-01")


def merged(parameter: Parameter, series: tuple[Row, ...], change: Change) -> tuple[Row, ...]:
    """The series with the change between its days, and as it was before and after; the same if nothing changes."""
    before = [row for row in series if change.start is not None and (row.start is None or row.start < change.start)]
    within = [moved(parameter, in_force(series, change.start), change)._replace(start=change.start)]
    if change.scale is not None:
        within += [moved(parameter, row, change) for row in series if inside(row, change)]
    after = [] if change.until is None else [in_force(series, change.until)._replace(start=change.until)]
    after += [row for row in series if change.until is not None and begins_after(row, change.until)]
    first = series[0]
    if parameter.between == "step" and begins_before(change, first):
        before = [first._replace(start=None)]  # what the first row says holds before its date, too
    rows = (*before, *within, *after)
    return series if same_course(rows, series, parameter, change) else rows


def begins_after(row: Row, day: int) -> bool:
    """Does a row begin later than a day?"""
    return row.start is not None and row.start > day


def begins_before(change: Change, row: Row) -> bool:
    """Does a change begin on a day before the row does?"""
    return change.start is not None and row.start is not None and change.start < row.start


def same_course(rows: tuple[Row, ...], series: tuple[Row, ...], parameter: Parameter, change: Change) -> bool:
    """Does the change leave every number as it was? One more point on a line can bend it, so lines must be flat."""
    if parameter.between == "step":
        return course(rows) == course(series)
    return change.scale == 1 or len({row.value for row in (*rows, *series)}) == 1


def course(series: tuple[Row, ...]) -> list[tuple[int | None, float]]:
    """Days and values at which a series takes another value: series that agree in this are the same numbers."""
    turns = [k for k in range(1, len(series)) if series[k].value != series[k - 1].value]
    return [(None, series[0].value), *((series[k].start, series[k].value) for k in turns)]


def in_force(series: tuple[Row, ...], day: int | None) -> Row:
    """The row that holds on a day."""
    begun = [row for row in series if row.start is None or (day is not None and row.start <= day)]
    return begun[-1] if begun else series[0]


def inside(row: Row, change: Change) -> bool:
    """Does a row begin while the change holds?"""
    if row.start is None or (change.start is not None and row.start <= change.start):
        return False
    return change.until is None or row.start < change.until


def moved(parameter: Parameter, row: Row, change: Change) -> Row:
    """A row with the change's value and grounds; refused if it leaves the parameter's bounds."""
    value = change.value if change.value is not None else row.value * (change.scale or 0.0)
    low, high = parameter.bounds
    if not low <= value <= high:
        raise change.refuse(f"{value:g} is outside {low:g} to {high:g} ({parameter.unit})")
    if value == row.value:
        return row
    return row._replace(
        value=value, standing="assumed", why=change.why, source=change.source, where=change.where, range=(value, value)
    )  # fmt: skip
