"""What a fit may turn and what it aims at: ``calibration.toml`` and ``targets.toml`` in the country's folder."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from imgsim.errors import InputError

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


@dataclass(frozen=True, slots=True)
class Target:
    """One published figure: where it stands among the outcomes, its value, and the error it is allowed."""

    measure: str
    cohort: str
    group: str
    value: float
    error: float
    use: Literal["fit", "holdout", "check"]
    source: str
    where: str
    family: str  # what is fitted together

    @property
    def key(self) -> tuple[str, str, str]:
        """The row of the outcomes table that answers to the target."""
        return self.measure, self.cohort, self.group


SHIFTED: Final[dict[str, Callable[[float, float], float]]] = {
    "identity": lambda value, shift: value + shift,
    "log": lambda value, shift: value * math.exp(shift),
    "logit": lambda value, shift: 1.0 / (1.0 + math.exp(-(math.log(value / (1.0 - value)) + shift))),
}


def read(file: Path) -> dict[str, Any]:
    """The TOML file as a dictionary; InputError if it is missing or broken."""
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError("no such file", file=str(file)) from None
    except tomllib.TOMLDecodeError as problem:
        raise InputError(str(problem), file=str(file)) from None


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
        for entry in read(folder / "calibration.toml")["knob"]
    ]


def row_addresses(text: str) -> list[tuple[str, str, str]]:
    """``name``, ``name[category|category]`` or ``name[...]@date|date`` as addresses (name, category, date)."""
    name, _, starts = text.partition("@")
    name, _, categories = name.partition("[")
    return [(name, c, start) for c in categories.rstrip("]").split("|") for start in starts.split("|")]


def load_targets(folder: Path) -> list[Target]:
    """The published figures of a country, in the order of the file; a table may list many years or groups at once."""
    targets = []
    for entry in read(folder / "targets.toml")["target"]:
        common = {word: entry.get(word, "") for word in ("group", "cohort", "source", "where")}
        for cohort, value in entry["values"].items() if "values" in entry else [(common["cohort"], entry["value"])]:
            targets.append(
                Target(
                    entry["measure"],
                    str(cohort),
                    common["group"],
                    float(value),
                    float(entry["error"]) if "error" in entry else float(entry["error_share"]) * abs(float(value)),
                    entry.get("use", "fit"),
                    common["source"],
                    common["where"],
                    entry.get("family", entry["measure"]),
                )
            )
    return targets
