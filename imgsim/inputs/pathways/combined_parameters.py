"""The numbers of several countries as those of one road: renamed, given by the groups of the whole, and people shared.

Nothing of a country's numbers is copied by hand: each keeps its values, dates and grounds below the country's name.
What the whole needs beside them follows by arithmetic: its entrants are the countries' entrants, divided among its
groups by the shares ``population.cell.<country>``, and the odds of setting out for a country first are its part.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from imgsim.base.dates.calendar import to_date, to_day
from imgsim.base.errors import InputError
from imgsim.inputs.countries import pathway_file
from imgsim.inputs.parameters.parameter import Parameter, Parameters, Ratio, Row, Source
from imgsim.inputs.parameters.read import load_parameters
from imgsim.inputs.pathways.combined import EVERYWHERE, below, entering_stage
from imgsim.inputs.pathways.pathway import Group, Part, Pathway

PEOPLE: Final = "population."
NOT_TAKEN: Final = (PEOPLE, "livelihood.", "comparison.")  # families that the whole has once
ENTRANTS: Final = f"{PEOPLE}entrants"
AVERAGED: Final = ("age_at_graduation", "entry_before", "entry_after", "ability", "english", "experience")
GIVEN_BY: Final = ("group", "region")  # traits of a country's own cells, which the whole says by its groups


@dataclass(frozen=True, slots=True)
class Brought:
    """A country with its numbers."""

    name: str
    part: Part
    parameters: Parameters

    def cell(self, group: str) -> Group:
        """The cell of the country that people of a group of the whole belong to."""
        return self.part.pathway.groups[self.part.become[group]]

    def like(self, trait: str, category: str) -> list[str]:
        """The groups of the whole whose people are of this group or region there."""
        groups = {group: self.cell(group) for group in self.part.become}
        return [name for name, cell in groups.items() if category == (cell.name if trait == "group" else cell.region)]


def load_numbers(folder: Path, road: Pathway) -> Parameters:
    """The parameters and sources of a country's folder, or of all countries that its road is composed of."""
    own = load_parameters(folder)
    if not road.parts:
        return own
    refuse_without_cells(own, road)
    brought = {name: load_parameters(pathway_file(folder.parent, name).parent) for name in road.parts}
    return composed_numbers(own, road, brought)


def refuse_without_cells(own: Parameters, road: Pathway) -> None:
    """InputError unless it is said for every country which part of its cells each group of the whole is."""
    for name in road.parts:
        cell = f"{PEOPLE}cell.{name}"
        if cell not in own:
            raise InputError(
                f"a composed road needs a parameter `{cell}` (probability, by group)", name=cell, known=own
            )
        missing = [group for group in road.groups if group not in own[cell].rows]
        if missing:
            raise InputError(f"no value for group `{missing[0]}`", file=own[cell].file, key=cell)


def composed_numbers(own: Parameters, road: Pathway, brought: Mapping[str, Parameters]) -> Parameters:
    """All numbers of a composed road: its own, those of its countries, and what follows from them."""
    parts = [Brought(name, road.parts[name], parameters) for name, parameters in brought.items()]
    named = [parameter for part in parts for parameter in taken(part, part.name == road.common)]
    followed = [*shared_people(own, road, parts), *first_choices(own, road, parts)]
    held = {parameter.name: parameter for parameter in (*named, *followed)} | dict(own)
    filled = [with_all_categories(parameter, road) for parameter in held.values()]
    return Parameters(filled, {**own.sources, **sources_of(parts, filled)})


def sources_of(parts: Iterable[Brought], held: Iterable[Parameter]) -> dict[str, Source]:
    """The bibliographies of the countries, of which only what is cited is kept."""
    cited = {row.source for parameter in held for series in parameter.rows.values() for row in series}
    named = {below(part.name, key): source for part in parts for key, source in part.parameters.sources.items()}
    return {key: replace(source, key=key) for key, source in named.items() if key in cited}


def with_all_categories(parameter: Parameter, road: Pathway) -> Parameter:
    """A parameter by a trait whose other categories, which nobody has there, are given the value of the first."""
    known = road.settable(parameter.by) if parameter.by and parameter.by not in GIVEN_BY else ()
    if not known or not set(parameter.rows) < set(known):
        return parameter
    first = next(iter(parameter.rows.values()))
    return replace(parameter, rows={category: parameter.rows.get(category, first) for category in known})


