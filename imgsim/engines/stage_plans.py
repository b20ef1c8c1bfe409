"""The road with every name resolved: what an engine needs to walk a stage, in numbers and in the pathway's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.inputs.pathways.pathway import Pathway, Stage
from imgsim.inputs.traits import COLUMN, FIRST_FLAG, LIVELIHOODS
from imgsim.persons.compile_rules import CompiledRules, sessions_of
from imgsim.persons.pass_rules import CODE, WORDS

EXTRA_EVENTS: Final = {"exam": ("sat", "failed"), "round": ("entered",), "work": ("started",)}


@dataclass(frozen=True, slots=True)
class Plan:
    """One stage, resolved. Quantities, events and effects are keyed by their last word or by outcome."""

    code: int
    name: str
    kind: str
    phase: str
    quantity: Mapping[str, int]  # quantity numbers; -1 where the scenario has none
    event: Mapping[str, int]  # event codes
    next: Mapping[str, str]
    options: tuple[str, ...]
    applies_in: tuple[int, ...]  # clocks that can strike here, death left out
    starts: Mapping[str, tuple[int, ...]]  # clocks that begin with an outcome
    writes: Mapping[str, tuple[tuple[int, float], ...]]  # traits that an outcome sets: (place, value)
    adds: Mapping[str, tuple[int, ...]]  # places of the counts that an outcome raises by one
    ready: tuple[str, ...]  # outcomes that complete the papers for a round
    livelihood: int  # state of the second track that the stage imposes, or -1
    until: str | None
    gives_post: bool  # a round that gives a post with a specialty
    pass_rule: npt.NDArray[np.int64]  # of an exam: the rule and the numbers of its quantities
    sessions: int  # yearly sessions of an exam, 0 if it can be sat on any day


@dataclass(frozen=True, slots=True)
class TimerPlan:
    """A rival clock, resolved."""

    name: str
    quantity: int
    starts: str | None
    event: int
    to: str


@dataclass(frozen=True, slots=True)
class StagePlans:
    """All stages and clocks of a pathway and the codes of its events."""

    plans: Mapping[str, Plan]
    timers: tuple[TimerPlan, ...]
    death: int  # place of the clock that strikes everywhere, or -1
    events: tuple[str, ...]
    entry: str
    stock_entry: str | None
    ring: int  # days of sittings that the spacing rules look back on


QUANTITIES: Final = {
    "exam": ("prepare", "retake", "result", "attempts", "per_year", "late_gap", "open", "apart", "session.1"),
    "wait": ("done", "refused", "before"),
    "work": ("completed", "left"),
    "round": (),
    "end": (),
}


def resolve(pathway: Pathway, book: CompiledRules) -> StagePlans:
    """The pathway with quantity numbers, clock places, event codes and trait places in the stead of names."""
    events = event_names(pathway)
    code = {name: place for place, name in enumerate(events)}
    timers = list(pathway.timers)
    everywhere = [place for place, timer in enumerate(pathway.timers.values()) if timer.applies_in == "everywhere"]
    plans = {
        stage.name: plan(place, stage, pathway, book, timers, code)
        for place, stage in enumerate(pathway.stages.values())
    }
    resolved = tuple(
        TimerPlan(timer.name, book.number(f"clock.{timer.name}"), timer.starts, code[f"clock.{timer.name}"], timer.to)
        for timer in pathway.timers.values()
    )
    spacing = [book.largest(f"{name}.per_year") for name, plan in plans.items() if plan.kind == "exam"]
    ring = 1 + int(max(spacing, default=0))
    return StagePlans(
        plans, resolved, everywhere[0] if everywhere else -1, events, pathway.entry, pathway.stock_entry, ring
    )


def event_names(pathway: Pathway) -> tuple[str, ...]:
    """Every event that can be logged, in a fixed order; the place of a name is its code."""
    stages = [
        f"{stage.name}.{word}"
        for stage in pathway.stages.values()
        for word in dict.fromkeys((*stage.next, *EXTRA_EVENTS.get(stage.kind, ())))
    ]
    ends = [stage.name for stage in pathway.stages.values() if stage.kind == "end"]
    return ("entry", *stages, *(f"clock.{name}" for name in pathway.timers), *ends)


def plan(
    code: int, stage: Stage, pathway: Pathway, book: CompiledRules, timers: list[str], codes: Mapping[str, int]
) -> Plan:
    """One stage resolved."""
    words = tuple(stage.next)[:-1] if stage.kind == "choose" else QUANTITIES[stage.kind]
    logged = (*stage.next, *EXTRA_EVENTS.get(stage.kind, ()))
    applies_in = [timer.name for timer in pathway.timers.values() if stage.name in timer.applies_in]
    return Plan(
        code=code,
        name=stage.name,
        kind=stage.kind,
        phase=stage.end_class or "" if stage.kind == "end" else stage.phase or "",
        quantity={word: book.number(f"{stage.name}.{word}") for word in words},
        event={word: codes[f"{stage.name}.{word}"] for word in logged} | {"": codes.get(stage.name, -1)},
        next=stage.next,
        options=tuple(stage.next),
        applies_in=tuple(timers.index(name) for name in applies_in),
        starts={outcome: tuple(timers.index(name) for name in names) for outcome, names in stage.starts.items()},
        writes=writes(stage, pathway),
        adds={outcome: tuple(COLUMN[name] for name in names) for outcome, names in stage.adds.items()},
        ready=stage.ready,
        livelihood=LIVELIHOODS.index(stage.livelihood) if stage.livelihood else -1,
        until=stage.until,
        gives_post=stage.mechanism == "match",
        pass_rule=pass_rule(stage, book),
        sessions=len(sessions_of(book.numbers, stage.name)),
    )


def pass_rule(stage: Stage, book: CompiledRules) -> npt.NDArray[np.int64]:
    """The rule of an exam and the numbers of the quantities it reads, -1 where the scenario has none."""
    numbers = [book.number(f"{stage.name}.{word}") for word in WORDS[stage.rule]]
    return np.array([CODE[stage.rule], *numbers], np.int64)


def writes(stage: Stage, pathway: Pathway) -> dict[str, tuple[tuple[int, float], ...]]:
    """What each outcome writes into the person's traits: flags raised and categorical traits set."""
    flags = list(pathway.flags)
    raised = {
        outcome: [(FIRST_FLAG + flags.index(flag), 1.0) for flag in names] for outcome, names in stage.sets.items()
    }
    for outcome, held in stage.status.items():
        places = [(COLUMN[trait], float(pathway.settable(trait).index(value))) for trait, value in held.items()]
        raised[outcome] = raised.get(outcome, []) + places
    return {outcome: tuple(places) for outcome, places in raised.items()}
