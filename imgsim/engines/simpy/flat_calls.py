"""The rules as the SimPy engine calls them: the same compiled functions behind flat arguments.

Handing a named tuple of arrays to compiled code costs microseconds a call, flat arguments a fraction of one; a life
calls rules a hundred times. ``Call`` is what every call begins with: the arrays of the rules, then who asks.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.by_reference import by_reference
from imgsim.base.compiled.jit import inline_kernel
from imgsim.persons import livelihood, pass_rules
from imgsim.persons import risk_equations as rules
from imgsim.persons import sitting_rules as sittings
from imgsim.persons.livelihood import ActivityTransitions, Track
from imgsim.persons.risk_equations import Row, Rules, Who

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Call = tuple[Ints, Ints, Ints, Floats, Floats, Ints, int, int, int]


@inline_kernel
def happens(
    head: Ints, first: Ints, days: Ints, value: Floats, plain: Floats, ratio: Ints,
    seed: int, replication: int, actor: int,
    q: int, day: int, row: Row, occurrence: int,
) -> bool:  # fmt: skip
    """See ``imgsim.persons.risk_equations.happens``."""
    who = by_reference(Who(seed, replication, actor))
    held = by_reference(Rules(head, first, days, value, plain, ratio))
    return rules.happens(held, who, q, day, row, occurrence)


@inline_kernel
def grade(
    head: Ints, first: Ints, days: Ints, value: Floats, plain: Floats, ratio: Ints,
    seed: int, replication: int, actor: int,
    q: Ints, day: int, row: Row, attempt: int,
) -> int:  # fmt: skip
    """See ``imgsim.persons.pass_rules.grade``."""
    who = by_reference(Who(seed, replication, actor))
    held = by_reference(Rules(head, first, days, value, plain, ratio))
    return pass_rules.grade(held, who, q, day, row, attempt)


@inline_kernel
def lasts(
    head: Ints, first: Ints, days: Ints, value: Floats, plain: Floats, ratio: Ints,
    seed: int, replication: int, actor: int,
    q: int, day: int, row: Row, occurrence: int,
) -> int:  # fmt: skip
    """See ``imgsim.persons.risk_equations.lasts``."""
    who = by_reference(Who(seed, replication, actor))
    held = by_reference(Rules(head, first, days, value, plain, ratio))
    return rules.lasts(held, who, q, day, row, occurrence)


@inline_kernel
def expires_after(
    head: Ints, first: Ints, days: Ints, value: Floats, plain: Floats, ratio: Ints,
    seed: int, replication: int, actor: int,
    q: int, day: int, row: Row, occurrence: int,
) -> int:  # fmt: skip
    """See ``imgsim.persons.risk_equations.strikes_after``."""
    who = by_reference(Who(seed, replication, actor))
    held = by_reference(Rules(head, first, days, value, plain, ratio))
    return rules.expires_after(held, who, q, day, row, occurrence)


@inline_kernel
def chooses(
    head: Ints, first: Ints, days: Ints, value: Floats, plain: Floats, ratio: Ints,
    seed: int, replication: int, actor: int,
    q: int, options: int, day: int, row: Row, occurrence: int,
) -> int:  # fmt: skip
    """See ``imgsim.persons.risk_equations.chooses``."""
    who = by_reference(Who(seed, replication, actor))
    held = by_reference(Rules(head, first, days, value, plain, ratio))
    return rules.chooses(held, who, q, options, day, row, occurrence)


@inline_kernel
def barred(
    head: Ints, first: Ints, days: Ints, value: Floats, plain: Floats, ratio: Ints,
    given: int, limit: int, day: int, row: Row,
    attempts: int,
) -> int:  # fmt: skip
    """See ``imgsim.persons.sitting_rules.barred``."""
    held = by_reference(Rules(head, first, days, value, plain, ratio))
    return sittings.barred(held, given, limit, day, row, attempts)


@inline_kernel
def earliest_retake(
    head: Ints, first: Ints, days: Ints, value: Floats, plain: Floats, ratio: Ints,
    per_year: int, late_gap: int, day: int, row: Row,
    sat: Ints, count: int,
) -> int:  # fmt: skip
    """See ``imgsim.persons.sitting_rules.earliest_retake``."""
    held = by_reference(Rules(head, first, days, value, plain, ratio))
    return sittings.earliest_retake(held, per_year, late_gap, day, row, sat, count)


@inline_kernel
def session_after(
    head: Ints, first: Ints, days: Ints, value: Floats, plain: Floats, ratio: Ints,
    session: int, sessions: int, apart: int, wished: int, day: int, row: Row,
    sat: Ints, count: int,
) -> int:  # fmt: skip
    """See ``imgsim.persons.sitting_rules.session_after``."""
    held = by_reference(Rules(head, first, days, value, plain, ratio))
    return sittings.session_after(held, session, sessions, apart, wished, day, row, sat, count)


@inline_kernel
def next_transition(
    head: Ints, first: Ints, days: Ints, value: Floats, plain: Floats, ratio: Ints,
    seed: int, replication: int, actor: int,
    ways: Ints, rate: Ints, leads_to: Ints, steady: Ints, threshold: int, destination: int,
    leans: Ints, kept: Floats, row: Row, track: Track, days_in: Ints, to: int,
) -> int:  # fmt: skip
    """See ``imgsim.persons.livelihood.next_move``."""
    transitions = by_reference(ActivityTransitions(ways, rate, leads_to, steady, threshold, destination, leans, kept))
    who = by_reference(Who(seed, replication, actor))
    held = by_reference(Rules(head, first, days, value, plain, ratio))
    return livelihood.next_transition(held, who, transitions, row, track, days_in, to)
