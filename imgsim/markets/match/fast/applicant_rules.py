"""Equals `reference_applicants.applicant`: each applicant's merit, second specialty and number of applications."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from imgsim.base.arrays import Floats, Ints
from imgsim.base.compiled.by_reference import by_reference
from imgsim.base.compiled.jit import kernel
from imgsim.inputs.traits import COLUMN
from imgsim.markets.match.fast.packed_sort import MOST_PROGRAMMES
from imgsim.markets.match.fast.specialty_choice import chooses_among, options
from imgsim.persons.compile_rules import CompiledRules
from imgsim.persons.risk_equations import Rules, Who, amount, draw_many, predict, probability

WISH = COLUMN["wish"]


class ApplicantRules(NamedTuple):
    """The numbers of the rules that every applicant's part in a Match follows from."""

    merit: int
    soap_merit: int
    backup: int
    applications: int
    cap: int  # the most applications that anybody may send; -1 without such a rule
    second: Ints  # rules of the choice of a second specialty
    seconds: Ints  # the specialty that each stands for


class ApplicantAnswers(NamedTuple):
    """What each applicant brings to a Match; arrays of shape (applicants,)."""

    wish: Ints
    second: Ints  # second specialty, or -1
    wanted: Ints  # applications
    merit: Floats  # standard deviations of a programme's score
    soap_merit: Floats  # for positions left unfilled


def applicant_rules(book: CompiledRules, name: str, specialties: tuple[str, ...]) -> ApplicantRules:
    """The applicant rules of a Match by its name."""
    merit, after, backup, applications, cap = (
        book.number(f"{name}.{word}") for word in ("merit", "after_merit", "backup", "applications", "applications.cap")
    )
    return ApplicantRules(merit, after, backup, applications, cap, *options(book, f"{name}.second", specialties))


@kernel
def applicant_answers(
    rules: Rules, own: ApplicantRules, seed: int, replication: int, year: int, as_of: int, day: int, actor: Ints,
    traits: Floats,
) -> ApplicantAnswers:  # fmt: skip
    """What everybody brings: by the values of the day ``as_of``, merits by those of the day of allocation."""
    n, all_rules = len(actor), by_reference(rules)
    answers = ApplicantAnswers(np.empty(n, np.int64), np.full(n, -1), np.empty(n, np.int64), np.empty(n), np.empty(n))
    rounding = draw_many(rules, seed, replication, actor, own.applications, year)
    backup = draw_many(rules, seed, replication, actor, own.backup, 0)
    for k in range(n):
        who, row = by_reference(Who(seed, replication, actor[k])), traits[k]
        answers.wish[k] = int(row[WISH])
        if backup[k] < probability(all_rules, own.backup, as_of, row):
            second = own.seconds[chooses_among(all_rules, who, own.second, as_of, row, 0)]
            answers.second[k] = -1 if second == answers.wish[k] else second
        mean = min(float(MOST_PROGRAMMES), amount(all_rules, own.applications, as_of, row))
        if own.cap >= 0:
            mean = min(mean, predict(all_rules, own.cap, as_of, row))
        answers.wanted[k] = int(mean + rounding[k])
        answers.merit[k] = predict(all_rules, own.merit, day, row)
        answers.soap_merit[k] = predict(all_rules, own.soap_merit, day, row)
    return answers
