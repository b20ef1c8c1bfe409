"""The compiled engine: SimPy keeps the dates, compiled code advances all careers between two of their rounds.

The first pass advances everybody and keeps no event: each goes into the accumulators as it happens. What rounds decided
is remembered; events and spells of anybody can then be had by simulating the careers once more, in the order of people
and in pieces of any size (``pieces``).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import simpy
from pandas import DataFrame

from imgsim.base.arrays import Ints
from imgsim.base.dates.day_numbers import NEVER
from imgsim.engines import engine as engines
from imgsim.engines.clock import ROUND_SLOT, Clock
from imgsim.engines.compiled.advance import advance
from imgsim.engines.compiled.arrays import DAY, ENDED, SEQUENCE, STAGE, STATUS, Journal, States, new_journal, new_states
from imgsim.engines.compiled.career import READY, World
from imgsim.engines.compiled.stage_tables import ALLOCATES, tabulate
from imgsim.engines.model import Model
from imgsim.engines.records.accumulators import new_accumulators, summed, with_own_tallies
from imgsim.engines.records.columns import Columns
from imgsim.engines.records.event_codes import codes_of
from imgsim.engines.records.finished import Finished, Piece
from imgsim.engines.records.record import close_all
from imgsim.engines.records.round_details import Meeting, details_tables, meeting_of
from imgsim.engines.records.rounds import Season, rounds_table, season_of, seasons_table
from imgsim.markets.allocation import Allocation, Applicants
from imgsim.persons.population import Population, people, populate

Decisions = npt.NDArray[np.int32]  # (rows, 4): person, outcome, specialty, sponsor

CHUNK: Final = 20_000  # people advanced at a time
NOTHING_DECIDED: Final = np.empty((0, 4), np.int32)
ROOM: Final = 1_000_000  # rows that a journal holds which tells them


class Decided:
    """What the rounds decided, person by person, in the order in which they met; kept small, for it is kept long."""

    def __init__(self) -> None:
        self.persons: list[npt.NDArray[np.int32]] = []
        self.given: list[npt.NDArray[np.int8]] = []  # (rows, 3): outcome, specialty, sponsor

    def add(self, persons: Ints, allocation: Allocation) -> Decisions:
        """Remember one allocation; its rows."""
        rows = np.empty((len(persons), 4), np.int32)
        columns = (persons, allocation.outcome, allocation.specialty, allocation.sponsor)
        for place, column in enumerate(columns):
            rows[:, place] = column
        self.persons.append(rows[:, 0].copy())
        self.given.append(rows[:, 1:].astype(np.int8))
        return rows

    def by_person(self) -> Decisions:
        """Everything decided, sorted by person, in the order of dates within a person."""
        persons = np.concatenate([NOTHING_DECIDED[:, 0], *self.persons])
        order = np.argsort(persons, kind="stable")
        return np.column_stack((persons[order], np.concatenate([NOTHING_DECIDED[:, 1:], *self.given])[order]))


class Replication:
    """One replication under way."""

    def __init__(self, model: Model, number: int, threads: int = 1) -> None:
        self.model, self.number = model, number
        scenario = model.scenario
        self.population: Population = populate(
            scenario.parameters, scenario.pathway, model.book, range(model.start, model.end), model.seed, number,
            model.scale,
        )  # fmt: skip
        stage_tables = tabulate(model)
        self.world = World(model.book.rules, stage_tables, model.transitions, codes_of(model), model.seed, number)
        self.states = new_states(self.population, stage_tables)
        accumulators = new_accumulators(model, self.world.codes, self.population)
        self.logs = [new_journal(with_own_tallies(accumulators), model.stage_plans.ring) for _ in range(threads)]
        self.decided = Decided()
        self.room = np.empty_like(self.population.traits)  # for applicants; what is never touched takes no memory
        self.seasons: list[Season] = []
        self.round_rows: list[dict[str, object]] = []
        self.round_meetings: list[Meeting] = []

    def meets(self, name: str, meeting: int) -> None:
        """One allocation: everybody who waits for the meeting is given a place or not, and goes on."""
        year, _, _reads, _, allocates, _ = self.world.stage_tables.date[meeting].tolist()
        waiting = np.flatnonzero(self.states.waits == meeting)
        traits = self.population.traits.take(waiting, axis=0, out=self.room[: len(waiting)], mode="clip")
        applicants = Applicants(self.population.actor[waiting], traits, allocates)
        allocation = self.model.mechanisms[name].allocate(year, self.number, applicants)
        self.round_rows += [{"round": name, "year": year} | row for row in allocation.rows]
        self.round_meetings += meeting_of(name, year, allocation)
        if self.model.stage_plans.plans[name].gives_post:
            self.seasons.append(season_of(year, waiting, applicants.traits[:, READY], allocation))
        self.advance(waiting, self.decided.add(waiting, allocation))

    def enter(self) -> None:
        """Everybody is advanced from the day of entry to the first round."""
        people = len(self.states.actor)
        for begin in range(0, people, CHUNK):
            self.advance(np.arange(begin, min(begin + CHUNK, people)), NOTHING_DECIDED)

    def advance(self, chosen: Ints, decided: Decisions) -> None:
        """Some people are advanced, each with the decision in the row of the same place."""

        def pass_time(record: Ints, log: Journal) -> None:
            advance(self.world, self.states, log, 0, chosen[record], 0, record, decided)

        everybody = np.arange(len(chosen))
        if len(self.logs) == 1:
            pass_time(everybody, *self.logs)
        else:
            with ThreadPoolExecutor(len(self.logs)) as threads:
                list(threads.map(pass_time, np.array_split(everybody, len(self.logs)), self.logs))

    def close(self) -> None:
        """After the last meeting: what is left of the careers is kept, and what advanced them is let go."""
        self.accumulators = summed([log.accumulators for log in self.logs])
        close_all(self.world.codes, self.accumulators)
        at = self.states.at
        ended = at[:, STATUS] == ENDED
        self.days_in = self.states.days_in
        self.events = int(at[:, SEQUENCE].sum(dtype=np.int64))
        self.end, self.end_day = np.where(ended, at[:, STAGE], -1), np.where(ended, at[:, DAY], NEVER)
        del self.states, self.logs  # nobody goes on

    def finished(self) -> Finished:
        """What the tables are made from."""
        return Finished(
            model=self.model,
            replication=self.number,
            population=self.population,
            accumulators=self.accumulators,
            days_in=self.days_in,
            end=self.end,
            end_day=self.end_day,
            seasons=seasons_table(self.model, self.seasons),
            rounds=rounds_table(self.round_rows),
            round_details=details_tables(self.round_meetings),
        )

    def pieces(self, person: int | None = None) -> Iterator[Piece]:
        """Events and spells: careers simulated once more, in the order of people, with what the rounds decided."""
        decided, people = self.decided.by_person(), len(self.population.actor)
        everybody = np.arange(people) if person is None else np.arange(person, min(person + 1, people))
        for begin in range(0, max(len(everybody), 1), CHUNK):
            yield from simulated_again(self, everybody[begin : begin + CHUNK], decided)


def simulated_again(simulation: Replication, chosen: Ints, decided: Decisions) -> Iterator[Piece]:
    """Events and spells of some people, who follow one another, in as many pieces as the journal needs."""
    states = fresh_states(simulation, chosen)
    log = new_journal(simulation.accumulators, simulation.model.stage_plans.ring, ROOM)
    record = np.searchsorted(decided[:, 0], chosen)
    everybody, done = np.arange(len(chosen)), 0
    first = int(chosen[0]) if len(chosen) else 0
    while True:
        log.used[:] = 0
        done = advance(simulation.world, states, log, first, everybody, done, record, decided)
        yield Piece(log.events[: log.used[0]].copy(), log.spells[: log.used[1]].copy())
        if done == len(chosen):
            return


def fresh_states(simulation: Replication, chosen: Ints) -> States:
    """Some people before entering, drawn anew."""
    scenario, whole = simulation.model.scenario, simulation.population
    actors = whole.actor[chosen]
    traits, entry = people(
        scenario.parameters, scenario.pathway, simulation.model.book, actors, simulation.model.seed, simulation.number
    )
    population = Population(actors, traits, entry, whole.stock[chosen])
    return new_states(population, simulation.world.stage_tables)


def meetings(simulation: Replication, name: str, number: int, clock: Clock) -> Generator[simpy.Event, Any, None]:
    """The dates of one round."""
    stage_tables = simulation.world.stage_tables
    for meeting in range(stage_tables.first_date[number], stage_tables.first_date[number + 1]):
        yield clock.wait_for(int(stage_tables.date[meeting, ALLOCATES]), ROUND_SLOT)
        simulation.meets(name, meeting)


def run(model: Model, replication: int, threads: int = 1) -> Replication:
    """One replication from the first entry to the horizon."""
    simulation = Replication(model, replication, threads)
    pass_time(simulation)
    return simulation


def pass_time(simulation: Replication) -> None:
    """Let time pass from the first entry to the horizon."""
    simulation.enter()
    clock = Clock()
    rounds = [meetings(simulation, name, number, clock) for number, name in enumerate(simulation.model.schedules)]
    for each in rounds:
        clock.env.process(each)
    clock.run(until=simulation.model.end)
    for each in rounds:
        each.close()  # it and the clock hold each other, and it everybody, until somebody looks for garbage
    simulation.close()


def simulate(model: Model, replication: int) -> dict[str, DataFrame]:
    """Every table of one replication."""
    return engines.simulate("compiled", model, replication)


def pieces(model: Model, replication: int) -> Iterator[dict[str, Columns]]:
    """The same, piece by piece."""
    return engines.pieces("compiled", model, replication)
