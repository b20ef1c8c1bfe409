"""What the tables are made from, kept event by event: no table of events is needed, and every engine keeps it alike.

A ledger has a row a person and tallies of everybody. ``account`` is given the events of a person in sequence, as they
happen or from a journal (``account_all``); ``close_all`` comes once nothing more can happen to anybody. Threads share
the rows, each for people of its own, and keep tallies of their own (``beside``), which are summed in the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.by_reference import handed
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
    PASSED,
    PRICE,
    RESULT,
    SAT,
    SAYS,
    STATE,
    STATUS,
    Codes,
    codes_of,
    exam_names,
    families,
    state_names,
)
from imgsim.inputs.traits import GRADUATION, LIVELIHOODS, PLACE
from imgsim.persons.population import Population
from imgsim.persons.risk_equations import base

GROUP = PLACE["group"]

EVER_PASSED = 2  # place in a tally of sittings, after told and passed

Days = npt.NDArray[np.int32]
Years = npt.NDArray[np.int16]
Small = npt.NDArray[np.int8]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Meaning = npt.NDArray[np.int16]


class Ledger(NamedTuple):
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


def new_ledger(model: Model, codes: Codes, population: Population) -> Ledger:
    """The ledger of people to whom nothing has happened."""
    people, halves = len(population.actor), len(codes.half_year)
    years, exams, rounds = halves // 2, len(exam_names(model.roadmap)), len(families(model.scenario.pathway))
    flows = (years, len(state_names(model)))
    return Ledger(
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


def beside(ledger: Ledger) -> Ledger:
    """A ledger that shares the rows of people with another and has tallies of its own."""
    return ledger._replace(**{name: np.zeros_like(getattr(ledger, name)) for name in TALLIES})


def summed(ledgers: Sequence[Ledger]) -> Ledger:
    """One ledger for several that share the rows of people."""
    return ledgers[0]._replace(**{name: sum(getattr(held, name) for held in ledgers) for name in TALLIES})


def ledger_of(model: Model, population: Population, events: Ints, spells: Ints) -> Ledger:
    """The ledger of a whole replication, from its events and spells (rows, 5), sorted by person and sequence."""
    codes = codes_of(model)
    ledger = new_ledger(model, codes, population)
    account_all(codes, ledger, events, spells)
    close_all(codes, ledger)
    return ledger


@called_kernel
def account(codes: Codes, ledger: Ledger, person: int, day: int, event: int, value: int) -> None:
    """Keep what one event means. The milestone comes first: what happens on its day still counts up to it."""
    meaning = codes.meaning[event]
    reach(codes, ledger, person, day, meaning)
    if meaning[PRICE] >= 0:
        pay(codes, ledger, person, day, meaning)
    if meaning[STATUS] >= 0:
        hold(codes, ledger, person, day, meaning)
    if meaning[EXAM] >= 0:
        sit_or_be_told(codes, ledger, person, day, meaning, value)
    if meaning[FAMILY] >= 0:
        row = ledger.traits[person]
        held = ledger.season[person], ledger.seasons[person], ledger.won[person]
        told = meaning[FAMILY], meaning[SAYS], value
        apply_or_win(ledger.applied, *held, row, *told, codes.first_year, codes.citizen)
    if meaning[STATE] >= 0 and meaning[STATE] != ledger.state[person]:  # told again, it is no move
        move(codes, ledger, person, day, event)


@inline_kernel
def close(codes: Codes, ledger: Ledger, person: int) -> None:
    """Nothing more happens to the person: the last day's move counts. Closing twice changes nothing."""
    flow(codes, ledger, person)
    ledger.before[person] = ledger.state[person]


@inline_kernel
def reach(codes: Codes, ledger: Ledger, person: int, day: int, meaning: Meaning) -> None:
    """Keep the first day of each milestone that the event belongs to."""
    for k in range(meaning[FIRST_MILESTONE], meaning[END_MILESTONE]):
        place = codes.milestone[k]
        ledger.milestones[person, place] = min(ledger.milestones[person, place], day)


@inline_kernel
def is_past(ledger: Ledger, person: int, milestone: int, day: int) -> bool:
    """Does the day come after that of a milestone? No if the road has none."""
    return milestone >= 0 and day > ledger.milestones[person, milestone]


@inline_kernel
def pay(codes: Codes, ledger: Ledger, person: int, day: int, meaning: Meaning) -> None:
    """Pay the price of the day, unless the certificate was issued before."""
    if not is_past(ledger, person, codes.certified, day):
        ledger.spent[person] += base(codes.prices, int(np.int64(meaning[PRICE])), day, ledger.traits[person])


@inline_kernel
def hold(codes: Codes, ledger: Ledger, person: int, day: int, meaning: Meaning) -> None:
    """Hold a visa status from now on, unless training began on an earlier day."""
    if not is_past(ledger, person, codes.training, day):
        ledger.status[person] = meaning[STATUS]


