"""The rules of a life, each written once and called by every engine.

A *quantity* is a parameter seen by compiled code: dated values per category of one trait, behind a link, plus named
ratios over traits. The one form of every rule is

    linear predictor = link(base value on the day) + sum over traits of ln(ratio) x trait

with link logit for probabilities (ratios are odds ratios), log for durations and rates (ratios multiply), and the
identity for scores. Probabilities of 0 and 1 are certain whatever the ratios.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.chance import uniform
from imgsim.compiled import compiled
from imgsim.dates import DAYS_A_YEAR, NEVER, academic_year_start
from imgsim.distributions import exponential, gompertz_age, normal
from imgsim.traits import (
    AGE,
    BIRTH,
    CURRENT_YEAR,
    FAILED_BEFORE,
    GRADUATION,
    LAST_CLINICAL,
    PLACE,
    PRACTICE_GAP,
    YEARS_SINCE_GRADUATION,
)

FAILURES: Final = PLACE["failures"]

# Columns of Rules.head, one row a quantity.
SERIES, BY, LINEAR, FIRST_RATIO, END_RATIO, SPREAD, DISTRIBUTION, YEARS, HASH = range(9)
NO_TRAIT: Final = -99
LOGNORMAL, GOMPERTZ, EXPONENTIAL = 0, 1, 2

Row = npt.NDArray[np.float64]


class Rules(NamedTuple):
    """Every quantity of a scenario as arrays; built by ``imgsim.rulebook``."""

    head: npt.NDArray[np.int64]  # (quantities, 9)
    first: npt.NDArray[np.int64]  # (series + 1,): where each series begins in the two arrays below
    day: npt.NDArray[np.int64]  # day from which a value holds
    value: npt.NDArray[np.float64]  # the value behind its link
    ratio: npt.NDArray[np.int64]  # (ratios, 3): trait, category or -1, quantity that holds ln(ratio)


class Who(NamedTuple):
    """The personal part of an address."""

    seed: int
    replication: int
    actor: int


@compiled
def dated(rules: Rules, series: int, day: int, linear: int) -> float:
    """The linked value of a series on a day: the last one begun, or on the line to the next one."""
    lo = rules.first[series]
    row = rules.first[series + 1] - 1
    while row > lo and rules.day[row] > day:
        row -= 1
    if linear == 0 or row + 1 == rules.first[series + 1] or rules.day[row] >= day:
        return float(rules.value[row])
    share = (day - rules.day[row]) / (rules.day[row + 1] - rules.day[row])
    return float(rules.value[row] + share * (rules.value[row + 1] - rules.value[row]))


@compiled
def trait(row: Row, code: int, day: int) -> float:
    """The value of a trait on a day; see ``imgsim.traits`` for the codes."""
    if code >= 0:
        return float(row[code])
    if code == AGE:
        return float((day - row[BIRTH]) / DAYS_A_YEAR)
    if code == YEARS_SINCE_GRADUATION:
        return max(0.0, float((day - row[GRADUATION]) / DAYS_A_YEAR))
    if code == PRACTICE_GAP:
        return max(0.0, float((day - row[LAST_CLINICAL]) / DAYS_A_YEAR))
    if code == FAILED_BEFORE:
        return 1.0 if row[FAILURES] > 0.0 else 0.0
    if code == CURRENT_YEAR:
        return 1.0 if row[GRADUATION] >= academic_year_start(day) else 0.0
    return 0.0


@compiled
def base(rules: Rules, q: int, day: int, row: Row) -> float:
    """The linked base value of a quantity for the person's category."""
    by = rules.head[q, BY]
    category = 0 if by == NO_TRAIT else int(trait(row, by, day))
    return dated(rules, rules.head[q, SERIES] + category, day, rules.head[q, LINEAR])


@compiled
def predict(rules: Rules, q: int, day: int, row: Row) -> float:
    """The linear predictor of a quantity for a person on a day."""
    eta = base(rules, q, day, row)
    if math.isinf(eta):
        return eta
    for k in range(rules.head[q, FIRST_RATIO], rules.head[q, END_RATIO]):
        held = trait(row, rules.ratio[k, 0], day)
        category = rules.ratio[k, 1]
        if category >= 0:
            held = 1.0 if held == category else 0.0
        if held != 0.0:
            eta += held * base(rules, rules.ratio[k, 2], day, row)
    return eta


@compiled
def probability(rules: Rules, q: int, day: int, row: Row) -> float:
    """The probability behind a logit predictor."""
    return 1.0 / (1.0 + math.exp(-predict(rules, q, day, row)))


@compiled
def draw(rules: Rules, who: Who, q: int, occurrence: int) -> float:
    """The uniform of a person's own decision, named after the quantity, at its n-th occurrence."""
    return uniform(who.seed, who.replication, who.actor, rules.head[q, HASH], occurrence, 0)


@compiled
def happens(rules: Rules, who: Who, q: int, day: int, row: Row, occurrence: int) -> bool:
    """Does an event of this probability happen to the person?"""
    return draw(rules, who, q, occurrence) < probability(rules, q, day, row)


@compiled
def spread(rules: Rules, q: int, day: int, row: Row) -> float:
    """The spread of a duration: log standard deviation, or the Gompertz scale in years; 0 if none is given."""
    held = rules.head[q, SPREAD]
    return 0.0 if held < 0 else base(rules, held, day, row)


@compiled
def lasts(rules: Rules, who: Who, q: int, day: int, row: Row, occurrence: int) -> int:
    """A duration in whole days, at least 0; for a Gompertz clock the days until the age drawn is reached."""
    middle = math.exp(predict(rules, q, day, row))
    u = draw(rules, who, q, occurrence)
    kind = rules.head[q, DISTRIBUTION]
    per_unit = DAYS_A_YEAR if rules.head[q, YEARS] == 1 else 1.0
    if kind == GOMPERTZ:
        age = (day - row[BIRTH]) / DAYS_A_YEAR
        length = gompertz_age(u, middle, spread(rules, q, day, row), age) - age
    elif kind == EXPONENTIAL:
        length = middle * exponential(u)
    else:
        length = middle * math.exp(spread(rules, q, day, row) * normal(u))
    return int(max(0.0, math.floor(length * per_unit + 0.5)))


@compiled
def strikes_after(rules: Rules, who: Who, q: int, day: int, row: Row, occurrence: int) -> int:
    """Whole days until a yearly risk strikes, at the rate in force on the day; NEVER if the rate is 0."""
    rate = math.exp(predict(rules, q, day, row))
    if rate <= 0.0:
        return NEVER
    days = exponential(draw(rules, who, q, occurrence)) / rate * DAYS_A_YEAR
    return int(min(float(NEVER), math.floor(days) + 1.0))


@compiled
def chooses(rules: Rules, who: Who, first: int, options: int, day: int, row: Row, occurrence: int) -> int:
    """Which option is taken: each in turn with its conditional probability, the last one otherwise.

    The quantities of the options but the last are numbered from ``first`` on. One uniform serves the whole choice:
    what is left of it after an option was passed over is stretched to (0, 1) again.
    """
    u = draw(rules, who, first, occurrence)
    for option in range(options - 1):
        p = probability(rules, first + option, day, row)
        if u < p:
            return option
        if p > 0.0:
            u = (u - p) / (1.0 - p)
    return options - 1
