"""Checks of a pathway: every name is known, every stage can be reached, and from every stage an end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from imgsim.base.errors import InputError, Problems
from imgsim.base.files.toml import dotted, locate
from imgsim.inputs.consistency import known_categories
from imgsim.inputs.kinds.all_kinds import events_of
from imgsim.inputs.kinds.branch import words_of_criterion
from imgsim.inputs.kinds.round import MARKS, ROUND
from imgsim.inputs.kinds.wait import UNTIL
from imgsim.inputs.pathways.pathway import TODAY, Pathway, Stage, Timer
from imgsim.inputs.pathways.reachability import leads_to_end, reachable
from imgsim.inputs.traits import BY_NAME, trait_names


def check_pathway(pathway: Pathway, file: str) -> None:
    """One InputError for the first few things that are wrong: names first, then stages out of reach."""
    refusals = Problems()
    for message, path, name, known in problems(pathway):
        refusals.add(refusal(file, message, path, name, known))
    refusals.refuse()
    reached, ending = reachable(pathway), leads_to_end(pathway)
    for name in pathway.stages:
        if name not in ending:
            refusals.add(refusal(file, "no end can be reached from this stage", ("stage", name)))
    for name in pathway.stages:
        if name not in reached:
            refusals.add(refusal(file, "this stage cannot be reached", ("stage", name)))
    refusals.refuse()


def refusal(
    file: str, message: str, path: tuple[str, ...], name: str | None = None, known: Iterable[str] = ()
) -> InputError:
    """The error that names a key of the pathway's file, and where it stands (a scenario may not hold it itself)."""
    line, column = locate(Path(file), path)
    if (line, column) == (1, 1):
        line, column = None, None
    return InputError(message, file=file, key=dotted(path), line=line, column=column, name=name, known=known)


Problem = tuple[str, tuple[str, ...], str, Iterable[str]]


def problems(pathway: Pathway) -> Iterator[Problem]:
    """Unknown names, each with its key, the name and the names it may have meant."""
    stages = pathway.stages
    for key, name in (("entry", pathway.entry), ("stock_entry", pathway.stock_entry)):
        if name is not None and name not in stages:
            yield f"unknown stage `{name}`", (key,), name, stages
    for timer in pathway.timers.values():
        if timer.to not in stages:
            yield f"unknown stage `{timer.to}`", ("clock", timer.name, "to"), timer.to, stages
        yield from problems_of_scope(timer, pathway)
    for stage in stages.values():
        yield from problems_of(stage, pathway)
    yield from problems_of_milestones(pathway)


def problems_of_scope(timer: Timer, pathway: Pathway) -> Iterator[Problem]:
    """Unknown stages and phases in which a timer is said to expire, or not to."""
    scope, stages, key = timer.applies_in, pathway.stages, ("clock", timer.name, "applies_in")
    phases = list(dict.fromkeys(stage.phase for stage in stages.values() if stage.phase))
    for name in (*scope.stages, *scope.excluded):
        if name not in stages:
            yield f"unknown stage `{name}`", key, name, stages
    for phase in scope.phases:
        if phase not in phases:
            yield f"unknown phase `{phase}`", (*key, "phases"), phase, phases
    for name in scope.excluded:
        if name in stages and stages[name].phase not in scope.phases:
            yield f"`{name}` is in none of these phases", (*key, "except"), name, ()


def problems_of(stage: Stage, pathway: Pathway) -> Iterator[Problem]:
    """Unknown names in one stage."""
    key = ("stage", stage.name)
    for outcome, name in stage.next.items():
        if name not in pathway.stages:
            yield f"unknown stage `{name}`", (*key, "next", outcome), name, pathway.stages
    named_things = (
        ("timer", "starts_timer", stage.starts_timer, pathway.timers),
        ("flag", "sets_flag", stage.sets_flag, pathway.flags),
    )
    for thing, word, named, known in named_things:
        for outcome, name in ((outcome, name) for outcome, names in named.items() for name in names):
            if name not in known:
                yield f"unknown {thing} `{name}`", (*key, word, outcome), name, known
    for outcome, values in stage.sets_trait.items():
        for trait, value in values.items():
            known_values, may_set = pathway.settable(trait), [name for name in BY_NAME if pathway.settable(name)]
            if trait not in may_set:
                yield f"a stage cannot set `{trait}`", (*key, "sets_trait", outcome, trait), trait, may_set
            elif value not in known_values:
                yield f"unknown value `{trait} = {value}`", (*key, "sets_trait", outcome, trait), value, known_values
    yield from problems_of_conditions(stage, pathway)
    if stage.until and stage.until not in until_names(pathway):
        yield f"`until` names no date: `{stage.until}`", (*key, "until"), stage.until, until_names(pathway)


def problems_of_conditions(stage: Stage, pathway: Pathway) -> Iterator[Problem]:
    """Traits and categories that the conditions of a branch name and that do not exist."""
    key, categories = ("stage", stage.name, "when"), known_categories(pathway)
    for criterion in (one for condition in stage.when.values() for criteria in condition for one in criteria):
        trait, known = criterion.trait, [*trait_names(tuple(pathway.flags)), *categories]
        if trait not in (*known, TODAY):
            yield f"unknown trait `{trait}`", key, trait, known
        elif bool(criterion.values) != (trait in categories):
            what = f"is one of {', '.join(categories[trait])}" if trait in categories else "is a number"
            yield f"`{trait}` {what}: `{words_of_criterion(criterion)}` cannot be asked", key, trait, ()
        for value in criterion.values:
            if trait in categories and value not in categories[trait]:
                yield f"unknown {trait} `{value}`", key, value, categories[trait]


def until_names(pathway: Pathway) -> list[str]:
    """What a wait can last until."""
    rounds = [name for name, stage in pathway.stages.items() if stage.kind == ROUND.name]
    return [*UNTIL, *(f"{name}.{mark}" for name in rounds for mark in MARKS)]


def problems_of_milestones(pathway: Pathway) -> Iterator[Problem]:
    """Milestones that name events which cannot happen."""
    known = [f"{stage.name}.{word}" for stage in pathway.stages.values() for word in events_of(stage)]
    for name, events in pathway.milestones.items():
        for event in events:
            if event not in known:
                yield f"unknown event `{event}`", ("milestones", name), event, known
