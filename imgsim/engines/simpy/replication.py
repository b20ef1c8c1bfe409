"""One replication under way in the SimPy engine: its people, its rounds, its journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import simpy

from imgsim.base.dates.day_numbers import NEVER
from imgsim.engines.model import Model
from imgsim.engines.records.finished import Finished, Piece
from imgsim.engines.records.record import accumulators_of
from imgsim.engines.records.round_details import Meeting, details_tables, meeting_of
from imgsim.engines.records.rounds import Season, rounds_table, season_of, seasons_table
from imgsim.engines.simpy.career import Career
from imgsim.engines.simpy.event_log import Journal
from imgsim.engines.simpy.waiting import Waiting
from imgsim.engines.stage_plans import Plan
from imgsim.inputs.kinds.round import ROUND
from imgsim.inputs.traits import COLUMN, READY_SINCE
from imgsim.markets.allocation import Allocation, Applicants
from imgsim.markets.round_dates import RoundDates
from imgsim.persons.livelihood import STATES
from imgsim.persons.population import Population, populate

READY = COLUMN["ready"]
SPECIALTY, SPONSOR = COLUMN["specialty"], COLUMN["sponsor"]
OUTCOMES: Final[tuple[str, ...]] = ROUND.outcomes or ()  # by their numbers in an allocation


class Replication:
    """Everything one replication holds; the engine moves it through time."""

    def __init__(self, model: Model, number: int, new_event: Callable[[], simpy.Event]) -> None:
        self.model, self.number = model, number
        scenario = model.scenario
        self.population: Population = populate(
            scenario.parameters, scenario.pathway, model.book, range(model.start, model.end), model.seed, number,
            model.scale,
        )  # fmt: skip
        self.journal = Journal()
        self.careers: list[Career] = []
        self.seasons: list[Season] = []
        self.round_rows: list[dict[str, object]] = []
        self.round_meetings: list[Meeting] = []
        self.waiting: dict[str, Waiting[Career]] = {
            name: Waiting(name, schedule, model.mechanisms[name], new_event)
            for name, schedule in model.schedules.items()
        }

    def careers_by_entry(self) -> Iterator[Career]:
        """Careers in the order of entry, each created when the graduate enters."""
        for person in np.argsort(self.population.entry, kind="stable"):
            career = Career(self.model, self.number, self.population, int(person), self.journal, self.waiting)
            self.careers.append(career)
            yield career

    def allocate(self, waiting: Waiting[Career], dates: RoundDates) -> dict[int, str]:
        """Allocate the places of one round among all who wait; the outcome by person."""
        careers = sorted(waiting.people.pop(dates.allocates, []), key=lambda career: career.person)
        for career in careers:
            career.advance_to(dates.allocates)
            career.row[READY] = float(career.row[READY_SINCE] <= dates.reads)
        people = np.array([career.person for career in careers], np.int64)
        applicants = Applicants(self.population.actor[people], self.population.traits[people], dates.allocates)
        allocation = waiting.mechanism.allocate(dates.year, self.number, applicants)
        self.round_rows += [{"round": waiting.name, "year": dates.year} | row for row in allocation.rows]
        self.round_meetings += meeting_of(waiting.name, dates.year, allocation)
        plan = self.model.stage_plans.plans[waiting.name]
        if plan.gives_post:
            self.seasons.append(season_of(dates.year, people, applicants.traits[:, READY], allocation))
        return {career.person: self.settle(career, plan, allocation, k, dates) for k, career in enumerate(careers)}

    def settle(self, career: Career, plan: Plan, allocation: Allocation, k: int, dates: RoundDates) -> str:
        """Write one person's part of an allocation into the career; the outcome."""
        outcome = OUTCOMES[int(allocation.outcome[k])]
        career.note(plan.event[outcome], dates.year)
        if outcome == "placed":
            career.row[SPECIALTY] = allocation.specialty[k] if plan.gives_post else career.row[SPECIALTY]
            career.row[SPONSOR] = allocation.sponsor[k] if plan.gives_post else career.row[SPONSOR]
            career.post_start = dates.starts
        return outcome

    def finished(self) -> Finished:
        """What the tables are made from."""
        people = range(len(self.population.actor))
        careers: dict[int, Career] = {career.person: career for career in self.careers}
        none = np.zeros(STATES, np.int64)
        return Finished(
            model=self.model,
            replication=self.number,
            population=self.population,
            accumulators=accumulators_of(self.model, self.population, self.journal.events(), self.journal.spells()),
            days_in=np.array([careers[k].days_in if k in careers else none for k in people]).reshape(-1, STATES),
            end=np.array([end_code(careers.get(k)) for k in people], np.int32),
            end_day=np.array([careers[k].end_day if k in careers else NEVER for k in people], np.int64),
            seasons=seasons_table(self.model, self.seasons),
            rounds=rounds_table(self.round_rows),
            round_details=details_tables(self.round_meetings),
        )

    def pieces(self, person: int | None = None) -> Iterator[Piece]:
        """Events and spells of everybody or of one person."""
        events, spells = self.journal.events(), self.journal.spells()
        if person is not None:
            events, spells = events[events[:, 0] == person], spells[spells[:, 0] == person]
        yield Piece(events, spells)

    def close(self) -> None:
        """At the horizon: simulate the activity status of those still under way to the last day."""
        for career in self.careers:
            if career.end is None:
                career.advance_to(self.model.end)
                career.close_spell(self.model.end)


def end_code(career: Career | None) -> int:
    """The code of the end a career came to, or -1 while it is under way."""
    return career.end.code if career is not None and career.end is not None else -1
