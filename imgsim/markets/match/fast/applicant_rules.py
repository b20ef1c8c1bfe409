"""Equals `reference_applicants.applicant`: what each applicant brings to a Match."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.base.compiled.by_reference import by_reference
from imgsim.base.compiled.jit import kernel
from imgsim.base.randomness.quantiles import normal
from imgsim.inputs.traits import COLUMN, YEARS_SINCE_GRADUATION
from imgsim.markets.match.fast.packed_sort import MOST_PROGRAMMES
from imgsim.markets.match.fast.specialty_choice import chooses_among, options
from imgsim.persons.compile_rules import CompiledRules
from imgsim.persons.risk_equations import Rules, Who, amount, draw_many, predict, probability, trait

WISH, ABILITY = COLUMN["wish"], COLUMN["ability"]
MOST_INTERVIEWS: Final = 250  # that anybody attends: kept in one byte
WORDS: Final = (
    "merit", "soap.merit", "soap.takes_part", "backup", "applications", "interviews_attended", "applications.cap",
    "first_year.fallback", "first_year.applications", "first_year.interviews_attended",
)  # fmt: skip


class ApplicantRules(NamedTuple):
    """The numbers of the rules that every applicant's part in a Match follows from; -1 for one that it leaves out."""

    second: Ints  # rules of the choice of a second specialty
    seconds: Ints  # the specialty that each stands for
    merit: int
    soap_merit: int
    takes_part: int  # in SOAP
    backup: int
    applications: int
    attends: int  # interviews at most
    cap: int  # the most applications that anybody may send
    fallback: int  # applies for one-year posts although nothing else asks for one
    first_year: int  # applications for one-year posts
    first_year_attends: int


class ApplicantAnswers(NamedTuple):
    """What each applicant brings to a Match; arrays of shape (applicants,)."""

    wish: Ints
    second: Ints  # second specialty, or -1
    wanted: Ints  # applications
    attends: Ints  # interviews at most
    first_year: Floats  # applications for one-year posts, before they are rounded
    rounding: Floats  # uniform by which they are
    first_year_attends: Ints
    years: Floats  # since graduation
    ability: Floats  # of which each programme makes what it will
    merit: Floats  # standard deviations of a programme's score, ability aside
    manner: Floats  # what an interview adds to merit, the same at all programmes
    soap_merit: Floats  # for positions left unfilled
    takes_part: Bools  # in SOAP, if left without a position


class Spreads(NamedTuple):
    """Standard deviations of what differs between applicants beyond all that is known of them."""

    merit: float
    attended: float  # logarithm of the interviews attended
    manner: float  # in interviews


class When(NamedTuple):
    """Which Match of which replication it is, and the days whose values hold."""

    seed: int
    replication: int
    year: int
    as_of: int  # by whose values people apply
    day: int  # of allocation, by whose values they are judged


def applicant_rules(book: CompiledRules, name: str, specialties: tuple[str, ...]) -> ApplicantRules:
    """The applicant rules of a Match by its name."""
    numbers = (book.number(f"{name}.{word}") for word in WORDS)
    return ApplicantRules(*options(book, f"{name}.second", specialties), *numbers)


@kernel
def applicant_answers(
    rules: Rules, own: ApplicantRules, when: When, actor: Ints, traits: Floats, linked: Floats, spreads: Spreads
) -> ApplicantAnswers:
    """What everybody brings; ``linked`` is the share that applies for a first year as well, by specialty wished for."""
    n = len(actor)
    count, real = np.zeros((5, n), np.int64), np.zeros((7, n))
    answers = ApplicantAnswers(
        count[0], count[1], count[2], count[3], real[0], real[1], count[4], real[2], real[3], real[4], real[5],
        real[6], np.zeros(n, np.bool_),
    )  # fmt: skip
    applies(rules, own, when, actor, traits, spreads.attended, answers)
    impresses(rules, own, when, actor, traits, spreads, answers)
    if own.first_year >= 0:
        applies_for_first_year(rules, own, when, actor, traits, linked, answers)
    return answers


