"""Activity status: a semi-Markov process simulated in parallel with the stages.

Each spell draws one exponential threshold. Daily hazards use it up, refreshed at every stage end and, if anything in
them changes with time, on every 1 January; what is left of it stays when the stage or the law changes. One step
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
from imgsim.base.randomness.philox import uniform
from imgsim.base.randomness.quantiles import exponential
from imgsim.inputs.traits import COLUMN, LAST_CLINICAL, LIVELIHOODS
from imgsim.persons.risk_equations import ONLY, Row, Rules, Who, amount, is_steady, leans_on

STATE: Final = COLUMN["livelihood"]
EXPERIENCE: Final = COLUMN["experience"]
IN_TRAINING, IN_PRACTICE = LIVELIHOODS.index("in_training"), LIVELIHOODS.index("in_practice")
STATES: Final = len(LIVELIHOODS)

# Columns of the activity of one person (float32, exact for any day): threshold left, spells begun, day up to which the
# status is simulated, status before training.
LEFT, SPELLS, ADVANCED_TO, BEFORE = range(4)
ACTIVITY_COLUMNS: Final = 4
UNDRAWN: Final = -1.0  # of a threshold: not drawn yet

# Total exit rates that depend on few traits are tabulated, because every step of a career asks for them.
SPAN: Final = 16  # for flags, categories and counts below this
MOST: Final = 2  # and for so many traits at most, in every combination

Days = npt.NDArray[np.int64] | npt.NDArray[np.int32]
Activity = npt.NDArray[np.float32]


class ActivityTransitions(NamedTuple):
    """The quantities of the activity status."""

    ways: npt.NDArray[np.int64]  # (states,): number of transitions out of each state
    rate: npt.NDArray[np.int64]  # (states, states): quantity of the yearly rate of each of them
    to: npt.NDArray[np.int64]  # (states, states): state that each of them leads to
    steady: npt.NDArray[np.int64]  # (states,): 1 if none of them changes while nothing happens to the person
    threshold: int  # decision hash of the thresholds
    destination: int  # decision hash of the destinations
    clinical: int  # a bit for each state that counts as clinical work
    experience: int  # a bit for each state that counts as clinical experience in the country of destination
    leans: npt.NDArray[np.int64]  # (states, 1 + MOST): how many traits the rates lean on, -1 if too many; which
    exit_rates: npt.NDArray[np.float64]  # (states, SPAN ** MOST): yearly rate of leaving, by state and these traits


def transitions_of(number: Callable[[str], int], decision: Callable[[str], int], rules: Rules) -> ActivityTransitions:
    """The transitions for which a scenario has rates (``livelihood.<state>.<state>``)."""
    ways, steady = np.zeros(STATES, np.int64), np.ones(STATES, np.int64)
    rate, to = np.full((2, STATES, STATES), -1, np.int64)
    for state, name in enumerate(LIVELIHOODS):
        for other, called in enumerate(LIVELIHOODS):
            if (quantity := number(f"livelihood.{name}.{called}")) >= 0:
                rate[state, ways[state]], to[state, ways[state]] = quantity, other
                ways[state] += 1
                steady[state] &= is_steady(rules, quantity)
    leans, exit_rates = np.full((STATES, 1 + MOST), -1, np.int64), np.zeros((STATES, SPAN**MOST))
    transitions = ActivityTransitions(
        ways, rate, to, steady, decision("livelihood.threshold"), decision("livelihood.destination"),
        states_that("clinical", number, rules), states_that("experience", number, rules), leans, exit_rates,
    )  # fmt: skip
    for place in np.flatnonzero(steady):
        tabulate_exit_rates(rules, transitions, int(place))
    return transitions


def states_that(count_as: str, number: Callable[[str], int], rules: Rules) -> int:
    """The states whose flag ``livelihood.<count_as>.<state>`` is set, a bit each; a state without a flag is not."""
    states = 0
    for state, name in enumerate(LIVELIHOODS):
        flag = number(f"livelihood.{count_as}.{name}")
        if flag >= 0:  # one value for everybody and every day, as imgsim.inputs.plain_values makes sure of
            states |= int(rules.plain[rules.head[flag, ONLY]] > 0.5) << state
    return states


def tabulate_exit_rates(rules: Rules, transitions: ActivityTransitions, state: int) -> None:
    """Tabulate the total exit rate of a steady status by all values of its traits, if it depends on at most two."""
    rates = [int(q) for q in transitions.rate[state, : transitions.ways[state]]]
    traits = sorted(set[int]().union(*(leans_on(rules, q) for q in rates)))
    if len(traits) > MOST or any(trait < 0 for trait in traits):  # those below 0 are worked out themselves
        return
    transitions.leans[state, : 1 + len(traits)] = len(traits), *traits
    row = np.zeros(max([len(COLUMN), *(trait + 1 for trait in traits)]))
    for place, values in enumerate(product(range(SPAN), repeat=len(traits))):
        row[traits] = values
        transitions.exit_rates[state, place] = sum_of_rates(rules, transitions, row, state, 0)


@inline_kernel
def begin_spell(row: Row, activity: Activity, state: int, day: int) -> None:
    """Enter a state; its threshold is drawn when a hazard first uses it up."""
    row[STATE] = state
    activity[ADVANCED_TO] = day
    activity[SPELLS] += 1.0
    activity[LEFT] = UNDRAWN


@inline_kernel
def threshold_left(who: Who, transitions: ActivityTransitions, activity: Activity) -> float:
    """What is left of the spell's threshold, drawn from the address of the spell if it was not used yet."""
    if activity[LEFT] == UNDRAWN:
        u = uniform(who.seed, who.replication, who.actor, transitions.threshold, int(activity[SPELLS]), 0)
        activity[LEFT] = exponential(u)
    return float(activity[LEFT])