# --- a country's numbers under its name --------------------------------------------------------------------------


def taken(part: Brought, common: bool) -> Iterator[Parameter]:
    """The parameters of a country as those of the whole."""
    shared = {f"clock.{timer.name}" for timer in part.part.pathway.timers.values() if timer.applies_in == EVERYWHERE}
    yield citizens(part)
    yield from remainders(part)
    for parameter in part.parameters.values():
        name = renamed(part, parameter.name, common, shared)
        if name is not None:
            ratios = tuple(ratio for held in parameter.ratios for ratio in ratios_of(part, held, common, shared))
            yield replace(by_groups(part, parameter), name=name, ratios=ratios)


def citizens(part: Brought) -> Parameter:
    """Who is a citizen or permanent resident of the country: certain, by group."""
    where = "by definition of the groups"
    rows = {group: (Row(None, float(part.cell(group).citizen), "derived", where=where),) for group in part.part.become}
    return Parameter(f"{entering_stage(part.name)}.citizen", "probability", None, "group", "step", rows)


def remainders(part: Brought) -> Iterator[Parameter]:
    """A country draws a wish or an area from the first few categories and the rest fall to the next: it takes all."""
    for word, trait in (("wish", "specialty"), ("area", "area")):
        for value in part.part.pathway.categories.get(trait, ())[:-1]:
            if f"{PEOPLE}{word}.{value}" not in part.parameters:
                name = f"{entering_stage(part.name, word)}.{value}"
                yield constant(name, "probability", 1.0, "takes those whom the categories before leave")


def renamed(part: Brought, name: str, common: bool, shared: set[str]) -> str | None:
    """The name of a country's parameter in the whole; None for what the whole has no use for."""
    is_shared = any(name == timer or name.startswith(f"{timer}.") for timer in shared)
    if is_shared or name.startswith("livelihood."):
        return name if common else None
    for word in ("wish", "area"):
        if name.startswith(f"{PEOPLE}{word}."):
            return f"{entering_stage(part.name, word)}.{name.removeprefix(f'{PEOPLE}{word}.')}"
    if name.startswith(f"{PEOPLE}needs_visa"):
        return f"{entering_stage(part.name, 'visa')}.yes{name.removeprefix(f'{PEOPLE}needs_visa')}"
    if name.startswith(NOT_TAKEN):
        return None
    if name.startswith("clock."):
        return f"clock.{below(part.name, name.removeprefix('clock.'))}"
    if name.startswith("cost."):
        return f"cost.{below(part.name, name.removeprefix('cost.'))}"
    return below(part.name, name)


def ratios_of(part: Brought, ratio: Ratio, common: bool, shared: set[str]) -> list[Ratio]:
    """A ratio over a country's own group or region becomes one over each group of the whole that is of it."""
    name = renamed(part, ratio.parameter, common, shared) or ratio.parameter
    if ratio.trait in GIVEN_BY and ratio.category is not None:
        return [Ratio("group", group, name, ratio.kind) for group in part.like(ratio.trait, ratio.category)]
    return [replace(ratio, parameter=name, trait=trait_below(part, ratio.trait))]


def trait_below(part: Brought, trait: str) -> str:
    """The name of a trait in the whole: flags are a country's own."""
    return f"flag.{below(part.name, trait.removeprefix('flag.'))}" if trait.startswith("flag.") else trait


def by_groups(part: Brought, parameter: Parameter) -> Parameter:
    """A parameter by a country's groups or regions as one by the groups of the whole, with the sources renamed."""
    rows = {category: cited_below(part, series) for category, series in parameter.rows.items()}
    if parameter.by not in GIVEN_BY:
        return replace(parameter, rows=rows, by=trait_below(part, parameter.by) if parameter.by else None)
    groups = {group: rows[category_of(parameter, part.cell(group))] for group in part.part.become}
    return replace(parameter, rows=groups, by="group")


def cited_below(part: Brought, series: Iterable[Row]) -> tuple[Row, ...]:
    """The rows with their sources by the names these have in the whole."""
    return tuple(row._replace(source=below(part.name, row.source)) if row.source else row for row in series)


