"""A career in the compiled engine: what all stages do with it, under the names of ``imgsim.engines.simpy.career``."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from imgsim.base.compiled.jit import called_kernel, inline_kernel
from imgsim.base.dates.day_numbers import NEVER
from imgsim.engines.compiled.arrays import (
    AT,
    DAY,
    ENDED,
    MET,
    PARKED,
    SEQUENCE,
    SPELL_START,
    SPELLS,
    STAGE,
    STATUS,
    UNDER_WAY,
    Career,
    Journal,
)
from imgsim.engines.compiled.stage_tables import (
    ADD,
    ROUND,
    START_TIMER,
    TIMER_EVENT,
    TIMER_QUANTITY,
    TIMER_RUNS,
    TIMER_TO,
    WRITE,
    StageTables,
)
from imgsim.engines.compiled.stage_tables import ENDED as ENDED_EVENT
from imgsim.engines.records.activity_years import record_spell
from imgsim.engines.records.event_codes import Codes
from imgsim.engines.records.record import record_event
from imgsim.inputs.traits import COLUMN, READY_SINCE
from imgsim.persons.livelihood import (
    ADVANCED_TO,
    BEFORE,
    IN_TRAINING,
    STATE,
    ActivityTransitions,
    add_days,
    begin_spell,
    next_transition,
)
from imgsim.persons.risk_equations import Rules, lasts

READY: Final = COLUMN["ready"]

NOTHING: Final = -1  # no timer expired
PAUSE: Final = -2  # the career waits for a round, or nothing more happens before the horizon
EXPIRED: Final = -3  # timer k expired: EXPIRED - k


class World(NamedTuple):
    """What all careers of a replication share."""

    rules: Rules
    stage_tables: StageTables
    transitions: ActivityTransitions
    codes: Codes
    seed: int
    replication: int


# --- entering, moving on, ending ----------------------------------------------------------------


@inline_kernel
def enters(world: World, career: Career, log: Journal) -> None:
    """The career begins: its first timers and its first spell of activity status; the first stage."""
    career.at[DAY] = career.at[SPELL_START] = career.entry
    career.at[STAGE] = world.stage_tables.stock_entry if career.stock else world.stage_tables.entry
    career.at[STATUS], career.at[MET] = UNDER_WAY, NEVER
    note(world, career, log, 0, 0)
    for timer in range(len(world.stage_tables.timer)):
        career.at[AT + timer] = NEVER
        if world.stage_tables.timer[timer, TIMER_RUNS] == 1:
            start_timer(world, career, timer)
    begin_spell(career.row, career.activity, int(career.row[STATE]), today(career))


@inline_kernel
def arrives(world: World, career: Career, log: Journal, stage: int) -> None:
    """A stage begins; it may impose a livelihood."""
    career.counts[stage] += 1
    imposed = world.stage_tables.livelihood[stage]
    if imposed >= 0 and career.row[STATE] != imposed:
        if career.row[STATE] < IN_TRAINING:
            career.activity[BEFORE] = career.row[STATE]
        turns_to(world, career, log, imposed)
    elif imposed < 0 and world.stage_tables.instant[stage] == 0 and career.row[STATE] >= IN_TRAINING:
        turns_to(world, career, log, int(career.activity[BEFORE]))


@called_kernel
def leaves(world: World, career: Career, log: Journal, stage: int, outcome: int) -> int:
    """A stage ends: what its outcome starts and writes; the next stage."""
    if outcome <= EXPIRED:
        timer = EXPIRED - outcome
        note(world, career, log, world.stage_tables.timer[timer, TIMER_EVENT], stage)
        return int(world.stage_tables.timer[timer, TIMER_TO])
    if world.stage_tables.kind[stage] != ROUND:
        note(world, career, log, world.stage_tables.event[stage, outcome], times(career, stage))
    cell = stage * world.stage_tables.next.shape[1] + outcome
    for k in range(world.stage_tables.first_effect[cell], world.stage_tables.first_effect[cell + 1]):
        takes_effect(
            world,
            career,
            world.stage_tables.effect[k, 0],
            world.stage_tables.effect[k, 1],
            world.stage_tables.effect[k, 2],
        )
    return int(world.stage_tables.next[stage, outcome])


@inline_kernel
def takes_effect(world: World, career: Career, operation: int, place: int, value: int) -> None:
    """One thing that an outcome does to the person."""
    if operation == START_TIMER:
        if career.at[AT + place] <= career.at[DAY] or career.at[AT + place] == NEVER:
            start_timer(world, career, place)
    elif operation == WRITE:
        career.row[place] = value
    elif operation == ADD:
        career.row[place] += value
    else:
        career.row[READY_SINCE] = career.at[DAY]


@called_kernel
def ends(world: World, career: Career, log: Journal, stage: int) -> None:
    """The career ends."""
    note(world, career, log, world.stage_tables.extra[stage, ENDED_EVENT], 0)
    close_spell(world, career, log, today(career))
    career.at[STATUS] = ENDED


@inline_kernel
def note(world: World, career: Career, log: Journal, event: int, value: int) -> None:
    """Log one event of today."""
    if log.tells:
        row = log.events[log.used[0]]
        row[0], row[1], row[2], row[3], row[4] = career.person, career.at[SEQUENCE], career.at[DAY], event, value
        log.used[0] += 1
    else:
        record_event(world.codes, log.accumulators, career.person, today(career), event, value)
    career.at[SEQUENCE] += 1


@inline_kernel
def has_room(world: World, log: Journal) -> bool:
    """Can the journal hold whatever one more stage logs?"""
    return not log.tells or bool(max(log.used[0], log.used[1]) + world.stage_tables.most_events <= len(log.events))


# --- timers ----------------------------------------------------------------------------------------------------------


@called_kernel
def start_timer(world: World, career: Career, timer: int) -> None:
    """Draw the due day of a timer from today on."""
    q = world.stage_tables.timer[timer, TIMER_QUANTITY]
    career.at[AT + timer] = min(
        NEVER,
        today(career) + lasting(world, career, q, int(np.int64(career.counts[world.stage_tables.first_timer + timer]))),
    )
    career.counts[world.stage_tables.first_timer + timer] += 1


@inline_kernel
def next_expiry(world: World, career: Career, stage: int) -> tuple[int, int]:
    """The timer that expires first in this stage, and its day; an overdue timer expires today."""
    expired, due = NOTHING, NEVER
    if world.stage_tables.death >= 0:
        expired, due = EXPIRED - world.stage_tables.death, int(np.int64(career.at[AT + world.stage_tables.death]))
    for k in range(world.stage_tables.first_expiry[stage], world.stage_tables.first_expiry[stage + 1]):
        timer = world.stage_tables.expiry[k]
        if career.at[AT + timer] < due:
            expired, due = EXPIRED - timer, int(np.int64(career.at[AT + timer]))
    return expired, max(due, today(career))


@inline_kernel
def expires_first(world: World, expired: int, due: int, day: int) -> bool:
    """Does the timer expire before a stage that ends on that day? On the day itself only death does."""
    return due < day or (due == day and world.stage_tables.death >= 0 and expired == EXPIRED - world.stage_tables.death)


# --- livelihood ------------------------------------------------------------------------------------------------------


@called_kernel
def advance_to(world: World, career: Career, log: Journal, day: int) -> None:
    """Today becomes a later day; activity status is simulated up to it, unless a stage imposes one."""
    if world.stage_tables.livelihood[career.at[STAGE]] >= 0:
        clinical, experience = world.transitions.clinical, world.transitions.experience
        add_days(clinical, experience, career.row, career.activity, career.days_in, day)
    while int(career.activity[ADVANCED_TO]) < day:
        state = next_transition(
            world.rules, career.who, world.transitions, career.row, career.activity, career.days_in, day
        )
        if state < 0:
            break
        since = int(career.activity[ADVANCED_TO])
        close_spell(world, career, log, since)
        begin_spell(career.row, career.activity, state, since)
    career.at[DAY] = day


@called_kernel
def turns_to(world: World, career: Career, log: Journal, state: int) -> None:
    """A stage imposes a livelihood, or gives the former one back."""
    close_spell(world, career, log, today(career))
    begin_spell(career.row, career.activity, state, today(career))


@called_kernel
def close_spell(world: World, career: Career, log: Journal, day: int) -> None:
    """Log the spell that ends."""
    if day > career.at[SPELL_START]:
        state, since = int(career.row[STATE]), int(np.int64(career.at[SPELL_START]))
        if log.tells:
            row = log.spells[log.used[1]]
            row[0], row[1], row[2], row[3], row[4] = career.person, career.at[SPELLS], state, since, day
            log.used[1] += 1
        else:
            record_spell(world.codes, log.accumulators, career.person, state, since, day)
        career.at[SPELLS] += 1
    career.at[SPELL_START] = day


@inline_kernel
def comes(world: World, career: Career, log: Journal, day: int) -> bool:
    """Move on to a day; False if it lies beyond the horizon, up to which the person is moved instead."""
    if day >= world.stage_tables.end:
        closes(world, career, log)
        return False
    advance_to(world, career, log, day)
    return True


# --- the person, today -------------------------------------------------------------------------------------------


@inline_kernel
def today(career: Career) -> int:
    """The day."""
    return int(np.int64(career.at[DAY]))


@inline_kernel
def times(career: Career, stage: int) -> int:
    """How often the person has come to a stage, this visit included."""
    return int(np.int64(career.counts[stage]))


@inline_kernel
def tries(world: World, career: Career, stage: int) -> int:
    """How often the person has sat an exam."""
    return int(np.int64(career.counts[world.stage_tables.tried[stage]]))


@inline_kernel
def lasting(world: World, career: Career, q: int, occurrence: int) -> int:
    """A duration in days for this person, today."""
    return lasts(world.rules, career.who, q, today(career), career.row, occurrence)


@called_kernel
def closes(world: World, career: Career, log: Journal) -> None:
    """Nothing more happens before the horizon: activity status is simulated to the last day."""
    advance_to(world, career, log, world.stage_tables.end)
    close_spell(world, career, log, world.stage_tables.end)
    career.at[STATUS] = PARKED
