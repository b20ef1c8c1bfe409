"""What the tables are made from, kept event by event: no table of events is needed, and every engine keeps it alike.

The accumulators have a row a person and tallies of everybody. ``record_event`` is given the events of a person in
sequence, as they happen or from a journal (``record_all``); ``close_all`` comes once nothing more can happen.
Threads share the rows, each for people of its own, and keep tallies of their own (``beside``), summed in the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.by_reference import by_reference
from imgsim.base.compiled.jit import called_kernel, inline_kernel, kernel
from imgsim.base.dates.day_numbers import NEVER
from imgsim.engines.model import Model
from imgsim.engines.records.application_seasons import SEASONS_TOLD, apply_or_win
from imgsim.engines.records.event_codes import (
    END_MILESTONE,
    ENTRY,
    EXAM,
    FAMILY,
    FIRST_MILESTONE,
    NONE,
    PRICE,
    RESULT,
    SAYS,
    STATE,
    STATUS,
    Codes,
    codes_of,
    exam_names,
    families,
    state_names,
)
from imgsim.inputs.kinds.exam import PASSED, SAT
from imgsim.inputs.traits import COLUMN, GRADUATION, LIVELIHOODS
from imgsim.persons.population import Population
from imgsim.persons.risk_equations import base

GROUP = COLUMN["group"]

EVER_PASSED = 2  # place in a tally of sittings, after told and passed

Days = npt.NDArray[np.int32]
Years = npt.NDArray[np.int16]
Small = npt.NDArray[np.int8]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Meaning = npt.NDArray[np.int16]


class Accumulators(NamedTuple):
    """Rows of people (20 bytes each, and 4 for every milestone), what of the population they need, and tallies."""

    milestones: Days  # (people, milestones): first day, NEVER where none
    spent: Floats  # (people,): USD paid up to the certificate, by who has none up to now
    status: Small  # (people,): visa status, kept as it is on the day on which training begins
    sitting: Small  # (people,): the exam whose result is awaited, -1 if none
    sat: Days  # (people,): day of that sitting
    again: Small  # (people,): 1 if it is no first attempt
    first_sat: Years  # (people, exams): twice the half-year of a first attempt, plus 1 if measured; NONE once passed
    season: Years  # (people, families): year of the last season applied in
    seasons: Small  # (people, families): how many they are
    won: Small  # (people, families): 1 if the last of them gave a place
    state: Small  # (people,): where the person stands, -1 outside
    before: Small  # (people,): where the person stood when the day below began
    since: Days  # (people,): the last day on which the state was told
    traits: Floats  # (people, traits), as the population has them
    stock: npt.NDArray[np.bool_]  # (people,), likewise
    inflow: Ints  # (years, states): heads
    outflow: Ints  # (years, states)
    sittings: Ints  # (exams, half-years, measured, citizen, first attempt, [told, passed, ever passed])
    applied: Ints  # (families, years, citizen, graduate of the year, season from 1, [applied, placed])
    lived: Ints  # (years, livelihoods, [days in parts of years, whole years begun less ended]), see days_lived


def new_accumulators(model: Model, codes: Codes, population: Population) -> Accumulators:
    """The ledger of people to whom nothing has happened."""
    people, halves = len(population.actor), len(codes.half_year)
    years, exams, rounds = halves // 2, len(exam_names(model.stage_plans)), len(families(model.scenario.pathway))
    flows = (years, len(state_names(model)))
    return Accumulators(
        milestones=np.full((people, len(model.scenario.pathway.milestones)), NEVER, np.int32),
        spent=np.zeros(people),
        status=np.zeros(people, np.int8),
        sitting=np.full(people, NONE, np.int8),
        sat=np.zeros(people, np.int32),
        again=np.zeros(people, np.int8),
        first_sat=np.full((people, exams), NONE, np.int16),
        season=np.zeros((people, rounds), np.int16),
        seasons=np.zeros((people, rounds), np.int8),
        won=np.zeros((people, rounds), np.int8),
        state=np.full(people, NONE, np.int8),
        before=np.full(people, NONE, np.int8),
        since=np.full(people, -NEVER, np.int32),
        traits=population.traits,
        stock=population.stock,
        inflow=np.zeros(flows, np.int64),
        outflow=np.zeros(flows, np.int64),
        sittings=np.zeros((exams, halves, 2, 2, 2, 3), np.int64),
        applied=np.zeros((rounds, years, 2, 2, SEASONS_TOLD, 2), np.int64),
        lived=np.zeros((years, len(LIVELIHOODS), 2), np.int64),
    )


TALLIES = ("inflow", "outflow", "sittings", "applied", "lived")


def beside(accumulators: Accumulators) -> Accumulators:
    """A ledger that shares the rows of people with another and has tallies of its own."""
    return accumulators._replace(**{name: np.zeros_like(getattr(accumulators, name)) for name in TALLIES})


def summed(parts: Sequence[Accumulators]) -> Accumulators:
    """One ledger for several that share the rows of people."""
    return parts[0]._replace(**{name: sum(getattr(part, name) for part in parts) for name in TALLIES})


def accumulators_of(model: Model, population: Population, events: Ints, spells: Ints) -> Accumulators:
    """The ledger of a whole replication, from its events and spells (rows, 5), sorted by person and sequence."""
    codes = codes_of(model)
    accumulators = new_accumulators(model, codes, population)
    record_all(codes, accumulators, events, spells)
    close_all(codes, accumulators)
    return accumulators


@called_kernel
def record_event(codes: Codes, accumulators: Accumulators, person: int, day: int, event: int, value: int) -> None:
    """Keep what one event means. The milestone comes first: what happens on its day still counts up to it."""
    meaning = codes.meaning[event]
    reach(codes, accumulators, person, day, meaning)
    if meaning[PRICE] >= 0:
        pay(codes, accumulators, person, day, meaning)
    if meaning[STATUS] >= 0:
        hold(codes, accumulators, person, day, meaning)
    if meaning[EXAM] >= 0:
        sit_or_be_told(codes, accumulators, person, day, meaning, value)
    if meaning[FAMILY] >= 0:
        row = accumulators.traits[person]
        held = accumulators.season[person], accumulators.seasons[person], accumulators.won[person]
        told = meaning[FAMILY], meaning[SAYS], value
        apply_or_win(accumulators.applied, *held, row, *told, codes.first_year, codes.citizen)
    if meaning[STATE] >= 0 and meaning[STATE] != accumulators.state[person]:  # told again, it is no move
        move(codes, accumulators, person, day, event)


@inline_kernel
def close(codes: Codes, accumulators: Accumulators, person: int) -> None:
    """Nothing more happens to the person: the last day's move counts. Closing twice changes nothing."""
    flow(codes, accumulators, person)
    accumulators.before[person] = accumulators.state[person]


