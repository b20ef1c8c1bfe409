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
    second: Ints  # rules of the choice of a second specialty
    seconds: Ints  # the specialty that each stands for


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


def applicant_rules(book: CompiledRules, name: str, specialties: tuple[str, ...]) -> ApplicantRules:
    """The applicant rules of a Match by its name."""
    numbers = (book.number(f"{name}.{word}") for word in WORDS)
    return ApplicantRules(*numbers, *options(book, f"{name}.second", specialties))


@kernel
def applicant_answers(
    rules: Rules, own: ApplicantRules, seed: int, replication: int, year: int, as_of: int, day: int, actor: Ints,
    traits: Floats, linked: Floats, spread: Floats,
) -> ApplicantAnswers:  # fmt: skip
    """What everybody brings: by the values of the day ``as_of``, merits by those of the day of allocation.

    ``linked`` is the share of those who wish for a specialty that applies for a first year as well, ``spread`` the
    standard deviations of merit, of the logarithm of interviews attended, and of the manner in interviews.
    """
    n, all_rules = len(actor), by_reference(rules)
    whole, real = np.zeros((5, n), np.int64), np.zeros((7, n))
    answers = ApplicantAnswers(
        whole[0], whole[1], whole[2], whole[3], real[0], real[1], whole[4], real[2], real[3], real[4], real[5],
        real[6], np.zeros(n, np.bool_),
    )  # fmt: skip
    rounding = draw_many(rules, seed, replication, actor, own.applications, year)
    backup = draw_many(rules, seed, replication, actor, own.backup, 0)
    seen = draw_many(rules, seed, replication, actor, own.merit, 0)
    met = draw_many(rules, seed, replication, actor, own.merit, 1)
    eager = draw_many(rules, seed, replication, actor, own.attends, 0)
    soap = draw_many(rules, seed, replication, actor, own.takes_part, year)
    for k in range(n):
        who, row = by_reference(Who(seed, replication, actor[k])), traits[k]
        answers.wish[k] = int(row[WISH])
        answers.second[k] = -1
        if backup[k] < probability(all_rules, own.backup, as_of, row):
            second = own.seconds[chooses_among(all_rules, who, own.second, as_of, row, 0)]
            answers.second[k] = -1 if second == answers.wish[k] else second
        mean = min(float(MOST_PROGRAMMES), amount(all_rules, own.applications, as_of, row))
        if own.cap >= 0:
            mean = min(mean, predict(all_rules, own.cap, as_of, row))
        answers.wanted[k] = int(mean + rounding[k])
        most = amount(all_rules, own.attends, as_of, row) * math.exp(spread[1] * normal(eager[k]))
        answers.attends[k] = int(min(most + 0.5, MOST_INTERVIEWS))
        answers.years[k] = trait(row, YEARS_SINCE_GRADUATION, as_of, rules.academic_year)
        answers.ability[k] = row[ABILITY]
        hidden = spread[0] * normal(seen[k])
        answers.merit[k] = predict(all_rules, own.merit, day, row) + hidden
        answers.manner[k] = spread[2] * normal(met[k])
        answers.soap_merit[k] = predict(all_rules, own.soap_merit, day, row) + hidden
        answers.takes_part[k] = soap[k] < probability(all_rules, own.takes_part, as_of, row)
    if own.first_year >= 0:
        wants_first_year(rules, own, seed, replication, year, as_of, actor, traits, linked, answers)
    return answers


@kernel
def wants_first_year(
    rules: Rules, own: ApplicantRules, seed: int, replication: int, year: int, as_of: int, actor: Ints, traits: Floats,
    linked: Floats, answers: ApplicantAnswers,
) -> None:  # fmt: skip
    """Who applies for one-year posts as well: with a wish that asks for one, or lest there be nothing."""
    all_rules = by_reference(rules)
    applies = draw_many(rules, seed, replication, actor, own.fallback, 0)
    answers.rounding[:] = draw_many(rules, seed, replication, actor, own.first_year, year)
    for k in range(len(actor)):
        row, wish = traits[k], answers.wish[k]
        asked = linked[wish] if wish >= 0 else 0.0
        if applies[k] < max(asked, probability(all_rules, own.fallback, as_of, row)):
            answers.first_year[k] = amount(all_rules, own.first_year, as_of, row)
            most = amount(all_rules, own.first_year_attends, as_of, row)
            answers.first_year_attends[k] = int(min(most + 0.5, MOST_INTERVIEWS))
