"""Step one of a Match: everybody applies."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.jit import inline_kernel, kernel
from imgsim.base.randomness.philox import words
from imgsim.markets.match.hash_ring import PLACE_BITS, PLACES, Programme, eight_places
from imgsim.markets.match.idiosyncratic import Chance, Pairs
from imgsim.markets.match.packed_sort import MOST_APPLICANTS, Keys

Ints = npt.NDArray[np.int64]
Ints32 = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

TRIES: Final = 3  # draws allowed per application wanted, before an applicant has run out of programmes
PER_CALL: Final = 8  # draws of one call of chance
CALLS: Final = 16  # made together
EVERY_THIRD: Final = 0b100100100100  # bit k is set where k % 3 == 2


@kernel
def apply(chance: Chance, circle: Programme, wish: Ints, second: Ints, wanted: Ints, kind: Ints, takes: Bools) -> Pairs:
    """Applicant and programme of every application, without repeats, in the order of applicants.

    Two in three go to the specialty wished for and one in three to the second one, or all of them if there is none
    (-1). ``takes`` is (kinds of applicant, programmes): whether a programme considers that ``kind`` at all.
    """
    most = wanted.sum() + PER_CALL
    applicant, programme = np.empty(most, np.int32), np.empty(most, np.uint16)
    asked_last, circles = last_askers(takes), circle.ravel()
    low, high = np.empty(CALLS, np.uint64), np.empty(CALLS, np.uint64)
    n = np.uint64(0)
    for a in range(len(wish)):
        begin, end, tries = n, n + np.uint64(wanted[a]), wanted[a] * TRIES
        rows = begins_at(wish[a]), begins_at(second[a] if second[a] >= 0 else wish[a])
        for call in range((tries + PER_CALL - 1) // PER_CALL):
            if n >= end:
                break
            if call % CALLS == 0:
                places_ahead(chance, a, call, low, high)
            places, left = (low[call % CALLS], high[call % CALLS]), tries - call * PER_CALL
            if left >= PER_CALL:  # nearly always; a number that the compiler knows takes an eighth less time
                n = land(circles, rows, places, call, PER_CALL, asked_last[kind[a]], a, programme, n)
            else:
                n = land(circles, rows, places, call, left, asked_last[kind[a]], a, programme, n)
        n = min(n, end)
        applicant[begin:n] = a
    return Pairs(applicant[:n], programme[:n])


@inline_kernel
def begins_at(specialty: int) -> np.uint64:
    """Where the circle of a specialty begins when all are laid out one after another."""
    return np.uint64(specialty) << np.uint64(PLACE_BITS)


@inline_kernel
def land(
    circles: Programme, rows: tuple[np.uint64, np.uint64], places: tuple[np.uint64, np.uint64], call: int, tries: int,
    asked_last: Ints32, a: int, programme: Programme, n: np.uint64,
) -> np.uint64:  # fmt: skip
    """Write down the applications of a call's first ``tries`` places that are new and welcome, from the n-th on; how
    many there are then.

    Without branches and signs: either costs more than all the rest.
    """
    (first, other), (left, right), me = rows, places, np.int32(a)
    thirds = EVERY_THIRD >> (call * PER_CALL % 3)
    for k in range(tries):
        p = circles[(other if (thirds >> k) & 1 else first) | (left & np.uint64(PLACES - 1))]
        left = (left >> np.uint64(PLACE_BITS)) | (right << np.uint64(64 - PLACE_BITS))
        right >>= np.uint64(PLACE_BITS)
        last = asked_last[p]
        programme[n] = p
        n += np.uint64(last < me)
        asked_last[p] = max(last, me)
    return n


@inline_kernel
def places_ahead(chance: Chance, a: int, call: int, low: Keys, high: Keys) -> None:
    """Write down the places of an applicant's next calls; many calls in a row take a third of the time."""
    for k in range(CALLS):
        w = words(chance.seed, chance.replication, chance.actor[a], chance.decision, chance.year, call + k)
        low[k], high[k] = eight_places(*w)


@kernel
def last_askers(takes: Bools) -> Ints32:
    """By kind of applicant and programme, with one that does not exist after the last: who asked last.

    Nobody yet, or, where the kind is not considered, somebody after all others: so one look tells whether an
    application is new and welcome.
    """
    found = np.full((takes.shape[0], takes.shape[1] + 1), MOST_APPLICANTS, np.int32)
    for kind in range(takes.shape[0]):
        for p in range(takes.shape[1]):
            if takes[kind, p]:
                found[kind, p] = -1
    return found
