"""Livelihood: what a graduate lives on, a second track walked inline beside the stages.

Each spell draws one exponential threshold. Daily hazards use it up, refreshed at every stage end and, if anything in
them changes with time, on every 1 January; what is left of it is kept when the stage or the law changes. One step
function serves every engine.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.jit import called_kernel, inline_kernel
from imgsim.base.dates.day_numbers import DAYS_A_YEAR, day_of, year_of
from imgsim.base.errors import InputError
from imgsim.base.randomness.philox import uniform
from imgsim.base.randomness.quantiles import exponential
from imgsim.inputs.traits import COLUMN, LAST_CLINICAL, LIVELIHOODS
from imgsim.persons.risk_equations import ONLY, Row, Rules, Who, amount, is_steady, leans_on

STATE: Final = COLUMN["livelihood"]
EXPERIENCE: Final = COLUMN["experience"]
IN_TRAINING, IN_PRACTICE = LIVELIHOODS.index("in_training"), LIVELIHOODS.index("in_practice")
STATES: Final = len(LIVELIHOODS)

# Places in the track of one person (float32, which holds any day exactly): threshold left, spells begun, day walked
# to, state before training.
LEFT, SPELLS, WALKED, BEFORE = range(4)
TRACK: Final = 4
UNDRAWN: Final = -1.0  # of a threshold: not drawn yet

# Adding the rates of leaving up was a sixth of walking the national road, so those that lean on few traits are kept.
SPAN: Final = 16  # for flags, categories and counts below this
MOST: Final = 2  # and for so many traits at most, in every combination

Days = npt.NDArray[np.int64] | npt.NDArray[np.int32]
Track = npt.NDArray[np.float32]


class ActivityTransitions(NamedTuple):
    """The quantities of the second track."""

    ways: npt.NDArray[np.int64]  # (states,): how many moves lead out of each state
    rate: npt.NDArray[np.int64]  # (states, states): quantity of the yearly rate of each of them
    to: npt.NDArray[np.int64]  # (states, states): state that each of them leads to
    steady: npt.NDArray[np.int64]  # (states,): 1 if none of them changes while nothing happens to the person
    threshold: int  # decision hash of the thresholds
    destination: int  # decision hash of the moves' destinations
    clinical: int  # a bit for each state that counts as clinical work
    experience: int  # a bit for each state that counts as clinical experience in the country of destination
    leans: npt.NDArray[np.int64]  # (states, 1 + MOST): how many traits the rates lean on, -1 if too many; which
    kept: npt.NDArray[np.float64]  # (states, SPAN ** MOST): yearly rate of leaving, by state and these traits


def transitions_of(number: Callable[[str], int], decision: Callable[[str], int], rules: Rules) -> ActivityTransitions:
    """The moves a scenario's parameters name (``livelihood.<state>.<state>``)."""
    ways, steady = np.zeros(STATES, np.int64), np.ones(STATES, np.int64)
    rate, to = np.full((2, STATES, STATES), -1, np.int64)
    for state, name in enumerate(LIVELIHOODS):
        for other, called in enumerate(LIVELIHOODS):
            if (quantity := number(f"livelihood.{name}.{called}")) >= 0:
                rate[state, ways[state]], to[state, ways[state]] = quantity, other
                ways[state] += 1
                steady[state] &= is_steady(rules, quantity)
    leans, kept = np.full((STATES, 1 + MOST), -1, np.int64), np.zeros((STATES, SPAN**MOST))
    transitions = ActivityTransitions(
        ways, rate, to, steady, decision("livelihood.threshold"), decision("livelihood.destination"),
        states_that("clinical", number, rules), states_that("experience", number, rules), leans, kept,
    )  # fmt: skip
    for place in np.flatnonzero(steady):
        keep_rates(rules, transitions, int(place))
    return transitions


def states_that(count_as: str, number: Callable[[str], int], rules: Rules) -> int:
    """The states whose flag ``livelihood.<count_as>.<state>`` is set, a bit each; a state without a flag is not.

    InputError if a flag depends on the day or the person.
    """
    states = 0
    for state, name in enumerate(LIVELIHOODS):
        flag = number(f"livelihood.{count_as}.{name}")
        if flag < 0:
            continue
        if rules.head[flag, ONLY] < 0 or leans_on(rules, flag):
            raise InputError("must be one value for everybody and every day", key=f"livelihood.{count_as}.{name}")
        states |= int(rules.plain[rules.head[flag, ONLY]] > 0.5) << state
    return states


