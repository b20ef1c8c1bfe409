"""The numbers of several countries as those of one combined pathway: renamed and given by its groups, people shared.

Nothing of a country's numbers is copied by hand: each keeps its values, dates and grounds below the country's name.
What the whole needs beside them follows by arithmetic: its entrants are the countries' entrants, divided among its
groups by the shares ``population.cell.<country>``, and the odds of setting out for a country first are its part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from imgsim.base.errors import InputError
from imgsim.inputs.consistency import check_contract, missing_from
from imgsim.inputs.countries import PATHWAY, pathway_file
from imgsim.inputs.parameters.dispersion import dispersion_of
from imgsim.inputs.parameters.parameter import Parameter, Parameters, Ratio, Row, Source
from imgsim.inputs.parameters.read import load_parameters
from imgsim.inputs.parameters.refusals import refuse
from imgsim.inputs.pathways.combined import DRAWN_BY_COUNTRY, below, entering_stage
from imgsim.inputs.pathways.combined_people import (
    AVERAGED,
    ENTRANTS,
    OF_A_CELL,
    PEOPLE,
    SHARED,
    Brought,
    category_of,
    constant,
    first_choices,
    shared_people,
)
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.traits import BY_CHOICE, CATEGORY, TRAITS, YES_NO, parameters_drawn

NOT_TAKEN: Final = (PEOPLE, "livelihood.", "academic_year.", "comparison.")  # families that the whole has once
GIVEN_BY: Final = tuple(  # traits of a country's own cells, which the whole says by its groups
    trait.name for trait in TRAITS if trait.by_group and trait.kind == CATEGORY
)


def load_numbers(folder: Path, pathway: Pathway) -> Parameters:
    """The parameters and sources of a country's folder, or of all countries that its pathway combines."""
    own = load_parameters(folder)
    if not pathway.parts:
        return own
    refuse_without_cells(own, pathway, folder / PATHWAY)
    brought = {name: load_parameters(pathway_file(folder.parent, name).parent) for name in pathway.parts}
    for name, parameters in brought.items():
        check_contract(parameters, pathway.parts[name].pathway, file=pathway_file(folder.parent, name))
        refuse_unfit_for_means(parameters, pathway.parts[name].pathway)
    refuse_different_distributions(brought)
    refuse_without_dates(brought, pathway, folder / PATHWAY)
    numbers = composed_numbers(own, pathway, brought)
    file = str(folder / PATHWAY)  # where what follows from several countries is refused
    return Parameters([one if one.file else replace(one, file=file) for one in numbers.values()], numbers.sources)


def refuse_unfit_for_means(parameters: Parameters, pathway: Pathway) -> None:
    """InputError if a number of which a combined pathway takes the mean of its countries differs within their cells."""
    chosen = (trait for trait in SHARED if trait.drawn == BY_CHOICE)
    means = [parameters[name] for name in AVERAGED if name in parameters]
    names = [name for one in means for name in (one.name, dispersion_of(one.name, one.distribution)) if name]
    names += [name for trait in chosen for name in parameters_drawn(trait, pathway.categories)]
    for parameter in (parameters[name] for name in names if name in parameters):
        for ratio in parameter.ratios:
            message = "has no effect in a combined pathway, which takes the mean of countries"
            refuse(parameters[ratio.parameter], message)
        if parameter.by not in OF_A_CELL:
            message = f"cannot be given by `{parameter.by}` in a combined pathway, which takes the mean of countries"
            refuse(parameter, message, "by")
        if parameter.is_dated:
            refuse(parameter, "must be the same on every day in a combined pathway, which takes the mean of countries")


def refuse_different_distributions(brought: Mapping[str, Parameters]) -> None:
    """InputError if a duration of people is of one distribution in a country and of another elsewhere: no mean is."""
    for name in AVERAGED:
        first, *others = [parameters[name] for parameters in brought.values() if name in parameters]
        for other in others:
            ours, theirs = (one.distribution or "lognormal" for one in (first, other))
            if ours != theirs:
                message = (
                    f"cannot be {theirs} in a combined pathway, which takes the mean of countries: {ours} in another"
                )
                refuse(other, message, "distribution")


def refuse_without_dates(brought: Mapping[str, Parameters], pathway: Pathway, file: Path) -> None:
    """InputError if no country's entrants have a date: those of the whole change on the days of theirs."""
    entrants = [parameters[ENTRANTS] for parameters in brought.values()]
    if all(row.start is None for one in entrants for series in one.rows.values() for row in series):
        message = f"a combined pathway needs dated values of `{ENTRANTS}` in one of its countries"
        raise missing_from(pathway, file, ("countries",), message, ENTRANTS, ())


def refuse_without_cells(own: Parameters, pathway: Pathway, file: Path) -> None:
    """InputError unless every group of the combined pathway has its share of a group of every country."""
    for name in pathway.parts:
        cell = f"{PEOPLE}cell.{name}"
        if cell not in own:
            message = f"a combined pathway needs a parameter `{cell}` (probability, by group)"
            raise missing_from(pathway, file, ("countries",), message, cell, own)
        missing = [group for group in pathway.groups if group not in own[cell].rows]
        if missing:
            raise InputError(f"no value for group `{missing[0]}`", file=own[cell].file, key=cell)


