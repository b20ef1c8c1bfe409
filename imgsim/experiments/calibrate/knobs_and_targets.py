"""What a fit may turn: ``calibration.toml`` in the country's folder."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from imgsim.base.files.toml import parsed

Shift = Literal["logit", "log", "identity"]


@dataclass(frozen=True, slots=True)
class Knob:
    """One number the fit turns: a shift, behind a link, of the rows it names.

    ``rows`` are (parameter, category or "", from-date or ""): an empty category or date means all of them.
    """

    name: str
    shift: Shift
    rows: tuple[tuple[str, str, str], ...]
    low: float  # bounds of the shift
    high: float


SHIFTED: Final[dict[str, Callable[[float, float], float]]] = {
    "identity": lambda value, shift: value + shift,
    "log": lambda value, shift: value * math.exp(shift),
    "logit": lambda value, shift: 1.0 / (1.0 + math.exp(-(math.log(value / (1.0 - value)) + shift))),
}


def load_knobs(folder: Path) -> list[Knob]:
    """The knobs of a country, in the order of the file."""
    return [
        Knob(
            entry["name"],
            entry["shift"],
            tuple(address for row in entry["rows"] for address in row_addresses(row)),
            float(entry["low"]),
            float(entry["high"]),
        )
        for entry in parsed(folder / "calibration.toml")["knob"]
    ]


def row_addresses(text: str) -> list[tuple[str, str, str]]:
    """``name``, ``name[category|category]`` or ``name[...]@date|date`` as addresses (name, category, date)."""
    name, _, starts = text.partition("@")
    name, _, categories = name.partition("[")
    return [(name, c, start) for c in categories.rstrip("]").split("|") for start in starts.split("|")]
