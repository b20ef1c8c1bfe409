"""A pathway as indented text: every stage on one line in the order in which a graduate comes to it.

A stage stands indented below the stage that branches off to it; where its branches come together again, the text goes
on at the former indentation. "Comes to" is meant strictly: a stage stands below the last stage that everybody passes on
the way to it (its immediate dominator in the graph of stages).
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from imgsim.inputs.kinds.all_kinds import can_expire
from imgsim.inputs.kinds.branch import words
from imgsim.inputs.kinds.end import END
from imgsim.inputs.pathways.reachability import successors
from imgsim.reports.words import PAGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imgsim.inputs.pathways.pathway import Pathway, Stage, Timer

ROOT: Final = ""  # stands before the stages at which people begin
INDENT: Final = "  "
UNTIL: Final = {"post": "the post starts"}  # what a wait may last until, in words


def story(pathway: Pathway) -> str:
    """The pathway as indented text: how to read it, the timers, then the stages."""
    timers = [line for timer in pathway.timers.values() for line in wrapped(timer_line(timer), "")]
    lines = [*textwrap.wrap(pathway.title, PAGE), "", *introduction(pathway), "", *timers, ""]
    below = children(pathway)
    for depth, name in reading_order(below, ROOT):
        lines += wrapped(stage_line(pathway.stages[name], pathway), INDENT * depth)
    return "\n".join([*lines, "", *ends(pathway)]) + "\n"


def introduction(pathway: Pathway) -> list[str]:
    """How to read the text, and where people begin."""
    stock = f"; those licensed before the records begin, at {pathway.stock_entry}" if pathway.stock_entry else ""
    text = (
        "Stages in the order in which people come to them, indented where the pathway branches off. Each line says the "
        "stage's name: its label | its outcomes -> the stages they lead to [timers that can expire in it]. "
        f"Graduates enter at {pathway.entry}{stock}."
    )
    return textwrap.wrap(text, PAGE)


def timer_line(timer: Timer) -> str:
    """One timer: when it starts, and where it leads."""
    starts = f"runs from {timer.starts}" if timer.starts else "started by a stage"
    return f"[{timer.name}] {timer.label}: {starts}, leads to {timer.to}" + (
        " from every stage" if timer.applies_in.everywhere else ""
    )


def ends(pathway: Pathway) -> Iterator[str]:
    """The ends of the pathway."""
    for stage in pathway.stages.values():
        if stage.kind == END.name:
            yield f"{stage.name}: END, {stage.label}"


def stage_line(stage: Stage, pathway: Pathway) -> str:
    """One stage: its name and label, what it waits for or asks, its outcomes and its timers."""
    timers = [t.name for t in pathway.timers.values() if can_expire(t, stage) and not t.applies_in.everywhere]
    outcomes = "; ".join(f"{text} -> {to}" for text, to in outcomes_of(stage))
    until = f", until {UNTIL.get(stage.until, stage.until)}" if stage.until else ""
    kind = {"match": ", a match", None: ""}.get(stage.mechanism, f", a round ({stage.mechanism})")
    return f"{stage.name}: {stage.label}{until}{kind} | {outcomes}" + (f" [{', '.join(timers)}]" if timers else "")


def outcomes_of(stage: Stage) -> list[tuple[str, str]]:
    """The outcomes of a stage with the stages they lead to; those that do the same share a line."""
    together: dict[tuple[str, str, str], list[str]] = {}
    for outcome, to in stage.next.items():
        condition = f" if {words(stage.when[outcome])}" if outcome in stage.when else ""
        together.setdefault((condition, effects(stage, outcome), to), []).append(outcome.replace("_", " "))
    return [(f"{', '.join(names)}{condition}{does}", to) for (condition, does, to), names in together.items()]


def effects(stage: Stage, outcome: str) -> str:
    """What an outcome sets and starts, in brackets."""
    flags = [f"sets {flag}" for flag in stage.sets_flag.get(outcome, ())]
    timers = [f"starts [{timer}]" for timer in stage.starts_timer.get(outcome, ())]
    return f" ({', '.join((*flags, *timers))})" if flags or timers else ""


def wrapped(text: str, indent: str) -> list[str]:
    """A line wrapped to the page, its continuation indented further."""
    return textwrap.wrap(
        text, PAGE, initial_indent=indent, subsequent_indent=indent + INDENT * 3, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


# --- the order of the stages -----------------------------------------------------------------------------------------


def reading_order(below: Mapping[str, list[str]], name: str, depth: int = 0) -> Iterator[tuple[int, str]]:
    """Stages with their indentation: the branches of a stage first, then on from where most of them come together."""
    onwards = max(reversed(below[name]), key=lambda child: size(below, child), default=None)
    branches = [child for child in below[name] if child != onwards]
    inner = depth + (name != ROOT)
    order = below[name] if name == ROOT else [*branches, *filter(None, [onwards])]
    for child in order:
        at = depth if child == onwards else inner
        yield at, child
        yield from reading_order(below, child, at)


def size(below: Mapping[str, list[str]], name: str) -> int:
    """How many stages stand below a stage, itself included."""
    return 1 + sum(size(below, child) for child in below[name])


def children(pathway: Pathway) -> dict[str, list[str]]:
    """For each stage the stages that stand directly below it, in the order of the file; ends are left out."""
    before = dominators(pathway)
    names = [name for name, stage in pathway.stages.items() if stage.kind != END.name]
    below: dict[str, list[str]] = {name: [] for name in (ROOT, *names)}
    for name in names:
        below[max(before[name] - {name}, key=lambda other: len(before[other]))].append(name)
    return below


def dominators(pathway: Pathway) -> dict[str, set[str]]:
    """For each stage all stages that everybody has passed who comes to it, itself included."""
    entries = {name for name in (pathway.entry, pathway.stock_entry) if name}
    comes_from: dict[str, set[str]] = {name: {ROOT} if name in entries else set() for name in pathway.stages}
    for name in pathway.stages:
        for following in successors(pathway, name):
            comes_from[following].add(name)
    passed = {name: {ROOT, *pathway.stages} for name in pathway.stages} | {ROOT: {ROOT}}
    changed = True
    while changed:
        found = {name: {name} | set.intersection(*(passed[one] for one in comes_from[name])) for name in comes_from}
        changed = any(found[name] != passed[name] for name in found)
        passed |= found
    return passed
