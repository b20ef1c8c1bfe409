"""Who applies in the Match in plain words: competitors and graduates, each with what the five steps need of them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from imgsim.base.dates.day_numbers import DAYS_A_YEAR
from imgsim.base.randomness.addresses import COMPETITOR, actor, decision
from imgsim.base.randomness.philox import uniform, words
from imgsim.base.randomness.quantiles import normal
from imgsim.inputs.traits import BIRTH, COLUMN, GRADUATION, LAST_CLINICAL, TRAITS
from imgsim.markets.allocation import Applicants
from imgsim.markets.match.fast.applicant_rules import MOST_INTERVIEWS
from imgsim.markets.match.fast.packed_sort import MOST_PROGRAMMES
from imgsim.markets.match.match import Match
from imgsim.markets.match.positions import (
    FROM_ABROAD,
    HAS_FAILED,
    LACKS_EXPERIENCE,
    LACKS_LETTER,
    NEEDS_VISA,
    Positions,
)
from imgsim.persons.risk_equations import Row, Rules, Who, amount, draw, predict, probability


class Person(NamedTuple):
    """One applicant: who it is, what programmes may refuse, what is wanted, and how good the file is."""

    actor: int
    group: str  # kind of competitor, or citizenship of a graduate
    origin: int  # -1 for competitors, 0 for graduates from abroad, 1 for citizens among them
    lacks: frozenset[int]  # what programmes may refuse unread
    years: float  # since graduation
    wish: int
    second: int  # second specialty, or -1
    wanted: int  # applications
    attends: int  # interviews at most
    first_year: float  # applications for one-year posts, before they are rounded by `rounding`
    rounding: float
    first_year_attends: int
    ability: float
    merit: float  # ability aside
    manner: float  # what an interview adds to it, the same at all programmes
    soap_merit: float
    takes_part: bool  # in SOAP, if left without a position

    @property
    def img(self) -> bool:
        """Is this a graduate from abroad?"""
        return self.origin >= 0


class Market(NamedTuple):
    """One year's Match: its parameters, its programmes, and where everybody's draws come from."""

    match: Match
    year: int
    replication: int
    day: int  # whose values hold
    decided: int  # the day of allocation
    positions: Positions  # by programme: seats, visa policy, openness, whom it refuses, interview slots

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

    @property
    def groups(self) -> list[str]:
        """All groups of applicants, in the order of the tables."""
        return [*self.match.book.categories["competitor"], "citizen_img", "noncitizen_img"]


def competitors(market: Market) -> list[Person]:
    """Applicants whose careers are not simulated: a published number of each kind, of whom a scale keeps some."""
    match, people, day = market.match, [], market.day
    sampled, ability = decision(f"{match.name}.competitor.sampled"), market.rule("competitor_ability")
    wishes = decision(f"{match.name}.competitor_wish")
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
            traits[COLUMN["ability"]] = predict(market.rules, ability, day, traits) + normal(market.draw(ability, who))
            u = uniform(match.seed, market.replication, who, wishes, 0, 0)
            traits[COLUMN["wish"]] = wished(market, f"competitor_wish.{kind}", u)
            people.append(applicant(market, who, traits, kind, -1, frozenset()))
    return people


def wished(market: Market, word: str, u: float) -> int:
    """The specialty at a uniform, by shares of all specialties."""
    shares = np.cumsum([market.value(word, specialty) for specialty in market.match.specialties])
    below = shares[:-1] / max(shares[-1], 1e-300)
    return int(sum(u >= each for each in below))


def graduates(market: Market, applicants: Applicants) -> list[Person]:
    """International medical graduates whose careers are simulated."""
    people, letter, enough = [], market.match.letter, market.value("screen.experience.least")
    for who, traits in zip(applicants.actor.tolist(), applicants.traits, strict=True):
        citizen = bool(traits[COLUMN["citizen"]] > 0)
        lacks = {
            FROM_ABROAD: True,
            NEEDS_VISA: traits[COLUMN["needs_visa"]] > 0,
            LACKS_LETTER: letter >= 0 and traits[letter] == 0,
            HAS_FAILED: traits[COLUMN["has_failed"]] > 0,
            LACKS_EXPERIENCE: traits[COLUMN["experience"]] < enough,
        }
        group, given = ("citizen_img", 1) if citizen else ("noncitizen_img", 0), frozenset(k for k in lacks if lacks[k])
        people.append(applicant(market, who, traits, *group, given))
    return people


def applicant(market: Market, who: int, traits: Row, group: str, origin: int, lacks: frozenset[int]) -> Person:
    """What a person brings to the Match: wishes, applications, interviews, and merit in the round and in SOAP."""
    rules, day, wish = market.rules, market.day, int(traits[COLUMN["wish"]])

    def of(word: str) -> float:
        return amount(rules, market.rule(word), day, traits)

    wanted, cap = min(of("applications"), float(MOST_PROGRAMMES)), market.rule("applications.cap")
    if cap >= 0:
        wanted = min(wanted, predict(rules, cap, day, traits))
    wanted = int(wanted + market.draw(market.rule("applications"), who, market.year)) if wish >= 0 else 0
    eager = market.value("interviews_attended.variation") * normal(market.draw(market.rule("interviews_attended"), who))
    hidden = market.value("merit.spread") * normal(market.draw(market.rule("merit"), who))
    merit, soap_merit = (predict(rules, market.rule(word), market.decided, traits) for word in ("merit", "soap.merit"))
    manner = market.value("interview.manner") * normal(market.draw(market.rule("merit"), who, 1))
    takes = market.rule("soap.takes_part")
    return Person(
        who, group, origin, lacks, years_since_graduation(market, traits), wish, second_specialty(market, who, traits),
        wanted, most(of("interviews_attended") * math.exp(eager)), *first_year(market, who, traits, wish),
        traits[COLUMN["ability"]], merit + hidden, manner, soap_merit + hidden,
        market.draw(takes, who, market.year) < probability(rules, takes, day, traits),
    )  # fmt: skip


def considers(market: Market, p: int, person: Person) -> bool:
    """Does a programme read a file of such an applicant?"""
    refused = any(int(market.positions.refuses[p]) & bit for bit in person.lacks)
    return not refused and person.years <= float(np.float32(market.positions.longest[p]))


def most(interviews: float) -> int:
    """So many interviews at most, as a whole number."""
    return int(min(interviews + 0.5, MOST_INTERVIEWS))


def years_since_graduation(market: Market, traits: Row) -> float:
    """Years since graduation on the day whose values hold, in single precision."""
    return float(np.float32(max(0.0, (market.day - traits[GRADUATION]) / DAYS_A_YEAR)))


def second_specialty(market: Market, who: int, traits: Row) -> int:
    """The second specialty of somebody who has one, or -1."""
    backup = market.rule("backup")
    if market.draw(backup, who) >= probability(market.rules, backup, market.day, traits):
        return -1
    chosen = choose_specialty(market, "second", who, traits, market.day)
    return chosen if chosen != int(traits[COLUMN["wish"]]) else -1


def first_year(market: Market, who: int, traits: Row, wish: int) -> tuple[float, float, int]:
    """Applications for one-year posts, the uniform that rounds them, and interviews for such posts at most."""
    fallback, sent = market.rule("first_year.fallback"), market.rule("first_year.applications")
    if sent < 0:
        return 0.0, 0.0, 0
    rules, day = market.rules, market.day
    linked = market.value("first_year.linked", market.match.specialties[wish]) if wish >= 0 else 0.0
    rounding = market.draw(sent, who, market.year)
    if market.draw(fallback, who) >= max(linked, probability(rules, fallback, day, traits)):
        return 0.0, rounding, 0
    attends = amount(rules, market.rule("first_year.interviews_attended"), day, traits)
    return min(amount(rules, sent, day, traits), float(MOST_PROGRAMMES)), rounding, most(attends)


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
