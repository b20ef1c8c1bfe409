"""A lottery for capped places on fixed dates: places by jurisdiction, given to applicants in a random order.

A sample uses as many places as full size does. Where there are several jurisdictions, the lottery is held at full size
(see ``full_size``); where all applicants stand in one line, parts of places are carried on to the next meeting (see
``carried_places``).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.base.randomness.addresses import decision
from imgsim.base.randomness.philox import ALL_REPLICATIONS, uniform, uniforms
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.markets.allocation import IN_ROUND, NO_CHANNEL, PLACED, UNPLACED, Allocation, Applicants
from imgsim.markets.carried_places import CarriedPlaces
from imgsim.markets.full_size import full_size, sampled, sampled_number, uniforms_of_copies
from imgsim.markets.quota_growth import QuotaGrowth
from imgsim.markets.round_dates import meetings_a_year, meetings_of
from imgsim.persons.compile_rules import CompiledRules


class Meeting(NamedTuple):
    """One meeting of a lottery in one replication."""

    year: int
    replication: int
    number: int  # in addresses of chance
    applicants: Applicants


class Drawn(NamedTuple):
    """The result of a lottery, in a sample and as far as the growth of places is concerned."""

    placed: Bools
    seats: int
    used: int  # places used of those offered, which may be those of full size
    offered: int


class Lottery:
    """Places by jurisdiction and year, given by lottery; demand is concentrated on some jurisdictions.

    Parameters: ``<round>.jurisdictions`` (count), ``<round>.places`` (count a year, in each jurisdiction, spread evenly
    over the year's meetings; the value of the day of the meeting holds) and
    ``<round>.concentration`` (number: the share of jurisdiction j falls with exp(-concentration * j / jurisdictions)).
    Places may grow by a rule (see ``QuotaGrowth``).
    """

    def __init__(
        self, name: str, parameters: Parameters, book: CompiledRules, pathway: Pathway, seed: int, scale: float
    ) -> None:
        del book, pathway
        self.name, self.parameters, self.seed, self.scale = name, parameters, seed, scale
        self.growth, self.carried = QuotaGrowth(name, parameters), CarriedPlaces(name, seed, scale)
        self.where, self.order, self.rounding, self.copies, self.sample, self.sampled = (
            decision(f"{name}.{word}") for word in ("where", "order", "rounding", "copies", "sample", "sampled")
        )

    def allocate(self, year: int, replication: int, applicants: Applicants) -> Allocation:
        """One meeting: every jurisdiction gives its places to its applicants in a random order."""
        meeting = Meeting(year, replication, self.number(year, applicants.day), applicants)
        places = self.places(meeting)
        drawn = self.in_one_line(meeting, places) if len(places) == 1 else self.at_full_size(meeting, places)
        self.growth.record(year, applicants.day, replication, drawn.used, drawn.offered)
        return allocation_of(drawn.placed, drawn.seats, self.memory(replication))

    def in_one_line(self, meeting: Meeting, places: Ints) -> Drawn:
        """Who is placed where all applicants stand in one line; no part of a place is lost."""
        replication, day = meeting.replication, meeting.applicants.day
        order = uniforms(self.seed, replication, meeting.applicants.actor, self.order, meeting.number)
        placed = lottery_winners(
            np.zeros(len(order), np.int64), order, self.carried.places(replication, day, places).new
        )
        used = int(placed.sum())
        seats = self.carried.record(replication, day, places, np.array([used]))
        return Drawn(placed, seats, used, seats)

    def at_full_size(self, meeting: Meeting, places: Ints) -> Drawn:
        """Who is placed where each jurisdiction has a line of its own: as many as at full size."""
        who, number = (self.seed, meeting.replication, meeting.applicants.actor), meeting.number
        copies = full_size(uniforms(*who, self.copies, number), self.scale)
        where, order = (uniforms_of_copies(*who, decided, number, *copies) for decided in (self.where, self.order))
        won = lottery_winners(self.asked(where, len(places), meeting.applicants.day), order, places)
        rounding = uniform(self.seed, meeting.replication, 0, self.sampled, number, 0)
        placed = sampled(copies, won, uniforms(*who, self.sample, number), self.scale, rounding)
        offered = int(places.sum())
        return Drawn(placed, sampled_number(offered, self.scale, rounding), int(won.sum()), offered)

    def places(self, meeting: Meeting) -> Ints:
        """Whole places of each jurisdiction in one meeting, at full size."""
        year, day = meeting.year, meeting.applicants.day
        value = {word: self.parameters.value(f"{self.name}.{word}", day) for word in ("jurisdictions", "places")}
        meetings = meetings_a_year(self.name, self.parameters, year)
        share = (value["places"] + self.growth.more(year, meeting.replication)) / meetings
        occurrence = meeting.number if meetings > 1 else 0
        return rounded_places(self.seed, self.rounding, round(value["jurisdictions"]), share, occurrence)

    def asked(self, where: Floats, jurisdictions: int, day: int) -> Ints:
        """The jurisdiction that each asks."""
        return chosen_jurisdictions(where, jurisdictions, self.parameters.value(f"{self.name}.concentration", day))

    def number(self, year: int, day: int) -> int:
        """The number of a meeting in addresses: the year itself where there is one a year."""
        meetings = meetings_a_year(self.name, self.parameters, year)
        earlier = sum(dates.allocates < day for dates in meetings_of(self.name, self.parameters, year))
        return year * meetings + (earlier if meetings > 1 else 0)

    def memory(self, replication: int) -> tuple[object, object]:
        """What the next meeting needs to know: the growth of places, and what is carried on of them."""
        return self.growth.states.get(replication), self.carried.states.get(replication)

    def remember(self, replication: int, allocation: Allocation) -> None:
        """Go on from an allocation that was made elsewhere."""
        if isinstance(allocation.memory, tuple):
            growth, carried = allocation.memory
            self.growth.restore(replication, growth)
            self.carried.restore(replication, carried)


def allocation_of(placed: npt.NDArray[np.bool_], seats: int, memory: object) -> Allocation:
    """The allocation of a lottery, with one row of tallies."""
    n = len(placed)
    row: dict[str, object] = {"group": "all", "seats": seats, "applicants": n, "active": n}
    row |= {"placed": int(placed.sum()), "outside": 0, "after": 0}
    return Allocation(
        outcome=np.where(placed, np.int8(PLACED), np.int8(UNPLACED)),
        channel=np.where(placed, np.int8(IN_ROUND), np.int8(NO_CHANNEL)),
        interviews=np.zeros(n, np.int8),
        ranks=np.zeros(n, np.int8),
        active=np.ones(n, bool),
        specialty=np.full(n, -1, np.int8),
        sponsor=np.full(n, -1, np.int8),
        rows=[row],
        memory=memory,
    )


def rounded_places(seed: int, decided: int, pools: int, places: float | Floats, occurrence: int = 0) -> Ints:
    """Whole places by jurisdiction or other pool, each rounded by a uniform of its own."""
    rounded: Ints = (places + uniforms(seed, ALL_REPLICATIONS, np.arange(pools), decided, occurrence)).astype(np.int64)
    return rounded


def chosen_jurisdictions(where: Floats, jurisdictions: int, concentration: float) -> Ints:
    """The jurisdiction each applicant asks, by a uniform: shares fall exponentially from the first to the last."""
    weight = np.exp(-concentration * np.arange(jurisdictions) / jurisdictions)
    shares = np.cumsum(weight) / weight.sum()
    return np.minimum(np.searchsorted(shares, where), jurisdictions - 1)


def lottery_winners(choice: Ints, order: Floats, places: Ints) -> npt.NDArray[np.bool_]:
    """Whose random number is low enough for the places of the own jurisdiction."""
    line = np.lexsort((order, choice))
    begins = np.searchsorted(choice[line], np.arange(len(places)))
    rank = np.arange(len(line)) - begins[choice[line]]
    placed = np.zeros(len(choice), bool)
    placed[line] = rank < places[choice[line]]
    return placed
