"""Step one of a Match: everybody applies."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.chance import words
from imgsim.compiled import compiled, lean
from imgsim.markets.circle import PLACE_BITS, PLACES, Programme, eight_places
from imgsim.markets.noise import Chance, Pairs
from imgsim.markets.ordering import MOST_APPLICANTS, Keys

Ints = npt.NDArray[np.int64]
Ints32 = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

TRIES: Final = 3  # draws allowed per application wanted, before an applicant has run out of programmes
PER_CALL: Final = 8  # draws of one call of chance
CALLS: Final = 16  # made together
EVERY_THIRD: Final = 0b100100100100  # bit k is set where k % 3 == 2


@compiled
def apply(chance: Chance, circle: Programme, wish: Ints, second: Ints, wanted: Ints, kind: Ints, takes: Bools) -> Pairs:
    """Applicant and programme of every application, without repeats, in the order of applicants.

    Two in three go to the specialty wished for and one in three to the second one, or all of them if there is none
    (-1). ``takes`` is (kinds of applicant, programmes): whether a programme considers that ``kind`` at all.
    """
    most = wanted.sum() + PER_CALL
    applicant, programme = np.empty(most, np.int32), np.empty(most, np.uint16)
    asked_last = last_askers(takes)
    low, high = np.empty(CALLS, np.uint64), np.empty(CALLS, np.uint64)
    n = 0
    for a in range(len(wish)):
        begin, end, tries = n, n + wanted[a], wanted[a] * TRIES
        first, other = np.uint64(wish[a]), np.uint64(second[a] if second[a] >= 0 else wish[a])
        for tried in range(0, tries, PER_CALL):
            if n >= end:
                break
            call = tried // PER_CALL
            if call % CALLS == 0:
                places_ahead(chance, a, call, low, high)
            places = low[call % CALLS], high[call % CALLS]
            n = land(circle, places, first, other, tried, tries, asked_last[kind[a]], a, programme, n)
        n = min(n, end)
        applicant[begin:n] = a
    return Pairs(applicant[:n], programme[:n])


@lean
def land(
    circle: Programme, places: tuple[np.uint64, np.uint64], first: np.uint64, other: np.uint64, tried: int, tries: int,
    asked_last: Ints32, a: int, programme: Programme, n: int,
) -> int:  # fmt: skip
    """Write down the applications of one call that are new and welcome, from the n-th on; how many there are then.

    Without branches and signs: either costs more than all the rest.
    """
    (left, right), thirds, me = places, EVERY_THIRD >> (tried % 3), np.int32(a)
    for k in range(PER_CALL):
        p = circle[other if (thirds >> k) & 1 else first, left & np.uint64(PLACES - 1)]
        left = (left >> np.uint64(PLACE_BITS)) | (right << np.uint64(64 - PLACE_BITS))
        right >>= np.uint64(PLACE_BITS)
        last = asked_last[p]
        programme[n] = p
        n += (last < me) & (tried + k < tries)
        asked_last[p] = max(last, me)
    return n


@lean
def places_ahead(chance: Chance, a: int, call: int, low: Keys, high: Keys) -> None:
    """Write down the places of an applicant's next calls; many calls in a row take a third of the time."""
    for k in range(CALLS):
        w = words(chance.seed, chance.replication, chance.actor[a], chance.decision, chance.year, call + k)
        low[k], high[k] = eight_places(*w)


@compiled
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
