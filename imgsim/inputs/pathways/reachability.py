"""Which stages can be reached from the entry of a pathway, and from which of them an end can be reached."""

from __future__ import annotations

from imgsim.inputs.kinds.all_kinds import can_expire
from imgsim.inputs.kinds.end import END
from imgsim.inputs.pathways.pathway import Pathway


def successors(pathway: Pathway, name: str) -> set[str]:
    """The stages that can follow one stage, by its outcomes and by timers; none where there is no such stage."""
    stage = pathway.stages.get(name)
    if stage is None:  # refused where names are checked
        return set()
    return {*stage.next.values(), *(timer.to for timer in pathway.timers.values() if can_expire(timer, stage))}


def reachable(pathway: Pathway) -> set[str]:
    """The stages that somebody can come to."""
    reached: set[str] = set()
    todo = [name for name in (pathway.entry, pathway.stock_entry) if name is not None]
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo += successors(pathway, name)
    return reached


def leads_to_end(pathway: Pathway) -> set[str]:
    """The stages from which an end can be reached by the outcomes of stages (dying does not count)."""
    ending = {name for name, stage in pathway.stages.items() if stage.kind == END.name}
    grown = True
    while grown:
        more = {
            name
            for name, stage in pathway.stages.items()
            if name not in ending and (ending & set(stage.next.values()) or leaves_by_timer(pathway, name, ending))
        }
        grown = bool(more)
        ending |= more
    return ending


def leaves_by_timer(pathway: Pathway, name: str, ending: set[str]) -> bool:
    """Does a timer that does not apply everywhere lead from this stage to an end?"""
    timers = [timer for timer in pathway.timers.values() if not timer.applies_in.everywhere and timer.to in ending]
    return any(can_expire(timer, pathway.stages[name]) for timer in timers)
