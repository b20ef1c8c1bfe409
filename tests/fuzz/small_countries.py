"""Small valid countries from which the fuzzer starts: folders of TOML files, as dictionaries by path."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Final

import tomli

from imgsim.inputs.new_country import new_country

Files = dict[str, dict[str, Any]]

HERE: Final = Path(__file__).parent / "bases"
GROUNDS: Final = {"evidence": "assumed", "why": "small"}
LIMITS: Final = {"month-day": [101, 1231]}  # plausible ranges by unit


@cache
def bases() -> dict[str, Files]:
    """Every base by name; ``main.toml`` is checked and run, with ``reform.toml`` where there is one."""
    isle, crossroads, pair = new("isle"), read("crossroads"), read("pair")
    reform = nested_parameters(tomli.loads((HERE / "reform.toml").read_text("utf-8")))
    return {
        "isle": main("isle") | isle,
        "reformed": main("isle") | isle | {"reform.toml": reform},
        "crossroads": main("crossroads") | crossroads,
        "pair": main("pair", changed=False) | pair | isle | crossroads,
    }


def main(country: str, changed: bool = True) -> Files:
    """The scenario of a few years over that of a country."""
    scenario = tomli.loads((HERE / "main.toml").read_text("utf-8")) | {"extends": f"{country}.toml"}
    return {"main.toml": scenario if changed else scenario | {"change": []}}


def new(name: str) -> Files:
    """The country that ``imgsim new-country`` writes."""
    with tempfile.TemporaryDirectory() as folder:
        written = new_country(name, Path(folder))
        return {str(path.relative_to(folder)): tomli.loads(path.read_text("utf-8")) for path in written}


def read(name: str) -> Files:
    """A country of ours, with a scenario of its own."""
    files = {
        str(path.relative_to(HERE)): tomli.loads(path.read_text("utf-8")) for path in HERE.glob(f"{name}/**/*.toml")
    }
    for path in files:
        if "/parameters/" in path:
            files[path] = nested(files[path])
    own = {"title": name, "country": f"./{name}", "population": {"scale": 1.0}}
    return {f"{name}.toml": own, **dict(sorted(files.items())), f"{name}/sources.toml": {}}


def nested_parameters(top: dict[str, Any]) -> dict[str, Any]:
    """A reform whose parameters are written as a line each."""
    return top | {"parameter": nested(top["parameter"])}


def nested(numbers: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Parameters by dotted name as tables inside tables, each with grounds."""
    top: dict[str, Any] = {}
    for name, content in numbers.items():
        table = top
        for part in name.split("."):
            table = table.setdefault(part, {})
        table.update(parameter(**content))
    return top


def parameter(unit: str, value: Any = None, **more: Any) -> dict[str, Any]:
    """A parameter with grounds."""
    values = {} if value is None else {"value": value}
    return {"unit": unit, **values, **more, **GROUNDS, "range": LIMITS.get(unit, [-1e9, 1e9])}
