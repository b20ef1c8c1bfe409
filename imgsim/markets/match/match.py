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
from imgsim.markets.match.fast.applicant_rules import Spreads, When, applicant_rules
from imgsim.markets.match.fast.applications import MOST_EVERY, Screens, Seeking, apply, screens
from imgsim.markets.match.fast.competitors import Competitors
from imgsim.markets.match.fast.deferred_acceptance import deferred_acceptance
from imgsim.markets.match.fast.first_year import first_year_seeking
from imgsim.markets.match.fast.hash_ring import Programme, hash_rings, ring_points
from imgsim.markets.match.fast.idiosyncratic import INTERVIEW, SOAP_REVIEW, Chance, Pairs, normal_table
from imgsim.markets.match.fast.interviews import interleaved_slots, invite, screening_lists
from imgsim.markets.match.fast.packed_sort import MOST_PROGRAMMES
from imgsim.markets.match.fast.participants import IMG_GROUPS, Participants, Values, participants_of
from imgsim.markets.match.fast.preference_signals import lists_with_signals, sends_signal
from imgsim.markets.match.fast.rank_lists import Judged, RankLists, Stage, rank_lists, scores
from imgsim.markets.match.fast.soap import Left, offers, soap_applications
from imgsim.markets.match.fast.tallies import Placements, Result, allocation_of
from imgsim.markets.match.positions import PositionsByYear, refuse_too_many
from imgsim.persons.compile_rules import CompiledRules

DECISIONS: Final = ("applies", "pair", "soap.applies")
MOST_ROUNDS: Final = 100  # of offers in SOAP