def composed_numbers(own: Parameters, pathway: Pathway, brought: Mapping[str, Parameters]) -> Parameters:
    """All numbers of a combined pathway: its own, those of its countries, and what follows from them."""
    parts = [Brought(name, pathway.parts[name], parameters) for name, parameters in brought.items()]
    named = [parameter for part in parts for parameter in taken(part, part.name == pathway.common)]
    followed = [*shared_people(own, pathway, parts), *first_choices(own, pathway, parts)]
    held = {parameter.name: parameter for parameter in (*named, *followed)} | dict(own)
    filled = [with_all_categories(parameter, pathway) for parameter in held.values()]
    return Parameters(filled, {**own.sources, **sources_of(parts, filled, pathway)})


def sources_of(parts: Iterable[Brought], held: Iterable[Parameter], pathway: Pathway) -> dict[str, Source]:
    """The bibliographies of the countries, of which only what is cited is kept."""
    cited = {row.source for parameter in held for series in parameter.rows.values() for row in series}
    cited |= {stage.source for stage in pathway.stages.values()}
    named = {below(part.name, key): source for part in parts for key, source in part.parameters.sources.items()}
    return {key: replace(source, key=key) for key, source in named.items() if key in cited}


def with_all_categories(parameter: Parameter, pathway: Pathway) -> Parameter:
    """A parameter by a trait whose other categories, which nobody has there, are given the value of the first."""
    known = pathway.values(parameter.by) if parameter.by and parameter.by not in GIVEN_BY else ()
    if not known or not set(parameter.rows) < set(known):
        return parameter
    first = next(iter(parameter.rows.values()))
    return replace(parameter, rows={category: parameter.rows.get(category, first) for category in known})


# --- a country's numbers under its name --------------------------------------------------------------------------


def taken(part: Brought, common: bool) -> Iterator[Parameter]:
    """The parameters of a country as those of the combined pathway."""
    shared = {f"clock.{timer.name}" for timer in part.part.pathway.timers.values() if timer.applies_in.everywhere}
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
    rows = {
        group: (Row(None, float(part.cell(group).citizen), "derived", where=where),) for group in part.part.maps_groups
    }
    return Parameter(f"{entering_stage(part.name)}.citizen", "probability", None, "group", "step", rows)


def remainders(part: Brought) -> Iterator[Parameter]:
    """A country may give numbers to the first few categories of a trait; the next one takes all who are left."""
    for trait in DRAWN_BY_COUNTRY:
        for name in parameters_drawn(trait, part.part.pathway.categories):
            if name not in part.parameters:
                taking = str(entering_name(part.name, name))
                yield constant(taking, "probability", 1.0, "takes those whom the categories before leave")


def renamed(part: Brought, name: str, common: bool, shared: set[str]) -> str | None:
    """The name of a country's parameter in the combined pathway; None for one that has no use there."""
    is_shared = any(name == timer or name.startswith(f"{timer}.") for timer in shared)
    if is_shared or name.startswith(("livelihood.", "academic_year.")):
        return name if common else None
    if name.startswith(NOT_TAKEN):
        return entering_name(part.name, name)
    if name.startswith("clock."):
        return f"clock.{below(part.name, name.removeprefix('clock.'))}"
    if name.startswith("cost."):
        return f"cost.{below(part.name, name.removeprefix('cost.'))}"
    return below(part.name, name)


def entering_name(country: str, name: str) -> str | None:
    """The name of a parameter that draws a trait, or bears on it, in the stage where the country draws the trait."""
    for trait in DRAWN_BY_COUNTRY:
        own = f"{PEOPLE}{trait.name}"
        if name == own or name.startswith(f"{own}."):
            option = ".yes" if trait.kind == YES_NO else ""
            return f"{entering_stage(country, trait.seen_by_country)}{option}{name.removeprefix(own)}"
    return None


def ratios_of(part: Brought, ratio: Ratio, common: bool, shared: set[str]) -> list[Ratio]:
    """A ratio over a country's group or region becomes one over each combined group that belongs to it."""
    name = renamed(part, ratio.parameter, common, shared) or ratio.parameter
    if ratio.trait in GIVEN_BY and ratio.category is not None:
        return [Ratio("group", group, name, ratio.kind) for group in part.like(ratio.trait, ratio.category)]
    return [replace(ratio, parameter=name, trait=trait_below(part, ratio.trait))]


def trait_below(part: Brought, trait: str) -> str:
    """The name of a trait in the combined pathway: flags are a country's own."""
    return f"flag.{below(part.name, trait.removeprefix('flag.'))}" if trait.startswith("flag.") else trait


def by_groups(part: Brought, parameter: Parameter) -> Parameter:
    """A parameter by a country's groups or regions as one by combined groups, with the sources renamed."""
    rows = {category: cited_below(part, series) for category, series in parameter.rows.items()}
    if parameter.by not in GIVEN_BY:
        return replace(parameter, rows=rows, by=trait_below(part, parameter.by) if parameter.by else None)
    groups = {group: rows[category_of(parameter, part.cell(group))] for group in part.part.maps_groups}
    return replace(parameter, rows=groups, by="group")


def cited_below(part: Brought, series: Iterable[Row]) -> tuple[Row, ...]:
    """The rows with their sources by the names these have in the combined pathway."""
    return tuple(row._replace(source=below(part.name, row.source)) if row.source else row for row in series)
