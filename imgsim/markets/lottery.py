"""A lottery for capped places on fixed dates: places by jurisdiction, given to applicants in a random order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Floats, Ints
from imgsim.base.randomness.addresses import decision
from imgsim.base.randomness.philox import ALL_REPLICATIONS, uniforms
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.markets.allocation import IN_ROUND, NO_CHANNEL, PLACED, UNPLACED, Allocation, Applicants
from imgsim.markets.quota_growth import QuotaGrowth
from imgsim.markets.round_dates import meetings_a_year, meetings_of
from imgsim.persons.compile_rules import CompiledRules


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
        self.growth = QuotaGrowth(name, parameters)
        self.where, self.order, self.rounding = (decision(f"{name}.{word}") for word in ("where", "order", "rounding"))

    def allocate(self, year: int, replication: int, applicants: Applicants) -> Allocation:
        """One meeting: every jurisdiction gives its places to its applicants in a random order."""
        day, meetings = applicants.day, meetings_a_year(self.name, self.parameters, year)
        number = self.number(year, day, meetings)
        value = {word: self.parameters.value(f"{self.name}.{word}", day) for word in ("jurisdictions", "places")}
        jurisdictions = round(value["jurisdictions"])
        concentration = self.parameters.value(f"{self.name}.concentration", day)
        share = (value["places"] + self.growth.more(year, replication)) * self.scale / meetings
        places = scaled_places(self.seed, self.rounding, jurisdictions, share, number if meetings > 1 else 0)
        choice = chosen_jurisdictions(
            self.seed, replication, applicants.actor, number, self.where, jurisdictions, concentration
        )
        order = uniforms(self.seed, replication, applicants.actor, self.order, number)
        placed = lottery_winners(choice, order, places)
        self.growth.record(year, day, replication, int(placed.sum()), int(places.sum()))
        return allocation_of(placed, places, applicants)

    def number(self, year: int, day: int, meetings: int) -> int:
        """The number of a meeting in addresses: the year itself where there is one a year."""
        earlier = sum(dates.allocates < day for dates in meetings_of(self.name, self.parameters, year))
        return year * meetings + (earlier if meetings > 1 else 0)


def allocation_of(placed: npt.NDArray[np.bool_], places: Ints, applicants: Applicants) -> Allocation:
    """The allocation of a lottery, with one row of tallies."""
    n = len(applicants.actor)
    row: dict[str, object] = {"group": "all", "seats": int(places.sum()), "applicants": n, "active": n}
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
    )


def scaled_places(seed: int, decided: int, pools: int, places: float | Floats, occurrence: int = 0) -> Ints:
    """Whole places by jurisdiction or other pool at a scale, each rounded by a uniform of its own."""
    rounded: Ints = (places + uniforms(seed, ALL_REPLICATIONS, np.arange(pools), decided, occurrence)).astype(np.int64)
    return rounded


def chosen_jurisdictions(
    seed: int, replication: int, actor: Ints, year: int, decided: int, jurisdictions: int, concentration: float
) -> Ints:
    """The jurisdiction each applicant asks: shares fall exponentially from the first to the last."""
    weight = np.exp(-concentration * np.arange(jurisdictions) / jurisdictions)
    shares = np.cumsum(weight) / weight.sum()
    u = uniforms(seed, replication, actor, decided, year)
    return np.minimum(np.searchsorted(shares, u), jurisdictions - 1)


def lottery_winners(choice: Ints, order: Floats, places: Ints) -> npt.NDArray[np.bool_]:
    """Whose random number is low enough for the places of the own jurisdiction."""
    line = np.lexsort((order, choice))
    begins = np.searchsorted(choice[line], np.arange(len(places)))
    rank = np.arange(len(line)) - begins[choice[line]]
    placed = np.zeros(len(choice), bool)
    placed[line] = rank < places[choice[line]]
    return placed
