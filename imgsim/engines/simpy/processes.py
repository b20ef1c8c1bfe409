"""The SimPy engine, which defines the model: one process per graduate, and the meetings of the rounds.

Time runs in whole days; within a day in slots, so that what ends on a day has ended before a round of that day meets.
People are created when they enter and wait for a round on one shared event.
"""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import simpy
from pandas import DataFrame

from imgsim.engines import engine as engines
from imgsim.engines.clock import ENTRY_SLOT, ROUND_SLOT, Clock
from imgsim.engines.model import Model
from imgsim.engines.records.columns import Columns
from imgsim.engines.simpy.career import Career
from imgsim.engines.simpy.replication import Replication
from imgsim.engines.simpy.stages import visit
from imgsim.engines.simpy.waiting import Waiting
from imgsim.inputs.kinds.end import END
from imgsim.markets.round_dates import RoundDates


def simulate_career(career: Career, clock: Clock) -> Generator[simpy.Event, Any, None]:
    """A graduate's career: stage after stage until an end."""
    plan = career.enters()
    while plan.kind != END.name:
        career.arrives(plan)
        outcome = yield from visit(career, plan, clock)
        plan = career.leaves(plan, outcome)
    career.ends(plan)


def arrivals(replication: Replication, clock: Clock) -> Generator[simpy.Event, Any, None]:
    """Create people when they enter."""
    for career in replication.careers_by_entry():
        if not clock.has_come(career.entry, 0):
            yield clock.wait_for(career.entry, ENTRY_SLOT)
        clock.env.process(simulate_career(career, clock))


def meetings(replication: Replication, waiting: Waiting[Career], clock: Clock) -> Generator[simpy.Event, Any, None]:
    """The dates of one round: each year all who wait are allocated a place or not, and go on."""
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
    """No cyclic garbage collection meanwhile: careers stay in memory until the horizon, so it would free nothing."""
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
