"""Equals `reference.apply`: the programmes that each applicant applies to."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Floats, Ints
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


class Screens(NamedTuple):
    """What programmes refuse unread; each array has an entry for a programme that does not exist after the last."""

    refuses: npt.NDArray[np.uint8]  # bits of what it refuses
    longest: npt.NDArray[np.float32]  # years after graduation until which it considers anybody


class Seeking(NamedTuple):
    """What applicants seek and what may be refused in them; arrays of shape (applicants,)."""

    wish: Ints
    second: Ints  # second specialty, or -1
    wanted: Ints  # applications
    lacks: Ints  # bits of what may be refused
    years: Floats  # since graduation


def screens(refuses: Ints, longest: Floats) -> Screens:
    """The screens of all programmes, as small as they can be kept."""
    return Screens(np.append(refuses, 0).astype(np.uint8), np.append(longest, 0).astype(np.float32))


@kernel
def apply(chance: Chance, rings: Programme, every: int, seeking: Seeking, screens: Screens) -> Pairs:
    """Applicant and programme of every application, without repeats, in the order of applicants.

    Each ``every``-th draw is for the second specialty, or for the one wished for if there is no second (-1).
    """
    most = seeking.wanted.sum() + PER_CALL
    applicant, programme = np.empty(most, np.int32), np.empty(most, np.uint16)
    last_applicant, flat_rings, pattern = last_applicants(len(screens.refuses)), rings.ravel(), second_pattern(every)
    low, high = np.empty(CALLS, np.uint64), np.empty(CALLS, np.uint64)
    n = np.uint64(0)
    for a in range(len(seeking.wish)):
        wanted, second = seeking.wanted[a], seeking.second[a]
        begin, end, tries = n, n + np.uint64(wanted), wanted * TRIES
        starts = ring_start(seeking.wish[a]), ring_start(second if second >= 0 else seeking.wish[a])
        me = np.int32(a), np.uint8(seeking.lacks[a]), np.float32(seeking.years[a])
        for call in range((tries + PER_CALL - 1) // PER_CALL):
            if n >= end:
                break
            if call % CALLS == 0:
                points_ahead(chance, a, call, low, high)
            points, left = (low[call % CALLS], high[call % CALLS]), tries - call * PER_CALL
            seconds = pattern >> (call * PER_CALL % every)
            if left >= PER_CALL:  # nearly always; a number that the compiler knows takes an eighth less time
                n = apply_at_points(
                    flat_rings, starts, points, seconds, PER_CALL, screens, last_applicant, me, programme, n
                )
            else:
                n = apply_at_points(
                    flat_rings, starts, points, seconds, left, screens, last_applicant, me, programme, n
                )
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
    tries: int, screens: Screens, last_applicant: Ints32, me: tuple[np.int32, np.uint8, np.float32],
    programme: Programme, n: np.uint64,
) -> np.uint64:  # fmt: skip
    """Record the applications at a call's first ``tries`` points that are new and not refused; how many there are then.

    Without branches and signs: either costs more than all the rest.
    """
    (first, other), (left, right), (number, lacks, years) = starts, points, me
    for k in range(tries):
        p = rings[(other if (seconds >> k) & 1 else first) | (left & np.uint64(POINTS - 1))]
        left = (left >> np.uint64(POINT_BITS)) | (right << np.uint64(64 - POINT_BITS))
        right >>= np.uint64(POINT_BITS)
        last = last_applicant[p]
        programme[n] = p
        n += np.uint64((last < number) & considers(screens, p, lacks, years))
        last_applicant[p] = max(last, number)
    return n


@inline_kernel
def considers(screens: Screens, p: np.uint16, lacks: np.uint8, years: np.float32) -> bool:
    """Does a programme read the file of somebody who lacks this, so many years after graduation?"""
    considered: bool = ((screens.refuses[p] & lacks) == 0) & (years <= screens.longest[p])
    return considered


@inline_kernel
def points_ahead(chance: Chance, a: int, call: int, low: Keys, high: Keys) -> None:
    """Draw the points of an applicant's next calls at once, which is cheaper than one by one."""
    for k in range(CALLS):
        w = words(chance.seed, chance.replication, chance.actor[a], chance.decision, chance.year, call + k)
        low[k], high[k] = eight_points(*w)


@kernel
def last_applicants(programmes: int) -> Ints32:
    """The last applicant of each programme: nobody yet, or somebody after all others for the one that does not exist.

    So one look tells whether an application is new.
    """
    last = np.full(programmes, -1, np.int32)
    last[programmes - 1] = MOST_APPLICANTS
    return last