@inline_kernel
def reach(codes: Codes, accumulators: Accumulators, person: int, day: int, meaning: Meaning) -> None:
    """Keep the first day of each milestone that the event belongs to."""
    for k in range(meaning[FIRST_MILESTONE], meaning[END_MILESTONE]):
        place = codes.milestone[k]
        accumulators.milestones[person, place] = min(accumulators.milestones[person, place], day)


@inline_kernel
def is_past(accumulators: Accumulators, person: int, milestone: int, day: int) -> bool:
    """Does the day come after that of a milestone? No if the road has none."""
    return milestone >= 0 and day > accumulators.milestones[person, milestone]


@inline_kernel
def pay(codes: Codes, accumulators: Accumulators, person: int, day: int, meaning: Meaning) -> None:
    """Pay the price of the day, unless the certificate was issued before."""
    if not is_past(accumulators, person, codes.certified, day):
        accumulators.spent[person] += base(
            codes.prices, int(np.int64(meaning[PRICE])), day, accumulators.traits[person]
        )


@inline_kernel
def hold(codes: Codes, accumulators: Accumulators, person: int, day: int, meaning: Meaning) -> None:
    """Hold a visa status from now on, unless training began on an earlier day."""
    if not is_past(accumulators, person, codes.training, day):
        accumulators.status[person] = meaning[STATUS]


@inline_kernel
def sit_or_be_told(
    codes: Codes, accumulators: Accumulators, person: int, day: int, meaning: Meaning, value: int
) -> None:
    """Note a sitting, or count the one whose result this is; a sitting whose result never comes is not counted."""
    exam, result = meaning[EXAM], meaning[RESULT]
    if result == SAT:
        accumulators.sitting[person], accumulators.sat[person], accumulators.again[person] = (
            exam,
            day,
            1 if value > 1 else 0,
        )
    elif accumulators.sitting[person] == exam:
        count_sitting(codes, accumulators, person, exam, result == PASSED)
        accumulators.sitting[person] = NONE


