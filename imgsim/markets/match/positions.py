"""What the programmes of a Match offer in a year: seats, visa policy, whom they consider, how many they interview."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.base.dates.day_numbers import day_of, mark_of
from imgsim.base.errors import InputError
from imgsim.base.randomness.quantiles import normal
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.parameters.refusals import refuse
from imgsim.inputs.parameters_read import visa_policies
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.markets.match.programmes import (
    draw_programmes,
    quotas,
    refuse_too_small,
    seats_of_year,
    sponsors,
    thin_quotas,
)


@dataclass(frozen=True, slots=True)
class Positions:
    """The programmes of one year; arrays of shape (programmes,) unless stated otherwise."""

    quota: Ints  # seats in the Match
    outside: Ints  # seats filled outside the Match
    sponsor: Ints  # visa policy
    openness: Floats  # to graduates from abroad
    attraction: Floats  # to all applicants
    considers: Bools  # (kinds of applicant, programmes): who is considered at all
    slots: Ints  # interviews


class PositionsByYear:
    """The programmes of a Match and their positions, worked out once a year for all replications."""

    def __init__(self, name: str, parameters: Parameters, pathway: Pathway, seed: int, scale: float) -> None:
        self.name, self.parameters, self.scale = name, parameters, scale
        self.specialties, self.policies = pathway.values("specialty"), visa_policies(name, pathway)
        self.programmes = draw_programmes(name, parameters, self.specialties, seed)
        self.days: dict[int, int] = {}
        self.known: dict[int, Positions] = {}

    def day(self, year: int) -> int:
        """The day on which the values of a year's Match are read (``<round>.values_as_of``)."""
        if year not in self.days:
            mark = self.parameters.value(f"{self.name}.values_as_of", day_of(year, 1, 1))
            self.days[year] = mark_of(year, int(mark))
        return self.days[year]

    def value(self, word: str, year: int, category: str = "") -> float:
        """A parameter of the Match in a year, without ratios."""
        return self.parameters.value(f"{self.name}.{word}", self.day(year), category)

    def optional(self, word: str, year: int, category: str = "") -> float:
        """A parameter that a Match may leave out; then it is 0."""
        return self.value(word, year, category) if f"{self.name}.{word}" in self.parameters else 0.0

    def whole_number(self, word: str, year: int, least: int, most: int) -> int:
        """A whole number of a year; InputError if it is not between the least and the most."""
        value = round(self.value(word, year))
        if not least <= value <= most:
            refuse(self.parameters[f"{self.name}.{word}"], f"must be from {least} to {most}, not {value}", "value")
        return value

    def of_year(self, year: int) -> Positions:
        """The positions of a year at the run's scale."""
        if year not in self.known:
            self.known[year] = self.positions(year)
        return self.known[year]

    def positions(self, year: int) -> Positions:
        """Work out the positions of a year at the run's scale."""
        programmes, day = self.programmes, self.day(year)
        full = quotas(programmes, seats_of_year(self.name, self.parameters, self.specialties, day))
        sponsor = sponsors(self.policies, self.parameters, programmes, self.specialties, day)
        quota = thin_quotas(programmes, full, sponsor, self.scale)
        refuse_too_small(quota, self.scale, round(self.value("least_programmes", year)))
        mean = np.array([self.value("openness", year, specialty) for specialty in self.specialties])
        outside = self.outside_seats(year, quota, sponsor)
        interviews = np.ceil((quota + outside) * self.value("interviews_per_position", year))
        return Positions(
            quota=quota,
            outside=outside,
            sponsor=sponsor,
            openness=mean[programmes.specialty] + self.value("openness.spread", year) * programmes.openness,
            attraction=-self.value("attraction", year) * programmes.openness,
            considers=self.considers(year, sponsor),
            slots=interviews.astype(np.int64),
        )

    def considers(self, year: int, sponsor: Ints) -> Bools:
        """Whom programmes consider, by kind: competitors, then 1 + 2 x needs a visa + lacks the letter."""
        programmes = self.programmes
        asks = (programmes.letter < self.value("letter.programmes", year)) & (self.value("letter.required", year) > 0.5)
        considers = self.more_open(self.value("considers", year))
        visa = considers & (sponsor > 0)
        return np.array([np.ones(len(sponsor), bool), considers, considers & ~asks, visa, visa & ~asks])

    def outside_seats(self, year: int, quota: Ints, sponsor: Ints) -> Ints:
        """Seats filled outside the Match: at the more open of the sponsors, in proportion to their seats.

        Most of those who withdraw for such a seat need a visa, so it is programmes that sponsor visas that offer them.
        """
        seats = round(self.value("outside_seats", year) * self.scale)
        offers = self.more_open(self.value("outside_seats.open_share", year)) & (sponsor > 0) & (quota > 0)
        size = np.where(offers, quota, 0).astype(float)
        return largest_remainders(size, seats) if size.sum() > 0 else np.zeros_like(quota)

    def more_open(self, share: float) -> Bools:
        """The share of programmes most open to graduates from abroad, within each specialty."""
        if share <= 0.0 or share >= 1.0:  # the quantile of a certainty is not finite
            return np.full(len(self.programmes.openness), share >= 1.0)
        return self.programmes.openness > normal(1.0 - share)


def refuse_too_many(name: str, programmes: int, most: int) -> None:
    """InputError if programmes have more numbers than a sorted entry has room for."""
    if programmes >= most:
        raise InputError(f"{programmes} programmes are more than a Match can hold ({most})", key=name)


def largest_remainders(size: Floats, seats: int) -> Ints:
    """Whole seats in proportion to size that sum to ``seats``."""
    exact = seats * size / size.sum()
    rounded: Ints = np.floor(exact).astype(np.int64)
    rounded[np.argsort(rounded - exact, kind="stable")[: seats - rounded.sum()]] += 1
    return rounded