class Match:
    """A Match of a country; its parameters are ``<round>.*``, described where they are defined.

    Some may be left out: ``applications.cap`` (count), ``signals`` (count by specialty wished for: programmes to which
    an applicant sends a preference signal, of those with posts that lead on) with ``signals.weight`` (score: what a
    signal adds to a file), advanced positions, and one-year posts (``first_year``).
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
        words = (*DECISIONS, *(f"applies.{specialty}" for specialty in self.specialties))
        self.decided = {word: decision(f"{name}.{word}") for word in words}
        self.table = normal_table()

    def allocate(self, year: int, replication: int, applicants: Applicants) -> Allocation:
        """One year's Match from applications to the last seat."""
        return self.of_year(year, replication, applicants).allocation()

    def of_year(self, year: int, replication: int, applicants: Applicants) -> MatchYear:
        """One year's Match, with all who take part in it, before its first step."""
        when = When(self.seed, replication, year, self.by_year.day(year), applicants.day)
        values, rules = self.values(year), self.book.rules
        participants = participants_of(rules, self.applicant_rules, self.competitors, when, values, applicants)
        return MatchYear(self, year, replication, participants)

    def values(self, year: int) -> Values:
        """What applicants' parts in a year's Match follow from, beyond the rules that depend on the person."""
        known = self.by_year
        words = ("merit.spread", "interviews_attended.variation", "interview.manner")
        spreads = Spreads(*(known.value(word, year) for word in words))
        linked, least = known.by_specialty("first_year.linked", year), known.value("screen.experience.least", year)
        return Values(linked, spreads, least, self.letter)

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
        self.screens: Screens = screens(self.positions.refuses, self.positions.longest)
        self.judged = self.judged_by(participants.answers.merit)
        self.placements = Placements(len(participants.actor))

    def allocation(self) -> Allocation:
        """The five steps, for posts that lead on and then for one-year posts."""
        match, positions, placed = self.match, self.positions, self.placements
        answers, signals = self.participants.answers, self.signals()
        lasting = self.stage(self.applications(), answers.attends, signals)
        one_year = self.stage(self.first_year_applications(), answers.first_year_attends, np.zeros_like(signals))
        ranks = np.diff(lasting.lists.first) + np.diff(one_year.lists.first)
        self.place(lasting, positions.outside, self.participants.img, OUTSIDE)
        active = (ranks > 0) & (placed.channel == NO_CHANNEL)
        self.place(lasting, np.where(positions.first_year, 0, positions.quota), active, IN_ROUND)
        without = active & (placed.channel == NO_CHANNEL)
        self.place(one_year, np.where(positions.first_year, positions.quota, 0), without, IN_ROUND)
        self.soap(without & (placed.channel == NO_CHANNEL))
        groups = (*match.competitors.kinds, *IMG_GROUPS)
        return allocation_of(
            Result(
                match.programmes, positions, self.participants, placed, (lasting, one_year), ranks, active, groups,
                match.specialties,
            )
        )  # fmt: skip

    def chance(self, word: str) -> Chance:
        """What the draws of everybody for one decision have in common."""
        match = self.match
        decided, partner = match.decided[word], match.programmes.partner
        return Chance(match.seed, self.replication, self.year, decided, self.participants.actor, partner, match.table)

    def value(self, word: str) -> float:
        """A parameter of the Match in this year, without ratios."""
        return self.match.by_year.value(word, self.year)

    def judged_by(self, merit: Floats) -> Judged:
        """What programmes see of applicants of some merit."""
        people, positions = self.participants, self.positions
        return Judged(merit, people.answers.ability, people.origin, positions.ability_weight, positions.openness)

    def applications(self) -> Pairs:
        """Step 1: who applies where for posts that lead on."""
        answers = self.participants.answers
        every = self.match.by_year.whole_number("second_specialty_every", self.year, 1, MOST_EVERY)
        seeking = Seeking(answers.wish, answers.second, answers.wanted, self.participants.lacks, answers.years)
        return apply(self.chance("applies"), self.rings(~self.positions.first_year), every, seeking, self.screens)

    def first_year_applications(self) -> Pairs:
        """Step 1 again: who applies where for one-year posts, one kind of them after another."""
        known, specialties = self.match.by_year, self.match.specialties
        parts = [Pairs(np.empty(0, np.int32), np.empty(0, np.uint16))]
        rings = self.rings(self.positions.first_year)
        for s in np.flatnonzero(known.by_specialty("first_year", self.year) > 0):
            share = known.by_specialty(f"first_year.share.{specialties[s]}", self.year)
            seeking = first_year_seeking(self.participants.answers, self.participants.lacks, int(s), share)
            parts.append(apply(self.chance(f"applies.{specialties[s]}"), rings, 1, seeking, self.screens))
        return Pairs(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def rings(self, offered: Bools) -> Programme:
        """The rings of the programmes that offer seats of a kind."""
        match = self.match
        running = (self.positions.quota > 0) & offered
        return hash_rings(match.ring_points, match.programmes.specialty, running, len(match.specialties))

    def stage(self, applications: Pairs, attends: Ints, signals: Ints) -> Stage:
        """Steps 2 and 3: who interviews where, and how both sides rank each other then."""
        interviews = self.interviews(applications, attends, signals)
        met = self.judged_by(self.participants.answers.merit + self.participants.answers.manner)
        return Stage(applications, *self.ranked(interviews, INTERVIEW, "interview.spread", met))

    def interviews(self, applications: Pairs, attends: Ints, signals: Ints) -> Pairs:
        """Step 2: who interviews where."""
        spread = self.value("screen.spread")
        if signals.any():
            favourites, weight = self.rank_lists(applications), self.match.by_year.optional("signals.weight", self.year)
            sent = sends_signal(favourites, np.append(signals, 0)[self.participants.answers.wish])  # of no wish (-1): 0
            screened = lists_with_signals(self.chance("pair"), favourites, sent, weight, spread, self.judged)
        else:
            screened = screening_lists(self.chance("pair"), applications, spread, self.judged)
        return invite(screened, self.match.interview_slots(self.year), self.positions.slots, attends)

    def signals(self) -> Ints:
        """How many preference signals an applicant may send, by specialty wished for."""
        return self.match.by_year.by_specialty("signals", self.year).round().astype(np.int64)

    def ranked(self, pairs: Pairs, occasion: int, spread: str, judged: Judged) -> tuple[RankLists, Floats]:
        """Step 3: the applicants' rank lists over their pairs, and the programmes' scores of each pair."""
        lists = self.rank_lists(pairs)
        return lists, scores(self.chance("pair"), lists.pairs, occasion, self.value(spread), judged)

    def rank_lists(self, pairs: Pairs) -> RankLists:
        """The applicants' rank lists over their pairs."""
        specialty, bonus = self.match.programmes.specialty, self.value("wish_bonus")
        attraction, wish = self.positions.attraction, self.participants.answers.wish
        return rank_lists(self.chance("pair"), pairs, attraction, bonus, specialty, wish)

    def place(self, stage: Stage, seats: Ints, who: Bools, channel: int) -> None:
        """Step 4: match those of ``who`` with programmes on their lists, and record who is placed."""
        programme, least = stage.lists.pairs.programme, self.value("interview.least")
        matched = deferred_acceptance(stage.lists.first, programme, stage.score, least, seats, who)
        self.record(programme, matched, channel)

    def record(self, programme: Programme, matched: Ints, channel: int) -> None:
        """Record who is placed where by the pairs that matched."""
        who = np.flatnonzero(matched >= 0)
        where = programme[matched[who]].astype(np.int64)
        self.placements.assign(who, where, self.match.programmes.advanced[where], channel)

    def soap(self, unmatched: Bools) -> None:
        """Step 5: positions left are offered to those left who take part (SOAP; the scramble before it)."""
        people, positions, placed = self.participants, self.positions, self.placements
        in_round = placed.channel == IN_ROUND
        filled = np.bincount(placed.programme[in_round], minlength=len(positions.quota))
        seats = np.where(self.match.programmes.advanced, 0, positions.quota - filled)
        who = unmatched & people.answers.takes_part
        if not who.any() or not seats.any():
            return
        left = Left(
            who, people.lacks, people.answers.years, placed.later >= 0, seats, positions.appeal, positions.first_year
        )
        chance, rounds = self.chance("soap.applies"), self.match.by_year.whole_number
        pairs = soap_applications(chance, left, self.screens, self.value("soap.applications"))
        lists, score = self.ranked(pairs, SOAP_REVIEW, "screen.spread", self.judged_by(people.answers.soap_merit))
        most = rounds("soap.rounds", self.year, 0, MOST_ROUNDS)
        self.record(lists.pairs.programme, offers(lists.pairs, score, seats, len(who), most), IN_SOAP)
