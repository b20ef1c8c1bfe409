"""What the programmes of a Match offer in a year: seats, whom they refuse unread, how many they interview."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

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
    by_share,
    draw_programmes,
    quotas,
    refuse_too_small,
    sponsors,
    thin_quotas,
)

# What a programme may refuse unread, and an applicant may be: one bit each.
FROM_ABROAD, NEEDS_VISA, LACKS_LETTER, HAS_FAILED, LACKS_EXPERIENCE = 1, 2, 4, 8, 16
NO_LIMIT: Final = np.inf  # years after graduation, of a Match whose programmes ask for none


@dataclass(frozen=True, slots=True)
class Positions:
    """The programmes of one year; arrays of shape (programmes,) unless stated otherwise."""

    quota: Ints  # seats in the Match
    outside: Ints  # seats filled outside the Match
    sponsor: Ints  # visa policy
    openness: Floats  # (2, programmes): what coming from abroad adds to merit, of others and of citizens
    ability_weight: Floats  # what a standard deviation of exam ability adds to merit
    attraction: Floats  # to all applicants
    refuses: Ints  # bits of what it refuses unread
    longest: Floats  # years after graduation until which it considers graduates from abroad
    slots: Ints  # interviews
    first_year: Bools  # posts of one year that lead nowhere by themselves
    appeal: Floats  # share of those left after the Match who would take its posts


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

    def by_specialty(self, word: str, year: int) -> Floats:
        """A parameter by specialty in a year; 0 if the Match leaves it out."""
        return np.array([self.optional(word, year, specialty) for specialty in self.specialties])

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
        sponsor = sponsors(self.policies, self.parameters, programmes, self.specialties, day)
        quota = thin_quotas(programmes, self.seats(year), sponsor, self.scale)
        refuse_too_small(quota, self.scale, round(self.value("least_programmes", year)))
        outside = self.outside_seats(year, quota, sponsor)
        interviews = np.ceil((quota + outside) * self.by_programme("interviews_per_position", year))
        return Positions(
            quota=quota,
            outside=outside,
            sponsor=sponsor,
            openness=self.openness(year),
            ability_weight=self.by_programme("ability_weight", year),
            attraction=-self.value("attraction", year) * programmes.openness,
            refuses=self.refuses(year, sponsor),
            longest=self.longest(year),
            slots=interviews.astype(np.int64),
            first_year=self.by_programme("first_year", year) > 0,
            appeal=self.by_programme("soap.appeal", year),
        )

    def by_programme(self, word: str, year: int) -> Floats:
        """A parameter by specialty, given to each programme."""
        return self.by_specialty(word, year)[self.programmes.specialty]

    def seats(self, year: int) -> Ints:
        """Seats by programme at full size: the year's total of each level, by its shares of specialties."""
        total = np.zeros(len(self.programmes.actor), np.int64)
        for advanced, of in enumerate(("", ".advanced")):
            seats, share = round(self.optional(f"positions{of}", year)), ("specialty_share", "advanced_share")[advanced]
            if seats:
                running = self.by_specialty(f"programmes{of}", year).round().astype(np.int64)
                dealt_out = by_share(seats, self.by_specialty(share, year))
                total += quotas(self.programmes, dealt_out, running, bool(advanced))
        return total

    def openness(self, year: int) -> Floats:
        """What coming from abroad adds to merit at each programme, of others than citizens and of citizens."""
        spread = self.value("openness.spread", year) * self.programmes.openness
        others = self.by_programme("openness", year)
        return np.array([others, others + self.value("openness.citizen", year)]) + spread

    def longest(self, year: int) -> Floats:
        """Years after graduation until which each programme considers graduates from abroad."""
        spread = self.value("screen.gap.sd_log", year)
        return self.by_programme("screen.gap", year) * np.exp(spread * self.programmes.gap)

    def refuses(self, year: int, sponsor: Ints) -> Ints:
        """What each programme refuses unread, as bits."""
        programmes = self.programmes
        asks = (programmes.letter < self.value("letter.programmes", year)) & (self.value("letter.required", year) > 0.5)
        screens = {
            FROM_ABROAD: ~self.more_open(self.by_programme("considers", year)),
            NEEDS_VISA: sponsor == 0,
            LACKS_LETTER: asks,
            HAS_FAILED: programmes.failed < self.by_programme("screen.failed", year),
            LACKS_EXPERIENCE: programmes.experience < self.by_programme("screen.experience", year),
        }
        return sum((bit * refused.astype(np.int64) for bit, refused in screens.items()), np.zeros_like(sponsor))

    def outside_seats(self, year: int, quota: Ints, sponsor: Ints) -> Ints:
        """Seats filled outside the Match: at the more open of the sponsors, in proportion to their seats.

        Most of those who withdraw for such a seat need a visa, so it is programmes that sponsor visas that offer them.
        """
        seats = round(self.value("outside_seats", year) * self.scale)
        share = np.full(len(quota), self.value("outside_seats.open_share", year))
        lasting = ~self.programmes.advanced & (self.by_programme("first_year", year) <= 0)
        offers = self.more_open(share) & (sponsor > 0) & (quota > 0) & lasting
        size = np.where(offers, quota, 0).astype(float)
        return by_share(seats, size) if size.sum() > 0 else np.zeros_like(quota)

    def more_open(self, share: Floats) -> Bools:
        """The programmes most open to graduates from abroad, so many of each specialty as its share says."""
        bound = {each: -np.inf if each >= 1 else np.inf if each <= 0 else normal(1.0 - each) for each in set(share)}
        return self.programmes.openness > np.array([bound[each] for each in share])


def refuse_too_many(name: str, programmes: int, most: int) -> None:
    """InputError if programmes have more numbers than a sorted entry has room for."""
    if programmes >= most:
        raise InputError(f"{programmes} programmes are more than a Match can hold ({most})", key=name)
