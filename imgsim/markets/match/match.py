"""The yearly Match in five steps: applications, interviews, rank lists, deferred acceptance, SOAP.

`imgsim.markets.match.reference` says in plain words what each step does; here the fast version is put together.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.base.randomness.addresses import decision
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.traits import FIRST_FLAG, width
from imgsim.markets.allocation import IN_ROUND, IN_SOAP, NO_CHANNEL, OUTSIDE, Allocation, Applicants
from imgsim.markets.match.fast.applicant_rules import applicant_rules
from imgsim.markets.match.fast.applications import MOST_EVERY, apply
from imgsim.markets.match.fast.competitors import Competitors
from imgsim.markets.match.fast.deferred_acceptance import deferred_acceptance
from imgsim.markets.match.fast.hash_ring import Programme, hash_rings, ring_points
from imgsim.markets.match.fast.idiosyncratic import INTERVIEW, SOAP_REVIEW, Chance, Pairs, normal_table
from imgsim.markets.match.fast.interviews import interleaved_slots, invite, screening_lists
from imgsim.markets.match.fast.packed_sort import MOST_PROGRAMMES
from imgsim.markets.match.fast.participants import Participants, participants_of
from imgsim.markets.match.fast.preference_signals import lists_with_signals, sends_signal
from imgsim.markets.match.fast.rank_lists import RankLists, rank_lists, scores
from imgsim.markets.match.fast.soap import soap_applications
from imgsim.markets.match.fast.tallies import Placements, allocation_of
from imgsim.markets.match.positions import PositionsByYear, refuse_too_many
from imgsim.persons.compile_rules import CompiledRules

DECISIONS: Final = ("applies", "pair", "after_applies")


class Match:
    """A Match of a country; its parameters are ``<round>.*``, described where they are defined.

    Some may be left out: ``applications.cap`` (count), ``signals`` (count by specialty wished for: programmes to which
    an applicant sends a preference signal) and ``signals.weight`` (score: what a signal adds to a file).
    """

    def __init__(
        self, name: str, parameters: Parameters, book: CompiledRules, pathway: Pathway, seed: int, scale: float
    ) -> None:
        self.name, self.book, self.seed, self.scale = name, book, seed, scale
        self.specialties = tuple(pathway.categories["specialty"])
        flags = tuple(pathway.flags)
        self.traits = width(flags)
        self.letter = FIRST_FLAG + flags.index("letter") if "letter" in flags else -1
        self.by_year = PositionsByYear(name, parameters, pathway, seed, scale)
        self.programmes = self.by_year.programmes
        refuse_too_many(name, len(self.programmes.actor), MOST_PROGRAMMES)
        self.ring_points = ring_points(self.programmes.actor, seed, decision(f"{name}.place"))
        self.slots: dict[int, Programme] = {}
        self.competitors = Competitors(name, parameters, book, self.specialties, self.traits, scale)
        self.applicant_rules = applicant_rules(book, name, self.specialties)
        self.decided = {word: decision(f"{name}.{word}") for word in DECISIONS}
        self.table = normal_table()

    def allocate(self, year: int, replication: int, applicants: Applicants) -> Allocation:
        """One year's Match from applications to the last seat."""
        participants = participants_of(
            self.book.rules, self.applicant_rules, self.competitors, self.letter, self.seed, replication, year,
            self.by_year.day(year), applicants,
        )  # fmt: skip
        return MatchYear(self, year, replication, participants).allocation()

    def interview_slots(self, year: int) -> Programme:
        """The programmes in the order of their interview slots, worked out once a year."""
        if year not in self.slots:
            self.slots[year] = interleaved_slots(self.by_year.of_year(year).slots)
        return self.slots[year]


