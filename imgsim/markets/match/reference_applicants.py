"""Who applies in the Match in plain words: competitors and graduates, each with what the five steps need of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from imgsim.base.randomness.addresses import COMPETITOR, actor, decision
from imgsim.base.randomness.philox import uniform, words
from imgsim.base.randomness.quantiles import normal
from imgsim.inputs.traits import BIRTH, COLUMN, GRADUATION, LAST_CLINICAL, TRAITS
from imgsim.markets.allocation import Applicants
from imgsim.markets.match.fast.packed_sort import MOST_PROGRAMMES
from imgsim.markets.match.match import Match
from imgsim.markets.match.positions import Positions
from imgsim.persons.risk_equations import Row, Rules, Who, amount, draw, predict, probability


class Person(NamedTuple):
    """One applicant: who it is, what programmes may refuse, what is wanted, and how good the file is."""

    actor: int
    group: str  # kind of competitor, or citizenship of a graduate
    img: bool
    kind: int  # 0 for competitors, else 1 + 2 x needs a visa + lacks the letter
    wish: int
    second: int  # second specialty, or -1
    wanted: int  # applications
    merit: float
    soap_merit: float


class Market(NamedTuple):
    """One year's Match: its parameters, its programmes, and where everybody's draws come from."""

    match: Match
    year: int
    replication: int
    day: int  # of allocation
    positions: Positions  # by programme: seats, visa policy, openness, whom it considers, interview slots
    rings: Sequence[Sequence[tuple[int, int]]]  # by specialty: points of the ring and the programmes that stand there

    def value(self, word: str, category: str = "") -> float:
        """A parameter's value this year; 0 for one that a Match may leave out."""
        return self.match.by_year.optional(word, self.year, category)

    def rule(self, word: str) -> int:
        """The number of a rule that depends on the person; -1 if there is none of that name."""
        return self.match.book.number(f"{self.match.name}.{word}")

    def draw(self, rule: int, person: int, occurrence: int = 0) -> float:
        """The uniform of a person's own decision."""
        return draw(self.rules, Who(self.match.seed, self.replication, person), rule, occurrence)

    def words(self, purpose: str, person: int, other: int) -> list[int]:
        """Four 32-bit words of a person and a programme (or a number) in this year."""
        decided = decision(f"{self.match.name}.{purpose}")
        drawn = words(self.match.seed, self.replication, person, decided, self.year, other)
        return [int(word) for word in drawn]

    @property
    def rules(self) -> Rules:
        """All rules of the scenario."""
        return self.match.book.rules


def competitors(market: Market) -> list[Person]:
    """Applicants whose careers are not simulated: a published number of each kind, of whom a scale keeps some."""
    match, people, day = market.match, [], market.match.by_year.day(market.year)
    sampled, ability = decision(f"{match.name}.competitor.sampled"), market.rule("competitor_ability")
    for code, kind in enumerate(match.book.categories["competitor"]):
        for number in range(round(market.value("competitors", kind))):
            who = actor(COMPETITOR, market.year, code, number)
            if uniform(match.seed, market.replication, who, sampled, 0, 0) >= match.scale:
                continue
            traits = np.zeros(match.traits)
            for trait in TRAITS:
                traits[COLUMN[trait.name]] = trait.unset if trait.competitors is None else trait.competitors
            traits[COLUMN["competitor"]] = code
            traits[[GRADUATION, LAST_CLINICAL, BIRTH]] = day
            wish = choose_specialty(market, "competitor_wish", who, traits, day)
            traits[COLUMN["ability"]] = predict(market.rules, ability, day, traits) + normal(market.draw(ability, who))
            traits[COLUMN["wish"]] = wish
            people.append(applicant(market, who, traits, kind, kind_of_applicant=0))
    return people


def graduates(market: Market, applicants: Applicants) -> list[Person]:
    """International medical graduates whose careers are simulated."""
    people, letter = [], market.match.letter
    for who, traits in zip(applicants.actor.tolist(), applicants.traits, strict=True):
        group = "citizen_img" if traits[COLUMN["citizen"]] > 0 else "noncitizen_img"
        lacks_letter = letter >= 0 and traits[letter] == 0
        kind = 1 + 2 * (traits[COLUMN["needs_visa"]] > 0) + lacks_letter
        people.append(applicant(market, who, traits, group, kind_of_applicant=int(kind)))
    return people


def applicant(market: Market, who: int, traits: Row, group: str, kind_of_applicant: int) -> Person:
    """What a person brings to the Match: specialties, number of applications, merit in the round and in SOAP."""
    rules, day = market.rules, market.match.by_year.day(market.year)
    wish, backup = int(traits[COLUMN["wish"]]), market.rule("backup")
    second = -1
    if market.draw(backup, who) < probability(rules, backup, day, traits):
        chosen = choose_specialty(market, "second", who, traits, day)
        second = chosen if chosen != wish else -1
    wanted, cap = amount(rules, market.rule("applications"), day, traits), market.rule("applications.cap")
    wanted = min(wanted, float(MOST_PROGRAMMES))
    if cap >= 0:
        wanted = min(wanted, predict(rules, cap, day, traits))
    wanted = int(wanted + market.draw(market.rule("applications"), who, market.year))
    merits = [predict(rules, market.rule(word), market.day, traits) for word in ("merit", "after_merit")]
    return Person(who, group, kind_of_applicant > 0, kind_of_applicant, wish, second, wanted, *merits)


def choose_specialty(market: Market, family: str, who: int, traits: Row, day: int) -> int:
    """Pass specialties over in turn, each taken with its conditional probability; else the last one without."""
    rules = [market.rule(f"{family}.{name}") for name in market.match.specialties]
    options = [code for code, rule in enumerate(rules) if rule >= 0]
    u, passed_over = market.draw(rules[options[0]], who) if options else 0.0, 1.0
    for code in options:
        passed_over *= 1.0 - probability(market.rules, rules[code], day, traits)
        if u < 1.0 - passed_over:
            return code
    return max(code for code, rule in enumerate(rules) if rule < 0)