@called_kernel
def count_sitting(codes: Codes, accumulators: Accumulators, person: int, exam: int, passed: bool) -> None:
    """Count a sitting in its half-year; those before the measured window stand apart, wherever in it that begins.

    Who passes also counts in the half-year of the first attempt, once.
    """
    day, first = accumulators.sat[person], 1 - accumulators.again[person]
    half, measured = half_of(codes, day), 1 if day >= codes.measured_from else 0
    citizen = codes.citizen[int(accumulators.traits[person, GROUP])]
    accumulators.sittings[exam, half, measured, citizen, first, 0] += 1
    if first == 1:
        accumulators.first_sat[person, exam] = 2 * half + measured
    if passed:
        accumulators.sittings[exam, half, measured, citizen, first, 1] += 1
        begun = int(accumulators.first_sat[person, exam])
        if begun != NONE:
            accumulators.sittings[exam, begun // 2, begun % 2, citizen, 1, EVER_PASSED] += 1
            accumulators.first_sat[person, exam] = NONE


@inline_kernel
def half_of(codes: Codes, day: int) -> int:
    """The half-year of a day; the first or last one for days outside the simulated years."""
    return int(codes.half_of[min(max(day - codes.half_year[0], 0), len(codes.half_of) - 1)])


@inline_kernel
def move(codes: Codes, accumulators: Accumulators, person: int, day: int, event: int) -> None:
    """Stand in another state from now on; only what the day ends with is a move."""
    if day != accumulators.since[person]:
        flow(codes, accumulators, person)
        accumulators.before[person], accumulators.since[person] = accumulators.state[person], day
    if event == ENTRY and accumulators.stock[person] and codes.stock_state >= 0:
        accumulators.state[person] = codes.stock_state
    else:
        accumulators.state[person] = codes.meaning[event, STATE]


@inline_kernel
def flow(codes: Codes, accumulators: Accumulators, person: int) -> None:
    """Count the move of the last day on which the state was told, if there was any."""
    before, state = accumulators.before[person], accumulators.state[person]
    if before != state:
        year = half_of(codes, accumulators.since[person]) // 2
        accumulators.inflow[year, state] += 1
        if before >= 0:
            accumulators.outflow[year, before] += 1


@called_kernel
def live(codes: Codes, accumulators: Accumulators, person: int, state: int, begin: int, end: int) -> None:
    """Keep what a spell of livelihood means: its days from graduation on, by calendar year.

    Days of the first and the last year are added up; of the years between only begin and end are kept.
    """
    day = max(begin, int(accumulators.traits[person, GRADUATION]))
    if day < end:
        first, last = half_of(codes, day) // 2, half_of(codes, end - 1) // 2
        if first == last:
            accumulators.lived[first, state, 0] += end - day
        else:
            accumulators.lived[first, state, 0] += codes.half_year[2 * (first + 1)] - day
            accumulators.lived[last, state, 0] += end - codes.half_year[2 * last]
            accumulators.lived[first + 1, state, 1] += 1
            accumulators.lived[last, state, 1] -= 1


def days_lived(accumulators: Accumulators, half_year: Ints) -> Ints:
    """Days of all graduates by calendar year and livelihood, shape (years, livelihoods)."""
    whole = np.cumsum(accumulators.lived[:, :, 1], axis=0)
    lengths = np.append(np.diff(half_year[::2]), 0)  # nobody lives through the whole of the last, open one
    days: Ints = accumulators.lived[:, :, 0] + whole * lengths[:, None]
    return days


@kernel
def record_all(meaning: Codes, kept: Accumulators, events: Ints, spells: Ints) -> None:
    """Keep what events mean (rows of person, sequence, day, event code, value), those of a person in sequence.

    Likewise spells (rows of person, sequence, state, start, end).
    """
    codes, accumulators = by_reference(meaning), by_reference(kept)
    for k in range(len(events)):
        record_event(codes, accumulators, events[k, 0], events[k, 2], events[k, 3], events[k, 4])
    for k in range(len(spells)):
        live(codes, accumulators, spells[k, 0], spells[k, 2], spells[k, 3], spells[k, 4])


@kernel
def close_all(meaning: Codes, kept: Accumulators) -> None:
    """Nothing more happens to anybody."""
    codes, accumulators = by_reference(meaning), by_reference(kept)
    for person in range(len(accumulators.spent)):
        close(codes, accumulators, person)
