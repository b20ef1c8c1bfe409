"""Lay reforms over a scenario, refusing those that do not fit it or contradict each other."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

from imgsim.base.dates.calendar import to_date, to_day
from imgsim.base.errors import InputError
from imgsim.base.files.toml import dotted, locate
from imgsim.inputs.consistency import check_contract
from imgsim.inputs.parameters.changes import Change, apply_changes, days_of
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.parameters.read import named, parameters_of, with_ratios
from imgsim.inputs.pathways.checks import check_pathway
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.reforms.names import distinct_names
from imgsim.inputs.reforms.read import lever_names, read_reform
from imgsim.inputs.reforms.reform import ANYWHERE, Reform
from imgsim.inputs.scenarios.scenario import Scenario


def read_reforms(
    paths: Sequence[Path | str], levers: Mapping[str, float], taken: Container[str] = ()
) -> tuple[Reform, ...]:
    """Read the reforms of some files, under names that differ from each other and from those taken.

    InputError for a file given twice, and for a lever that no reform has, or that two of them share.
    """
    names = distinct_names(paths, taken)
    reforms = tuple(read_reform(path, levers, name) for path, name in zip(paths, names, strict=True))
    owners = owners_of_levers(reforms)
    for name in levers:
        if name not in owners:
            raise InputError(f"no reform here has a lever `{name}`", file="--lever", key=name, name=name, known=owners)
        if len(owners[name]) > 1:
            raise InputError(f"say which: {' or '.join(owners[name])}", file="--lever", key=name)
    return reforms


def owners_of_levers(reforms: Sequence[Reform]) -> dict[str, list[str]]:
    """The levers that each name stands for, as ``<reform>.<lever>``."""
    owners: dict[str, list[str]] = {}
    for reform in reforms:
        for lever in reform.levers:
            for name in lever_names(lever, reform.name, reform.file.stem):
                owners.setdefault(name, []).append(f"{reform.name}.{lever}")
    return owners


def reformed(baseline: Scenario, reforms: Sequence[Reform]) -> Scenario:
    """Apply reforms to a scenario, one after another, and check the result. Raises InputError."""
    for one, other in combinations(reforms, 2):
        refuse_conflict(one, other)
    pathway, parameters = baseline.pathway, baseline.parameters
    for reform in reforms:
        refuse_base(reform, baseline)
        refuse_early(reform, baseline)
        pathway = rewired(pathway, reform)
        parameters = apply_changes(with_own(parameters, reform), reform.changes)
        refuse_unknown_references(reform, parameters)
    added = set(parameters) - set(baseline.parameters)
    check_contract(parameters, pathway, changed=True, added=added, file=reforms[-1].file)
    titles = "; ".join(reform.title for reform in reforms)
    return replace(
        baseline, title=f"{baseline.title}. Reformed: {titles}",
        name="+".join([baseline.name, *(reform.name.replace("/", "-") for reform in reforms)]),  # names a folder
        pathway=pathway, parameters=parameters, sources=parameters.sources,
        changes=(*baseline.changes, *(change for reform in reforms for change in reform.changes)),
        reforms=tuple(reforms), baseline=baseline,
    )  # fmt: skip


def refusal(reform: Reform, message: str, *path: str | int, name: str | None = None, known: Any = ()) -> InputError:
    """The error for a key of a reform's file."""
    line, column = locate(reform.file, path)
    return InputError(
        message, file=str(reform.file), line=line, column=column, key=dotted(path), name=name, known=known
    )


def pathway_under(pathway: Pathway, country: str, reforms: Sequence[Reform]) -> Pathway:
    """Apply the stages and wiring of reforms to a country's pathway, without its parameters. Raises InputError."""
    for one, other in combinations(reforms, 2):
        refuse_conflict(one, other)
    for reform in reforms:
        if reform.base not in (ANYWHERE, country):
            raise refusal(reform, f"this reform is for `{reform.base}`, not for `{country}`", "base")
        pathway = rewired(pathway, reform)
    return pathway


def refuse_base(reform: Reform, scenario: Scenario) -> None:
    """InputError if the reform is for another country or scenario."""
    country = Path(scenario.country).name
    if reform.base in (ANYWHERE, country, *scenario.chain):
        return
    stands = " and ".join(f"`{name}`" for name in dict.fromkeys([*scenario.chain, country]))
    raise refusal(reform, f"this reform is for `{reform.base}`, but {scenario.file} stands for {stands}", "base")


