"""The rules that the SimPy engine asks, behind flat arguments; written by ``generate_flat_calls``, not by hand."""

# fmt: off
from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Floats, Ints
from imgsim.base.compiled.by_reference import by_reference
from imgsim.base.compiled.jit import inline_kernel
from imgsim.persons import livelihood, pass_rules, risk_equations, sitting_rules
from imgsim.persons.livelihood import ActivityTransitions
from imgsim.persons.risk_equations import Rules, Who

SmallFloats = npt.NDArray[np.float32]
Call = tuple[Ints, Ints, Ints, Floats, Floats, Ints, int, int, int, int]  # the fields of Rules, then those of Who


@inline_kernel
def happens(
    rules_head: Ints, rules_first: Ints, rules_day: Ints, rules_value: Floats, rules_plain: Floats, rules_ratio: Ints,
    rules_academic_year: int, who_seed: int, who_replication: int, who_actor: int, q: int, day: int, row: Floats,
    occurrence: int,
) -> bool:
    """``imgsim.persons.risk_equations.happens``, its named tuples field by field."""
    return risk_equations.happens(
        by_reference(Rules(rules_head, rules_first, rules_day, rules_value, rules_plain, rules_ratio,
        rules_academic_year)), by_reference(Who(who_seed, who_replication, who_actor)), q, day, row, occurrence,
    )


@inline_kernel
def lasts(
    rules_head: Ints, rules_first: Ints, rules_day: Ints, rules_value: Floats, rules_plain: Floats, rules_ratio: Ints,
    rules_academic_year: int, who_seed: int, who_replication: int, who_actor: int, q: int, day: int, row: Floats,
    occurrence: int,
) -> int:
    """``imgsim.persons.risk_equations.lasts``, its named tuples field by field."""
    return risk_equations.lasts(
        by_reference(Rules(rules_head, rules_first, rules_day, rules_value, rules_plain, rules_ratio,
        rules_academic_year)), by_reference(Who(who_seed, who_replication, who_actor)), q, day, row, occurrence,
    )


@inline_kernel
def expires_after(
    rules_head: Ints, rules_first: Ints, rules_day: Ints, rules_value: Floats, rules_plain: Floats, rules_ratio: Ints,
    rules_academic_year: int, who_seed: int, who_replication: int, who_actor: int, q: int, day: int, row: Floats,
    occurrence: int,
) -> int:
    """``imgsim.persons.risk_equations.expires_after``, its named tuples field by field."""
    return risk_equations.expires_after(
        by_reference(Rules(rules_head, rules_first, rules_day, rules_value, rules_plain, rules_ratio,
        rules_academic_year)), by_reference(Who(who_seed, who_replication, who_actor)), q, day, row, occurrence,
    )


@inline_kernel
def chooses(
    rules_head: Ints, rules_first: Ints, rules_day: Ints, rules_value: Floats, rules_plain: Floats, rules_ratio: Ints,
    rules_academic_year: int, who_seed: int, who_replication: int, who_actor: int, first: int, options: int, day: int,
    row: Floats, occurrence: int,
) -> int:
    """``imgsim.persons.risk_equations.chooses``, its named tuples field by field."""
    return risk_equations.chooses(
        by_reference(Rules(rules_head, rules_first, rules_day, rules_value, rules_plain, rules_ratio,
        rules_academic_year)), by_reference(Who(who_seed, who_replication, who_actor)), first, options, day, row,
        occurrence,
    )


@inline_kernel
def grade(
    rules_head: Ints, rules_first: Ints, rules_day: Ints, rules_value: Floats, rules_plain: Floats, rules_ratio: Ints,
    rules_academic_year: int, who_seed: int, who_replication: int, who_actor: int, q: Ints, day: int, row: Floats,
    attempt: int,
) -> int:
    """``imgsim.persons.pass_rules.grade``, its named tuples field by field."""
    return pass_rules.grade(
        by_reference(Rules(rules_head, rules_first, rules_day, rules_value, rules_plain, rules_ratio,
        rules_academic_year)), by_reference(Who(who_seed, who_replication, who_actor)), q, day, row, attempt,
    )


@inline_kernel
def barred(
    rules_head: Ints, rules_first: Ints, rules_day: Ints, rules_value: Floats, rules_plain: Floats, rules_ratio: Ints,
    rules_academic_year: int, given: int, limit: int, per_year: int, day: int, row: Floats, attempts: int,
) -> int:
    """``imgsim.persons.sitting_rules.barred``, its named tuples field by field."""
    return sitting_rules.barred(
        by_reference(Rules(rules_head, rules_first, rules_day, rules_value, rules_plain, rules_ratio,
        rules_academic_year)), given, limit, per_year, day, row, attempts,
    )


@inline_kernel
def earliest_retake(
    rules_head: Ints, rules_first: Ints, rules_day: Ints, rules_value: Floats, rules_plain: Floats, rules_ratio: Ints,
    rules_academic_year: int, per_year: int, late_gap: int, day: int, row: Floats, sat: Ints, count: int,
) -> int:
    """``imgsim.persons.sitting_rules.earliest_retake``, its named tuples field by field."""
    return sitting_rules.earliest_retake(
        by_reference(Rules(rules_head, rules_first, rules_day, rules_value, rules_plain, rules_ratio,
        rules_academic_year)), per_year, late_gap, day, row, sat, count,
    )


@inline_kernel
def session_after(
    rules_head: Ints, rules_first: Ints, rules_day: Ints, rules_value: Floats, rules_plain: Floats, rules_ratio: Ints,
    rules_academic_year: int, first: int, sessions: int, apart: int, wished: int, day: int, row: Floats, sat: Ints,
    count: int,
) -> int:
    """``imgsim.persons.sitting_rules.session_after``, its named tuples field by field."""
    return sitting_rules.session_after(
        by_reference(Rules(rules_head, rules_first, rules_day, rules_value, rules_plain, rules_ratio,
        rules_academic_year)), first, sessions, apart, wished, day, row, sat, count,
    )


@inline_kernel
def next_transition(
    rules_head: Ints, rules_first: Ints, rules_day: Ints, rules_value: Floats, rules_plain: Floats, rules_ratio: Ints,
    rules_academic_year: int, who_seed: int, who_replication: int, who_actor: int, transitions_ways: Ints,
    transitions_rate: Ints, transitions_to: Ints, transitions_steady: Ints, transitions_threshold: int,
    transitions_destination: int, transitions_clinical: int, transitions_experience: int, transitions_leans: Ints,
    transitions_exit_rates: Floats, row: Floats, activity: SmallFloats, days_in: Ints, to: int,
) -> int:
    """``imgsim.persons.livelihood.next_transition``, its named tuples field by field."""
    return livelihood.next_transition(
        by_reference(Rules(rules_head, rules_first, rules_day, rules_value, rules_plain, rules_ratio,
        rules_academic_year)), by_reference(Who(who_seed, who_replication, who_actor)),
        by_reference(ActivityTransitions(transitions_ways, transitions_rate, transitions_to, transitions_steady,
        transitions_threshold, transitions_destination, transitions_clinical, transitions_experience, transitions_leans,
        transitions_exit_rates)), row, activity, days_in, to,
    )
