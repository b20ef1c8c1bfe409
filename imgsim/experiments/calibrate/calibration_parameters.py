"""What a fit may adjust: the calibration parameters in ``calibration.toml`` of a country's folder."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast

from imgsim.base.files.toml import Table, read_toml
from imgsim.inputs.renamed import answers

FILE: Final = "calibration.toml"
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


def load_calibration_parameters(folder: Path) -> list[CalibrationParameter]:
    """Read the calibration parameters of a country, in the order of the file."""
    top = read_toml(folder / FILE)
    top.only("parameter", answers=answers("calibration"))
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