def refuse_early(reform: Reform, scenario: Scenario) -> None:
    """InputError if a change begins before the first day of the baseline."""
    first = to_day(scenario.run.start)
    for place, change in enumerate(reform.changes):
        if change.start is not None and change.start < first:
            message = f"{to_date(change.start)} is before {scenario.run.start}, the first day of {scenario.file}"
            raise refusal(reform, message, "change", place, "from")


def refuse_unknown_references(reform: Reform, parameters: Parameters) -> None:
    """InputError if the reform cites a source that neither it nor its country has."""
    cited = [*reform.reference, *(change.source for change in reform.changes if change.source)]
    for key in cited:
        if key not in parameters.sources:
            at = ("reference",) if key in reform.reference else ("change",)
            raise refusal(reform, f"unknown source `{key}`", *at, name=key, known=parameters.sources)


def rewired(pathway: Pathway, reform: Reform) -> Pathway:
    """Add the stages, wiring and milestones of a reform to a pathway, and check the result."""
    if not (reform.stages or reform.wires or reform.milestones):
        return pathway
    stages = {**pathway.stages, **reform.stages}
    for wire in reform.wires:
        at = ("rewire", wire.stage)
        if wire.stage not in stages:
            raise refusal(reform, f"unknown stage `{wire.stage}`", *at, name=wire.stage, known=stages)
        stage = stages[wire.stage]
        if wire.outcome not in stage.next:
            message = f"`{wire.stage}` has no outcome `{wire.outcome}`"
            raise refusal(reform, message, *at, wire.outcome, name=wire.outcome, known=stage.next)
        if wire.to not in stages:
            raise refusal(reform, f"unknown stage `{wire.to}`", *at, wire.outcome, name=wire.to, known=stages)
        stages[wire.stage] = replace(stage, next={**stage.next, wire.outcome: wire.to})
    changed = replace(pathway, stages=stages, milestones=with_events(pathway, reform))
    check_pathway(changed, str(reform.file))
    return changed


def with_events(pathway: Pathway, reform: Reform) -> dict[str, tuple[str, ...]]:
    """Add the events of a reform to the milestones of a pathway."""
    milestones = dict(pathway.milestones)
    for name, events in reform.milestones.items():
        if name not in milestones:
            raise refusal(reform, f"unknown milestone `{name}`", "milestones", name, name=name, known=milestones)
        milestones[name] = (*milestones[name], *events)
    return milestones


def with_own(parameters: Parameters, reform: Reform) -> Parameters:
    """Add the parameters and sources that a reform defines."""
    for key, source in reform.sources.items():
        if parameters.sources.get(key, source) != source:
            raise refusal(reform, "another source has this key already", "source", key)
    sources = {**parameters.sources, **reform.sources}
    if reform.parameters is None or not reform.parameters.data:
        return Parameters(parameters.values(), sources)
    added = parameters_of([reform.parameters], parameters)
    return Parameters(with_ratios({**parameters, **added}, added), sources)


def refuse_conflict(one: Reform, other: Reform) -> None:
    """InputError if two reforms change the same value on the same days, the same stage, or define the same name."""
    for mine, place, theirs in overlaps(one, other):
        since = to_date(int(max(days_of(mine)[0], days_of(theirs)[0])))
        message = (
            f"`{theirs.parameter}` is changed from {since} on by {one.file} (line {mine.line}) too;"
            " reforms that set the same value cannot be combined"
        )
        raise refusal(other, message, "change", place, "parameter")
    for stage in sorted(one.touched() & other.touched()):
        message = f"{one.file} changes this stage too; reforms that rewire the same stage cannot be combined"
        raise refusal(other, message, "stage" if stage in other.stages else "rewire", stage)
    for name in sorted(own_names(one) & own_names(other)):
        raise refusal(other, f"{one.file} defines this parameter too", "parameter", *name.split("."))


def own_names(reform: Reform) -> set[str]:
    """Names of the parameters that a reform defines."""
    return {name for name, _ in named(reform.parameters)} if reform.parameters else set()


def overlaps(one: Reform, other: Reform) -> Iterator[tuple[Change, int, Change]]:
    """Find changes of two reforms to the same value on the same days; the second with its position in its file."""
    by_parameter: dict[str, list[Change]] = {}
    for mine in one.changes:
        by_parameter.setdefault(mine.parameter, []).append(mine)
    for place, theirs in enumerate(other.changes):
        for mine in by_parameter.get(theirs.parameter, []):
            same = not mine.category or not theirs.category or mine.category == theirs.category
            (a, b), (c, d) = days_of(mine), days_of(theirs)
            if same and a < d and c < b:
                yield mine, place, theirs
