"""The steps of a life in bulk: what ``life`` does for one graduate of SimPy, compiled, under the same names."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.jit import called_kernel, inline_kernel
from imgsim.base.dates.day_numbers import NEVER
from imgsim.engines.compiled.arrays import (
    AT,
    DAY,
    ENDED,
    MEETING,
    MET,
    PARKED,
    POST_START,
    SEQUENCE,
    SPELL_START,
    SPELLS,
    STAGE,
    STATUS,
    WAITING,
    WALKING,
    Journal,
    Life,
)
from imgsim.engines.compiled.stage_tables import (
    ADD,
    CHOOSE,
    CLOCK_EVENT,
    CLOCK_QUANTITY,
    CLOCK_RUNS,
    CLOCK_TO,
    READS,
    ROUND,
    START_CLOCK,
    STARTS,
    WRITE,
    YEAR,
    Road,
)
from imgsim.engines.compiled.stage_tables import ENDED as ENDED_EVENT
from imgsim.engines.records.accumulators import account, live
from imgsim.engines.records.event_codes import Codes
from imgsim.inputs.traits import PLACE, READY_SINCE
from imgsim.markets.allocation import PLACED
from imgsim.persons.livelihood import BEFORE, IN_TRAINING, STATE, WALKED, Moves, begin_spell, next_move, spend
from imgsim.persons.risk_equations import Rules, lasts

READY: Final = PLACE["ready"]
SPECIALTY, SPONSOR = PLACE["specialty"], PLACE["sponsor"]

NOTHING: Final = -1  # no clock struck
PAUSE: Final = -2  # the life waits for a round, or nothing more happens before the horizon
STRUCK: Final = -3  # clock k struck: STRUCK - k

Ints = npt.NDArray[np.int64]


class World(NamedTuple):
    """What all lives of a replication share."""

    rules: Rules
    road: Road
    moves: Moves
    codes: Codes
    seed: int
    replication: int


# --- entering, moving on, ending ----------------------------------------------------------------


@inline_kernel
def enters(world: World, life: Life, log: Journal) -> None:
    """The life begins: its first clocks and its first spell of livelihood; the first stage."""
    life.at[DAY] = life.at[SPELL_START] = life.entry
    life.at[STAGE] = world.road.stock_entry if life.stock else world.road.entry
    life.at[STATUS], life.at[MET] = WALKING, NEVER
    note(world, life, log, 0, 0)
    for clock in range(len(world.road.clock)):
        life.at[AT + clock] = NEVER
        if world.road.clock[clock, CLOCK_RUNS] == 1:
            start_clock(world, life, clock)
    begin_spell(life.row, life.track, int(life.row[STATE]), today(life))


@inline_kernel
def arrives(world: World, life: Life, log: Journal, stage: int) -> None:
    """A stage begins; it may impose a livelihood."""
    life.counts[stage] += 1
    imposed = world.road.livelihood[stage]
    if imposed >= 0 and life.row[STATE] != imposed:
        if life.row[STATE] < IN_TRAINING:
            life.track[BEFORE] = life.row[STATE]
        turns_to(world, life, log, imposed)
    elif imposed < 0 and world.road.kind[stage] != CHOOSE and life.row[STATE] >= IN_TRAINING:
        turns_to(world, life, log, int(life.track[BEFORE]))


@called_kernel
def leaves(world: World, life: Life, log: Journal, stage: int, outcome: int) -> int:
    """A stage ends: what its outcome starts and writes; the next stage."""
    if outcome <= STRUCK:
        clock = STRUCK - outcome
        note(world, life, log, world.road.clock[clock, CLOCK_EVENT], stage)
        return int(world.road.clock[clock, CLOCK_TO])
    if world.road.kind[stage] != ROUND:
        note(world, life, log, world.road.event[stage, outcome], times(life, stage))
    cell = stage * world.road.next.shape[1] + outcome
    for k in range(world.road.first_effect[cell], world.road.first_effect[cell + 1]):
        takes_effect(world, life, world.road.effect[k, 0], world.road.effect[k, 1], world.road.effect[k, 2])
    return int(world.road.next[stage, outcome])


@inline_kernel
def takes_effect(world: World, life: Life, operation: int, place: int, value: int) -> None:
    """One thing that an outcome does to the person."""
    if operation == START_CLOCK:
        if life.at[AT + place] <= life.at[DAY] or life.at[AT + place] == NEVER:
            start_clock(world, life, place)
    elif operation == WRITE:
        life.row[place] = value
    elif operation == ADD:
        life.row[place] += value
    else:
        life.row[READY_SINCE] = life.at[DAY]


@called_kernel
def ends(world: World, life: Life, log: Journal, stage: int) -> None:
    """The life leaves the model."""
    note(world, life, log, world.road.extra[stage, ENDED_EVENT], 0)
    close_spell(world, life, log, today(life))
    life.at[STATUS] = ENDED


@inline_kernel
def note(world: World, life: Life, log: Journal, event: int, value: int) -> None:
    """Log one event of today."""
    if log.tells:
        row = log.events[log.used[0]]
        row[0], row[1], row[2], row[3], row[4] = life.person, life.at[SEQUENCE], life.at[DAY], event, value
        log.used[0] += 1
    else:
        account(world.codes, log.ledger, life.person, today(life), event, value)
    life.at[SEQUENCE] += 1


@inline_kernel
def has_room(world: World, log: Journal) -> bool:
    """Can the journal hold whatever one more stage logs?"""
    return not log.tells or bool(max(log.used[0], log.used[1]) + world.road.most_events <= len(log.events))


# --- clocks ----------------------------------------------------------------------------------------------------------


@called_kernel
def start_clock(world: World, life: Life, clock: int) -> None:
    """Draw the due day of a rival clock from today on."""
    q = world.road.clock[clock, CLOCK_QUANTITY]
    life.at[AT + clock] = min(
        NEVER, today(life) + lasting(world, life, q, int(np.int64(life.counts[world.road.first_clock + clock])))
    )
    life.counts[world.road.first_clock + clock] += 1


@inline_kernel
def next_strike(world: World, life: Life, stage: int) -> tuple[int, int]:
    """The clock that strikes first in this stage, and its day; overdue clocks strike today."""
    struck, due = NOTHING, NEVER
    if world.road.death >= 0:
        struck, due = STRUCK - world.road.death, int(np.int64(life.at[AT + world.road.death]))
    for k in range(world.road.first_strike[stage], world.road.first_strike[stage + 1]):
        clock = world.road.strike[k]
        if life.at[AT + clock] < due:
            struck, due = STRUCK - clock, int(np.int64(life.at[AT + clock]))
    return struck, max(due, today(life))


@inline_kernel
def strikes_first(world: World, struck: int, due: int, day: int) -> bool:
    """Does the clock come before a stage end of that day? Death does on the same day, other clocks do not."""
    return due < day or (due == day and world.road.death >= 0 and struck == STRUCK - world.road.death)


# --- livelihood ------------------------------------------------------------------------------------------------------


@called_kernel
def moves_to(world: World, life: Life, log: Journal, day: int) -> None:
    """Today becomes a later day; the second track is walked up to it, unless a stage imposes a state."""
    if world.road.livelihood[life.at[STAGE]] >= 0:
        spend(life.row, life.track, life.days_in, day)
    while int(life.track[WALKED]) < day:
        state = next_move(world.rules, life.who, world.moves, life.row, life.track, life.days_in, day)
        if state < 0:
            break
        since = int(life.track[WALKED])
        close_spell(world, life, log, since)
        begin_spell(life.row, life.track, state, since)
    life.at[DAY] = day


@called_kernel
def turns_to(world: World, life: Life, log: Journal, state: int) -> None:
    """A stage imposes a livelihood, or gives the former one back."""
    close_spell(world, life, log, today(life))
    begin_spell(life.row, life.track, state, today(life))


@called_kernel
def close_spell(world: World, life: Life, log: Journal, day: int) -> None:
    """Log the spell that ends."""
    if day > life.at[SPELL_START]:
        state, since = int(life.row[STATE]), int(np.int64(life.at[SPELL_START]))
        if log.tells:
            row = log.spells[log.used[1]]
            row[0], row[1], row[2], row[3], row[4] = life.person, life.at[SPELLS], state, since, day
            log.used[1] += 1
        else:
            live(world.codes, log.ledger, life.person, state, since, day)
        life.at[SPELLS] += 1
    life.at[SPELL_START] = day


# --- the person, today -------------------------------------------------------------------------------------------


@inline_kernel
def today(life: Life) -> int:
    """The day."""
    return int(np.int64(life.at[DAY]))


@inline_kernel
def times(life: Life, stage: int) -> int:
    """How often the person has come to a stage, this visit included."""
    return int(np.int64(life.counts[stage]))


@inline_kernel
def tries(world: World, life: Life, stage: int) -> int:
    """How often the person has sat an exam."""
    return int(np.int64(life.counts[world.road.tried[stage]]))


@inline_kernel
def lasting(world: World, life: Life, q: int, occurrence: int) -> int:
    """A duration in days for this person, today."""
    return lasts(world.rules, life.who, q, today(life), life.row, occurrence)


# --- rounds ----------------------------------------------------------------------------------------------------------


@inline_kernel
def waits_for(world: World, life: Life, meeting: int) -> None:
    """Wait for a meeting, on the day of which the life is: the papers were ready when files were read, or were not."""
    life.at[STATUS], life.at[MEETING] = WAITING, meeting
    life.row[READY] = 1.0 if life.row[READY_SINCE] <= world.road.date[meeting, READS] else 0.0


@inline_kernel
def settles(world: World, life: Life, log: Journal, outcome: int, specialty: int, sponsor: int) -> None:
    """Write one person's part of an allocation into the life, which walks on."""
    stage, meeting = life.at[STAGE], life.at[MEETING]
    note(world, life, log, world.road.event[stage, outcome], world.road.date[meeting, YEAR])
    if outcome == PLACED:
        if world.road.gives_post[stage] == 1:
            life.row[SPECIALTY], life.row[SPONSOR] = specialty, sponsor
        life.at[POST_START] = world.road.date[meeting, STARTS]
    life.at[STATUS], life.at[MET] = WALKING, life.at[DAY]
    life.at[STAGE] = leaves(world, life, log, stage, outcome)


@called_kernel
def closes(world: World, life: Life, log: Journal) -> None:
    """Nothing more happens before the horizon: the second track is walked to the last day."""
    moves_to(world, life, log, world.road.end)
    close_spell(world, life, log, world.road.end)
    life.at[STATUS] = PARKED
