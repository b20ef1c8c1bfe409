"""The countries that come with imgsim: a folder of data each."""

from __future__ import annotations

from pathlib import Path
from typing import Final

COUNTRIES: Final = Path(__file__).parents[1] / "countries"
TEMPLATE: Final = COUNTRIES / "template"  # what `imgsim new-country` copies; no country
PATHWAY: Final = "pathway.toml"


def countries_in(folder: Path) -> list[str]:
    """Names of the countries whose folders lie in a folder, the template left out."""
    return sorted(file.parent.name for file in folder.glob(f"*/{PATHWAY}") if file.parent != TEMPLATE)


def shipped_countries() -> list[str]:
    """Names of the countries that come with imgsim."""
    return countries_in(COUNTRIES)


def country_folder(name: str) -> Path:
    """The folder of a country: one that comes with imgsim by its name, one of the user's own by its path."""
    return COUNTRIES / name


def pathway_file(folder: Path, name: str) -> Path:
    """The pathway of a country: in a folder of countries, or else among those that come with imgsim."""
    beside = folder / name / PATHWAY
    return beside if beside.is_file() else country_folder(name) / PATHWAY
