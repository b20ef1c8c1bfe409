"""The stages of a pathway with every name resolved to a number: what an engine needs to simulate a stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from imgsim.inputs.kinds.all_kinds import KINDS, can_expire, events_of
from imgsim.inputs.kinds.end import END
from imgsim.inputs.kinds.exam import EXAM
from imgsim.inputs.kinds.round import MATCH
from imgsim.inputs.pathways.pathway import TODAY, Criterion, Pathway, Stage
from imgsim.inputs.traits import COLUMN, FIRST_FLAG, LIVELIHOODS, trait_code
from imgsim.persons.branch_rules import DATE, WIDTH, Conditions
from imgsim.persons.compile_rules import CompiledRules, sessions_of
from imgsim.persons.pass_rules import CODE, WORDS


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
    instant: bool  # no time passes in it
    applies_in: tuple[int, ...]  # timers that can expire here, death left out
    starts_timer: Mapping[str, tuple[int, ...]]  # timers that begin with an outcome
    writes: Mapping[str, tuple[tuple[int, float], ...]]  # traits that an outcome sets: (place, value)
    increments: Mapping[str, tuple[int, ...]]  # places of the counts that an outcome raises by one
    completes_file: tuple[str, ...]  # outcomes that complete the file that a round asks for
    livelihood: int  # activity status that the stage imposes, or -1
    until: str | None
    gives_post: bool  # a round that gives a post with a specialty
    pass_rule: npt.NDArray[np.int64]  # of an exam: the rule and the numbers of its quantities
    conditions: Conditions  # of a branch: see ``imgsim.persons.branch_rules``
    sessions: int  # yearly sessions of an exam, 0 if it can be sat on any day


@dataclass(frozen=True, slots=True)
class TimerPlan:
    """A competing timer, resolved."""

    name: str
    quantity: int
    starts: str | None
    event: int
    to: str


@dataclass(frozen=True, slots=True)
class StagePlans:
    """All stages and timers of a pathway and the codes of its events."""

    plans: Mapping[str, Plan]
    timers: tuple[TimerPlan, ...]
    death: int  # number of the timer that applies everywhere, or -1
    events: tuple[str, ...]
    entry: str
    stock_entry: str | None
    ring: int  # days of sittings that the spacing rules look back on


def resolve(pathway: Pathway, book: CompiledRules) -> StagePlans:
    """The pathway with numbers of quantities, timers, events and traits instead of names."""
    events = event_names(pathway)
    code = {name: place for place, name in enumerate(events)}
    timers = list(pathway.timers)
    everywhere = [place for place, timer in enumerate(pathway.timers.values()) if timer.applies_in.everywhere]
    plans = {
        stage.name: plan(place, stage, pathway, book, timers, code)
        for place, stage in enumerate(pathway.stages.values())
    }
    resolved = tuple(
        TimerPlan(timer.name, book.number(f"clock.{timer.name}"), timer.starts, code[f"clock.{timer.name}"], timer.to)
        for timer in pathway.timers.values()
    )
    spacing = [book.largest(f"{name}.per_year") for name, plan in plans.items() if plan.kind == EXAM.name]
    ring = 1 + int(max(spacing, default=0))
    return StagePlans(
        plans, resolved, everywhere[0] if everywhere else -1, events, pathway.entry, pathway.stock_entry, ring
    )


def event_names(pathway: Pathway) -> tuple[str, ...]:
    """Every event that can be logged, in a fixed order; the place of a name is its code."""
    stages = [f"{stage.name}.{word}" for stage in pathway.stages.values() for word in events_of(stage)]
    ends = [stage.name for stage in pathway.stages.values() if stage.kind == END.name]
    return ("entry", *stages, *(f"clock.{name}" for name in pathway.timers), *ends)


def plan(
    code: int, stage: Stage, pathway: Pathway, book: CompiledRules, timers: list[str], codes: Mapping[str, int]
) -> Plan:
    """One stage resolved."""
    kind = KINDS[stage.kind]
    words = kind.quantities or tuple(stage.next)[:1]
    return Plan(
        code=code,
        name=stage.name,
        kind=stage.kind,
        phase=stage.end_class or stage.phase or "",
        quantity={word: book.number(f"{stage.name}.{word}") for word in words},
        event={word: codes[f"{stage.name}.{word}"] for word in events_of(stage)} | {"": codes.get(stage.name, -1)},
        next=stage.next,
        options=tuple(stage.next),
        instant=kind.instant,
        applies_in=applies_in(stage, pathway),
        starts_timer={
            outcome: tuple(timers.index(name) for name in names) for outcome, names in stage.starts_timer.items()
        },
        writes=writes(stage, pathway),
        increments={outcome: tuple(COLUMN[name] for name in names) for outcome, names in stage.increments.items()},
        completes_file=stage.completes_file,
        livelihood=LIVELIHOODS.index(stage.livelihood) if stage.livelihood else -1,
        until=stage.until,
        gives_post=stage.mechanism == MATCH,
        pass_rule=pass_rule(stage, book),
        conditions=conditions(stage, book, tuple(pathway.flags)),
        sessions=len(sessions_of(book.numbers, stage.name)),
    )


def applies_in(stage: Stage, pathway: Pathway) -> tuple[int, ...]:
    """The timers that can expire in a stage, by number; one that applies everywhere is looked at by itself."""
    timers = enumerate(pathway.timers.values())
    return tuple(k for k, timer in timers if can_expire(timer, stage) and not timer.applies_in.everywhere)


def pass_rule(stage: Stage, book: CompiledRules) -> npt.NDArray[np.int64]:
    """The rule of an exam and the numbers of the quantities it reads, -1 where the scenario has none."""
    numbers = [book.number(f"{stage.name}.{word}") for word in WORDS[stage.rule]]
    return np.array([CODE[stage.rule], *numbers], np.int64)


def writes(stage: Stage, pathway: Pathway) -> dict[str, tuple[tuple[int, float], ...]]:
    """What each outcome writes into the person's traits: flags raised and categorical traits set."""
    flags = list(pathway.flags)
    raised = {
        outcome: [(FIRST_FLAG + flags.index(flag), 1.0) for flag in names] for outcome, names in stage.sets_flag.items()
    }
    for outcome, values in stage.sets_trait.items():
        places = [(COLUMN[trait], float(pathway.settable(trait).index(value))) for trait, value in values.items()]
        raised[outcome] = raised.get(outcome, []) + places
    return {outcome: tuple(places) for outcome, places in raised.items()}


def conditions(stage: Stage, book: CompiledRules, flags: tuple[str, ...]) -> Conditions:
    """The criteria of a branch as rows of limits; one of several values makes an alternative of each."""
    rows = [
        [float(option), float(place == len(criteria) - 1), *limits]
        for option, word in enumerate(stage.when)
        for alternative in stage.when[word]
        for criteria in product(*(limits_of(criterion, book, flags) for criterion in alternative))
        for place, limits in enumerate(criteria)
    ]
    return np.array(rows, np.float64).reshape(-1, WIDTH)


def limits_of(criterion: Criterion, book: CompiledRules, flags: tuple[str, ...]) -> list[tuple[float, float, float]]:
    """The code of a trait with its lower and upper limit, for each value that a criterion accepts."""
    code = DATE if criterion.trait == TODAY else trait_code(criterion.trait, flags)
    if not criterion.values:
        low, high = (
            (-np.inf if criterion.low is None else criterion.low),
            (np.inf if criterion.high is None else criterion.high),
        )
        return [(code, low, high)]
    places = [list(book.categories[criterion.trait]).index(value) for value in criterion.values]
    return [(code, place, place + 1) for place in places]