@kernel
def applies(
    rules: Rules, own: ApplicantRules, when: When, actor: Ints, traits: Floats, spread: float, answers: ApplicantAnswers
) -> None:
    """Wish, second specialty, applications and interviews at most; whether somebody takes part in SOAP."""
    all_rules, seed, replication = by_reference(rules), when.seed, when.replication
    rounding = draw_many(rules, seed, replication, actor, own.applications, when.year)
    backup = draw_many(rules, seed, replication, actor, own.backup, 0)
    eager = draw_many(rules, seed, replication, actor, own.attends, 0)
    soap = draw_many(rules, seed, replication, actor, own.takes_part, when.year)
    for k in range(len(actor)):
        who, row = by_reference(Who(seed, replication, actor[k])), traits[k]
        answers.wish[k], answers.second[k] = int(row[WISH]), -1
        if backup[k] < probability(all_rules, own.backup, when.as_of, row):
            second = own.seconds[chooses_among(all_rules, who, own.second, when.as_of, row, 0)]
            answers.second[k] = -1 if second == answers.wish[k] else second
        mean = min(float(MOST_PROGRAMMES), amount(all_rules, own.applications, when.as_of, row))
        if own.cap >= 0:
            mean = min(mean, predict(all_rules, own.cap, when.as_of, row))
        answers.wanted[k] = int(mean + rounding[k]) if answers.wish[k] >= 0 else 0
        most = amount(all_rules, own.attends, when.as_of, row) * math.exp(spread * normal(eager[k]))
        answers.attends[k] = int(min(most + 0.5, MOST_INTERVIEWS))
        answers.takes_part[k] = soap[k] < probability(all_rules, own.takes_part, when.as_of, row)


@kernel
def impresses(
    rules: Rules, own: ApplicantRules, when: When, actor: Ints, traits: Floats, spreads: Spreads,
    answers: ApplicantAnswers,
) -> None:  # fmt: skip
    """What programmes see of everybody: ability, years since graduation, merit in the Match and after it, manner."""
    all_rules = by_reference(rules)
    seen = draw_many(rules, when.seed, when.replication, actor, own.merit, 0)
    met = draw_many(rules, when.seed, when.replication, actor, own.merit, 1)
    for k in range(len(actor)):
        row, hidden = traits[k], spreads.merit * normal(seen[k])
        answers.years[k] = trait(row, YEARS_SINCE_GRADUATION, when.as_of, rules.academic_year)
        answers.ability[k] = row[ABILITY]
        answers.merit[k] = predict(all_rules, own.merit, when.day, row) + hidden
        answers.manner[k] = spreads.manner * normal(met[k])
        answers.soap_merit[k] = predict(all_rules, own.soap_merit, when.day, row) + hidden


@kernel
def applies_for_first_year(
    rules: Rules, own: ApplicantRules, when: When, actor: Ints, traits: Floats, linked: Floats,
    answers: ApplicantAnswers,
) -> None:  # fmt: skip
    """Who applies for one-year posts as well: with a wish that asks for one, or so as not to be left with nothing."""
    all_rules, seed, replication = by_reference(rules), when.seed, when.replication
    also = draw_many(rules, seed, replication, actor, own.fallback, 0)
    answers.rounding[:] = draw_many(rules, seed, replication, actor, own.first_year, when.year)
    for k in range(len(actor)):
        row, wish = traits[k], answers.wish[k]
        asked = linked[wish] if wish >= 0 else 0.0
        if also[k] < max(asked, probability(all_rules, own.fallback, when.as_of, row)):
            sent = amount(all_rules, own.first_year, when.as_of, row)
            answers.first_year[k] = min(float(MOST_PROGRAMMES), sent)
            most = amount(all_rules, own.first_year_attends, when.as_of, row)
            answers.first_year_attends[k] = int(min(most + 0.5, MOST_INTERVIEWS))
