"""Refuse pathways in which stages without duration form a cycle: nobody in it would come to another day."""

from __future__ import annotations

from pathlib import Path

from imgsim.base.errors import InputError
from imgsim.base.files.toml import dotted, locate
from imgsim.inputs.kinds.all_kinds import is_instant
from imgsim.inputs.kinds.wait import UNTIL, WAIT
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.pathways.pathway import Pathway, Stage


def refuse_standstill(parameters: Parameters, pathway: Pathway, file: Path | None = None) -> None:
    """InputError if stages that take no time form a cycle: nobody in it would ever come to another day."""
    timeless = {name for name, stage in pathway.stages.items() if takes_no_time(stage, parameters)}
    for name in pathway.stages:
        if name in timeless and (circle := way_back(name, pathway, timeless)):
            message = f"these stages take no time and lead back to one another: {' -> '.join((*circle, name))}"
            line, column = locate(file, ("stage", name)) if file else (None, None)
            where = str(file) if file else None
            raise InputError(message, file=where, line=line, column=column, key=dotted(("stage", name)))


def takes_no_time(stage: Stage, parameters: Parameters) -> bool:
    """Can a stage be over on the day on which it begins, however often a person comes to it?

    Graduation and the start of a post can lie in the past for good.
    """
    if is_instant(stage) or stage.until in UNTIL:
        return True
    if stage.kind != WAIT.name or stage.until is not None or f"{stage.name}.done" not in parameters:
        return False
    rows = parameters[f"{stage.name}.done"].rows.values()
    return all(row.value == 0 for series in rows for row in series)


def way_back(start: str, pathway: Pathway, timeless: set[str]) -> tuple[str, ...]:
    """The shortest way from a stage back to itself through stages that take no time; empty if there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for following in dict.fromkeys(pathway.stages[way[-1]].next.values()):
            if following == start:
                return way
            if following in timeless and following not in seen:
                seen.add(following)
                ways.append((*way, following))
    return ()
