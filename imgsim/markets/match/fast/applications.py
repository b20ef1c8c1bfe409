"""Equals `reference.apply`: the programmes that each applicant applies to."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Bools, Ints
from imgsim.base.compiled.jit import inline_kernel, kernel
from imgsim.base.randomness.philox import words
from imgsim.markets.match.fast.hash_ring import POINT_BITS, POINTS, Programme, eight_points
from imgsim.markets.match.fast.idiosyncratic import Chance, Pairs
from imgsim.markets.match.fast.packed_sort import MOST_APPLICANTS, Keys

Ints32 = npt.NDArray[np.int32]

TRIES: Final = 3  # points drawn per application wanted, before an applicant has run out of programmes
PER_CALL: Final = 8  # points of one call of chance
CALLS: Final = 16  # made together
MOST_EVERY: Final = 56  # so that the pattern of the second specialty fits into one word


@kernel
def apply(
    chance: Chance, rings: Programme, every: int, wish: Ints, second: Ints, wanted: Ints, kind: Ints, considers: Bools
) -> Pairs:
    """Applicant and programme of every application, without repeats, in the order of applicants.

    Each ``every``-th draw is for the second specialty, or for the one wished for if there is no second (-1).
    ``considers`` is (kinds of applicant, programmes): whether a programme considers that ``kind`` at all.
    """
    most = wanted.sum() + PER_CALL
    applicant, programme = np.empty(most, np.int32), np.empty(most, np.uint16)
    last_applicant, flat_rings, pattern = last_applicants(considers), rings.ravel(), second_pattern(every)
    low, high = np.empty(CALLS, np.uint64), np.empty(CALLS, np.uint64)
    n = np.uint64(0)
    for a in range(len(wish)):
        begin, end, tries = n, n + np.uint64(wanted[a]), wanted[a] * TRIES
        starts = ring_start(wish[a]), ring_start(second[a] if second[a] >= 0 else wish[a])
        for call in range((tries + PER_CALL - 1) // PER_CALL):
            if n >= end:
                break
            if call % CALLS == 0:
                points_ahead(chance, a, call, low, high)
            points, left = (low[call % CALLS], high[call % CALLS]), tries - call * PER_CALL
            seconds = pattern >> (call * PER_CALL % every)
            if left >= PER_CALL:  # nearly always; a number that the compiler knows takes an eighth less time
                n = apply_at_points(
                    flat_rings, starts, points, seconds, PER_CALL, last_applicant[kind[a]], a, programme, n
                )
            else:
                n = apply_at_points(flat_rings, starts, points, seconds, left, last_applicant[kind[a]], a, programme, n)
        n = min(n, end)
        applicant[begin:n] = a
    return Pairs(applicant[:n], programme[:n])


@inline_kernel
def second_pattern(every: int) -> int:
    """The draws for the second specialty as bits: bit k is set where k % every == every - 1."""
    bits = 0
    for k in range(every - 1, every - 1 + PER_CALL, every):
        bits |= 1 << k
    return bits


@inline_kernel
def ring_start(specialty: int) -> np.uint64:
    """Where the ring of a specialty begins when all are laid out one after another."""
    return np.uint64(specialty) << np.uint64(POINT_BITS)


@inline_kernel
def apply_at_points(
    rings: Programme, starts: tuple[np.uint64, np.uint64], points: tuple[np.uint64, np.uint64], seconds: int,
    tries: int, last_applicant: Ints32, a: int, programme: Programme, n: np.uint64,
) -> np.uint64:  # fmt: skip
    """Record the applications at a call's first ``tries`` points that are new and considered; how many there are then.

    Without branches and signs: either costs more than all the rest.
    """
    (first, other), (left, right), me = starts, points, np.int32(a)
    for k in range(tries):
        p = rings[(other if (seconds >> k) & 1 else first) | (left & np.uint64(POINTS - 1))]
        left = (left >> np.uint64(POINT_BITS)) | (right << np.uint64(64 - POINT_BITS))
        right >>= np.uint64(POINT_BITS)
        last = last_applicant[p]
        programme[n] = p
        n += np.uint64(last < me)
        last_applicant[p] = max(last, me)
    return n


@inline_kernel
def points_ahead(chance: Chance, a: int, call: int, low: Keys, high: Keys) -> None:
    """Draw the points of an applicant's next calls at once, which is cheaper than one by one."""
    for k in range(CALLS):
        w = words(chance.seed, chance.replication, chance.actor[a], chance.decision, chance.year, call + k)
        low[k], high[k] = eight_points(*w)


@kernel
def last_applicants(considers: Bools) -> Ints32:
    """The last applicant of each programme, by kind of applicant, with a programme that does not exist after the last.

    Nobody yet (-1), or, where the kind is not considered, somebody after all others: so one look tells whether an
    application is new and considered.
    """
    last = np.full((considers.shape[0], considers.shape[1] + 1), MOST_APPLICANTS, np.int32)
    for kind in range(considers.shape[0]):
        for p in range(considers.shape[1]):
            if considers[kind, p]:
                last[kind, p] = -1
    return last
