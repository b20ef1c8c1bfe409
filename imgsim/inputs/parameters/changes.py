"""Dated changes to parameters, as reforms, scenarios and ``--set`` make them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from imgsim.base.errors import InputError
from imgsim.inputs.parameters.dispersion import SPREAD, dispersion_of
from imgsim.inputs.parameters.limits import fault, number_text
from imgsim.inputs.parameters.parameter import Parameter, Parameters, Row
from imgsim.inputs.parameters.series import Series, bent, rejoined, same_course, stepped, touched
from imgsim.inputs.renamed import was_renamed

MOST_RECOMPUTED: Final = 3_000_000  # values: what takes some seconds


@dataclass(frozen=True, slots=True)
class Change:
    """A parameter set to a value, scaled or added to, from a day on (None: always) until another day (None: for good).

    A parameter that is interpolated between its dates changes on these days only. A change that ``joins`` adds a date
    to it instead: it replaces those between the two days, and values are interpolated from and to it.
    """

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
    joins: bool = False  # the value is a knot of a line
    add: float | None = None
    by_lever: bool = False  # the value follows from the size of a reform's lever
    shown: str = ""  # the value as it was written

    @property
    def is_flat(self) -> bool:
        """Does the change give one value for all its days?"""
        return self.value is not None

    def refuse(self, message: str, name: str | None = None, known: Iterable[str] = ()) -> InputError:
        """The error for something that is wrong with this change, with the file and line of the change."""
        return InputError(
            message, file=self.file or None, line=self.line, key=self.parameter, name=name, known=known
        )  # fmt: skip


def apply_changes(parameters: Parameters, changes: Iterable[Change]) -> Parameters:
    """Apply changes to parameters, one after another."""
    recomputed = 0
    for change in changes:
        if change.parameter not in parameters:
            raise unknown(change, parameters)
        parameter = parameters[change.parameter]
        if not change.is_flat:
            recomputed += sum(touched(series, *days_of(change)) for series in parameter.rows.values())
        if recomputed > MOST_RECOMPUTED:
            raise change.refuse("too many changes scale, or add to, the values of others")
        parameters = parameters.replacing(changed(parameter, change))
    return parameters


def unknown(change: Change, parameters: Parameters) -> InputError:
    """The error for a change to a parameter that there is not, or that has another name since 0.2."""
    owner = change.parameter.removesuffix(f".{SPREAD}")
    if owner != change.parameter and owner in parameters:
        new = dispersion_of(owner, parameters[owner].distribution)
        if new is not None and new in parameters:
            return change.refuse(was_renamed(change.parameter, new))
    return change.refuse("unknown parameter", change.parameter, parameters)


def changed(parameter: Parameter, change: Change) -> Parameter:
    """Apply one change to its parameter."""
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


def merged(parameter: Parameter, series: Series, change: Change) -> Series:
    """Apply a change to the dated values of one category; before and after its days they stay."""
    start, until = days_of(change)
    line, move, flat = replace(parameter, by=None, rows={"": series}), partial(moved, parameter, change), change.is_flat
    if change.joins:
        refuse_to_join(parameter, series, change)
        rows = rejoined(series, start, until, move)
    elif parameter.between == "linear":
        rows = bent(line, start, until, move, flat)
    else:
        rows = stepped(series, start, until, move, flat)
    return series if same_course(line, rows, start, until) else rows


def days_of(change: Change) -> tuple[float, float]:
    """The first day of a change, and the day after its last."""
    return (
        -math.inf if change.start is None else change.start,
        math.inf if change.until is None else change.until,
    )


def refuse_to_join(parameter: Parameter, series: Series, change: Change) -> None:
    """InputError if a change joins a parameter that is not interpolated between dates."""
    if parameter.between != "linear":
        raise change.refuse("`join` is for numbers that run linearly between their dates; this one goes by steps")
    if series[0].start is None:
        raise change.refuse("`join` needs dates to join; the base gives one value for ever")


def moved(parameter: Parameter, change: Change, row: Row) -> Row:
    """Apply a change to one dated value, refusing a result outside the bounds of the parameter."""
    value = amount_of(change, row.value)
    written = change.value is not None and not change.by_lever
    shown = change.shown if written and change.shown else number_text(value)
    if problem := fault(value, parameter.limits, parameter.unit, shown, written):
        raise change.refuse(problem)
    if value == row.value:
        return row
    return row._replace(
        value=value, evidence="assumed", why=change.why, source=change.source, where=change.where, range=(value, value)
    )  # fmt: skip


def amount_of(change: Change, before: float) -> float:
    """The number that a change makes of another one."""
    if change.value is not None:
        return change.value
    return before + change.add if change.add is not None else before * (change.scale or 0.0)
