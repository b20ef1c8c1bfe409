"""Small valid countries from which the fuzzer starts: folders of TOML files, as dictionaries by path."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Final

import tomli

from imgsim.inputs.new_country import new_country
from imgsim.inputs.parameters.limits import limits_of
from imgsim.inputs.parameters.read import default_unit

Files = dict[str, dict[str, Any]]

HERE: Final = Path(__file__).parent / "bases"
GROUNDS: Final = {"evidence": "assumed", "why": "small"}
UNLIMITED: Final = 1e9  # stands for a bound that there is not


@cache
def bases() -> dict[str, Files]:
    """Every base by name; ``main.toml`` is checked and run, with ``reform.toml`` where there is one."""
    isle, crossroads, pair = new("isle"), read("crossroads"), read("pair")
    reform = tomli.loads((HERE / "reform.toml").read_text("utf-8"))
    reform |= {"parameter": nested(reform["parameter"])}
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
        files = {str(path.relative_to(folder)): tomli.loads(path.read_text("utf-8")) for path in written}
    return {path: widened(content) if "/parameters/" in path else content for path, content in files.items()}


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


def nested(numbers: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Parameters by dotted name as tables inside tables, each with grounds."""
    top: dict[str, Any] = {}
    for name, content in numbers.items():
        table = top
        for part in name.split("."):
            table = table.setdefault(part, {})
        table.update(content | GROUNDS)
    return widened(top)


def widened(table: dict[str, Any], name: str = "") -> dict[str, Any]:
    """Tables of parameters in which all that bounds allow is plausible, so that edits of values are not refused."""
    wide = {
        key: widened(item, f"{name}.{key}" if name else key) if isinstance(item, dict) and key != "value" else item
        for key, item in table.items()
    }
    if "evidence" in table:
        low, high, *_ = limits_of(name, str(table.get("unit", default_unit(name))))
        wide["range"] = [max(low, -UNLIMITED), min(high, UNLIMITED)]
    return wide
