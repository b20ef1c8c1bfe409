"""What a command is about: a scenario from its file, or a country as it stands."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from imgsim.base.errors import InputError
from imgsim.inputs.countries import PATHWAY, country_folder, shipped_countries
from imgsim.inputs.reforms.differences import PathwayDifferences

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imgsim.inputs.parameters.parameter import Parameters, Source
    from imgsim.inputs.pathways.pathway import Pathway
    from imgsim.inputs.scenarios.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Overlay:
    """Reforms to be laid over a scenario, and the sizes of what they leave open."""

    files: tuple[Path, ...] = ()
    levers: Mapping[str, float] = field(default_factory=dict)


NONE = Overlay()


@dataclass(frozen=True, slots=True)
class Country:
    """A country as it stands: what a scenario without changes would hold."""

    pathway: Pathway
    parameters: Parameters
    base_parameters: Parameters
    sources: Mapping[str, Source]
    changes: tuple[()] = ()


def need_file(text: str) -> None:
    """Refuse a country where a scenario is meant, and say what to write instead."""
    if text in shipped_countries() and not Path(text).is_file():
        raise InputError(f"`{text}` is a country; this command needs a scenario file, such as scenarios/{text}.toml")


def scenario(
    text: str,
    sets: tuple[str, ...] = (),
    overlay: Overlay = NONE,
    *,
    seed: int | None = None,
    scale: float | None = None,
) -> Scenario:
    """The scenario in a file, with these settings and parameters in the place of its own, and these reforms."""
    need_file(text)
    from imgsim.inputs.scenarios.load import load_scenario

    return load_scenario(
        Path(text), sets=sets, reforms=overlay.files, levers=overlay.levers, seed=seed, scale=scale
    )  # fmt: skip


def subject(text: str, sets: tuple[str, ...] = (), overlay: Overlay = NONE) -> Scenario | Country:
    """The scenario or the country that `text` names."""
    if _is_file(text):
        return scenario(text, sets, overlay)
    if sets:
        raise InputError("--set changes a scenario; give a scenario file instead of a country")
    if overlay.files:
        raise InputError("--reform changes a scenario; give a scenario file instead of a country")
    return country(text)


def road(text: str, reforms: tuple[Path, ...] = ()) -> tuple[Pathway, PathwayDifferences]:
    """The pathway of a scenario file or of a country (whose numbers are then not even read), and what is new in it."""
    if _is_file(text):
        from imgsim.inputs.reforms.differences import pathway_differences

        found = scenario(text, overlay=Overlay(reforms))
        return found.pathway, pathway_differences(found)
    from imgsim.inputs.pathways.load import load_pathway

    pathway = load_pathway(_folder(text) / PATHWAY)
    return reformed_road(text, pathway, reforms) if reforms else (pathway, PathwayDifferences())


def reformed_road(country: str, pathway: Pathway, reforms: tuple[Path, ...]) -> tuple[Pathway, PathwayDifferences]:
    """The road of a country under reforms, of which only the wiring counts."""
    from imgsim.inputs.reforms.differences import differences_between
    from imgsim.inputs.reforms.overlay import read_reforms, road_under

    overlaid = read_reforms(reforms, {})
    changed = road_under(pathway, country, overlaid)
    return changed, differences_between(
        pathway, changed, [change.parameter for each in overlaid for change in each.changes]
    )


def country(name: str) -> Country:
    """The road, numbers and sources of a country, checked."""
    from imgsim.inputs.pathways.combined_parameters import load_numbers
    from imgsim.inputs.pathways.load import load_pathway

    folder = _folder(name)
    pathway = load_pathway(folder / PATHWAY)
    parameters = load_numbers(folder, pathway)
    return Country(pathway, parameters, parameters, parameters.sources)


def _is_file(text: str) -> bool:
    return text.endswith(".toml") or os.sep in text or Path(text).is_file()


def _folder(name: str) -> Path:
    known = shipped_countries()
    if name not in known:
        message = f"no country and no scenario file called `{name}` (countries: {', '.join(known)})"
        raise InputError(message, known=known, name=name)
    return country_folder(name)