@called_kernel
def sum_of_rates(rules: Rules, transitions: ActivityTransitions, row: Row, state: int, day: int) -> float:
    """The yearly rate of leaving a status for any other, added up from its transitions."""
    total = 0.0
    for way in range(transitions.ways[state]):
        total += amount(rules, transitions.rate[state, way], day, row)
    return total


@inline_kernel
def exit_rate(rules: Rules, transitions: ActivityTransitions, row: Row, state: int, day: int) -> float:
    """Total exit rate of a status, from the table where the rates depend on at most two small traits."""
    index, traits = 0, transitions.leans[state, 0]
    for k in range(traits):
        value = row[transitions.leans[state, 1 + k]]
        if value >= 0.0 and value < SPAN and value == math.floor(value):
            index = index * SPAN + int(value)
        else:
            traits = -1
    return (
        float(transitions.exit_rates[state, index])
        if traits >= 0
        else sum_of_rates(rules, transitions, row, state, day)
    )


@inline_kernel
def destination(
    rules: Rules, who: Who, transitions: ActivityTransitions, row: Row, activity: Activity, state: int, day: int
) -> int:
    """Where a spell that ends on this day leads, in proportion to the rates."""
    u = uniform(who.seed, who.replication, who.actor, transitions.destination, int(activity[SPELLS]), 0)
    rest = u * exit_rate(rules, transitions, row, state, day)
    last = state
    for way in range(transitions.ways[state]):
        rest -= amount(rules, transitions.rate[state, way], day, row)
        last = transitions.to[state, way]
        if rest <= 0.0:
            break
    return int(last)


@inline_kernel
def add_days(clinical: int, experience: int, row: Row, activity: Activity, days_in: Days, to: int) -> None:
    """Count the days up to ``to`` in the present state, and what they add to experience and recency of practice."""
    state = int(row[STATE])
    days = to - int(activity[ADVANCED_TO])
    days_in[state] += days
    if experience >> state & 1:
        row[EXPERIENCE] += days / DAYS_A_YEAR
    if clinical >> state & 1:
        row[LAST_CLINICAL] = max(row[LAST_CLINICAL], float(to))
    activity[ADVANCED_TO] = to


@inline_kernel
def next_transition(
    rules: Rules, who: Who, transitions: ActivityTransitions, row: Row, activity: Activity, days_in: Days, to: int
) -> int:
    """Advance the present spell to its end or to the day ``to``; the new status, or -1 if the spell goes on."""
    state = int(row[STATE])
    if transitions.ways[state] == 0:
        add_days(transitions.clinical, transitions.experience, row, activity, days_in, to)
        return -1
    while int(activity[ADVANCED_TO]) < to:
        day = int(activity[ADVANCED_TO])
        stop = to if transitions.steady[state] == 1 else min(to, day_of(year_of(day) + 1, 1, 1))
        rate = exit_rate(rules, transitions, row, state, day)
        if rate > 0.0:
            needed = threshold_left(who, transitions, activity) / rate * DAYS_A_YEAR
            if needed <= stop - day:
                at = min(stop, day + max(1, math.ceil(needed)))
                add_days(transitions.clinical, transitions.experience, row, activity, days_in, at)
                return destination(rules, who, transitions, row, activity, state, at)
            activity[LEFT] -= rate * (stop - day) / DAYS_A_YEAR
        add_days(transitions.clinical, transitions.experience, row, activity, days_in, stop)
    return -1
