"""Step one of a Match: everybody applies."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.chance import words
from imgsim.compiled import compiled
from imgsim.markets.circle import PLACE_BITS, PLACES, Programme, eight_places
from imgsim.markets.noise import Chance, Pairs
from imgsim.markets.ordering import MOST_APPLICANTS

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

TRIES: Final = 3  # draws allowed per application wanted, before an applicant has run out of programmes
AT_ONCE: Final = 8  # draws of one call
EVERY_THIRD: Final = 0b100100100100  # bit k is set where k % 3 == 2


@compiled
def apply(chance: Chance, circle: Programme, wish: Ints, second: Ints, wanted: Ints, kind: Ints, takes: Bools) -> Pairs:
    """Applicant and programme of every application, without repeats, in the order of applicants.

    Two in three go to the specialty wished for and one in three to the second one, or all of them if there is none
    (-1). ``takes`` is (kinds of applicant, programmes): whether a programme considers that ``kind`` at all.
    """
    seed, replication, year, decision = chance.seed, chance.replication, chance.year, chance.decision
    most = wanted.sum() + AT_ONCE
    applicant, programme = np.empty(most, np.int32), np.empty(most, np.uint16)
    asked_last = last_askers(takes)
    n = 0
    for a in range(len(wish)):
        begin, end, tries, mine, me = n, n + wanted[a], wanted[a] * TRIES, asked_last[kind[a]], np.int32(a)
        first, other = np.uint64(wish[a]), np.uint64(second[a] if second[a] >= 0 else wish[a])
        for tried in range(0, tries, AT_ONCE):
            if n >= end:
                break
            low, high = eight_places(*words(seed, replication, chance.actor[a], decision, year, tried // AT_ONCE))
            thirds = EVERY_THIRD >> (tried % 3)
            for k in range(AT_ONCE):  # no branches, no signs: either costs more than all the rest
                p = circle[other if (thirds >> k) & 1 else first, low & np.uint64(PLACES - 1)]
                low = (low >> np.uint64(PLACE_BITS)) | (high << np.uint64(64 - PLACE_BITS))
                high >>= np.uint64(PLACE_BITS)
                last = mine[p]
                programme[n] = p
                n += (last < me) & (tried + k < tries)
                mine[p] = max(last, me)
        n = min(n, end)
        applicant[begin:n] = a
    return Pairs(applicant[:n], programme[:n])


@compiled
def last_askers(takes: Bools) -> npt.NDArray[np.int32]:
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
