"""Lives walked in bulk: the control flow of the SimPy engine once more, compiled, stage kind by stage kind.

Read it beside ``simpy_engine`` and ``life``: the functions have the same names and do the same things in the same
order, with numbers in the stead of names. A life meets others only in rounds, so it is walked without a pause to its
end, to the horizon, or to the day of the next round that it waits for.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.by_reference import by_reference
from imgsim.base.compiled.jit import called_kernel, inline_kernel
from imgsim.base.compiled.prefetch import fetch
from imgsim.engines.compiled.arrays import (
    DAY,
    MEETING,
    NEW,
    NOT_WAITING,
    STAGE,
    STATUS,
    WAITING,
    WALKING,
    Career,
    Days,
    Journal,
    States,
)
from imgsim.engines.compiled.career import (
    NOTHING,
    PAUSE,
    World,
    advance_to,
    arrives,
    closes,
    ends,
    enters,
    expires_first,
    has_room,
    leaves,
    next_expiry,
    settles,
    times,
    today,
    waits_for,
)
from imgsim.engines.compiled.stage_rules import (
    barred_today,
    begins_work,
    first_sitting,
    in_session,
    is_refused,
    joins,
    next_sitting,
    ready_day,
    result_day,
    sits,
)
from imgsim.engines.compiled.stage_tables import (
    ALLOCATES,
    CHOOSE,
    COMPLETED,
    DONE,
    END,
    EXAM,
    FIRST_OPTION,
    LEFT,
    REFUSED,
    WAIT,
    WORK,
)
from imgsim.persons.risk_equations import Who, chooses
from imgsim.persons.sitting_rules import FREE

Ints = npt.NDArray[np.int64]

AHEAD: Final = 6  # lives for whose memory is asked before it is needed


# --- stage kinds: the same text as in simpy_engine ------------------------------------------------------------------


@inline_kernel
def exam(world: World, career: Career, log: Journal, stage: int) -> int:
    """Prepare, sit, wait for the result, and sit again while the limit in force allows."""
    sitting = first_sitting(world, career, stage)
    count = 0
    while True:
        expired = stay(world, career, log, stage, in_session(world, career, log, stage, count, sitting))
        if expired != NOTHING:
            return expired
        outcome = barred_today(world, career, stage)
        if outcome != FREE:
            return outcome
        result = sits(world, career, log, stage, count)
        count += 1
        expired = stay(world, career, log, stage, result_day(world, career, stage))
        if expired != NOTHING:
            return expired
        if world.road.next[stage, result] >= 0:
            return result
        sitting = next_sitting(world, career, log, stage, count)


@inline_kernel
def wait(world: World, career: Career, log: Journal, stage: int) -> int:
    """Something takes time, and may be refused at its end."""
    refused = is_refused(world, career, stage)
    expired = stay(world, career, log, stage, ready_day(world, career, stage))
    if expired != NOTHING:
        return expired
    return REFUSED if refused else DONE


@inline_kernel
def choose(world: World, career: Career, stage: int) -> int:
    """One of several ways, at once."""
    first, options = world.road.quantity[stage, FIRST_OPTION], world.road.options[stage]
    return chooses(world.rules, career.who, first, options, today(career), career.row, times(career, stage))


@inline_kernel
def work(world: World, career: Career, log: Journal, stage: int) -> int:
    """Hold a position until it is completed or left."""
    completes, leaves = begins_work(world, career, log, stage)
    expired = stay(world, career, log, stage, min(completes, leaves))
    if expired != NOTHING:
        return expired
    return COMPLETED if completes <= leaves else LEFT


@inline_kernel
def round_(world: World, career: Career, log: Journal, stage: int) -> int:
    """Wait for the next date and be allocated a place, or not: nothing else happens to the life up to that day."""
    meeting = joins(world, career, log, stage)
    expired, due = next_expiry(world, career, stage)
    if meeting < 0 or due <= world.road.date[meeting, ALLOCATES]:
        return expired if comes(world, career, log, due) else PAUSE
    if comes(world, career, log, world.road.date[meeting, ALLOCATES]):
        waits_for(world, career, meeting)
    return PAUSE


@called_kernel
def stay(world: World, career: Career, log: Journal, stage: int, day: int) -> int:
    """Stay until the day, unless a rival clock strikes before; which one, NOTHING, or PAUSE at the horizon."""
    expired, due = next_expiry(world, career, stage)
    if not expires_first(world, expired, due, day):
        expired, due = NOTHING, day
    if due > career.at[DAY] and not comes(world, career, log, due):
        return PAUSE
    return expired


@inline_kernel
def comes(world: World, career: Career, log: Journal, day: int) -> bool:
    """Move on to a day; if it lies beyond the horizon, the life is walked up to that."""
    if day >= world.road.end:
        closes(world, career, log)
        return False
    advance_to(world, career, log, day)
    return True


# By kind, for readers and for the test that no kind is missing; ``visit`` asks for them in the same order.
WALKS: Final = {"exam": exam, "wait": wait, "choose": choose, "round": round_, "work": work}


@inline_kernel
def visit(world: World, career: Career, log: Journal, stage: int) -> int:
    """The outcome of a stage of any kind, or PAUSE."""
    kind = world.road.kind[stage]
    if kind == EXAM:
        return exam(world, career, log, stage)
    if kind == WAIT:
        return wait(world, career, log, stage)
    if kind == CHOOSE:
        return choose(world, career, stage)
    if kind == WORK:
        return work(world, career, log, stage)
    return round_(world, career, log, stage)


@inline_kernel
def simulate_career(world: World, career: Career, log: Journal) -> None:
    """Stage after stage until an end, a round, the horizon, or until the journal may not hold another stage."""
    while career.at[STATUS] == WALKING and has_room(world, log):
        stage = career.at[STAGE]
        if world.road.kind[stage] == END:
            ends(world, career, log, stage)
        else:
            arrives(world, career, log, stage)
            outcome = visit(world, career, log, stage)
            if outcome != PAUSE:
                career.at[STAGE] = leaves(world, career, log, stage, outcome)


# --- everybody -------------------------------------------------------------------------------------------------------


@inline_kernel
def career_of(world: World, states: States, k: int, person: int) -> Career:
    """One row of every array: that of person number ``person``, held at place ``k``."""
    return Career(
        person,
        Who(world.seed, world.replication, states.actor[k]),
        states.entry[k],
        states.stock[k],
        states.traits[k],
        states.track[k],
        states.days_in[k],
        states.at[k],
        states.counts[k],
    )


@inline_kernel
def fetch_career(states: States, people: Ints, k: int) -> None:
    """Ask for what is kept of the life that will be walked some lives after place ``k``."""
    if k + AHEAD < len(people):
        person = people[k + AHEAD]
        fetch(states.traits, person)
        fetch(states.track, person)
        fetch(states.days_in, person)
        fetch(states.at, person)
        fetch(states.counts, person)


@called_kernel
def advance(
    given: World, states: States, journal: Journal, first: int, people: Ints, begin_at: int, record: Ints,
    decided: Days,
) -> int:  # fmt: skip
    """Walk some lives on, as far as what rounds have decided carries them; how many of them are done.

    ``people`` are places in ``states``, the first of which is person number ``first``; they are walked in order from
    ``begin_at`` on, until all are walked or the journal is full. ``decided`` has a row a round and person (person,
    outcome, specialty, sponsor), ``record[k]`` is the next one of ``people[k]``.
    """
    world, log = by_reference(given), by_reference(journal)
    for k in range(begin_at, len(people)):
        fetch_career(states, people, k)
        career = by_reference(career_of(world, states, people[k], first + people[k]))
        done = False
        while not done:
            if not has_room(world, log):
                return k
            done = walks_on(world, career, log, record, decided, k)
        states.waits[people[k]] = career.at[MEETING] if career.at[STATUS] == WAITING else NOT_WAITING
    return len(people)


@inline_kernel
def walks_on(world: World, career: Career, log: Journal, record: Ints, decided: Days, k: int) -> bool:
    """Walk a life on by one step; is there nothing more to walk?"""
    status = career.at[STATUS]
    if status == NEW:
        enters(world, career, log)
    elif status == WALKING:
        simulate_career(world, career, log)
    elif status == WAITING and is_decided(career, record[k], decided):
        row = decided[record[k]]
        settles(world, career, log, row[1], row[2], row[3])
        record[k] += 1
    else:
        return True
    return False


@inline_kernel
def is_decided(career: Career, row: int, decided: Days) -> bool:
    """Is this row about the life?"""
    return row < len(decided) and decided[row, 0] == career.person
