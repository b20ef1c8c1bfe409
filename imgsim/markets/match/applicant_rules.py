"""What a Match asks of each applicant: merit, second specialty, number of applications."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.by_reference import by_reference
from imgsim.base.compiled.jit import kernel
from imgsim.inputs.traits import COLUMN
from imgsim.markets.match.specialty_choice import chooses_among, options
from imgsim.persons.compile_rules import CompiledRules
from imgsim.persons.risk_equations import Rules, Who, amount, draw_many, predict, probability

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

WISH = COLUMN["wish"]


class Questions(NamedTuple):
    """The numbers of the rules that are asked."""

    merit: int
    after_merit: int
    backup: int
    applications: int
    cap: int  # the most applications that anybody may send; -1 without such a rule
    second: Ints  # rules of the choice of a second specialty
    seconds: Ints  # the specialty that each stands for


class Answers(NamedTuple):
    """What each applicant answers; arrays of shape (applicants,)."""

    wish: Ints
    second: Ints  # second specialty, or -1
    wanted: Ints  # applications
    merit: Floats  # standard deviations of a programme's judgement
    after_merit: Floats  # the same for places left unfilled


def questions(book: CompiledRules, name: str, specialties: tuple[str, ...]) -> Questions:
    """The rules of a Match by its name."""
    merit, after, backup, applications, cap = (
        book.number(f"{name}.{word}") for word in ("merit", "after_merit", "backup", "applications", "applications.cap")
    )
    return Questions(merit, after, backup, applications, cap, *options(book, f"{name}.second", specialties))


@kernel
def answers(
    rules: Rules, asked: Questions, seed: int, replication: int, year: int, opened: int, day: int, actor: Ints,
    traits: Floats,
) -> Answers:  # fmt: skip
    """Everybody's answers: on the day the year's values are read from (``opened``), merits on that of allocation."""
    n, held = len(actor), by_reference(rules)
    found = Answers(np.empty(n, np.int64), np.full(n, -1), np.empty(n, np.int64), np.empty(n), np.empty(n))
    rounding = draw_many(rules, seed, replication, actor, asked.applications, year)
    hedging = draw_many(rules, seed, replication, actor, asked.backup, 0)
    for k in range(n):
        who, row = by_reference(Who(seed, replication, actor[k])), traits[k]
        found.wish[k] = int(row[WISH])
        if hedging[k] < probability(held, asked.backup, opened, row):
            second = asked.seconds[chooses_among(held, who, asked.second, opened, row, 0)]
            found.second[k] = -1 if second == found.wish[k] else second
        mean = amount(held, asked.applications, opened, row)
        if asked.cap >= 0:
            mean = min(mean, predict(held, asked.cap, opened, row))
        found.wanted[k] = int(mean + rounding[k])
        found.merit[k] = predict(held, asked.merit, day, row)
        found.after_merit[k] = predict(held, asked.after_merit, day, row)
    return found
