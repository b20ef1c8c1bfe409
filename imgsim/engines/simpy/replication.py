"""One replication under way in the SimPy engine: its people, its rounds, its journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import simpy

from imgsim.base.dates.day_numbers import NEVER
from imgsim.engines.model import Model
from imgsim.engines.records.accumulators import ledger_of
from imgsim.engines.records.finished import Finished, Piece
from imgsim.engines.records.rounds import Season, rounds_table, season_of, seasons_table
from imgsim.engines.simpy.career import Life
from imgsim.engines.simpy.event_log import Journal
from imgsim.engines.simpy.waiting import Waiting
from imgsim.engines.stage_plans import Plan
from imgsim.inputs.traits import PLACE, READY_SINCE
from imgsim.markets.allocation import Allocation, Applicants
from imgsim.markets.round_dates import RoundDates
from imgsim.persons.livelihood import STATES
from imgsim.persons.population import Population, populate

READY = PLACE["ready"]
SPECIALTY, SPONSOR = PLACE["specialty"], PLACE["sponsor"]
OUTCOMES: Final = ("placed", "unplaced", "ineligible")


class Replication:
    """Everything one replication holds; the engine moves it through time."""

    def __init__(self, model: Model, number: int, new_event: Callable[[], simpy.Event]) -> None:
        self.model, self.number = model, number
        scenario = model.scenario
        years = range(model.first_year, model.last_year + 1)
        self.population: Population = populate(
            scenario.parameters, scenario.pathway, model.book, years, model.end, model.seed, number, model.scale
        )
        self.journal = Journal()
        self.lives: list[Life] = []
        self.seasons: list[Season] = []
        self.round_rows: list[dict[str, object]] = []
        self.waiting: dict[str, Waiting[Life]] = {
            name: Waiting(name, schedule, model.mechanisms[name], new_event)
            for name, schedule in model.schedules.items()
        }

    def lives_by_entry(self) -> Iterator[Life]:
        """Lives in the order of entry, created when their turn comes."""
        for person in np.argsort(self.population.entry, kind="stable"):
            life = Life(self.model, self.number, self.population, int(person), self.journal, self.waiting)
            self.lives.append(life)
            yield life

    def allocate(self, waiting: Waiting[Life], dates: RoundDates) -> dict[int, str]:
        """Allocate the places of one round among all who wait; the outcome by person."""
        lives = sorted(waiting.people.pop(dates.allocates, []), key=lambda life: life.person)
        for life in lives:
            life.moves_to(dates.allocates)
            life.row[READY] = float(life.row[READY_SINCE] <= dates.reads)
        people = np.array([life.person for life in lives], np.int64)
        applicants = Applicants(self.population.actor[people], self.population.traits[people], dates.allocates)
        allocation = waiting.mechanism.allocate(dates.year, self.number, applicants)
        self.round_rows += [{"round": waiting.name, "year": dates.year} | row for row in allocation.rows]
        plan = self.model.roadmap.plans[waiting.name]
        if plan.gives_post:
            self.seasons.append(season_of(dates.year, people, applicants.traits[:, READY], allocation))
        return {life.person: self.settle(life, plan, allocation, k, dates) for k, life in enumerate(lives)}

    def settle(self, life: Life, plan: Plan, allocation: Allocation, k: int, dates: RoundDates) -> str:
        """Write one person's part of an allocation into the life; the outcome."""
        outcome = OUTCOMES[allocation.outcome[k]]
        life.note(plan.event[outcome], dates.year)
        if outcome == "placed":
            life.row[SPECIALTY] = allocation.specialty[k] if plan.gives_post else life.row[SPECIALTY]
            life.row[SPONSOR] = allocation.sponsor[k] if plan.gives_post else life.row[SPONSOR]
            life.post_start = dates.starts
        return outcome

    def finished(self) -> Finished:
        """What the tables are made from."""
        people = range(len(self.population.actor))
        lives: dict[int, Life] = {life.person: life for life in self.lives}
        none = np.zeros(STATES, np.int64)
        return Finished(
            model=self.model,
            replication=self.number,
            population=self.population,
            ledger=ledger_of(self.model, self.population, self.journal.events(), self.journal.spells()),
            days_in=np.array([lives[k].days_in if k in lives else none for k in people]).reshape(-1, STATES),
            end=np.array([end_code(lives.get(k)) for k in people], np.int32),
            end_day=np.array([lives[k].end_day if k in lives else NEVER for k in people], np.int64),
            seasons=seasons_table(self.model, self.seasons),
            rounds=rounds_table(self.round_rows),
        )

    def pieces(self, person: int | None = None) -> Iterator[Piece]:
        """Events and spells of everybody or of one person."""
        events, spells = self.journal.events(), self.journal.spells()
        if person is not None:
            events, spells = events[events[:, 0] == person], spells[spells[:, 0] == person]
        yield Piece(events, spells)

    def close(self) -> None:
        """At the horizon: walk the second track of those still under way to the last day."""
        for life in self.lives:
            if life.end is None:
                life.moves_to(self.model.end)
                life.close_spell(self.model.end)


def end_code(life: Life | None) -> int:
    """The code of the end a life came to, or -1 while it is under way."""
    return life.end.code if life is not None and life.end is not None else -1
