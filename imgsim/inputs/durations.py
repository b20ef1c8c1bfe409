"""Which distribution every duration has, read without checks: old files do not load, and their names depend on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from imgsim.base.errors import InputError
from imgsim.base.files.source import sibling_paths
from imgsim.base.files.toml import Table, parsed
from imgsim.inputs.countries import country_folder, shipped_countries
from imgsim.inputs.parameters.dispersion import DURATIONS, SPREAD, dispersion_of


def new_name(name: str, distributions: Mapping[str, str]) -> str | None:
    """The new name of ``<duration>.spread``, or of what stands below it; None for any other name."""
    owner, mark, rest = f"{name}.".partition(f".{SPREAD}.")
    new = dispersion_of(owner, distributions[owner]) if mark and owner in distributions else None
    return None if new is None else f"{new}.{rest}".rstrip(".")


def durations_near(top: Table, kind: str) -> dict[str, str]:
    """Distribution of every duration, by name, that a file may speak of: its country's and its own."""
    known: dict[str, str] = {}
    for file in files_near(top, kind):
        known |= durations(parsed_or_nothing(file))
    own = top.data if kind == "parameters" else top.data.get("parameter", {})
    return known | (durations(own) if isinstance(own, dict) else {})


def files_near(top: Table, kind: str) -> list[Path]:
    """The parameter files of the country that a file belongs to."""
    if kind == "parameters":
        return sorted(top.file.parent.glob("*.toml"))
    if kind == "calibration":
        return sorted((top.file.parent / "parameters").glob("*.toml"))
    return [file for folder in folders_of(top) for file in sorted((folder / "parameters").glob("*.toml"))]


def folders_of(top: Table, seen: tuple[Path, ...] = ()) -> list[Path]:
    """The folders of the country that a scenario or reform is for; all that come with imgsim if it names none."""
    seen = (*seen, top.file.resolve())
    country = top.data.get("country") or top.data.get("base")
    if isinstance(country, str) and country.startswith("."):
        return [next((path for path in sibling_paths(top.file, country) if path.is_dir()), top.file.parent / country)]
    if isinstance(country, str) and country in shipped_countries():
        return [country_folder(country)]
    for base in sibling_paths(top.file, str(top.data.get("extends") or f"{country}.toml")):
        if base.is_file() and base.resolve() not in seen:
            return folders_of(Table(parsed_or_nothing(base), base), seen)
    return [country_folder(name) for name in shipped_countries()]


def parsed_or_nothing(file: Path) -> dict[str, Any]:
    """A TOML file as a dictionary; empty if it is broken, as it is asked for in passing only."""
    try:
        return parsed(file)
    except InputError:
        return {}


def durations(data: Mapping[str, Any]) -> dict[str, str]:
    """Distribution of every duration below a table of parameters, by name."""
    tables = dict(tables_of(data))
    known = {
        name: str(table.get("distribution", "lognormal"))
        for name, table in tables.items()
        if table.get("unit") in DURATIONS
    }
    alike = {name: table["same_as"] for name, table in tables.items() if isinstance(table.get("same_as"), str)}
    return known | {name: known[other] for name, other in alike.items() if other in known}


def tables_of(data: Mapping[str, Any], name: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every table below a table with its dotted name."""
    for key, value in data.items():
        if isinstance(value, dict):
            own = f"{name}.{key}" if name else key
            yield own, value
            yield from tables_of(value, own)
