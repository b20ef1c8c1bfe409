"""The yearly Match in five steps: everybody applies, programmes invite, both sides rank, places are given, and those
without one ask again where places are left.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.addresses import decision
from imgsim.markets.afterwards import asked_afterwards
from imgsim.markets.allocation import AFTER, IN_ROUND, NO_CHANNEL, OUTSIDE, Allocation, Applicants
from imgsim.markets.applications import apply
from imgsim.markets.asking import questions
from imgsim.markets.competitors import Competitors
from imgsim.markets.deferred_acceptance import deferred_acceptance
from imgsim.markets.field import Field, field_of
from imgsim.markets.invitations import interviews, lines
from imgsim.markets.noise import (
    AFTERWARDS,
    INTERVIEW,
    PREFERENCE,
    SCREENING,
    Address,
    Pairs,
    normal_table,
    normals,
    pair_words,
)
from imgsim.markets.offers import Offer, Offers
from imgsim.markets.ranking import RankLists, favourites_first, opinions, starts
from imgsim.markets.tallies import Places, allocation_of
from imgsim.parameters import Parameters
from imgsim.pathway import Pathway
from imgsim.rulebook import Rulebook
from imgsim.traits import FIRST_FLAG, width

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Single = npt.NDArray[np.float32]

DECISIONS: Final = ("applies", "pair", "after_applies")


class Match:
    """A Match of a country; its parameters are ``<round>.*``, described where they are defined."""

    def __init__(
        self, name: str, parameters: Parameters, book: Rulebook, pathway: Pathway, seed: int, scale: float
    ) -> None:
        self.rules, self.seed = book.rules, seed
        self.specialties = tuple(pathway.categories["specialty"])
        flags = tuple(pathway.flags)
        self.letter = FIRST_FLAG + flags.index("letter") if "letter" in flags else -1
        self.offers = Offers(name, parameters, self.specialties, seed, scale)
        self.programmes = self.offers.programmes
        self.competitors = Competitors(name, parameters, book, width(flags), scale)
        self.questions = questions(book, name, self.specialties)
        self.decided = {word: decision(f"{name}.{word}") for word in DECISIONS}
        self.table = normal_table()

    def allocate(self, year: int, replication: int, applicants: Applicants) -> Allocation:
        """One year's Match from applications to the last seat."""
        field = field_of(
            self.rules, self.questions, self.competitors, self.letter, self.seed, replication, year, applicants
        )
        return Season(self, year, replication, field).allocation()


class Season:
    """One year's Match under way."""

    def __init__(self, match: Match, year: int, replication: int, field: Field) -> None:
        self.match, self.year, self.replication, self.field = match, year, replication, field
        self.offer: Offer = match.offers.of_year(year)
        self.places = Places(len(field.actor))

    def allocation(self) -> Allocation:
        """The five steps."""
        applications = self.applications()
        invited = self.invited(applications)
        lists = self.ranked(invited, INTERVIEW, self.field.merit)
        attended = np.bincount(invited.applicant, minlength=len(self.field.actor))
        self.place(lists.among(self.field.img), self.offer.outside, OUTSIDE)
        active = (attended > 0) & (self.places.channel == NO_CHANNEL)
        self.place(lists.among(active), self.offer.quota, IN_ROUND)
        self.afterwards(active & (self.places.channel == NO_CHANNEL))
        return allocation_of(
            self.offer, self.field, self.places, attended, active, self.match.programmes.specialty,
            self.match.competitors.kinds,
        )  # fmt: skip

    def address(self, word: str) -> Address:
        """What the draws of everybody for one decision have in common."""
        return Address(self.match.seed, self.replication, self.year, self.match.decided[word])

    def noise(self, pairs: Pairs, which: int) -> Single:
        """One of the four standard normals of every pair."""
        drawn = pair_words(self.address("pair"), self.field.actor, self.match.programmes.partner, pairs, which)
        return normals(self.match.table, drawn)

    def value(self, word: str) -> float:
        """A plain value of the year."""
        return self.match.offers.value(word, self.year)

    def applications(self) -> Pairs:
        """Who applies where."""
        circles = self.match.offers.circles(self.offer)
        field = self.field
        return apply(
            self.address("applies"), circles, field.actor, field.wish, field.second, field.wanted, field.kind,
            self.offer.takes,
        )  # fmt: skip

    def invited(self, applications: Pairs) -> Pairs:
        """Who interviews where."""
        drawn = self.noise(applications, SCREENING)
        line = lines(
            applications, drawn, self.value("screen.spread"), self.field.merit, self.offer.openness, self.field.img
        )
        attends = round(self.value("interviews_attended"))
        return interviews(line, self.offer.lap, self.offer.limit, attends, len(self.field.actor))

    def ranked(self, pairs: Pairs, judged: int, merit: Floats) -> RankLists:
        """The rank lists of applicants over their pairs, and what each programme thinks of them after judging."""
        field, offer = self.field, self.offer
        own = self.noise(pairs, PREFERENCE)
        specialty, bonus = self.match.programmes.specialty, self.value("wish_bonus")
        pairs = favourites_first(pairs, own, offer.attraction, bonus, specialty, field.wish)
        spread = self.value("interview.spread" if judged == INTERVIEW else "screen.spread")
        score = opinions(pairs, self.noise(pairs, judged), spread, merit, offer.openness, field.img)
        first = starts(np.bincount(pairs.applicant, minlength=len(field.actor)))
        return RankLists(first, pairs.applicant, pairs.programme, score)

    def place(self, lists: RankLists, capacity: Ints, by: int) -> None:
        """Match applicants and programmes on the lists, and write down who is placed."""
        held = deferred_acceptance(lists.first, lists.programme, lists.score, capacity)
        placed = np.flatnonzero(held >= 0)
        self.places.give(placed, lists.programme[held[placed]].astype(np.int64), by)

    def afterwards(self, without: Bools) -> None:
        """The unfilled seats among those who ranked and have no place (SOAP; the scramble before it)."""
        in_round = self.places.channel == IN_ROUND
        left = self.offer.quota - np.bincount(self.places.programme[in_round], minlength=len(self.offer.quota))
        if not without.any() or not left.any():
            return
        pairs = asked_afterwards(
            self.address("after_applies"), self.field.actor, self.field.kind, np.flatnonzero(without), left,
            self.match.programmes.partner, self.offer.takes, round(self.value("after_applications")),
        )  # fmt: skip
        self.place(self.ranked(pairs, AFTERWARDS, self.field.after_merit), left, AFTER)
