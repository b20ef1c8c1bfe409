"""Pass rules of exams: one probability, a number of stations, or an adaptive test.

- *probability*: ``<exam>.passed`` with its odds.
- *stations*: every station is passed or not with the probability ``<exam>.station``, independently given the person
  and the day; ``<exam>.pass_mark`` of ``<exam>.stations`` make a pass. The first stations examine the compulsory
  subjects, ``<exam>.subject_stations`` each; every one of ``<exam>.compulsory`` subjects needs a pass of its own.
  Who misses the mark but reaches ``<exam>.borderline`` is borderline where the pathway says what follows.
- *adaptive*: ``<exam>.performance`` is measured, in standard deviations of ability, with the error that is left after
  ``<exam>.items`` items of ``<exam>.discrimination`` chosen at the candidate's level; ``<exam>.pass_mark`` is on the
  same scale.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from imgsim.base.arrays import Ints
from imgsim.base.compiled.jit import called_kernel, inline_kernel
from imgsim.base.randomness.philox import uniform
from imgsim.base.randomness.quantiles import normal
from imgsim.inputs.kinds.exam import PASS_RULES
from imgsim.persons.risk_equations import HASH, Row, Rules, Who, amount, base, draw, happens, predict, probability

PASSED, FAILED, BORDERLINE = 0, 3, 4  # places among the outcomes of an exam
PROBABILITY, STATIONS, ADAPTIVE = 0, 1, 2

# What each rule reads: the quantities of an exam, in the order in which a rule finds them after its own number.
WORDS: Final[Mapping[str | None, tuple[str, ...]]] = {
    None: ("passed",),
    "stations": (*PASS_RULES["stations"], "borderline"),
    "adaptive": tuple(PASS_RULES["adaptive"]),
}
CODE: Final[Mapping[str | None, int]] = {None: PROBABILITY, "stations": STATIONS, "adaptive": ADAPTIVE}
RULE, FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH = range(7)


@inline_kernel
def stations_passed(who: Who, name: int, attempt: int, begin: int, end: int, p: float) -> int:
    """How many of the stations numbered begin to end - 1 are passed at one sitting."""
    passed = 0
    for station in range(begin, end):
        if uniform(who.seed, who.replication, who.actor, name, attempt, station) < p:
            passed += 1
    return passed


@called_kernel
def by_stations(rules: Rules, who: Who, q: Ints, day: int, row: Row, attempt: int) -> int:
    """The grade of a station exam; compulsory subjects come first, then the other stations."""
    p, name = probability(rules, q[FIRST], day, row), rules.head[q[FIRST], HASH]
    stations, mark = int(base(rules, q[SECOND], day, row)), base(rules, q[THIRD], day, row)
    compulsory, each = int(base(rules, q[FOURTH], day, row)), int(base(rules, q[FIFTH], day, row))
    total, covered = 0, True
    for subject in range(compulsory):
        won = stations_passed(who, name, attempt, subject * each, (subject + 1) * each, p)
        total += won
        covered = covered and won > 0
    total += stations_passed(who, name, attempt, compulsory * each, stations, p)
    if covered and total >= mark:
        return PASSED
    return BORDERLINE if q[SIXTH] >= 0 and covered and total >= base(rules, q[SIXTH], day, row) else FAILED


@inline_kernel
def error_left(items: float, discrimination: float) -> float:
    """The standard error of a logistic ability estimate after a number of items aimed at the candidate's level.

    An item answered rightly with probability 1/2 gives the information discrimination**2 / 4 (Lord 1980, Applications
    of Item Response Theory to Practical Testing Problems, chapter 5); information adds up.
    """
    return 2.0 / (discrimination * math.sqrt(items))


@called_kernel
def by_adaptive_test(rules: Rules, who: Who, q: Ints, day: int, row: Row, attempt: int) -> int:
    """The grade of an adaptive test: the performance measured with error, against the pass mark."""
    error = error_left(base(rules, q[SECOND], day, row), amount(rules, q[THIRD], day, row))
    measured = predict(rules, q[FIRST], day, row) + error * normal(draw(rules, who, q[FIRST], attempt))
    return PASSED if measured >= base(rules, q[FOURTH], day, row) else FAILED


@inline_kernel
def grade(rules: Rules, who: Who, q: Ints, day: int, row: Row, attempt: int) -> int:
    """The grade of one attempt, a place among the outcomes of an exam; ``q`` holds the rule and what it reads."""
    if q[RULE] == STATIONS:
        return by_stations(rules, who, q, day, row, attempt)
    if q[RULE] == ADAPTIVE:
        return by_adaptive_test(rules, who, q, day, row, attempt)
    return PASSED if happens(rules, who, q[FIRST], day, row, attempt) else FAILED
