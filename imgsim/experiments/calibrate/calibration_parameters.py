"""What a fit may adjust: the calibration parameters in ``calibration.toml`` of a country's folder."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, cast

from imgsim.base.dates.calendar import to_day
from imgsim.base.errors import InputError
from imgsim.base.files.toml import Table, read_toml
from imgsim.inputs.parameters.parameter import Parameters, Row
from imgsim.inputs.renamed import answers

FILE: Final = "calibration.toml"
GIVEN: Final = "given"  # parameters whose later values a forecast may know
RESTS_ON: Final = "rests_on"  # rows that rest on later figures than their dates say
KEYS: Final = ("name", "shift", "rows", "low", "high")

Shift = Literal["logit", "log", "identity"]
Address = tuple[str, str, str]  # parameter, category or "", from-date or "": an empty one means all of them


@dataclass(frozen=True, slots=True)
class CalibrationParameter:
    """One number that a fit adjusts: a shift, behind a link, of the parameter rows it names."""

    name: str
    shift: Shift
    rows: tuple[Address, ...]
    low: float  # bounds of the shift
    high: float


SHIFTED: Final[dict[str, Callable[[float, float], float]]] = {
    "identity": lambda value, shift: value + shift,
    "log": lambda value, shift: value * math.exp(shift),
    "logit": lambda value, shift: 1.0 / (1.0 + math.exp(-(math.log(value / (1.0 - value)) + shift))),
}


def logit(value: float) -> float:
    """The logarithm of the odds; infinite at 0 and 1."""
    return math.log(value / (1.0 - value)) if 0.0 < value < 1.0 else math.copysign(math.inf, value - 0.5)


def room(shift: Shift, row: Row) -> tuple[float, float]:
    """The least and the greatest shift behind a link that leaves a value in its plausible range."""
    value, ends = row.value, row.range
    if ends is None or (shift == "log" and value == 0.0) or (shift == "logit" and value in (0.0, 1.0)):
        return -math.inf, math.inf
    if shift == "identity":
        return ends[0] - value, ends[1] - value
    if shift == "logit":
        return logit(ends[0]) - logit(value), logit(ends[1]) - logit(value)
    low, high = sorted(end / value for end in ends)  # a factor never takes a value across nothing
    return math.log(low) if low > 0 else -math.inf, math.log(high) if high > 0 else -math.inf


def within_ranges(adjusted: CalibrationParameter, parameters: Parameters) -> CalibrationParameter:
    """The calibration parameter, bounded so that all rows that it shifts stay in their plausible ranges."""
    low, high = adjusted.low, adjusted.high
    for row in rows_of(adjusted, parameters):
        least, most = room(adjusted.shift, row)
        low, high = max(low, least), min(high, most)
    if not low < high:
        message = f"no shift of `{adjusted.name}` within its bounds leaves all its rows in their ranges"
        raise InputError(message, file=FILE, key=adjusted.name)
    return replace(adjusted, low=low, high=high)


def rows_of(adjusted: CalibrationParameter, parameters: Parameters) -> Iterator[Row]:
    """The rows of parameters that a calibration parameter shifts."""
    for name, category, start in adjusted.rows:
        for group, series in parameters[name].rows.items():
            yield from (row for row in series if is_at((category, start), group, row))


def is_at(place: Sequence[str], group: str, row: Row) -> bool:
    """Whether a row of the category ``group`` is at a category and date; an empty one means all of them."""
    category, start = place
    return category in ("", group) and (not start or (row.start is not None and row.start == to_day(start)))


def load_calibration_parameters(folder: Path) -> list[CalibrationParameter]:
    """Read the calibration parameters of a country, in the order of the file."""
    top = read_toml(folder / FILE)
    top.only("parameter", GIVEN, RESTS_ON, answers=answers("calibration"))
    read: dict[str, CalibrationParameter] = {}
    for table in top.tables("parameter"):
        adjusted = calibration_parameter(table)
        if adjusted.name in read:
            table.fail(f"`{adjusted.name}` stands here twice", "name")
        read[adjusted.name] = adjusted
    return list(read.values())


def calibration_parameter(table: Table) -> CalibrationParameter:
    """One calibration parameter from its table, checked."""
    table.only(*KEYS)
    shift = table.text("shift")
    if shift not in SHIFTED:
        table.fail(f"unknown link `{shift}`", "shift", name=shift, known=SHIFTED)
    low, high = table.number("low"), table.number("high")
    if not low < high:
        table.fail(f"must be below `high` ({high:g}), not {low:g}", "low")
    rows = tuple(address for row in table.texts("rows") for address in row_addresses(row))
    if not rows:
        table.fail("`rows` is missing: name at least one row to shift")
    return CalibrationParameter(table.text("name"), cast("Shift", shift), rows, low, high)


def row_addresses(text: str) -> list[Address]:
    """Split ``name``, ``name[category|category]`` or ``name[...]@date|date`` into (name, category, date)."""
    name, _, starts = text.partition("@")
    name, _, categories = name.partition("[")
    return [(name, c, start) for c in categories.rstrip("]").split("|") for start in starts.split("|")]
