"""Risk equations: the formula behind every probability, rate, duration and score, called by both engines.

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

from imgsim.base.arrays import Floats, Ints
from imgsim.base.compiled.jit import called_kernel, inline_kernel, kernel
from imgsim.base.dates.day_numbers import DAYS_A_YEAR, NEVER, academic_year_start, to_days
from imgsim.base.randomness.philox import uniform, uniforms
from imgsim.base.randomness.quantiles import exponential, gompertz_age, normal
from imgsim.inputs.traits import (
    AGE,
    BIRTH,
    COLUMN,
    CURRENT_YEAR,
    FAILED_BEFORE,
    GRADUATION,
    LAST_CLINICAL,
    PRACTICE_GAP,
    YEARS_SINCE_GRADUATION,
)

FAILURES, HAS_FAILED = COLUMN["failures"], COLUMN["has_failed"]

# Columns of Rules.head, one row a quantity. ONLY: the row of its only value, -1 if that depends on day or category.
SERIES, BY, LINEAR, FIRST_RATIO, END_RATIO, SPREAD, DISTRIBUTION, YEARS, HASH, ONLY = range(10)
NO_TRAIT: Final = -99
LOGNORMAL, GOMPERTZ, EXPONENTIAL = 0, 1, 2

# Traits that change with the day or during an activity spell: a quantity that depends on them is never steady.
PASSING: Final = (AGE, YEARS_SINCE_GRADUATION, PRACTICE_GAP, CURRENT_YEAR, COLUMN["experience"], COLUMN["livelihood"])

Row = npt.NDArray[np.float64]


class Rules(NamedTuple):
    """Every quantity of a scenario as arrays; built by ``imgsim.persons.compile_rules``."""

    head: Ints  # (quantities, 10)
    first: Ints  # (series + 1,): where each series begins in the two arrays below
    day: Ints  # day from which a value holds
    value: Floats  # the value behind its link
    plain: Floats  # the value itself
    ratio: Ints  # (ratios, 3): trait, category or -1, quantity that holds ln(ratio)
    academic_year: int  # the day of the year on which it begins, as 100 x month + day


class Who(NamedTuple):
    """The personal part of an address."""

    seed: int
    replication: int
    actor: int


def asked(rules: Rules, q: int) -> list[int]:
    """The quantities that are looked up for a quantity: itself and its ratios."""
    return [q, *(int(ratio) for ratio in rules.ratio[rules.head[q, FIRST_RATIO] : rules.head[q, END_RATIO], 2])]


def leans_on(rules: Rules, q: int) -> set[int]:
    """The traits on which the value of a quantity depends."""
    ratios = rules.ratio[rules.head[q, FIRST_RATIO] : rules.head[q, END_RATIO], 0]
    return {int(trait) for trait in (*ratios, *rules.head[asked(rules, q), BY])} - {NO_TRAIT}


def is_steady(rules: Rules, q: int) -> bool:
    """Does a quantity keep its value while nothing happens to the person, whatever the day?"""
    return leans_on(rules, q).isdisjoint(PASSING) and not any(is_dated(rules, each) for each in asked(rules, q))


def is_dated(rules: Rules, q: int) -> bool:
    """Has a quantity another value from some day on, for anybody?"""
    begins = [*(rules.head[:, SERIES] - (rules.head[:, BY] != NO_TRAIT)), len(rules.first) - 1]
    return bool((np.diff(rules.first)[begins[q] : begins[q + 1]] > 1).any())


@inline_kernel
def row_begun(rules: Rules, series: int, day: int) -> int:
    """The row of a series that holds on a day: the last one begun, or the first one before that."""
    lo = rules.first[series]
    row = rules.first[series + 1] - 1
    while row > lo and rules.day[row] > day:
        row -= 1
    return int(row)


@inline_kernel
def dated(rules: Rules, series: int, day: int, linear: int) -> float:
    """The linked value of a series on a day: the last one begun, or on the line to the next one."""
    row = row_begun(rules, series, day)
    if linear == 0 or row + 1 == rules.first[series + 1] or rules.day[row] >= day:
        return float(rules.value[row])
    share = (day - rules.day[row]) / (rules.day[row + 1] - rules.day[row])
    return float(rules.value[row] + share * (rules.value[row + 1] - rules.value[row]))


@inline_kernel
def trait(row: Row, code: int, day: int, academic_year: int) -> float:
    """The value of a trait on a day; see ``imgsim.inputs.traits`` for the codes, ``Rules`` for the academic year."""
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
        return 1.0 if row[GRADUATION] >= academic_year_start(day, academic_year) else 0.0
    return 0.0


@inline_kernel
def series_of(rules: Rules, q: int, day: int, row: Row) -> int:
    """The series of the person's category; unset (-1) has a series of its own before those of the categories."""
    by = rules.head[q, BY]
    category = 0 if by == NO_TRAIT else int(trait(row, by, day, rules.academic_year))
    return int(rules.head[q, SERIES] + category)


@inline_kernel
def row_in_force(rules: Rules, q: int, day: int, row: Row) -> int:
    """The row of values that holds for the person's category on a day; most quantities have only one."""
    only = rules.head[q, ONLY]
    return int(only if only >= 0 else row_begun(rules, series_of(rules, q, day, row), day))