@inline_kernel
def sit_or_be_told(codes: Codes, ledger: Ledger, person: int, day: int, meaning: Meaning, value: int) -> None:
    """Note a sitting, or count the one whose result this is; a sitting whose result never comes is not counted."""
    exam, result = meaning[EXAM], meaning[RESULT]
    if result == SAT:
        ledger.sitting[person], ledger.sat[person], ledger.again[person] = exam, day, 1 if value > 1 else 0
    elif ledger.sitting[person] == exam:
        count_sitting(codes, ledger, person, exam, result == PASSED)
        ledger.sitting[person] = NONE


@called_kernel
def count_sitting(codes: Codes, ledger: Ledger, person: int, exam: int, passed: bool) -> None:
    """Count a sitting in its half-year; those before the measured window stand apart, wherever in it that begins.

    Who passes also counts in the half-year of the first attempt, once.
    """
    day, first = ledger.sat[person], 1 - ledger.again[person]
    half, measured = half_of(codes, day), 1 if day >= codes.measured_from else 0
    citizen = codes.citizen[int(ledger.traits[person, GROUP])]
    ledger.sittings[exam, half, measured, citizen, first, 0] += 1
    if first == 1:
        ledger.first_sat[person, exam] = 2 * half + measured
    if passed:
        ledger.sittings[exam, half, measured, citizen, first, 1] += 1
        begun = int(ledger.first_sat[person, exam])
        if begun != NONE:
            ledger.sittings[exam, begun // 2, begun % 2, citizen, 1, EVER_PASSED] += 1
            ledger.first_sat[person, exam] = NONE


@inline_kernel
def half_of(codes: Codes, day: int) -> int:
    """The half-year of a day; the first or last one for days outside the simulated years."""
    return int(codes.half_of[min(max(day - codes.half_year[0], 0), len(codes.half_of) - 1)])


@inline_kernel
def move(codes: Codes, ledger: Ledger, person: int, day: int, event: int) -> None:
    """Stand in another state from now on; only what the day ends with is a move."""
    if day != ledger.since[person]:
        flow(codes, ledger, person)
        ledger.before[person], ledger.since[person] = ledger.state[person], day
    if event == ENTRY and ledger.stock[person] and codes.stock_state >= 0:
        ledger.state[person] = codes.stock_state
    else:
        ledger.state[person] = codes.meaning[event, STATE]


@inline_kernel
def flow(codes: Codes, ledger: Ledger, person: int) -> None:
    """Count the move of the last day on which the state was told, if there was any."""
    before, state = ledger.before[person], ledger.state[person]
    if before != state:
        year = half_of(codes, ledger.since[person]) // 2
        ledger.inflow[year, state] += 1
        if before >= 0:
            ledger.outflow[year, before] += 1


@called_kernel
def live(codes: Codes, ledger: Ledger, person: int, state: int, begin: int, end: int) -> None:
    """Keep what a spell of livelihood means: its days from graduation on, by calendar year.

    Days of the first and the last year are added up; of the years between only begin and end are kept.
    """
    day = max(begin, int(ledger.traits[person, GRADUATION]))
    if day < end:
        first, last = half_of(codes, day) // 2, half_of(codes, end - 1) // 2
        if first == last:
            ledger.lived[first, state, 0] += end - day
        else:
            ledger.lived[first, state, 0] += codes.half_year[2 * (first + 1)] - day
            ledger.lived[last, state, 0] += end - codes.half_year[2 * last]
            ledger.lived[first + 1, state, 1] += 1
            ledger.lived[last, state, 1] -= 1


def days_lived(ledger: Ledger, half_year: Ints) -> Ints:
    """Days of all graduates by calendar year and livelihood, shape (years, livelihoods)."""
    whole = np.cumsum(ledger.lived[:, :, 1], axis=0)
    lengths = np.append(np.diff(half_year[::2]), 0)  # nobody lives through the whole of the last, open one
    days: Ints = ledger.lived[:, :, 0] + whole * lengths[:, None]
    return days


@kernel
def account_all(meaning: Codes, kept: Ledger, events: Ints, spells: Ints) -> None:
    """Keep what events mean (rows of person, sequence, day, event code, value), those of a person in sequence.

    Likewise spells (rows of person, sequence, state, start, end).
    """
    codes, ledger = handed(meaning), handed(kept)
    for k in range(len(events)):
        account(codes, ledger, events[k, 0], events[k, 2], events[k, 3], events[k, 4])
    for k in range(len(spells)):
        live(codes, ledger, spells[k, 0], spells[k, 2], spells[k, 3], spells[k, 4])


@kernel
def close_all(meaning: Codes, kept: Ledger) -> None:
    """Nothing more happens to anybody."""
    codes, ledger = handed(meaning), handed(kept)
    for person in range(len(ledger.spent)):
        close(codes, ledger, person)
