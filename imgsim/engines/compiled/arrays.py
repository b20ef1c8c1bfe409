"""The state of all careers between two of their rounds, as arrays of shape (people, ...)."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.engines.compiled.stage_tables import StageTables
from imgsim.engines.records.accumulators import Accumulators
from imgsim.engines.simpy.event_log import EVENT_WIDTH, SPELL_WIDTH
from imgsim.persons.livelihood import ACTIVITY_COLUMNS, STATES, Activity
from imgsim.persons.population import Population
from imgsim.persons.risk_equations import Row, Who

# Columns of States.at: today, the stage stood in, how the career goes on, and counters.
DAY, STAGE, STATUS, SEQUENCE, SPELLS, SPELL_START, POST_START, MET, MEETING = range(9)
AT: Final = 9  # the due days of the timers follow

NEW, UNDER_WAY, WAITING, PARKED, ENDED = range(5)  # PARKED: nothing more happens before the horizon

NOT_WAITING: Final = -1

Days = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int16]


class States(NamedTuple):
    """All careers of a replication, or some of them."""

    actor: npt.NDArray[np.int64]  # (people,)
    entry: Days
    stock: npt.NDArray[np.bool_]
    traits: npt.NDArray[np.float64]  # (people, traits)
    activity: Activity  # (people, 4): activity status, see ``imgsim.persons.livelihood``
    days_in: Days  # (people, livelihoods)
    at: Days  # (people, AT + timers)
    waits: Counts  # (people,): the meeting waited for, or NOT_WAITING
    counts: Counts  # (people, stages + exams + timers): visits, attempts, how often each timer was started


class Career(NamedTuple):
    """One row of every array."""

    person: int
    who: Who
    entry: int
    stock: bool
    row: Row
    activity: Activity
    days_in: Days
    at: Days
    counts: Counts


class Journal(NamedTuple):
    """What happens in careers as they are advanced: summed in accumulators at once, or written as rows."""

    accumulators: Accumulators
    tells: bool
    events: npt.NDArray[np.int64]  # (room, 5)
    spells: npt.NDArray[np.int64]  # (room, 5)
    used: npt.NDArray[np.int64]  # (2,): rows of events and of spells
    sat: npt.NDArray[np.int64]  # the days of the last sittings of the exam under way


def new_states(population: Population, stage_tables: StageTables) -> States:
    """Everybody of a population before entering."""
    people, timers = len(population.actor), len(stage_tables.timer)
    return States(
        actor=population.actor,
        entry=population.entry,
        stock=population.stock,
        traits=population.traits,
        activity=np.zeros((people, ACTIVITY_COLUMNS), np.float32),
        days_in=np.zeros((people, STATES), np.int32),
        at=np.zeros((people, AT + timers), np.int32),
        waits=np.full(people, NOT_WAITING, np.int16),
        counts=np.zeros((people, stage_tables.first_timer + timers), np.int16),
    )


def new_journal(accumulators: Accumulators, sittings: int, room: int = 0) -> Journal:
    """An empty journal; one with room for rows tells them."""
    return Journal(
        accumulators,
        room > 0,
        np.empty((room, EVENT_WIDTH), np.int64),
        np.empty((room, SPELL_WIDTH), np.int64),
        np.zeros(2, np.int64),
        np.zeros(sittings, np.int64),
    )
