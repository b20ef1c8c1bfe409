"""Running totals, updated at each event, from which the tables are made without keeping the events.

There is a row a person, and tallies of everybody. Threads share the rows, each for people of its own, and have tallies
of their own (``with_own_tallies``), which are summed in the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Floats, Ints
from imgsim.base.dates.day_numbers import NEVER
from imgsim.engines.model import Model
from imgsim.engines.records.application_seasons import SEASONS_COUNTED
from imgsim.engines.records.event_codes import NONE, Codes, exam_names, families, state_names
from imgsim.inputs.traits import COLUMN, LIVELIHOODS
from imgsim.persons.population import Population

GROUP = COLUMN["group"]

Days = npt.NDArray[np.int32]
Years = npt.NDArray[np.int16]
Small = npt.NDArray[np.int8]


class Accumulators(NamedTuple):
    """A row for each person (20 bytes, and 4 for every milestone), what the population says of them, and tallies."""

    milestones: Days  # (people, milestones): first day, NEVER where none
    spent: Floats  # (people,): money paid up to the certificate, or up to now
    status: Small  # (people,): visa status, up to the day on which training begins
    sitting: Small  # (people,): the exam whose result is awaited, -1 if none
    sat: Days  # (people,): day of that sitting
    is_retake: Small  # (people,): 1 if it is no first attempt
    first_sat: Years  # (people, exams): twice the half-year of a first attempt, plus 1 if measured; NONE once passed
    season: Years  # (people, families): year of the last season applied in
    seasons: Small  # (people, families): number of seasons applied in
    won: Small  # (people, families): 1 if the last of them gave a place
    state: Small  # (people,): present state, -1 before entry
    previous_state: Small  # (people,): state at the beginning of the day below
    state_day: Days  # (people,): the last day on which the state changed
    traits: Floats  # (people, traits), of the population
    stock: npt.NDArray[np.bool_]  # (people,): licensed at the census, of the population
    inflow: Ints  # (years, states): persons
    outflow: Ints  # (years, states)
    sittings: Ints  # (exams, half-years, measured, citizen, first attempt, [with a result, passed, ever passed])
    applied: Ints  # (families, years, citizen, graduate of the year, season from 1, [applied, placed])
    status_days: Ints  # (years, statuses, [days in parts of years, full years begun less ended])


def new_accumulators(model: Model, codes: Codes, population: Population) -> Accumulators:
    """Accumulators of people to whom nothing has happened yet."""
    people, halves = len(population.actor), len(codes.half_year)
    years, exams, rounds = halves // 2, len(exam_names(model.stage_plans)), len(families(model.scenario.pathway))
    flows = (years, len(state_names(model)))
    return Accumulators(
        milestones=np.full((people, len(model.scenario.pathway.milestones)), NEVER, np.int32),
        spent=np.zeros(people),
        status=np.zeros(people, np.int8),
        sitting=np.full(people, NONE, np.int8),
        sat=np.zeros(people, np.int32),
        is_retake=np.zeros(people, np.int8),
        first_sat=np.full((people, exams), NONE, np.int16),
        season=np.zeros((people, rounds), np.int16),
        seasons=np.zeros((people, rounds), np.int8),
        won=np.zeros((people, rounds), np.int8),
        state=np.full(people, NONE, np.int8),
        previous_state=np.full(people, NONE, np.int8),
        state_day=np.full(people, -NEVER, np.int32),
        traits=population.traits,
        stock=population.stock,
        inflow=np.zeros(flows, np.int64),
        outflow=np.zeros(flows, np.int64),
        sittings=np.zeros((exams, halves, 2, 2, 2, 3), np.int64),
        applied=np.zeros((rounds, years, 2, 2, SEASONS_COUNTED, 2), np.int64),
        status_days=np.zeros((years, len(LIVELIHOODS), 2), np.int64),
    )


TALLIES = ("inflow", "outflow", "sittings", "applied", "status_days")


def with_own_tallies(accumulators: Accumulators) -> Accumulators:
    """Accumulators for another thread: they share the rows of people and have tallies of their own."""
    return accumulators._replace(**{name: np.zeros_like(getattr(accumulators, name)) for name in TALLIES})


def summed(parts: Sequence[Accumulators]) -> Accumulators:
    """Add up the tallies of accumulators that share the rows of people."""
    return parts[0]._replace(**{name: sum(getattr(part, name) for part in parts) for name in TALLIES})
