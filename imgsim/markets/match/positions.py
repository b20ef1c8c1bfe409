"""What the programmes of a Match offer in a year; kept from one replication to the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imgsim.base.dates.day_numbers import day_of
from imgsim.base.errors import InputError
from imgsim.base.randomness.addresses import decision
from imgsim.base.randomness.quantiles import normal
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.markets.match.hash_ring import Programme, circles, nodes
from imgsim.markets.match.interviews import lap_of
from imgsim.markets.match.packed_sort import MOST_PROGRAMMES
from imgsim.markets.match.programmes import draw_programmes, quotas, refuse_too_small, seats_of_year, sponsors, thinned

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Offer:
    """The programmes of one year; arrays of shape (programmes,) unless said."""

    quota: Ints
    outside: Ints  # seats filled outside the Match
    sponsor: Ints  # visa policy
    openness: Floats  # to graduates from abroad
    attraction: Floats  # to all applicants
    takes: Bools  # (kinds of applicant, programmes): who is considered at all
    limit: Ints  # interviews
    lap: Programme  # (interviews,): whose turn it is to invite


class Offers:
    """The programmes of a Match and what they offer, year by year."""

    def __init__(
        self, name: str, parameters: Parameters, specialties: tuple[str, ...], seed: int, scale: float
    ) -> None:
        self.name, self.parameters, self.specialties, self.scale = name, parameters, specialties, scale
        self.programmes = draw_programmes(name, parameters, specialties, seed)
        refuse_too_many(name, len(self.programmes.actor))
        self.nodes = nodes(self.programmes.actor, seed, decision(f"{name}.place"))
        self.known: dict[int, Offer] = {}

    def value(self, word: str, year: int, category: str = "") -> float:
        """A plain value of the year."""
        return self.parameters.value(f"{self.name}.{word}", day_of(year, 3, 1), category)

    def of_year(self, year: int) -> Offer:
        """The offer of a year at the run's scale, worked out once."""
        if year not in self.known:
            self.known[year] = self.offer(year)
        return self.known[year]

    def circles(self, offer: Offer) -> Programme:
        """The circles of the programmes with seats: half a millisecond's work, and too large to keep for every year."""
        return circles(self.nodes, self.programmes.specialty, offer.quota > 0, len(self.specialties))

    def offer(self, year: int) -> Offer:
        """The offer of a year at the run's scale."""
        held, day = self.programmes, day_of(year, 3, 1)
        full = quotas(held, seats_of_year(self.name, self.parameters, self.specialties, year))
        sponsor = sponsors(self.name, self.parameters, held, self.specialties, day)
        quota = thinned(held, full, sponsor, self.scale)
        refuse_too_small(quota, self.scale, round(self.value("least_programmes", year)))
        mean = np.array([self.value("openness", year, specialty) for specialty in self.specialties])
        outside = self.outside_seats(year, quota, sponsor)
        limit = np.ceil((quota + outside) * self.value("interviews_per_position", year)).astype(np.int64)
        return Offer(
            quota=quota,
            outside=outside,
            sponsor=sponsor,
            openness=mean[held.specialty] + self.value("openness.spread", year) * held.openness,
            attraction=-self.value("attraction", year) * held.openness,
            takes=self.takes(year, sponsor),
            limit=limit,
            lap=lap_of(limit),
        )

    def takes(self, year: int, sponsor: Ints) -> Bools:
        """Whom programmes consider, by kind: competitors, then 1 + 2 x needs a visa + lacks the letter."""
        held = self.programmes
        asks = (held.letter < self.value("letter.programmes", year)) & (self.value("letter.required", year) > 0.5)
        considers = held.openness > normal(1.0 - self.value("considers", year))
        visa = considers & (sponsor > 0)
        return np.array([np.ones(len(sponsor), bool), considers, considers & ~asks, visa, visa & ~asks])

    def outside_seats(self, year: int, quota: Ints, sponsor: Ints) -> Ints:
        """Places filled outside the Match: at sponsors among the more open half, in proportion to seats.

        Most of those who withdraw for such a place need a visa, so it is programmes that sponsor visas that give them.
        """
        seats = round(self.value("outside_seats", year) * self.scale)
        size = np.where((self.programmes.openness > 0) & (sponsor > 0) & (quota > 0), quota, 0).astype(float)
        return largest_remainders(size, seats) if size.sum() > 0 else np.zeros_like(quota)


def refuse_too_many(name: str, programmes: int) -> None:
    """InputError if programmes have more numbers than a sorted entry has room for."""
    if programmes >= MOST_PROGRAMMES:
        raise InputError(f"{programmes} programmes are more than a Match can hold ({MOST_PROGRAMMES})", key=name)


def largest_remainders(size: Floats, seats: int) -> Ints:
    """Whole seats in proportion to size that sum to ``seats``."""
    exact = seats * size / size.sum()
    found: Ints = np.floor(exact).astype(np.int64)
    found[np.argsort(found - exact, kind="stable")[: seats - found.sum()]] += 1
    return found
