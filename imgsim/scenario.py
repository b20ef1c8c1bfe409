"""A scenario is a base plus dated changes; scenarios extend scenarios, down to a country as it stands."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from imgsim.changes import Change, apply_changes
from imgsim.composed_numbers import load_numbers
from imgsim.contract import check_contract
from imgsim.parameters import Parameter, Parameters, Source
from imgsim.pathway import Pathway, Stage, check_pathway, load_pathway
from imgsim.reforms import Reform
from imgsim.run_settings import RunSettings, arguments, settings
from imgsim.tomlfile import Table

COUNTRIES: Final = Path(__file__).parent / "countries"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A road with its numbers after all changes, and how to run it."""

    title: str
    name: str
    file: Path
    country: str
    pathway: Pathway
    parameters: Parameters
    base_parameters: Parameters
    sources: Mapping[str, Source]
    run: RunSettings
    changes: tuple[Change, ...] = ()
    chain: tuple[str, ...] = ()  # names of the scenario and of those it extends
    reforms: tuple[Reform, ...] = ()  # laid over it, in this order
    baseline: Scenario | None = None  # the same without the reforms, if there are any

    def canonical(self) -> str:
        """JSON of everything that determines one replication's results; the same text for the same inputs."""
        run = {
            k: str(v) if isinstance(v, datetime.date) else v for k, v in asdict(self.run).items() if k != "replications"
        }
        parameters = {name: plain(parameter) for name, parameter in sorted(self.parameters.items())}
        content = {
            "country": Path(self.country).name,
            "run": run,
            "pathway": asdict(self.pathway),
            "parameters": parameters,
        }
        return json.dumps(content, ensure_ascii=False)  # keys in their order: that of options, groups and clocks counts

    def digest(self) -> str:
        """The SHA-256 of the canonical text."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


def plain(parameter: Parameter) -> dict[str, Any]:
    """What of a parameter determines results: values and how to draw from them, not who said so."""
    rows = {category: [[row.start, row.value] for row in series] for category, series in sorted(parameter.rows.items())}
    held = {"unit": parameter.unit, "distribution": parameter.distribution, "by": parameter.by}
    return held | {"between": parameter.between, "rows": rows}


@dataclass(frozen=True, slots=True)
class Draft:
    """A scenario file and those it extends, put together but not yet checked as a whole."""

    title: str
    country: str
    run: Mapping[str, Any]
    changes: tuple[Change, ...] = ()
    stages: Mapping[str, Stage] = field(default_factory=dict)
    parameters: tuple[Table, ...] = ()  # what stands under [parameter], not yet read
    sources: Mapping[str, Source] = field(default_factory=dict)
    chain: tuple[str, ...] = ()


def load_scenario(
    path: Path | str,
    sets: Sequence[str] = (),
    *,
    reforms: Sequence[Path | str] = (),
    doses: Mapping[str, float] | None = None,
    seed: int | None = None,
    scale: float | None = None,
    replications: int | None = None,
) -> Scenario:
    """The scenario of a file, checked through and through; settings given here replace the file's.

    sets are texts ``NAME=VALUE`` or ``NAME[category]=VALUE`` that hold for all time. reforms are files laid over all
    that, in their order, doses the sizes of what they leave open, by name. Raises InputError.
    """
    from imgsim.reform_overlay import read_reforms, reformed

    given = arguments({"seed": seed, "scale": scale, "replications": replications})
    baseline = load_baseline(Path(path), sets, given)
    overlaid = read_reforms(reforms, doses or {})
    return reformed(baseline, overlaid) if overlaid else baseline


def load_baseline(file: Path, sets: Sequence[str], given: Mapping[str, Any]) -> Scenario:
    """The scenario of a file before any reform."""
    from imgsim.scenario_files import assignments, read_draft

    draft = read_draft(file)
    run_sets, changes = assignments(sets)
    run = settings(draft.run, file, run_sets, given)
    road = load_pathway(COUNTRIES / draft.country / "pathway.toml")
    pathway = with_stages(road, draft.stages, file)
    country = load_numbers(COUNTRIES / draft.country, road)
    check_contract(country, road)
    base = with_parameters(country, draft)
    parameters = apply_changes(base, [*draft.changes, *changes])
    check_contract(parameters, pathway, changed=True, added=set(base) - set(country))
    return Scenario(
        draft.title, file.stem, file, draft.country, pathway, parameters, base, base.sources, run,
        (*draft.changes, *changes), draft.chain,
    )  # fmt: skip


def with_parameters(country: Parameters, draft: Draft) -> Parameters:
    """The country's parameters with those that a scenario adds; a ratio may stand below one of the country's."""
    from imgsim.parameter_files import parameters_of, with_ratios

    if not draft.parameters:
        return Parameters(country.values(), {**country.sources, **draft.sources})
    added = parameters_of(draft.parameters, country)
    return Parameters(with_ratios({**country, **added}, added), {**country.sources, **draft.sources})


def with_stages(pathway: Pathway, stages: Mapping[str, Stage], file: Path) -> Pathway:
    """The pathway with a scenario's stages added or put in the place of its own, checked again."""
    if not stages:
        return pathway
    changed = replace(pathway, stages={**pathway.stages, **stages})
    check_pathway(changed, str(file))
    return changed


def countries() -> list[str]:
    """The countries whose roads come with imgsim."""
    return sorted(file.parent.name for file in COUNTRIES.glob("*/pathway.toml"))
