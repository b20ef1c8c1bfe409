"""The stage plans as arrays: row by row what a ``Plan`` says in words, for compiled code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np

from imgsim.base.arrays import Ints
from imgsim.base.compiled.jit import inline_kernel
from imgsim.engines.model import Model
from imgsim.engines.stage_plans import Plan, StagePlans
from imgsim.inputs.kinds.all_kinds import KINDS
from imgsim.inputs.kinds.round import MARKS
from imgsim.markets.round_dates import Schedule
from imgsim.persons.branch_rules import Conditions
from imgsim.persons.pass_rules import WORDS

# StageTables.kind, and columns of StageTables.quantity in the order of each kind's quantities.
CODE: Final = {name: code for code, name in enumerate(KINDS)}
EXAM, WAIT, CHOOSE, BRANCH, ROUND, WORK, END = (
    CODE[kind] for kind in ("exam", "wait", "choose", "branch", "round", "work", "end")
)
PREPARE, RETAKE, RESULT, ATTEMPTS, PER_YEAR, LATE_GAP, GIVEN, APART, SESSION = range(9)
DONE, REFUSED, BEFORE = 0, 1, 2
COMPLETED, LEFT = 0, 1
FIRST_OPTION: Final = 0
WIDTH: Final = max(len(kind.quantities) for kind in KINDS.values())

RULE_WIDTH: Final = 1 + max(len(words) for words in WORDS.values())

# Columns of StageTables.extra: events beside the outcomes.
SAT, FAILED = 0, 1
ENTERED = STARTED = ENDED = 0

# Operations of StageTables.effect: what an outcome does, in this order.
START_TIMER, WRITE, ADD, PAPERS_READY = range(4)

# Columns of StageTables.timer and StageTables.date, and what a wait may last until.
TIMER_QUANTITY, TIMER_RUNS, TIMER_EVENT, TIMER_TO = range(4)
YEAR, OPENS, READS, CLOSES, ALLOCATES, STARTS = range(6)
NO_DATE, GRADUATED, POST, MARK = range(4)


class StageTables(NamedTuple):
    """Every stage, timer and date of a model; stages and timers by number, outcomes by their place in a stage."""

    kind: Ints  # (stages,): see CODE
    instant: Ints  # (stages,): 1 where no time passes
    livelihood: Ints  # (stages,): state imposed, or -1
    quantity: Ints  # (stages, WIDTH)
    pass_rule: Ints  # (stages, 7): how a sitting becomes a grade, see ``imgsim.persons.pass_rules``
    sessions: Ints  # (stages,): yearly sessions of an exam, 0 if it is given on any day
    options: Ints  # (stages,): outcomes wired
    next: Ints  # (stages, outcomes): stage
    event: Ints  # (stages, outcomes): event code
    extra: Ints  # (stages, 2): event codes beside the outcomes
    first_effect: Ints  # (stages x outcomes + 1,): where the effects of each outcome begin
    effect: Ints  # (effects, 3): operation, place, value
    first_expiry: Ints  # (stages + 1,)
    expiry: Ints  # timers that can expire in each stage, death left out
    first_condition: Ints  # (stages + 1,): where the tests of each branch begin
    condition: Conditions  # (tests, 5): see ``imgsim.persons.branch_rules``
    until: Ints  # (stages, 3): what a wait lasts until, round, mark (column of date)
    meets: Ints  # (stages,): number of the round, or -1
    tried: Ints  # (stages,): where the attempts of an exam are counted, or -1
    first_timer: int  # where the starts of the timers are counted
    gives_post: Ints  # (stages,)
    timer: Ints  # (timers, 4): quantity, runs from entry, event code, stage it leads to
    death: int  # timer that applies everywhere, or -1
    first_date: Ints  # (rounds + 1,)
    date: Ints  # (dates, 6): year and marks of every meeting
    entry: int
    stock_entry: int
    end: int  # the horizon: first day not simulated
    most_events: int  # rows that one stage can log at most


@lru_cache(maxsize=4)
def tabulate(model: Model) -> StageTables:
    """The stage tables of a model; every replication asks for them."""
    stage_plans, plans = model.stage_plans, list(model.stage_plans.plans.values())
    number = {plan.name: plan.code for plan in plans}
    columns = stage_columns(plans, list(model.schedules)) | wiring(plans, number) | meetings(model)
    return StageTables(
        **columns,
        timer=timers(stage_plans, number),
        death=stage_plans.death,
        entry=number[stage_plans.entry],
        stock_entry=number.get(stage_plans.stock_entry or stage_plans.entry, -1),
        end=model.end,
        most_events=most_events(model),
    )


def stage_columns(plans: Sequence[Plan], rounds: Sequence[str]) -> dict[str, Any]:
    """What is said of each stage once."""
    exams = [plan.name for plan in plans if CODE[plan.kind] == EXAM]
    return {
        "kind": whole(CODE[plan.kind] for plan in plans),
        "instant": whole(int(plan.instant) for plan in plans),
        "livelihood": whole(plan.livelihood for plan in plans),
        "quantity": whole(quantities(plan) for plan in plans),
        "pass_rule": whole(pass_rule(plan) for plan in plans),
        "sessions": whole(plan.sessions for plan in plans),
        "first_condition": np.cumsum([0, *(len(plan.conditions) for plan in plans)], dtype=np.int64),
        "condition": np.concatenate([plan.conditions for plan in plans]),
        "options": whole(len(plan.options) for plan in plans),
        "extra": whole(extra_events(plan) for plan in plans),
        "until": whole(until(plan, rounds) for plan in plans),
        "meets": whole(rounds.index(plan.name) if plan.name in rounds else -1 for plan in plans),
        "tried": whole(len(plans) + exams.index(plan.name) if plan.name in exams else -1 for plan in plans),
        "first_timer": len(plans) + len(exams),
        "gives_post": whole(int(plan.gives_post) for plan in plans),
    }


def wiring(plans: Sequence[Plan], number: Mapping[str, int]) -> dict[str, Any]:
    """What each outcome of each stage leads to, logs and does; and the timers that can expire in each stage."""
    width = max(len(own) for plan in plans for own in (plan.options, KINDS[plan.kind].outcomes or ()))
    words = [outcomes(plan, width) for plan in plans]
    each = [list(zip([plan] * width, own, strict=True)) for plan, own in zip(plans, words, strict=True)]
    first_effect, effect = rows_of(effects(plan, word) for own in each for plan, word in own)
    first_expiry, expiry = rows_of([[place] for place in plan.applies_in] for plan in plans)
    return {
        "next": whole([number.get(plan.next.get(word, ""), -1) for plan, word in own] for own in each),
        "event": whole([plan.event.get(word, -1) for plan, word in own] for own in each),
        "first_effect": first_effect,
        "effect": effect.reshape(-1, 3),
        "first_expiry": first_expiry,
        "expiry": expiry.reshape(-1),
    }


def meetings(model: Model) -> dict[str, Any]:
    """The dates of every round, one round after another."""
    first, date = rows_of(dates_of(schedule) for schedule in model.schedules.values())
    return {"first_date": first, "date": date.reshape(-1, 1 + len(MARKS))}


def outcomes(plan: Plan, width: int) -> list[str]:
    """The outcome at each place of a stage; a kind with outcomes of its own has them always at the same places."""
    own = KINDS[plan.kind].outcomes
    words = list(plan.options if own is None else own)
    return words + [" "] * (width - len(words))  # a word that no stage has


def quantities(plan: Plan) -> list[int]:
    """The numbers of a stage's quantities, in the order of its kind."""
    words = KINDS[plan.kind].quantities or plan.options[:1]
    numbers = [plan.quantity.get(word, -1) for word in words]
    return numbers + [-1] * (WIDTH - len(numbers))


