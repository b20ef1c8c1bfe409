"""Published figures of a country, with which simulated outcomes are compared.

Those in ``targets.toml`` may be fitted to. Others, in files called ``published_<subject>.toml``, are compared with
simulated ones in figures and pages only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from imgsim.base.files.toml import parsed

TARGETS: Final = "targets.toml"
EVERY: Final = "*"  # in a group, stands for the name that a list of values gives


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
    """Read the published figures of a country that may be fitted to; one table may list many years and groups."""
    return targets_in(folder / TARGETS, "fit")


def load_published(folder: Path) -> list[Target]:
    """Read all published figures of a country; none if it has no files of them."""
    return [target for file in published_files(folder) for target in targets_in(file, use_of(file))]


def published_files(folder: Path) -> list[Path]:
    """The files of published figures of a country: those that may be fitted to, then the others."""
    return [file for file in (folder / TARGETS, *sorted(folder.glob("published_*.toml"))) if file.is_file()]


def use_of(file: Path) -> Literal["fit", "check"]:
    """What the figures of a file are for, unless they say it themselves."""
    return "fit" if file.name == TARGETS else "check"


def targets_in(file: Path, use: Literal["fit", "check"]) -> list[Target]:
    """Read the published figures of one file."""
    return [
        Target(
            entry["measure"],
            cohort,
            group,
            str(entry.get("statistic", "")),
            float(entry["time"]) if "time" in entry else None,
            value,
            float(entry["error"]) if "error" in entry else float(entry["error_share"]) * abs(value),
            entry.get("use", use),
            entry.get("source", ""),
            entry.get("where", ""),
            entry.get("family", entry["measure"]),
        )
        for entry in parsed(file)["target"]
        for cohort, group, value in values_of(entry)
    ]


def values_of(entry: Mapping[str, Any]) -> Iterator[tuple[str, str, float]]:
    """Cohort, group and value of each figure of a table: one, several by cohort, or by cohort and group."""
    group, values = entry.get("group", ""), entry.get("values")
    if values is None:
        yield str(entry.get("cohort", "")), group, float(entry["value"])
    elif isinstance(values, Mapping):
        yield from ((str(cohort), group, float(value)) for cohort, value in values.items())
    else:
        for row in values:
            for name, value in row["of"].items():
                yield str(row["cohort"]), (group or EVERY).replace(EVERY, name), float(value)
