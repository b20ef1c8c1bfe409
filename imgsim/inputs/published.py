"""Published figures of a country, from ``targets.toml`` in its folder, with which simulated outcomes are compared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from imgsim.base.files.toml import parsed


@dataclass(frozen=True, slots=True)
class Target:
    """One published figure: the outcome it measures, its value, and the error that is allowed."""

    measure: str
    cohort: str
    group: str
    statistic: str  # empty where the measure has only one
    time: float | None  # years since a milestone, of a point of a curve
    value: float
    error: float
    use: Literal["fit", "holdout", "check"]
    source: str
    where: str
    family: str  # what is fitted together


def load_targets(folder: Path) -> list[Target]:
    """Read the published figures of a country; one table may list many years or groups."""
    targets = []
    for entry in parsed(folder / "targets.toml")["target"]:
        common = {word: entry.get(word, "") for word in ("group", "cohort", "source", "where")}
        for cohort, value in entry["values"].items() if "values" in entry else [(common["cohort"], entry["value"])]:
            targets.append(
                Target(
                    entry["measure"],
                    str(cohort),
                    common["group"],
                    str(entry.get("statistic", "")),
                    float(entry["time"]) if "time" in entry else None,
                    float(value),
                    float(entry["error"]) if "error" in entry else float(entry["error_share"]) * abs(float(value)),
                    entry.get("use", "fit"),
                    common["source"],
                    common["where"],
                    entry.get("family", entry["measure"]),
                )
            )
    return targets
