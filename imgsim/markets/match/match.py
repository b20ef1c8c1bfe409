"""The yearly Match in five steps: everybody applies, programmes invite, both sides rank, places are given, and those
without one ask again where places are left.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.base.randomness.addresses import decision
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.traits import FIRST_FLAG, width
from imgsim.markets.allocation import AFTER, IN_ROUND, NO_CHANNEL, OUTSIDE, Allocation, Applicants
from imgsim.markets.match.applicant_rules import questions
from imgsim.markets.match.applications import apply
from imgsim.markets.match.competitors import Competitors
from imgsim.markets.match.deferred_acceptance import deferred_acceptance
from imgsim.markets.match.idiosyncratic import AFTERWARDS, INTERVIEW, Chance, Pairs, normal_table
from imgsim.markets.match.interviews import interviews, lines
from imgsim.markets.match.participants import Field, field_of
from imgsim.markets.match.positions import Offer, Offers
from imgsim.markets.match.preference_signals import lines_with, signalled
from imgsim.markets.match.rank_lists import RankLists, favourites_first, opinions
from imgsim.markets.match.soap import asked_afterwards
from imgsim.markets.match.tallies import Places, allocation_of
from imgsim.persons.compile_rules import CompiledRules

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

DECISIONS: Final = ("applies", "pair", "after_applies")


class Match:
    """A Match of a country; its parameters are ``<round>.*``, described where they are defined.

    Some may be left out: ``applications.cap`` (count), ``signals`` (count by specialty wished for: programmes that an
    applicant may tell so) and ``signals.weight`` (score: what a signal adds to a file when programmes invite).
    """

    def __init__(
        self, name: str, parameters: Parameters, book: CompiledRules, pathway: Pathway, seed: int, scale: float
    ) -> None:
        self.rules, self.seed = book.rules, seed
        self.specialties = tuple(pathway.categories["specialty"])
        flags = tuple(pathway.flags)
        self.letter = FIRST_FLAG + flags.index("letter") if "letter" in flags else -1
        self.offers = Offers(name, parameters, self.specialties, seed, scale)
        self.programmes = self.offers.programmes
        self.competitors = Competitors(name, parameters, book, self.specialties, width(flags), scale)
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
        invited = self.invited(self.applications())
        lists, score = self.ranked(invited, INTERVIEW, "interview.spread", self.field.merit)
        attended = np.diff(lists.first)
        self.place(lists, score, self.offer.outside, self.field.img, OUTSIDE)
        active = (attended > 0) & (self.places.channel == NO_CHANNEL)
        self.place(lists, score, self.offer.quota, active, IN_ROUND)
        self.afterwards(active & (self.places.channel == NO_CHANNEL))
        return allocation_of(
            self.offer, self.field, self.places, attended, active, self.match.programmes.specialty,
            self.match.competitors.kinds,
        )  # fmt: skip

    def chance(self, word: str) -> Chance:
        """What the draws of everybody for one decision have in common."""
        match = self.match
        decided, partner = match.decided[word], match.programmes.partner
        return Chance(match.seed, self.replication, self.year, decided, self.field.actor, partner, match.table)

    def value(self, word: str) -> float:
        """A plain value of the year."""
        return self.match.offers.value(word, self.year)

    def optional(self, word: str, category: str = "") -> float:
        """A plain value of the year that a Match may leave out; then it is 0."""
        known = f"{self.match.offers.name}.{word}" in self.match.offers.parameters
        return self.match.offers.value(word, self.year, category) if known else 0.0

    def applications(self) -> Pairs:
        """Who applies where."""
        circles = self.match.offers.circles(self.offer)
        field, takes = self.field, self.offer.takes
        return apply(self.chance("applies"), circles, field.wish, field.second, field.wanted, field.kind, takes)

    def invited(self, applications: Pairs) -> Pairs:
        """Who interviews where."""
        field, offer, spread = self.field, self.offer, self.value("screen.spread")
        judged = spread, field.merit, offer.openness, field.img
        signals = np.array([round(self.optional("signals", name)) for name in self.match.specialties])
        if signals.any():
            liked, weight = self.favourites(applications), self.optional("signals.weight")
            sent = signalled(liked, signals[field.wish])
            line = lines_with(self.chance("pair"), liked, sent, weight, *judged)
        else:
            line = lines(self.chance("pair"), applications, *judged)
        attends = round(self.value("interviews_attended"))
        return interviews(line, offer.lap, offer.limit, attends, len(field.actor))

    def ranked(self, pairs: Pairs, judged: int, spread: str, merit: Floats) -> tuple[RankLists, Floats]:
        """The rank lists of applicants over their pairs, and what programmes think of each pair when ``judged``."""
        field, offer, chance = self.field, self.offer, self.chance("pair")
        lists = self.favourites(pairs)
        return lists, opinions(chance, lists.pairs, judged, self.value(spread), merit, offer.openness, field.img)

    def favourites(self, pairs: Pairs) -> RankLists:
        """The rank lists of applicants over their pairs."""
        specialty, bonus = self.match.programmes.specialty, self.value("wish_bonus")
        attraction, wish = self.offer.attraction, self.field.wish
        return favourites_first(self.chance("pair"), pairs, attraction, bonus, specialty, wish)

    def place(self, lists: RankLists, score: Floats, capacity: Ints, who: Bools, by: int) -> None:
        """Match those of ``who`` with programmes on their lists, and write down who is placed."""
        programme = lists.pairs.programme
        held = deferred_acceptance(lists.first, programme, score, capacity, who)
        placed = np.flatnonzero(held >= 0)
        self.places.give(placed, programme[held[placed]].astype(np.int64), by)

    def afterwards(self, without: Bools) -> None:
        """The unfilled seats among those who ranked and have no place (SOAP; the scramble before it)."""
        in_round = self.places.channel == IN_ROUND
        left = self.offer.quota - np.bincount(self.places.programme[in_round], minlength=len(self.offer.quota))
        if not without.any() or not left.any():
            return
        pairs = asked_afterwards(
            self.chance("after_applies"), self.field.kind, without, left, self.offer.takes,
            round(self.value("after_applications")),
        )  # fmt: skip
        lists, score = self.ranked(pairs, AFTERWARDS, "screen.spread", self.field.after_merit)
        self.place(lists, score, left, without, AFTER)