@inline_kernel
def base(rules: Rules, q: int, day: int, row: Row) -> float:
    """The linked base value of a quantity for the person's category."""
    only = rules.head[q, ONLY]
    if only >= 0:
        return float(rules.value[only])
    return dated(rules, series_of(rules, q, day, row), day, rules.head[q, LINEAR])


@inline_kernel
def leaning(rules: Rules, q: int, day: int, row: Row) -> float:
    """The sum of ln(ratio) x trait, which the ratios add to the linear predictor."""
    total = 0.0
    for k in range(rules.head[q, FIRST_RATIO], rules.head[q, END_RATIO]):
        x = trait(row, rules.ratio[k, 0], day, rules.academic_year)
        category = rules.ratio[k, 1]
        if category >= 0:
            x = 1.0 if x == category else 0.0
        if x != 0.0:
            total += x * base(rules, rules.ratio[k, 2], day, row)
    return total


@inline_kernel
def predict(rules: Rules, q: int, day: int, row: Row) -> float:
    """The linear predictor of a quantity for a person on a day."""
    eta = base(rules, q, day, row)
    return eta if math.isinf(eta) else eta + leaning(rules, q, day, row)


@inline_kernel
def amount(rules: Rules, q: int, day: int, row: Row) -> float:
    """The value of a quantity behind a log link: its base value times the ratios."""
    plain = rules.plain[row_in_force(rules, q, day, row)]
    more = leaning(rules, q, day, row)
    return float(plain if more == 0.0 or plain == 0.0 else plain * math.exp(more))


@inline_kernel
def probability(rules: Rules, q: int, day: int, row: Row) -> float:
    """The probability behind a logit predictor: the base value, moved by the odds ratios."""
    at = row_in_force(rules, q, day, row)
    more = leaning(rules, q, day, row)
    if more == 0.0 or math.isinf(rules.value[at]):
        return float(rules.plain[at])
    return 1.0 / (1.0 + math.exp(-(rules.value[at] + more)))


@inline_kernel
def draw(rules: Rules, who: Who, q: int, occurrence: int) -> float:
    """The uniform of a person's own decision, named after the quantity, at its n-th occurrence."""
    return uniform(who.seed, who.replication, who.actor, rules.head[q, HASH], occurrence, 0)


@kernel
def draw_many(rules: Rules, seed: int, replication: int, actor: Ints, q: int, occurrence: int) -> Floats:
    """The uniforms of many people for one decision; an event happens to those below its probability."""
    return uniforms(seed, replication, actor, rules.head[q, HASH], occurrence)


@called_kernel
def happens(rules: Rules, who: Who, q: int, day: int, row: Row, occurrence: int) -> bool:
    """Does an event of this probability happen to the person? What is certain needs no draw."""
    p = probability(rules, q, day, row)
    if p <= 0.0 or p >= 1.0:
        return p >= 1.0
    return draw(rules, who, q, occurrence) < p


@inline_kernel
def spread(rules: Rules, q: int, day: int, row: Row) -> float:
    """The dispersion of a duration: log standard deviation, or the Gompertz scale in years; 0 if none is given."""
    dispersion = rules.head[q, SPREAD]
    return 0.0 if dispersion < 0 else base(rules, dispersion, day, row)


@called_kernel
def lasts(rules: Rules, who: Who, q: int, day: int, row: Row, occurrence: int) -> int:
    """A duration in whole days, at least 0; for a Gompertz timer the days until the age drawn is reached."""
    middle = amount(rules, q, day, row)
    kind = rules.head[q, DISTRIBUTION]
    certain = kind == LOGNORMAL and rules.head[q, SPREAD] < 0
    u = 0.5 if certain else draw(rules, who, q, occurrence)
    per_unit = DAYS_A_YEAR if rules.head[q, YEARS] == 1 else 1.0
    if kind == GOMPERTZ:
        age = (day - row[BIRTH]) / DAYS_A_YEAR
        length = gompertz_age(u, middle, spread(rules, q, day, row), age) - age
    elif kind == EXPONENTIAL:
        length = middle * exponential(u)
    elif certain:
        length = middle
    else:
        length = middle * math.exp(spread(rules, q, day, row) * normal(u))
    return to_days(length * per_unit + 0.5)


@inline_kernel
def expires_after(rules: Rules, who: Who, q: int, day: int, row: Row, occurrence: int) -> int:
    """Whole days until a competing timer expires, at the yearly rate in force on the day; NEVER if the rate is 0."""
    rate = amount(rules, q, day, row)
    if rate <= 0.0:
        return NEVER
    return min(NEVER, to_days(exponential(draw(rules, who, q, occurrence)) / rate * DAYS_A_YEAR) + 1)


@inline_kernel
def chooses(rules: Rules, who: Who, first: int, options: int, day: int, row: Row, occurrence: int) -> int:
    """Which option is taken: each in turn with its conditional probability, the last one otherwise.

    The quantities of the options but the last are numbered from ``first`` on. One uniform serves the whole choice:
    what is left of it after an option was passed over is stretched to (0, 1) again.
    """
    u = -1.0  # not drawn: what is certain needs no draw
    for option in range(options - 1):
        p = probability(rules, first + option, day, row)
        if p >= 1.0:
            return option
        if p > 0.0:
            if u < 0.0:
                u = draw(rules, who, first, occurrence)
            if u < p:
                return option
            u = (u - p) / (1.0 - p)
    return options - 1
