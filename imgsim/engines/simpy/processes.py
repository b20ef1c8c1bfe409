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
from imgsim.engines.simpy.career import Career
from imgsim.engines.simpy.replication import Replication
from imgsim.engines.simpy.waiting import Waiting
from imgsim.engines.stage_plans import Plan
from imgsim.markets.round_dates import RoundDates

Process = Generator[simpy.Event, Any, str]


def exam(career: Career, plan: Plan, clock: Clock) -> Process:
    """Prepare, sit, wait for the result, and sit again while the limit in force allows."""
    sitting = career.first_sitting(plan)
    while True:
        if expired := (yield from stay(career, plan, clock, career.in_session(plan, sitting))):
            return expired
        if outcome := career.barred(plan):
            return outcome
        result = career.sits(plan)
        if expired := (yield from stay(career, plan, clock, career.result_day(plan))):
            return expired
        if result in plan.next:
            return result
        sitting = career.next_sitting(plan)


def wait(career: Career, plan: Plan, clock: Clock) -> Process:
    """Something takes time, and may be refused at its end."""
    refused = career.is_refused(plan)
    expired = yield from stay(career, plan, clock, career.ready_day(plan))
    return expired or ("refused" if refused else "done")


def choose(career: Career, plan: Plan, clock: Clock) -> Process:
    """One of several ways, at once."""
    yield from ()
    return career.chooses(plan)


def work(career: Career, plan: Plan, clock: Clock) -> Process:
    """Hold a position until it is completed or left."""
    completes, leaves = career.begins_work(plan)
    expired = yield from stay(career, plan, clock, min(completes, leaves))
    return expired or ("completed" if completes <= leaves else "left")


def round_(career: Career, plan: Plan, clock: Clock) -> Process:
    """Wait for the next date and be allocated a place, or not."""
    dates = career.joins(plan, clock.first_open_day(career.day))
    expired, due = career.next_expiry(plan)
    if dates is None or due <= dates.allocates:
        yield clock.wait_for(due)
        career.advance_to(due)
        return expired
    waiting = career.waiting[plan.name]
    outcome = yield waiting.join(career, dates)
    return str(outcome[career.person])


def stay(career: Career, plan: Plan, clock: Clock, day: int) -> Process:
    """Stay until the day, unless a rival clock strikes before; which one, or the empty string."""
    expired, due = career.next_expiry(plan)
    if not career.expires_first(expired, due, day):
        expired, due = "", day
    if due > career.day:
        yield clock.wait_for(due)
        career.advance_to(due)
    return expired


KINDS: Final[dict[str, Callable[[Career, Plan, Clock], Process]]] = {
    "exam": exam,
    "wait": wait,
    "choose": choose,
    "round": round_,
    "work": work,
}


def simulate_career(career: Career, clock: Clock) -> Generator[simpy.Event, Any, None]:
    """One graduate's whole life: stage after stage until an end."""
    plan = career.enters()
    while plan.kind != "end":
        career.arrives(plan)
        outcome = yield from KINDS[plan.kind](career, plan, clock)
        plan = career.leaves(plan, outcome)
    career.ends(plan)


def arrivals(replication: Replication, clock: Clock) -> Generator[simpy.Event, Any, None]:
    """Create people when they enter."""
    for career in replication.careers_by_entry():
        if not clock.has_come(career.entry, 0):
            yield clock.wait_for(career.entry, ENTRY_SLOT)
        clock.env.process(simulate_career(career, clock))


def meetings(replication: Replication, waiting: Waiting[Career], clock: Clock) -> Generator[simpy.Event, Any, None]:
    """The dates of one round: each year all who wait are allocated a place or not, and walk on."""
    for dates in waiting.schedule.dates:
        yield clock.wait_for(dates.allocates, ROUND_SLOT)
        settle(replication, waiting, dates, clock)


def settle(replication: Replication, waiting: Waiting[Career], dates: RoundDates, clock: Clock) -> None:
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
