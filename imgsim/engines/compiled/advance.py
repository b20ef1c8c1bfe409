"""Advance many careers at once, each up to the next round that has not met yet."""

from __future__ import annotations

from typing import Final

from imgsim.base.arrays import Ints
from imgsim.base.compiled.by_reference import by_reference
from imgsim.base.compiled.jit import called_kernel, inline_kernel
from imgsim.base.compiled.prefetch import fetch
from imgsim.engines.compiled.arrays import (
    DAY,
    MEETING,
    MET,
    NEW,
    NOT_WAITING,
    POST_START,
    STAGE,
    STATUS,
    UNDER_WAY,
    WAITING,
    Career,
    Days,
    Journal,
    States,
)
from imgsim.engines.compiled.career import PAUSE, World, arrives, ends, enters, has_room, leaves, note
from imgsim.engines.compiled.stage_tables import END, STARTS, YEAR
from imgsim.engines.compiled.stages import visit
from imgsim.inputs.traits import COLUMN
from imgsim.markets.allocation import PLACED
from imgsim.persons.risk_equations import Who

SPECIALTY, SPONSOR = COLUMN["specialty"], COLUMN["sponsor"]
AHEAD: Final = 6  # careers for whose memory is asked before it is needed


@inline_kernel
def simulate_career(world: World, career: Career, log: Journal) -> None:
    """Stage after stage until an end, a round, the horizon, or until the journal may not hold another stage."""
    while career.at[STATUS] == UNDER_WAY and has_room(world, log):
        stage = career.at[STAGE]
        if world.stage_tables.kind[stage] == END:
            ends(world, career, log, stage)
        else:
            arrives(world, career, log, stage)
            outcome = visit(world, career, log, stage)
            if outcome != PAUSE:
                career.at[STAGE] = leaves(world, career, log, stage, outcome)


@inline_kernel
def career_of(world: World, states: States, k: int, person: int) -> Career:
    """One row of every array: that of person number ``person``, held at place ``k``."""
    return Career(
        person,
        Who(world.seed, world.replication, states.actor[k]),
        states.entry[k],
        states.stock[k],
        states.traits[k],
        states.activity[k],
        states.days_in[k],
        states.at[k],
        states.counts[k],
    )


@inline_kernel
def fetch_career(states: States, people: Ints, k: int) -> None:
    """Ask for the memory of the career that will be advanced some careers after place ``k``."""
    if k + AHEAD < len(people):
        person = people[k + AHEAD]
        fetch(states.traits, person)
        fetch(states.activity, person)
        fetch(states.days_in, person)
        fetch(states.at, person)
        fetch(states.counts, person)


@called_kernel
def advance(
    given: World, states: States, journal: Journal, first: int, people: Ints, begin_at: int, record: Ints,
    decided: Days,
) -> int:  # fmt: skip
    """Advance some careers as far as what rounds have decided carries them; how many of them are done.

    ``people`` are places in ``states``, the first of which is person number ``first``; they are advanced in order from
    ``begin_at`` on, until all are advanced or the log is full. ``decided`` has a row a round and person (person,
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
            done = advances(world, career, log, record, decided, k)
        states.waits[people[k]] = career.at[MEETING] if career.at[STATUS] == WAITING else NOT_WAITING
    return len(people)


@inline_kernel
def advances(world: World, career: Career, log: Journal, record: Ints, decided: Days, k: int) -> bool:
    """Advance a career by one step; is there nothing more to do?"""
    status = career.at[STATUS]
    if status == NEW:
        enters(world, career, log)
    elif status == UNDER_WAY:
        simulate_career(world, career, log)
    elif status == WAITING and is_decided(career, record[k], decided):
        row = decided[record[k]]
        settles(world, career, log, row[1], row[2], row[3])
        record[k] += 1
    else:
        return True
    return False


@inline_kernel
def settles(world: World, career: Career, log: Journal, outcome: int, specialty: int, sponsor: int) -> None:
    """Write one person's part of an allocation into the career, which goes on."""
    stage, meeting = career.at[STAGE], career.at[MEETING]
    note(world, career, log, world.stage_tables.event[stage, outcome], world.stage_tables.date[meeting, YEAR])
    if outcome == PLACED:
        if world.stage_tables.gives_post[stage] == 1:
            career.row[SPECIALTY], career.row[SPONSOR] = specialty, sponsor
        career.at[POST_START] = world.stage_tables.date[meeting, STARTS]
    career.at[STATUS], career.at[MET] = UNDER_WAY, career.at[DAY]
    career.at[STAGE] = leaves(world, career, log, stage, outcome)


@inline_kernel
def is_decided(career: Career, row: int, decided: Days) -> bool:
    """Is this row about the career?"""
    return row < len(decided) and decided[row, 0] == career.person
