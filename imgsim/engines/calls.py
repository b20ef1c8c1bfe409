"""The rules as the SimPy engine calls them: the same compiled functions behind flat arguments.

Handing a named tuple of arrays to compiled code costs microseconds a call, flat arguments a fraction of one; a life
calls rules a hundred times. ``Call`` is what every call begins with: the arrays of the rules, then who asks.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imgsim import exam_rules, livelihood, rules
from imgsim.compiled import compiled
from imgsim.livelihood import Moves
from imgsim.rules import Row, Rules, Who

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Call = tuple[Ints, Ints, Ints, Floats, Ints, int, int, int]


@compiled
def happens(
    head: Ints, first: Ints, days: Ints, value: Floats, ratio: Ints, seed: int, replication: int, actor: int,
    q: int, day: int, row: Row, occurrence: int,
) -> bool:  # fmt: skip
    """See ``imgsim.rules.happens``."""
    return rules.happens(Rules(head, first, days, value, ratio), Who(seed, replication, actor), q, day, row, occurrence)


@compiled
def lasts(
    head: Ints, first: Ints, days: Ints, value: Floats, ratio: Ints, seed: int, replication: int, actor: int,
    q: int, day: int, row: Row, occurrence: int,
) -> int:  # fmt: skip
    """See ``imgsim.rules.lasts``."""
    return rules.lasts(Rules(head, first, days, value, ratio), Who(seed, replication, actor), q, day, row, occurrence)


@compiled
def strikes_after(
    head: Ints, first: Ints, days: Ints, value: Floats, ratio: Ints, seed: int, replication: int, actor: int,
    q: int, day: int, row: Row, occurrence: int,
) -> int:  # fmt: skip
    """See ``imgsim.rules.strikes_after``."""
    who = Who(seed, replication, actor)
    return rules.strikes_after(Rules(head, first, days, value, ratio), who, q, day, row, occurrence)


@compiled
def chooses(
    head: Ints, first: Ints, days: Ints, value: Floats, ratio: Ints, seed: int, replication: int, actor: int,
    q: int, options: int, day: int, row: Row, occurrence: int,
) -> int:  # fmt: skip
    """See ``imgsim.rules.chooses``."""
    who = Who(seed, replication, actor)
    return rules.chooses(Rules(head, first, days, value, ratio), who, q, options, day, row, occurrence)


@compiled
def base(head: Ints, first: Ints, days: Ints, value: Floats, ratio: Ints, q: int, day: int, row: Row) -> float:
    """See ``imgsim.rules.base``."""
    return rules.base(Rules(head, first, days, value, ratio), q, day, row)


@compiled
def session_after(
    head: Ints, first: Ints, days: Ints, value: Floats, ratio: Ints, q: int, count: int, apart: int, last: int, day: int
) -> int:
    """See ``imgsim.exam_rules.session_after``."""
    return exam_rules.session_after(Rules(head, first, days, value, ratio), q, count, apart, last, day)


@compiled
def begin_spell(
    seed: int, replication: int, actor: int, threshold: int, row: Row, track: Floats, state: int, day: int
) -> None:
    """See ``imgsim.livelihood.begin_spell``."""
    livelihood.begin_spell(Who(seed, replication, actor), threshold, row, track, state, day)


@compiled
def next_move(
    head: Ints, first: Ints, days: Ints, value: Floats, ratio: Ints, seed: int, replication: int, actor: int,
    rate: Ints, threshold: int, destination: int, row: Row, track: Floats, days_in: Ints, to: int,
) -> int:  # fmt: skip
    """See ``imgsim.livelihood.next_move``."""
    moves = Moves(rate, threshold, destination)
    who = Who(seed, replication, actor)
    return livelihood.next_move(Rules(head, first, days, value, ratio), who, moves, row, track, days_in, to)
