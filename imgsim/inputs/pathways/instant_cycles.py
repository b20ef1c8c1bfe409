"""Refuse pathways with a cycle in which no time passes: nobody in it would come to another day.

No time passes in stages without duration, nor in any stage in which a timer that has run out before ends the stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from imgsim.base.errors import InputError
from imgsim.base.files.toml import dotted, locate
from imgsim.inputs.kinds.all_kinds import can_expire, is_instant
from imgsim.inputs.kinds.wait import UNTIL, WAIT
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.pathways.pathway import Pathway, Stage

BEFORE_CLOSING: Final = ("opens", "reads", "closes")  # dates of a round that its last open day does not lead beyond


def refuse_standstill(parameters: Parameters, pathway: Pathway, file: Path | None = None) -> None:
    """InputError if stages that take no time, with timers that have run out or without, form a cycle."""
    for meeting in dict.fromkeys(map(open_round, pathway.stages.values())):  # also none: an end waits for no round
        timeless = {name for name, stage in pathway.stages.items() if takes_no_time(stage, parameters, meeting)}
        following = {name: tuple(pathway.stages[name].next.values()) for name in timeless}
        refuse_cycle(following, "these stages take no time and lead back to one another", pathway, file)
        overdue = {name: with_timers(stage, pathway, name in timeless) for name, stage in pathway.stages.items()}
        refuse_cycle(overdue, "a timer that has run out expires at once in these stages and leads back", pathway, file)


def with_timers(stage: Stage, pathway: Pathway, is_timeless: bool) -> tuple[str, ...]:
    """The stages to which one comes without time if all timers have run out; an outcome that starts one takes time."""
    at_once = [to for outcome, to in stage.next.items() if is_timeless and not stage.starts_timer.get(outcome)]
    return (*at_once, *(timer.to for timer in pathway.timers.values() if can_expire(timer, stage)))


def refuse_cycle(following: Mapping[str, Sequence[str]], why: str, pathway: Pathway, file: Path | None) -> None:
    """InputError if stages lead back to one another, by those that follow each."""
    for name in pathway.stages:
        if circle := way_back(name, following):
            line, column = locate(file, ("stage", name)) if file else (None, None)
            message = f"{why}: {' -> '.join((*circle, name))}"
            where = str(file) if file else None
            raise InputError(message, file=where, line=line, column=column, key=dotted(("stage", name)))


def open_round(stage: Stage) -> str:
    """The round for a date of which a stage waits that comes before its lists are closed, or empty."""
    name, _, mark = (stage.until or "").rpartition(".")
    return name if mark in BEFORE_CLOSING else ""


def takes_no_time(stage: Stage, parameters: Parameters, meeting: str = "") -> bool:
    """Can a stage be over on the day on which it begins, however often a person comes to it?

    Graduation and the start of a post can lie in the past for good, and dates of a round (``meeting``) until it closes.
    """
    if is_instant(stage) or stage.until in UNTIL or (meeting and open_round(stage) == meeting):
        return True
    if stage.kind != WAIT.name or stage.until is not None or f"{stage.name}.done" not in parameters:
        return False
    rows = parameters[f"{stage.name}.done"].rows.values()
    return all(row.value == 0 for series in rows for row in series)


def way_back(start: str, following: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The shortest way from a stage back to itself, by the stages that follow each; empty if there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for name in dict.fromkeys(following.get(way[-1], ())):
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                ways.append((*way, name))
    return ()