def category_of(parameter: Parameter, cell: Group) -> str:
    """The category of a parameter that holds for the people of a cell."""
    return {None: "", "group": cell.name, "region": cell.region, "citizen": ("no", "yes")[cell.citizen]}[parameter.by]


# --- the people of the whole -------------------------------------------------------------------------------------


def coming(own: Parameters, part: Brought, group: str, day: int) -> float:
    """How many of a group set out for a country first, a year."""
    share = own.value(f"{PEOPLE}cell.{part.name}", day, group)
    return share * part.parameters.value(ENTRANTS, day, part.cell(group).name) if share else 0.0


def shared_people(own: Parameters, road: Pathway, parts: list[Brought]) -> Iterator[Parameter]:
    """Entrants of each group, and what they bring: the mean of their cells, weighted by those who come."""
    days = knots(parts)
    words = " + ".join(f"{part.name} entrants x {PEOPLE}cell.{part.name}" for part in parts)
    rows = {
        group: tuple(
            Row(day, sum(coming(own, part, group, day) for part in parts), "derived", "", words) for day in days
        )
        for group in road.groups
    }
    yield Parameter(ENTRANTS, "count", None, "group", "linear", rows, bounds=(0.0, float("inf")))
    yield constant(f"{PEOPLE}needs_visa", "probability", 0.0, "drawn on entering a country, by its own numbers")
    for word in AVERAGED:
        yield from (mean_of(own, road, parts, f"{PEOPLE}{word}{spread}") for spread in ("", ".spread"))


def knots(parts: list[Brought]) -> list[int]:
    """The days on which the entrants of any country change their course."""
    series = [rows for part in parts for rows in part.parameters[ENTRANTS].rows.values()]
    return sorted({row.start for rows in series for row in rows if row.start is not None})


def constant(name: str, unit: str, value: float, where: str) -> Parameter:
    """A number for everybody and all time that follows from how the whole is put together."""
    return Parameter(name, unit, None, None, "step", {"": (Row(None, value, "derived", where=where),)})


def mean_of(own: Parameters, road: Pathway, parts: list[Brought], name: str) -> Parameter:
    """A number of people, for each group the mean of its cells weighted by those who come; none counts as nothing."""
    sample = next((part.parameters[name] for part in parts if name in part.parameters), None)
    days = knots(parts)
    rows = {}
    for group in road.groups:
        weight = [sum(coming(own, part, group, day) for day in days) for part in parts]
        value = [value_in(part, name, group, days[-1]) for part in parts]
        mean = sum(w * v for w, v in zip(weight, value, strict=True)) / (sum(weight) or 1.0)
        rows[group] = (Row(None, mean, "derived", where="mean of the countries' cells, weighted by entrants"),)
    return Parameter(name, sample.unit if sample else "number", None, "group", "step", rows)


def value_in(part: Brought, name: str, group: str, day: int) -> float:
    """A country's number for the people of a group of the whole."""
    if name not in part.parameters:
        return 0.0
    parameter = part.parameters[name]
    return parameter.value(day, category_of(parameter, part.cell(group)))


def first_choices(own: Parameters, road: Pathway, parts: list[Brought]) -> Iterator[Parameter]:
    """The odds of setting out for each country first, by group and calendar year: its part of those who come."""
    days = knots(parts)
    years = {
        year: to_day(datetime.date(year, 1, 1)) for year in range(to_date(days[0]).year, to_date(days[-1]).year + 1)
    }
    where = f"part of {ENTRANTS} in the middle of the year, of those left by the countries before"
    for place, part in enumerate(parts[:-1]):
        rows = {
            group: tuple(
                Row(
                    to_day(datetime.date(year, 1, 1)), first_of(own, parts[place:], group, year), "derived", where=where
                )
                for year in years
            )
            for group in road.groups
        }
        yield Parameter(f"{road.entry}.{part.name}", "probability", None, "group", "step", rows)


def first_of(own: Parameters, parts: list[Brought], group: str, year: int) -> float:
    """The part of the first of some countries among all who set out for one of them in the middle of a year."""
    middle = to_day(datetime.date(year, 7, 1))
    counts = [coming(own, part, group, middle) for part in parts]
    return counts[0] / sum(counts) if sum(counts) else 0.0
