"""The SimPy engine, which is the definition: one process per graduate, one short generator per stage kind.

Time runs in whole days; within a day in slots, so that what ends on a day has ended before a round of that day meets.
People are created when they enter and wait for a round on one shared event.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any, Final

import simpy
from pandas import DataFrame

from imgsim.engines import engine as engines
from imgsim.engines.clock import ENTRY_SLOT, ROUND_SLOT, Clock
from imgsim.engines.model import Model
from imgsim.engines.records.columns import Columns
from imgsim.engines.simpy.career import Life
from imgsim.engines.simpy.replication import Replication
from imgsim.engines.simpy.waiting import Waiting
from imgsim.engines.stage_plans import Plan
from imgsim.markets.round_dates import RoundDates

Process = Generator[simpy.Event, Any, str]


def exam(life: Life, plan: Plan, clock: Clock) -> Process:
    """Prepare, sit, wait for the result, and sit again while the limit in force allows."""
    sitting = life.first_sitting(plan)
    while True:
        if struck := (yield from stay(life, plan, clock, life.in_session(plan, sitting))):
            return struck
        if outcome := life.barred(plan):
            return outcome
        result = life.sits(plan)
        if struck := (yield from stay(life, plan, clock, life.result_day(plan))):
            return struck
        if result in plan.next:
            return result
        sitting = life.next_sitting(plan)


def wait(life: Life, plan: Plan, clock: Clock) -> Process:
    """Something takes time, and may be refused at its end."""
    refused = life.is_refused(plan)
    struck = yield from stay(life, plan, clock, life.ready_day(plan))
    return struck or ("refused" if refused else "done")


def choose(life: Life, plan: Plan, clock: Clock) -> Process:
    """One of several ways, at once."""
    yield from ()
    return life.chooses(plan)


def work(life: Life, plan: Plan, clock: Clock) -> Process:
    """Hold a position until it is completed or left."""
    completes, leaves = life.begins_work(plan)
    struck = yield from stay(life, plan, clock, min(completes, leaves))
    return struck or ("completed" if completes <= leaves else "left")


def round_(life: Life, plan: Plan, clock: Clock) -> Process:
    """Wait for the next date and be allocated a place, or not."""
    dates = life.joins(plan, clock.first_open_day(life.day))
    struck, due = life.next_strike(plan)
    if dates is None or due <= dates.allocates:
        yield clock.wait_for(due)
        life.moves_to(due)
        return struck
    waiting = life.waiting[plan.name]
    outcome = yield waiting.join(life, dates)
    return str(outcome[life.person])


def stay(life: Life, plan: Plan, clock: Clock, day: int) -> Process:
    """Stay until the day, unless a rival clock strikes before; which one, or the empty string."""
    struck, due = life.next_strike(plan)
    if not life.strikes_first(struck, due, day):
        struck, due = "", day
    if due > life.day:
        yield clock.wait_for(due)
        life.moves_to(due)
    return struck


KINDS: Final[dict[str, Callable[[Life, Plan, Clock], Process]]] = {
    "exam": exam,
    "wait": wait,
    "choose": choose,
    "round": round_,
    "work": work,
}


def career(life: Life, clock: Clock) -> Generator[simpy.Event, Any, None]:
    """One graduate's whole life: stage after stage until an end."""
    plan = life.enters()
    while plan.kind != "end":
        life.arrives(plan)
        outcome = yield from KINDS[plan.kind](life, plan, clock)
        plan = life.leaves(plan, outcome)
    life.ends(plan)


def arrivals(replication: Replication, clock: Clock) -> Generator[simpy.Event, Any, None]:
    """Create people when they enter."""
    for life in replication.lives_by_entry():
        if not clock.has_come(life.entry, 0):
            yield clock.wait_for(life.entry, ENTRY_SLOT)
        clock.env.process(career(life, clock))


def meetings(replication: Replication, waiting: Waiting[Life], clock: Clock) -> Generator[simpy.Event, Any, None]:
    """The dates of one round: each year all who wait are allocated a place or not, and walk on."""
    for dates in waiting.schedule.dates:
        yield clock.wait_for(dates.allocates, ROUND_SLOT)
        settle(replication, waiting, dates, clock)


def settle(replication: Replication, waiting: Waiting[Life], dates: RoundDates, clock: Clock) -> None:
    """One allocation: who waits, what each is given, and the one event that wakes them."""
    event = waiting.events.pop(dates.allocates, None)
    outcome = replication.allocate(waiting, dates)
    if event is not None:
        event.succeed(outcome)


def run(model: Model, replication: int) -> Replication:
    """One replication from the first entry to the horizon."""
    clock = Clock()
    book = Replication(model, replication, clock.env.event)
    clock.env.process(arrivals(book, clock))
    for waiting in book.waiting.values():
        clock.env.process(meetings(book, waiting, clock))
    with collector_off():
        clock.run(until=model.end)
    book.close()
    return book


@contextmanager
def collector_off() -> Iterator[None]:
    """No cyclic garbage collection: it takes a third of a run and frees nothing, since lives are kept until the end."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
            gc.collect()


def simulate(model: Model, replication: int) -> dict[str, DataFrame]:
    """Every table of one replication."""
    return engines.simulate("simpy", model, replication)


def pieces(model: Model, replication: int) -> Iterator[dict[str, Columns]]:
    """The same, piece by piece."""
    return engines.pieces("simpy", model, replication)