class MatchYear:
    """The steps of one year's Match."""

    def __init__(self, match: Match, year: int, replication: int, participants: Participants) -> None:
        self.match, self.year, self.replication, self.participants = match, year, replication, participants
        self.positions = match.by_year.of_year(year)
        self.placements = Placements(len(participants.actor))

    def allocation(self) -> Allocation:
        """The five steps."""
        interviews = self.interviews(self.applications())
        lists, score = self.ranked(interviews, INTERVIEW, "interview.spread", self.participants.merit)
        ranks = np.diff(lists.first)
        self.place(lists, score, self.positions.outside, self.participants.img, OUTSIDE)
        active = (ranks > 0) & (self.placements.channel == NO_CHANNEL)
        self.place(lists, score, self.positions.quota, active, IN_ROUND)
        self.soap(active & (self.placements.channel == NO_CHANNEL))
        return allocation_of(
            self.positions, self.participants, self.placements, ranks, active, self.match.programmes.specialty,
            self.match.competitors.kinds,
        )  # fmt: skip

    def chance(self, word: str) -> Chance:
        """What the draws of everybody for one decision have in common."""
        match = self.match
        decided, partner = match.decided[word], match.programmes.partner
        return Chance(match.seed, self.replication, self.year, decided, self.participants.actor, partner, match.table)

    def value(self, word: str) -> float:
        """A parameter of the Match in this year, without ratios."""
        return self.match.by_year.value(word, self.year)

    def applications(self) -> Pairs:
        """Step 1: who applies where."""
        match, people, positions = self.match, self.participants, self.positions
        rings = hash_rings(match.ring_points, match.programmes.specialty, positions.quota > 0, len(match.specialties))
        every = match.by_year.whole_number("second_specialty_every", self.year, 1, MOST_EVERY)
        return apply(
            self.chance("applies"), rings, every, people.wish, people.second, people.wanted, people.kind,
            positions.considers,
        )  # fmt: skip

    def interviews(self, applications: Pairs) -> Pairs:
        """Step 2: who interviews where."""
        people, positions = self.participants, self.positions
        files = self.value("screen.spread"), people.merit, positions.openness, people.img
        signals = self.signals()
        if signals.any():
            favourites, weight = self.rank_lists(applications), self.optional("signals.weight")
            sent = sends_signal(favourites, signals[people.wish])
            screened = lists_with_signals(self.chance("pair"), favourites, sent, weight, *files)
        else:
            screened = screening_lists(self.chance("pair"), applications, *files)
        attends = round(self.value("interviews_attended"))
        return invite(screened, self.match.interview_slots(self.year), positions.slots, attends, len(people.actor))

    def signals(self) -> Ints:
        """How many preference signals an applicant may send, by specialty wished for."""
        return np.array([round(self.optional("signals", name)) for name in self.match.specialties])

    def optional(self, word: str, category: str = "") -> float:
        """A parameter of the Match in this year that may be left out; then it is 0."""
        return self.match.by_year.optional(word, self.year, category)

    def ranked(self, pairs: Pairs, occasion: int, spread: str, merit: Floats) -> tuple[RankLists, Floats]:
        """Step 3: the applicants' rank lists over their pairs, and the programmes' scores of each pair."""
        people, openness, chance = self.participants, self.positions.openness, self.chance("pair")
        lists = self.rank_lists(pairs)
        return lists, scores(chance, lists.pairs, occasion, self.value(spread), merit, openness, people.img)

    def rank_lists(self, pairs: Pairs) -> RankLists:
        """The applicants' rank lists over their pairs."""
        specialty, bonus = self.match.programmes.specialty, self.value("wish_bonus")
        attraction, wish = self.positions.attraction, self.participants.wish
        return rank_lists(self.chance("pair"), pairs, attraction, bonus, specialty, wish)

    def place(self, lists: RankLists, score: Floats, seats: Ints, who: Bools, channel: int) -> None:
        """Step 4: match those of ``who`` with programmes on their lists, and record who is placed."""
        programme = lists.pairs.programme
        matched = deferred_acceptance(lists.first, programme, score, seats, who)
        placed = np.flatnonzero(matched >= 0)
        self.placements.assign(placed, programme[matched[placed]].astype(np.int64), channel)

    def soap(self, unmatched: Bools) -> None:
        """Step 5: positions left go to those who ranked and were not matched (SOAP; the scramble before it)."""
        in_round = self.placements.channel == IN_ROUND
        quota = self.positions.quota
        left = quota - np.bincount(self.placements.programme[in_round], minlength=len(quota))
        if not unmatched.any() or not left.any():
            return
        pairs = soap_applications(
            self.chance("after_applies"), self.participants.kind, unmatched, left, self.positions.considers,
            round(self.value("after_applications")),
        )  # fmt: skip
        lists, score = self.ranked(pairs, SOAP_REVIEW, "screen.spread", self.participants.soap_merit)
        self.place(lists, score, left, unmatched, IN_SOAP)
