"""Equals `reference.idiosyncratic`: what one side of a pair thinks of the other beyond what can be known of both.

All that a pair of applicant and programme draws in a year comes from one address (the applicant's, with the programme
as partner), whose four words are four judgements.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Floats, Ints
from imgsim.base.compiled.jit import inline_kernel, kernel
from imgsim.base.randomness.philox import words
from imgsim.base.randomness.quantiles import normal

Words = npt.NDArray[np.uint32]
Singles = npt.NDArray[np.float32]

SCREENING, INTERVIEW, PREFERENCE, SOAP_REVIEW = range(4)  # which of a pair's four words

STEPS_BITS: Final = 12
STEPS: Final = 2**STEPS_BITS
TAIL: Final = STEPS // 128  # beyond it the quantile bends too much for a straight line
REST_BITS: Final = 32 - STEPS_BITS
BLOCK: Final = 256  # pairs


class Pairs(NamedTuple):
    """Applicant and programme of every pair."""

    applicant: npt.NDArray[np.int32]
    programme: npt.NDArray[np.uint16]


class Chance(NamedTuple):
    """What the draws of all pairs of a year's Match have in common, and the actors behind a pair's numbers."""

    seed: int
    replication: int
    year: int
    decision: int
    actor: Ints  # by applicant
    partner: Ints  # by programme
    table: Floats


@kernel
def normal_table() -> Floats:
    """The normal quantile at k / STEPS; the ends, which are not finite, are never read."""
    table = np.zeros(STEPS + 1)
    for k in range(1, STEPS):
        table[k] = normal(k / STEPS)
    return table


@kernel
def idiosyncratic(chance: Chance, pairs: Pairs, which: int) -> Singles:
    """One of the four standard normals of every pair, single precision.

    Block by block, because words of addresses that lie in a row are cheaper, and a block stays in the cache.
    """
    result = np.empty(len(pairs.applicant), np.float32)
    person, partner, drawn = np.empty(BLOCK, np.int64), np.empty(BLOCK, np.int64), np.empty(BLOCK, np.uint32)
    for begin in range(0, len(result), BLOCK):
        size = min(BLOCK, len(result) - begin)
        for k in range(size):
            person[k] = chance.actor[np.uint32(pairs.applicant[begin + k])]
            partner[k] = chance.partner[pairs.programme[begin + k]]
        for k in range(size):
            w = words(chance.seed, chance.replication, person[k], chance.decision, chance.year, partner[k])
            drawn[k] = w[0] if which == 0 else w[1] if which == 1 else w[2] if which == 2 else w[3]
        normals(chance.table, drawn[:size], result[begin : begin + size])
    return result


@inline_kernel
def normals(table: Floats, drawn: Words, result: Singles) -> None:
    """Normal quantiles of words: along the table to 4e-5, and exactly in the last 128th at either end.

    The exact quantile would be too slow for two million words (docs/decisions/0002).
    """
    for k in range(len(drawn)):
        step = drawn[k] >> np.uint32(REST_BITS)
        if TAIL <= step < STEPS - TAIL:
            rest = (drawn[k] & np.uint32(2**REST_BITS - 1)) / 2.0**REST_BITS
            result[k] = table[step] + rest * (table[step + np.uint32(1)] - table[step])
        else:
            result[k] = normal((drawn[k] + 0.5) / 2.0**32)
