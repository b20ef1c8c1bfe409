"""The yearly Match: applications, interviews, places outside it, rank lists, deferred acceptance, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.addresses import decision
from imgsim.dates import day_of
from imgsim.distributions import normal
from imgsim.markets.allocation import (
    AFTER,
    IN_ROUND,
    INELIGIBLE,
    NO_CHANNEL,
    OUTSIDE,
    PLACED,
    UNPLACED,
    Allocation,
    Applicants,
)
from imgsim.markets.applications import Circle, Pairs, apply, circle, invited, noise, rank_lists
from imgsim.markets.asking import merits, open_pairs, second_and_wanted
from imgsim.markets.choice import options
from imgsim.markets.competitors import Competitors
from imgsim.markets.deferred_acceptance import deferred_acceptance
from imgsim.markets.programmes import (
    draw_programmes,
    quotas,
    refuse_too_small,
    seats_of_year,
    sponsors,
    thinned,
)
from imgsim.parameters import Parameters
from imgsim.pathway import Pathway
from imgsim.rulebook import Rulebook
from imgsim.traits import FIRST_FLAG, PLACE, width

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

WISH, NEEDS_VISA, KIND = PLACE["wish"], PLACE["needs_visa"], PLACE["competitor"]
CITIZEN, COUNTED = PLACE["citizen"], 4
DECISIONS: Final = ("applies", "screen", "interview", "preference", "after", "after_applies", "place")
RULES: Final = ("merit", "after_merit", "backup", "applications")
IMG_GROUPS: Final = ("citizen_img", "noncitizen_img")


@dataclass(frozen=True, slots=True)
class Field:
    """Everybody who takes part in one year: competitors first, then the graduates whose lives are simulated."""

    actor: Ints
    traits: Floats
    kind: Ints  # what programmes may refuse: 0 for competitors, else 1 + 2 x needs a visa + lacks the letter
    wish: Ints
    second: Ints  # second specialty, or -1
    wanted: Ints  # applications
    img: Bools

    def __len__(self) -> int:
        return len(self.actor)


@dataclass(frozen=True, slots=True)
class Offer:
    """The programmes of one year: seats in and outside the Match, visa policy, openness, and who is considered."""

    quota: Ints
    outside: Ints
    sponsor: Ints
    openness: Floats
    attraction: Floats
    takes: Bools  # (kinds, programmes)
    ring: Circle


class Match:
    """A Match of a country; its parameters are ``<round>.*``, described where they are defined."""

    def __init__(
        self, name: str, parameters: Parameters, book: Rulebook, pathway: Pathway, seed: int, scale: float
    ) -> None:
        self.name, self.parameters, self.book, self.seed, self.scale = name, parameters, book, seed, scale
        self.specialties = tuple(pathway.categories["specialty"])
        self.kinds = tuple(pathway.competitors)
        self.letter = FIRST_FLAG + list(pathway.flags).index("letter") if "letter" in pathway.flags else -1
        self.programmes = draw_programmes(name, parameters, self.specialties, seed)
        self.competitors = Competitors(name, parameters, book, width(tuple(pathway.flags)), scale)
        self.decided = {word: decision(f"{name}.{word}") for word in DECISIONS}
        self.number = {word: book.number(f"{name}.{word}") for word in RULES}
        self.second, self.seconds = options(book, f"{name}.second", self.specialties)

    # --- what a year is made of ----------------------------------------------------------------------------------

    def value(self, word: str, year: int, category: str = "") -> float:
        """A plain value of the year."""
        return self.parameters.value(f"{self.name}.{word}", day_of(year, 3, 1), category)

    def offer(self, year: int) -> Offer:
        """The programmes of a year at the run's scale."""
        day = day_of(year, 3, 1)
        held = self.programmes
        full = quotas(held, seats_of_year(self.name, self.parameters, self.specialties, year))
        sponsor = sponsors(self.name, self.parameters, held, self.specialties, day)
        quota = thinned(held, full, sponsor, self.scale)
        refuse_too_small(quota, self.scale, round(self.value("least_programmes", year)))
        mean = np.array([self.value("openness", year, specialty) for specialty in self.specialties])
        openness = mean[held.specialty] + self.value("openness.spread", year) * held.openness
        asks = (held.letter < self.value("letter.programmes", year)) & (self.value("letter.required", year) > 0.5)
        considers = held.openness > normal(1.0 - self.value("considers", year))
        visa = considers & (sponsor > 0)
        takes = np.array([np.ones(len(quota), bool), considers, considers & ~asks, visa, visa & ~asks])
        ring = circle(held, quota > 0, self.seed, self.decided["place"], len(self.specialties))
        outside = self.outside_seats(year, quota, held.openness)
        return Offer(quota, outside, sponsor, openness, -self.value("attraction", year) * held.openness, takes, ring)

    def outside_seats(self, year: int, quota: Ints, openness: Floats) -> Ints:
        """Places filled outside the Match: spread over the more open half of programmes, in proportion to seats."""
        seats = round(self.value("outside_seats", year) * self.scale)
        size = np.where((openness > 0) & (quota > 0), quota, 0).astype(float)
        return largest_remainders(size, seats) if size.sum() > 0 else np.zeros_like(quota)

    def field(self, year: int, replication: int, applicants: Applicants) -> Field:
        """Everybody who registers for a year's Match."""
        actor, traits = self.competitors.of_year(year, self.seed, replication)
        n = len(actor)
        actor, traits = np.concatenate([actor, applicants.actor]), np.vstack([traits, applicants.traits])
        wish = traits[:, WISH].astype(np.int64)
        needs = traits[:, NEEDS_VISA] > 0
        lacks = traits[:, self.letter] == 0 if self.letter >= 0 else np.zeros(len(actor), bool)
        img = np.arange(len(actor)) >= n
        second, wanted = second_and_wanted(
            self.book.rules, self.seed, replication, actor, traits, day_of(year, 3, 1), year,
            self.number["backup"], self.second, self.seconds, self.number["applications"],
        )  # fmt: skip
        kind = np.where(img, 1 + 2 * needs + lacks, 0)
        return Field(actor, traits, kind, wish, np.where(second == wish, -1, second), wanted, img)

    # --- the steps -------------------------------------------------------------------------------------------------

    def allocate(self, year: int, replication: int, applicants: Applicants) -> Allocation:
        """One year's Match from applications to the last seat."""
        offer, field = self.offer(year), self.field(year, replication, applicants)
        merit = merits(self.book.rules, self.number["merit"], applicants.day, field.traits)
        pairs, score = self.interviews(year, replication, offer, field, merit)
        liking = self.liking(year, replication, offer, field, pairs)
        holds = np.full(len(field), -1)
        channel = np.full(len(field), NO_CHANNEL)
        interviews = np.bincount(pairs.applicant, minlength=len(field))
        self.place(pairs, score, liking, offer.outside, field.img, holds, channel, OUTSIDE)
        active = (interviews > 0) & (channel == NO_CHANNEL)
        self.place(pairs, score, liking, offer.quota, active, holds, channel, IN_ROUND)
        self.after(year, replication, offer, field, active, holds, channel, applicants.day)
        return self.result(offer, field, holds, channel, interviews, active)

    def interviews(
        self, year: int, replication: int, offer: Offer, field: Field, merit: Floats
    ) -> tuple[Pairs, Floats]:
        """Who interviews where, and what each programme then thinks of whom (shape: pairs)."""
        applicant, programme = apply(
            offer.ring, self.seed, replication, year, self.decided["applies"], field.actor, field.wish, field.second,
            field.wanted, offer.takes, field.kind,
        )  # fmt: skip
        seen = merit[applicant] + np.where(field.img[applicant], offer.openness[programme], 0.0)
        partner = self.programmes.partner[programme]
        spread = self.value("screen.spread", year)
        drawn = noise(self.seed, replication, year, self.decided["screen"], field.actor, applicant, partner, spread)
        limit = np.ceil((offer.quota + offer.outside) * self.value("interviews_per_position", year)).astype(np.int64)
        attends = round(self.value("interviews_attended", year))
        chosen = invited(Pairs(applicant, programme), seen + drawn, limit, attends)
        pairs = Pairs(applicant, programme).taking(chosen)
        spread = self.value("interview.spread", year)
        heard = noise(
            self.seed, replication, year, self.decided["interview"], field.actor, pairs.applicant, partner[chosen],
            spread,
        )  # fmt: skip
        return pairs, seen[chosen] + heard

    def liking(self, year: int, replication: int, offer: Offer, field: Field, pairs: Pairs) -> Floats:
        """What applicants think of the programmes that interviewed them."""
        wished = self.programmes.specialty[pairs.programme] == field.wish[pairs.applicant]
        own = noise(
            self.seed, replication, year, self.decided["preference"], field.actor, pairs.applicant,
            self.programmes.partner[pairs.programme], 1.0,
        )  # fmt: skip
        liking: Floats = own + offer.attraction[pairs.programme] + self.value("wish_bonus", year) * wished
        return liking

    def place(
        self, pairs: Pairs, score: Floats, liking: Floats, capacity: Ints, who: Bools, holds: Ints, channel: Ints,
        by: int,
    ) -> None:  # fmt: skip
        """Match those of ``who`` on the pairs; write programme and channel of everybody placed."""
        chosen = np.flatnonzero(who[pairs.applicant])
        order, first = rank_lists(pairs.applicant[chosen], liking[chosen], len(who))
        rows = chosen[order]
        held = deferred_acceptance(first, pairs.programme[rows], score[rows], capacity)
        placed = np.flatnonzero(held >= 0)
        holds[placed] = pairs.programme[rows[held[placed]]]
        channel[placed] = by

    def after(
        self, year: int, replication: int, offer: Offer, field: Field, active: Bools, holds: Ints, channel: Ints,
        day: int,
    ) -> None:  # fmt: skip
        """The unfilled seats among the active without a place (SOAP; the scramble before it)."""
        taken = np.bincount(holds[channel == IN_ROUND], minlength=len(offer.quota))
        left = offer.quota - taken
        without = np.flatnonzero(active & (holds < 0))
        if not len(without) or not left.any():
            return
        pairs = open_pairs(
            self.seed, replication, year, self.decided["after_applies"], field.actor, without, field.kind,
            np.flatnonzero(left > 0), self.programmes.partner, offer.takes,
            round(self.value("after_applications", year)),
        )  # fmt: skip
        merit = merits(self.book.rules, self.number["after_merit"], day, field.traits)
        partner = self.programmes.partner[pairs.programme]
        drawn = noise(
            self.seed, replication, year, self.decided["after"], field.actor, pairs.applicant, partner,
            self.value("screen.spread", year),
        )  # fmt: skip
        openness = np.where(field.img[pairs.applicant], offer.openness[pairs.programme], 0.0)
        score = merit[pairs.applicant] + openness + drawn
        liking = self.liking(year, replication, offer, field, pairs)
        self.place(pairs, score, liking, left, holds < 0, holds, channel, AFTER)

    # --- what comes out ----------------------------------------------------------------------------------------------

    def result(
        self, offer: Offer, field: Field, holds: Ints, channel: Ints, interviews: Ints, active: Bools
    ) -> Allocation:
        """The graduates' part of it, and the tallies of everybody."""
        own = field.img
        specialty = np.where(holds >= 0, self.programmes.specialty[holds], -1)
        sponsor = np.where(holds >= 0, offer.sponsor[holds], -1)
        eligible = np.any(offer.takes[:, offer.quota > 0], axis=1)[field.kind]
        outcome = np.where(holds >= 0, PLACED, np.where(eligible, UNPLACED, INELIGIBLE))
        return Allocation(
            outcome=outcome[own],
            channel=channel[own],
            interviews=interviews[own],
            ranks=np.where(active, interviews, 0)[own],
            active=active[own],
            specialty=specialty[own],
            sponsor=sponsor[own],
            rows=self.tallies(offer, field, channel, active),
        )

    def tallies(self, offer: Offer, field: Field, channel: Ints, active: Bools) -> list[dict[str, object]]:
        """One row a group of applicants, and one for all with the seats."""
        kind = field.traits[:, KIND]
        citizen = field.traits[:, CITIZEN] > 0
        groups = {name: (kind == code) & ~field.img for code, name in enumerate(self.kinds)}
        groups |= dict(zip(IMG_GROUPS, (field.img & citizen, field.img & ~citizen), strict=True))
        groups |= {"all": np.ones(len(field), bool)}
        rows: list[dict[str, object]] = []
        for name, own in groups.items():
            counts = np.bincount(channel[own], minlength=COUNTED)
            row: dict[str, object] = {"group": name, "seats": int(offer.quota.sum()) if name == "all" else 0}
            row |= {"applicants": int(own.sum()), "active": int(active[own].sum()), "placed": int(counts[IN_ROUND])}
            rows.append(row | {"outside": int(counts[OUTSIDE]), "after": int(counts[AFTER])})
        return rows


def largest_remainders(size: Floats, seats: int) -> Ints:
    """Whole seats in proportion to size that sum to ``seats``."""
    exact = seats * size / size.sum()
    found: Ints = np.floor(exact).astype(np.int64)
    found[np.argsort(found - exact, kind="stable")[: seats - found.sum()]] += 1
    return found
