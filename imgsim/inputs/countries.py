"""The countries that come with imgsim, each a folder of data."""

from __future__ import annotations

from pathlib import Path
from typing import Final

COUNTRIES: Final = Path(__file__).parents[1] / "countries"
TEMPLATE: Final = COUNTRIES / "template"  # what `imgsim new-country` copies; no country
PATHWAY: Final = "pathway.toml"


def countries_in(folder: Path) -> list[str]:
    """Names of the countries in a folder, without the template."""
    return sorted(file.parent.name for file in folder.glob(f"*/{PATHWAY}") if file.parent != TEMPLATE)


def shipped_countries() -> list[str]:
    """Names of the countries that come with imgsim."""
    return countries_in(COUNTRIES)


def country_folder(name: str) -> Path:
    """The folder of a country: one that comes with imgsim by its name, one of the user's own by its path."""
    return COUNTRIES / name


def pathway_file(folder: Path, name: str) -> Path:
    """The pathway file of a country: in a folder of countries, or among those that come with imgsim."""
    own = folder / name / PATHWAY
    return own if own.is_file() else country_folder(name) / PATHWAY
