"""What a command is about: a scenario file, or a country as it stands."""

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
    """Reforms to lay over a scenario, and the sizes of their levers."""

    files: tuple[Path, ...] = ()
    levers: Mapping[str, float] = field(default_factory=dict)


NONE = Overlay()


@dataclass(frozen=True, slots=True)
class Country:
    """A country as it stands, with the fields of a scenario without changes."""

    pathway: Pathway
    parameters: Parameters
    base_parameters: Parameters
    sources: Mapping[str, Source]
    changes: tuple[()] = ()


def need_file(text: str) -> None:
    """Refuse a country where a scenario file is needed, and say what to write instead."""
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
    """Read a scenario file, with settings, parameters and reforms from the command line."""
    need_file(text)
    from imgsim.inputs.scenarios.load import load_scenario

    return load_scenario(
        Path(text), sets=sets, reforms=overlay.files, levers=overlay.levers, seed=seed, scale=scale
    )  # fmt: skip


def subject(text: str, sets: tuple[str, ...] = (), overlay: Overlay = NONE) -> Scenario | Country:
    """Read the scenario file or the country that a text names."""
    if _is_file(text):
        return scenario(text, sets, overlay)
    if sets:
        raise InputError("--set changes a scenario; give a scenario file instead of a country")
    if overlay.files:
        raise InputError("--reform changes a scenario; give a scenario file instead of a country")
    return country(text)


def pathway_of(text: str, reforms: tuple[Path, ...] = ()) -> tuple[Pathway, PathwayDifferences]:
    """Read the pathway of a scenario file, or of a country without its parameters, and what reforms change in it."""
    if _is_file(text):
        from imgsim.inputs.reforms.differences import pathway_differences

        of = scenario(text, overlay=Overlay(reforms))
        return of.pathway, pathway_differences(of)
    from imgsim.inputs.pathways.load import load_pathway

    pathway = load_pathway(_folder(text) / PATHWAY)
    return reformed_pathway(text, pathway, reforms) if reforms else (pathway, PathwayDifferences())


def reformed_pathway(country: str, pathway: Pathway, reforms: tuple[Path, ...]) -> tuple[Pathway, PathwayDifferences]:
    """Apply the wiring of reforms to a country's pathway, without its parameters."""
    from imgsim.inputs.reforms.differences import differences_between
    from imgsim.inputs.reforms.overlay import pathway_under, read_reforms

    overlaid = read_reforms(reforms, {})
    changed = pathway_under(pathway, country, overlaid)
    return changed, differences_between(
        pathway, changed, [change.parameter for each in overlaid for change in each.changes]
    )


def country(name: str) -> Country:
    """Read the pathway, parameters and sources of a country."""
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
