"""How a scenario runs: dates, replications, seed and scale, each checked where it is given."""

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
from imgsim.inputs.parameters.limits import number_text

RUN_KEYS: Final = ("start", "measured_from", "end", "replications", "seed")
DATES: Final = ("start", "measured_from", "end")
SEEDS: Final = 2**32
MOST_REPLICATIONS: Final = 65_536
# Addresses of chance count entry years from 1900, which stands for the licensed stock.
CALENDAR: Final = (datetime.date(1901, 1, 1), datetime.date(2200, 1, 1))


@dataclass(frozen=True, slots=True)
class RunSettings:
    """Dates, replications, seed and scale of a run."""

    start: datetime.date  # the warm-up begins
    measured_from: datetime.date
    end: datetime.date  # the horizon: first day not simulated
    replications: int
    seed: int
    scale: float


def run_of(top: Table) -> dict[str, Any]:
    """Read the run settings of a file."""
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
        raise ValueError("scale", f"must be above 0 and at most 1, not {number_text(run['scale'])}")
    if run.get("replications", 1) < 1:
        raise ValueError("replications", f"must be at least 1, not {run['replications']}")
    if run.get("replications", 1) > MOST_REPLICATIONS:
        raise ValueError("replications", f"at most {MOST_REPLICATIONS} replications have addresses of their own")
    if not 0 <= run.get("seed", 0) < SEEDS:
        raise ValueError("seed", f"must be from 0 to {SEEDS - 1}, not {run['seed']}")
    for key in DATES:
        if key in run and not CALENDAR[0] <= run[key] <= CALENDAR[1]:
            raise ValueError(key, f"must be from {CALENDAR[0]} to {CALENDAR[1]}, not {run[key]}")
    dates = [run[key] for key in DATES if key in run]
    if any(a >= b for a, b in pairwise(dates)):
        raise ValueError("end", "must be start < measured_from < end")


def settings(run: Mapping[str, Any], file: Path, sets: Mapping[str, Any], given: Mapping[str, Any]) -> RunSettings:
    """Combine the settings of a scenario: its files', then those of the command line, then those of a call."""
    own = {"replications": 1, "seed": 0, "scale": 1.0} | dict(run)
    for key in DATES:
        if key not in own and key not in sets:
            raise InputError("is missing", file=str(file), key=f"run.{key}")
    refuse_dates(own, file, {key: date for key, date in sets.items() if key in DATES})
    return RunSettings(**own | dict(sets) | dict(given))


def refuse_dates(own: Mapping[str, Any], file: Path, sets: Mapping[str, Any]) -> None:
    """InputError if start, first measured day and end are not in this order, naming what was given last."""
    try:
        refuse_settings(dict(own) | dict(sets))
    except ValueError as problem:
        key, message = problem.args
        if sets and fit(own):
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
    """Check the settings given in a call, without those that are None."""
    return {name: argument(name, value) for name, value in given.items() if value is not None}


def argument(name: str, value: Any) -> float:
    """Check one argument of a call; NumPy numbers are numbers, true and false are not."""
    integral = name != "scale"
    if isinstance(value, bool) or not isinstance(value, Integral if integral else Real):
        raise wrong(name, f"must be a {'whole ' * integral}number, not {shown(value)}")
    read: Any = int if integral else float
    try:
        number: float = read(value)
        refuse_settings({name: number})
    except OverflowError:
        raise wrong(name, f"must be a number that fits a float, not {shown(value)}") from None
    except ValueError as problem:
        raise wrong(name, problem.args[1]) from None
    return number


def wrong(name: str, message: str) -> InputError:
    """The error for an argument of a call."""
    return InputError(message, key=f"argument `{name}`")
