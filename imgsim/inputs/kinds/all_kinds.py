"""The stage kinds by name, and what a pathway's stages need according to their kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from imgsim.inputs.kinds.branch import BRANCH
from imgsim.inputs.kinds.choose import CHOOSE
from imgsim.inputs.kinds.end import END
from imgsim.inputs.kinds.exam import EXAM
from imgsim.inputs.kinds.kind import Kind
from imgsim.inputs.kinds.round import ROUND
from imgsim.inputs.kinds.wait import WAIT
from imgsim.inputs.kinds.work import WORK
from imgsim.inputs.pathways.pathway import Pathway, Stage, Timer

KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in (EXAM, WAIT, CHOOSE, BRANCH, ROUND, WORK, END)}


def is_instant(stage: Stage) -> bool:
    """Does no time pass in the stage, so that no timer can expire there?"""
    return KINDS[stage.kind].instant


def can_expire(timer: Timer, stage: Stage) -> bool:
    """Can the timer expire in the stage?"""
    return timer.applies_in.covers(stage) and not is_instant(stage)


def events_of(stage: Stage) -> tuple[str, ...]:
    """The last words of the events that a stage can log: its outcomes, then the events of its kind, each once."""
    return tuple(dict.fromkeys((*stage.next, *KINDS[stage.kind].events)))


def required_parameters(pathway: Pathway) -> list[tuple[str, str]]:
    """Name and unit of every parameter that the stages and timers of a pathway need."""
    stages = [
        (f"{stage.name}.{word}", unit)
        for stage in pathway.stages.values()
        for word, unit in KINDS[stage.kind].parameters(stage).items()
    ]
    return [*stages, *((f"clock.{name}", "years") for name in pathway.timers)]


def optional_parameters(pathway: Pathway) -> list[tuple[str, str]]:
    """Name (or beginning of names, ending in a dot) and unit of every parameter that stages may leave out."""
    return [
        (f"{stage.name}.{word}", unit)
        for stage in pathway.stages.values()
        for word, unit in KINDS[stage.kind].optional(stage).items()
    ]
