"""How a scenario runs: dates, replications, seed and scale, and who is blamed when one of them is out of bounds."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from numbers import Integral, Real
from pathlib import Path
from typing import Any, Final

from imgsim.base.errors import InputError
from imgsim.base.files.toml import Table, locate, shown

RUN_KEYS: Final = ("start", "measured_from", "end", "replications", "seed")
DATES: Final = ("start", "measured_from", "end")
SEEDS: Final = 2**32


@dataclass(frozen=True, slots=True)
class RunSettings:
    """When, how often and at what size a scenario runs."""

    start: datetime.date  # the warm-up begins
    measured_from: datetime.date
    end: datetime.date  # the horizon: first day not simulated
    replications: int
    seed: int
    scale: float


def run_of(top: Table) -> dict[str, Any]:
    """The settings that a file gives."""
    run, population = top.table("run"), top.table("population")
    run.only(*RUN_KEYS)
    population.only("scale")
    read: dict[str, Any] = {key: run.date(key) for key in DATES if key in run}
    read |= {key: run.integer(key) for key in ("replications", "seed") if key in run}
    read |= {"scale": population.number("scale")} if "scale" in population else {}
    try:
        refuse_settings(read)
    except ValueError as problem:
        key, message = problem.args
        (population if key == "scale" else run).fail(message, key)
    return read


def refuse_settings(run: Mapping[str, Any]) -> None:
    """ValueError(key, message) if a setting is out of bounds."""
    if not 0 < run.get("scale", 1.0) <= 1:
        raise ValueError("scale", f"must be above 0 and at most 1, not {run['scale']:g}")
    if run.get("replications", 1) < 1:
        raise ValueError("replications", f"must be at least 1, not {run['replications']}")
    if run.get("replications", 1) > 65_536:
        raise ValueError("replications", "at most 65536 replications have addresses of their own")
    if not 0 <= run.get("seed", 0) < SEEDS:
        raise ValueError("seed", f"must be from 0 to {SEEDS - 1}, not {run['seed']}")
    dates = [run[key] for key in DATES if key in run]
    if any(a >= b for a, b in pairwise(dates)):
        raise ValueError("end", "must be start < measured_from < end")


def settings(run: Mapping[str, Any], file: Path, sets: Mapping[str, Any], given: Mapping[str, Any]) -> RunSettings:
    """The settings of a whole scenario: its files', then those set on the command line, then those of the call."""
    held = {"replications": 1, "seed": 0, "scale": 1.0} | dict(run)
    for key in DATES:
        if key not in held and key not in sets:
            raise InputError("is missing", file=str(file), key=f"run.{key}")
    refuse_dates(held, file, {key: date for key, date in sets.items() if key in DATES})
    return RunSettings(**held | dict(sets) | dict(given))


def refuse_dates(held: Mapping[str, Any], file: Path, sets: Mapping[str, Any]) -> None:
    """InputError if dates, each right by itself, do not follow on each other: the fault of those set last."""
    try:
        refuse_settings(dict(held) | dict(sets))
    except ValueError as problem:
        key, message = problem.args
        if sets and fit(held):
            raise InputError(message, file="--set", key=f"run.{key if key in sets else next(iter(sets))}") from None
        line, column = locate(file, ("run", key))
        raise InputError(message, file=str(file), line=line, column=column, key=f"run.{key}") from None


def fit(run: Mapping[str, Any]) -> bool:
    """Are these settings within bounds?"""
    try:
        refuse_settings(run)
    except ValueError:
        return False
    return True


def arguments(given: Mapping[str, Any]) -> dict[str, float]:
    """The settings given in a call, without those that are None; refused here, for they stand in no file."""
    return {name: argument(name, value) for name, value in given.items() if value is not None}


def argument(name: str, value: Any) -> float:
    """The number of one argument; NumPy's numbers are numbers, true and false are none."""
    whole = name != "scale"
    if isinstance(value, bool) or not isinstance(value, Integral if whole else Real):
        raise wrong(name, f"must be a {'whole ' * whole}number, not {shown(value)}")
    read: Any = int if whole else float
    try:
        number: float = read(value)
        refuse_settings({name: number})
    except OverflowError:
        raise wrong(name, f"must be a number that fits a float, not {shown(value)}") from None
    except ValueError as problem:
        raise wrong(name, problem.args[1]) from None
    return number


def wrong(name: str, message: str) -> InputError:
    """The error that blames an argument of a call."""
    return InputError(message, key=f"argument `{name}`")