def keep_rates(rules: Rules, transitions: ActivityTransitions, state: int) -> None:
    """Work the rate of leaving a steady state out beforehand, if it leans on few traits, for whatever they may be."""
    rates = [int(q) for q in transitions.rate[state, : transitions.ways[state]]]
    traits = sorted(set[int]().union(*(leans_on(rules, q) for q in rates)))
    if len(traits) > MOST or any(trait < 0 for trait in traits):  # those below 0 are worked out themselves
        return
    transitions.leans[state, : 1 + len(traits)] = len(traits), *traits
    row = np.zeros(max([len(COLUMN), *(trait + 1 for trait in traits)]))
    for place, values in enumerate(product(range(SPAN), repeat=len(traits))):
        row[traits] = values
        transitions.kept[state, place] = rate_of_leaving(rules, transitions, row, state, 0)


@inline_kernel
def begin_spell(row: Row, track: Track, state: int, day: int) -> None:
    """Enter a state; its threshold is drawn when a hazard first uses it up."""
    row[STATE] = state
    track[WALKED] = day
    track[SPELLS] += 1.0
    track[LEFT] = UNDRAWN


@inline_kernel
def threshold_left(who: Who, transitions: ActivityTransitions, track: Track) -> float:
    """What is left of the spell's threshold, drawn from the address of the spell if it was not used yet."""
    if track[LEFT] == UNDRAWN:
        u = uniform(who.seed, who.replication, who.actor, transitions.threshold, int(track[SPELLS]), 0)
        track[LEFT] = exponential(u)
    return float(track[LEFT])


@called_kernel
def rate_of_leaving(rules: Rules, transitions: ActivityTransitions, row: Row, state: int, day: int) -> float:
    """The yearly rate of leaving a state for any other."""
    total = 0.0
    for way in range(transitions.ways[state]):
        total += amount(rules, transitions.rate[state, way], day, row)
    return total


@inline_kernel
def hazard(rules: Rules, transitions: ActivityTransitions, row: Row, state: int, day: int) -> float:
    """The same, looked up if it is kept: a life asks at every step."""
    place, traits = 0, transitions.leans[state, 0]
    for k in range(traits):
        held = row[transitions.leans[state, 1 + k]]
        if held >= 0.0 and held < SPAN and held == math.floor(held):
            place = place * SPAN + int(held)
        else:
            traits = -1
    return (
        float(transitions.kept[state, place]) if traits >= 0 else rate_of_leaving(rules, transitions, row, state, day)
    )


@inline_kernel
def destination(
    rules: Rules, who: Who, transitions: ActivityTransitions, row: Row, track: Track, state: int, day: int
) -> int:
    """Where a spell that ends on this day leads, in proportion to the rates."""
    u = uniform(who.seed, who.replication, who.actor, transitions.destination, int(track[SPELLS]), 0)
    rest = u * hazard(rules, transitions, row, state, day)
    last = state
    for way in range(transitions.ways[state]):
        rest -= amount(rules, transitions.rate[state, way], day, row)
        last = transitions.to[state, way]
        if rest <= 0.0:
            break
    return int(last)


@inline_kernel
def spend(clinical: int, experience: int, row: Row, track: Track, days_in: Days, to: int) -> None:
    """Count the days up to ``to`` in the present state, and what they add to experience and recency of practice."""
    state = int(row[STATE])
    days = to - int(track[WALKED])
    days_in[state] += days
    if experience >> state & 1:
        row[EXPERIENCE] += days / DAYS_A_YEAR
    if clinical >> state & 1:
        row[LAST_CLINICAL] = max(row[LAST_CLINICAL], float(to))
    track[WALKED] = to


@inline_kernel
def next_transition(
    rules: Rules, who: Who, transitions: ActivityTransitions, row: Row, track: Track, days_in: Days, to: int
) -> int:
    """Walk the present spell until it ends, or to the day ``to``; the new state, or -1 if the spell goes on."""
    state = int(row[STATE])
    if transitions.ways[state] == 0:
        spend(transitions.clinical, transitions.experience, row, track, days_in, to)
        return -1
    while int(track[WALKED]) < to:
        day = int(track[WALKED])
        stop = to if transitions.steady[state] == 1 else min(to, day_of(year_of(day) + 1, 1, 1))
        rate = hazard(rules, transitions, row, state, day)
        if rate > 0.0:
            needed = threshold_left(who, transitions, track) / rate * DAYS_A_YEAR
            if needed <= stop - day:
                at = min(stop, day + max(1, math.ceil(needed)))
                spend(transitions.clinical, transitions.experience, row, track, days_in, at)
                return destination(rules, who, transitions, row, track, state, at)
            track[LEFT] -= rate * (stop - day) / DAYS_A_YEAR
        spend(transitions.clinical, transitions.experience, row, track, days_in, stop)
    return -1
