"""From a scenario file to a scenario: pathway and parameters with all changes, checked for consistency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from imgsim.base.dates.calendar import to_date, to_day
from imgsim.base.errors import InputError
from imgsim.base.printable import as_name
from imgsim.inputs.arguments import check_arguments
from imgsim.inputs.consistency import check_contract
from imgsim.inputs.countries import PATHWAY, country_folder
from imgsim.inputs.parameters.changes import apply_changes
from imgsim.inputs.parameters.parameter import Parameters, Source
from imgsim.inputs.parameters.read import parameters_of, with_ratios
from imgsim.inputs.parameters.refusals import refuse
from imgsim.inputs.pathways.checks import check_pathway
from imgsim.inputs.pathways.combined_parameters import load_numbers
from imgsim.inputs.pathways.load import load_pathway
from imgsim.inputs.pathways.pathway import Pathway, Stage
from imgsim.inputs.reforms.lever_sizes import lever_sizes
from imgsim.inputs.reforms.overlay import read_reforms, reformed
from imgsim.inputs.scenarios.draft import Draft
from imgsim.inputs.scenarios.read import assignments, read_draft
from imgsim.inputs.scenarios.run_settings import RunSettings, arguments, settings
from imgsim.inputs.scenarios.scenario import Scenario

STOCK: Final = "population.stock"


def load_scenario(
    path: Path | str,
    sets: Sequence[str] = (),
    *,
    reforms: Sequence[Path | str] = (),
    levers: Mapping[str, float] | None = None,
    doses: Mapping[str, float] | None = None,
    seed: int | None = None,
    scale: float | None = None,
    replications: int | None = None,
) -> Scenario:
    """Read a scenario file and check it completely; settings given here replace those of the file.

    ``sets`` are texts ``NAME=VALUE`` or ``NAME[category]=VALUE`` that hold on all days. ``reforms`` are files laid over
    the scenario in their order, ``levers`` (formerly ``doses``) the sizes of their levers by name. Raises InputError.
    """
    check_arguments(locals())
    given = arguments({"seed": seed, "scale": scale, "replications": replications})
    baseline = load_baseline(Path(path), sets, given)
    overlaid = read_reforms(reforms, lever_sizes(levers, doses))
    return reformed(baseline, overlaid) if overlaid else baseline


def load_baseline(file: Path, sets: Sequence[str], given: Mapping[str, Any]) -> Scenario:
    """Read the scenario of a file, before any reform."""
    draft = read_draft(file)
    run_sets, changes = assignments(sets)
    run = settings(draft.run, file, run_sets, given)
    folder = country_folder(draft.country)
    as_it_stands = load_pathway(folder / PATHWAY)
    pathway = with_stages(as_it_stands, draft.stages, file)
    country = load_numbers(folder, as_it_stands)
    check_contract(country, as_it_stands, file=folder / PATHWAY)
    base = with_parameters(country, draft)
    parameters = apply_changes(base, [*draft.changes, *changes])
    added = set(base) - set(country)
    check_contract(parameters, pathway, changed=True, added=added, file=file if draft.stages else folder / PATHWAY)
    refuse_early_census(parameters, run, file)
    return Scenario(
        draft.title, as_name(file.stem), file, draft.country, pathway, parameters, base, base.sources, run,
        (*draft.changes, *changes), draft.chain,
    )  # fmt: skip


def refuse_early_census(parameters: Parameters, run: RunSettings, file: Path) -> None:
    """InputError if the licensed stock has no census day, or one before the first day of the run."""
    stock = parameters.get(STOCK)
    if stock is None:
        return
    days = [row.start for series in stock.rows.values() for row in series if row.start is not None]
    if not days:
        refuse(stock, "needs the day of its census, as in values = [{ from = 2010-01-01, value = 500 }]")
    if min(days) < to_day(run.start):
        message = f"{run.start} is after {to_date(min(days))}, the census day of `{STOCK}`"
        raise InputError(message, file=str(file), key="run.start")


def with_parameters(country: Parameters, draft: Draft) -> Parameters:
    """Add a scenario's own parameters to those of its country; they may be ratios of the country's."""
    sources = all_sources(country.sources, draft.sources)
    if not draft.parameters:
        return Parameters(country.values(), sources)
    added = parameters_of(draft.parameters, country)
    return Parameters(with_ratios({**country, **added}, added), sources)


def all_sources(country: Mapping[str, Source], own: Mapping[str, Source]) -> dict[str, Source]:
    """The sources of a country and of a scenario; InputError for a key that means another source in each."""
    for key, source in own.items():
        if key in country and country[key] != source:
            message = f"the country cites another source by this key ({country[key].title}); choose another one"
            raise InputError(message, key=f"source.{key}")
    return {**country, **own}


def with_stages(pathway: Pathway, stages: Mapping[str, Stage], file: Path) -> Pathway:
    """Add a scenario's own stages to the pathway, or replace stages of the same name, and check the result."""
    if not stages:
        return pathway
    changed = replace(pathway, stages={**pathway.stages, **stages})
    check_pathway(changed, str(file))
    return changed