def pass_rule(plan: Plan) -> list[int]:
    """The pass rule of an exam, as wide as the widest."""
    return [*plan.pass_rule.tolist(), *[-1] * RULE_WIDTH][:RULE_WIDTH]


def extra_events(plan: Plan) -> list[int]:
    """The codes of the events that a stage logs beside its outcomes; an end logs itself."""
    codes = [plan.event[word] for word in KINDS[plan.kind].events or ("",)]
    return ([*codes, -1, -1])[:2]


def effects(plan: Plan, outcome: str) -> list[list[int]]:
    """What an outcome does to the person, in the order in which it is done."""
    rows = [[START_TIMER, place, 0] for place in plan.starts_timer.get(outcome, ())]
    rows += [[WRITE, place, int(value)] for place, value in plan.writes.get(outcome, ())]
    rows += [[ADD, place, 1] for place in plan.increments.get(outcome, ())]
    return rows + [[PAPERS_READY, 0, 0]] * (outcome in plan.completes_file)


def until(plan: Plan, rounds: Sequence[str]) -> list[int]:
    """What a wait lasts until: nothing dated, graduation, the start of the post, or a mark of a round."""
    named = {None: [NO_DATE, -1, -1], "graduation": [GRADUATED, -1, -1], "post": [POST, -1, -1]}
    if plan.until in named:
        return named[plan.until]
    name, _, mark = str(plan.until).rpartition(".")
    return [MARK, rounds.index(name), 1 + MARKS.index(mark)]


def timers(stage_plans: StagePlans, number: Mapping[str, int]) -> Ints:
    """The competing timers, shape (timers, 4)."""
    plans = stage_plans.timers
    rows = [[plan.quantity, int(plan.starts is not None), plan.event, number[plan.to]] for plan in plans]
    return whole(rows).reshape(-1, 4)


def dates_of(schedule: Schedule) -> list[list[int]]:
    """Year and marks of every meeting of a round."""
    return [[dates.year, *(getattr(dates, mark) for mark in MARKS)] for dates in schedule.dates]


def most_events(model: Model) -> int:
    """How many rows one stage can log at most: two a sitting, one a spell, sittings and spells a day apart at least."""
    return 2 * (model.end - model.start) + 64


def whole(values: Iterable[int] | Iterable[Sequence[int]]) -> Ints:
    """Whole numbers as an array."""
    return np.array(list(values), np.int64)


def rows_of(groups: Iterable[Sequence[Sequence[int]]]) -> tuple[Ints, Ints]:
    """Rows of several groups one after another, and where each group begins."""
    lists = [list(group) for group in groups]
    first = np.cumsum([0, *(len(group) for group in lists)], dtype=np.int64)
    return first, whole(row for group in lists for row in group)


@inline_kernel
def next_meeting(stage_tables: StageTables, number: int, day: int) -> int:
    """The first meeting of a round whose lists close on this day or later; -1 after the last one scheduled."""
    lo, hi = stage_tables.first_date[number], stage_tables.first_date[number + 1]
    end = hi
    while lo < hi:
        middle = (lo + hi) // 2
        if stage_tables.date[middle, CLOSES] < day:
            lo = middle + 1
        else:
            hi = middle
    return int(lo) if lo < end else -1
