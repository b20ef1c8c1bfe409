"""Standard normals by the million: what one side of a pair thinks of the other beyond what can be known of both.

All that a pair of applicant and programme draws in a year comes from one address (the applicant's, with the programme
as partner), whose four words are four judgements.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.chance import words
from imgsim.compiled import compiled
from imgsim.distributions import normal

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint32]

SCREENING, INTERVIEW, PREFERENCE, AFTERWARDS = range(4)  # which of a pair's four words

STEPS_BITS: Final = 12
STEPS: Final = 2**STEPS_BITS
TAIL: Final = STEPS // 128
REST_BITS: Final = 32 - STEPS_BITS
BLOCK: Final = 256


class Pairs(NamedTuple):
    """Applicant and programme of every pair."""

    applicant: npt.NDArray[np.int32]
    programme: npt.NDArray[np.int16]


class Address(NamedTuple):
    """The part of an address that all pairs of a year's round share."""

    seed: int
    replication: int
    year: int
    decision: int


@compiled
def normal_table() -> Floats:
    """The normal quantile at k / STEPS; the ends, which are not finite, are never read."""
    table = np.zeros(STEPS + 1)
    for k in range(1, STEPS):
        table[k] = normal(k / STEPS)
    return table


@compiled
def pair_words(at: Address, actor: Ints, partner: Ints, pairs: Pairs, which: int) -> Words:
    """One of the four words of every pair; block by block, since words of addresses that lie in a row come faster."""
    found = np.empty(len(pairs.applicant), np.uint32)
    who, other = np.empty(BLOCK, np.int64), np.empty(BLOCK, np.int64)
    for begin in range(0, len(found), BLOCK):
        size = min(BLOCK, len(found) - begin)
        for k in range(size):
            who[k], other[k] = actor[pairs.applicant[begin + k]], partner[pairs.programme[begin + k]]
        for k in range(size):
            w = words(at.seed, at.replication, who[k], at.decision, at.year, other[k])
            found[begin + k] = w[0] if which == 0 else w[1] if which == 1 else w[2] if which == 2 else w[3]
    return found


@compiled
def normals(table: Floats, drawn: Words) -> npt.NDArray[np.float32]:
    """The normal quantile of words: along the table to 4e-5, and exactly in its outermost 64ths.

    The exact quantile of two million words would take as long as the rest of a Match.
    """
    found = np.empty(len(drawn), np.float32)
    for k in range(len(drawn)):
        step = drawn[k] >> np.uint32(REST_BITS)
        if TAIL <= step < STEPS - TAIL:
            rest = (drawn[k] & np.uint32(2**REST_BITS - 1)) / 2.0**REST_BITS
            found[k] = table[step] + rest * (table[step + np.uint32(1)] - table[step])
        else:
            found[k] = normal((drawn[k] + 0.5) / 2.0**32)
    return found
