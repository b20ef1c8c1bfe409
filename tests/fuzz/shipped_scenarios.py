"""The scenarios that come with imgsim as bases of the fuzzer: extended at a small scale, with and without a reform."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import tomli
from fuzz.small_countries import Files

from imgsim.inputs.countries import COUNTRIES, shipped_countries
from imgsim.inputs.parameters.read import load_parameters
from imgsim.inputs.reforms.reform import ANYWHERE

SCENARIOS: Final = Path(__file__).parents[2] / "scenarios"
SMALL: Final = {"title": "small", "population": {"scale": 0.001}}


@cache
def shipped() -> dict[str, Files]:
    """Every base by name: a scenario of each country, and the same with each reform that is for it or for any."""
    reforms = {file.stem: read(file) for file in sorted((SCENARIOS / "reforms").glob("*.toml"))}
    bases: dict[str, Files] = {}
    for country in shipped_countries():
        files = {
            "main.toml": SMALL | {"extends": f"{country}.toml"},
            f"{country}.toml": read(SCENARIOS / f"{country}.toml"),
        }
        bases[country] = files
        its_own = {name: reform for name, reform in reforms.items() if is_for(reform, country)}
        bases |= {f"{country} {name}": files | {"reform.toml": reform} for name, reform in its_own.items()}
    return bases


def is_for(reform: dict[str, Any], country: str) -> bool:
    """Whether a reform is for a country: by its name, or for any that has all the parameters it changes."""
    changed = {change["parameter"] for change in reform.get("change", ())}
    return reform["base"] == country or (reform["base"] == ANYWHERE and changed <= {*parameter_names(country)})


def read(file: Path) -> dict[str, Any]:
    """The content of a TOML file."""
    return tomli.loads(file.read_text("utf-8"))


@cache
def parameter_names(country: str) -> tuple[str, ...]:
    """The names of the parameters of a country that comes with imgsim; none of any other."""
    return tuple(load_parameters(COUNTRIES / country)) if country in shipped_countries() else ()


def names_in(files: Files) -> list[str]:
    """The parameters of the shipped countries that scenarios name."""
    countries = [content.get("country") for content in files.values() if isinstance(content, dict)]
    return [name for country in countries if isinstance(country, str) for name in parameter_names(country)]
