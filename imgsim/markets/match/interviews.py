"""Step two of a Match: programmes go down their lists and invite; who has interviews enough declines."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.jit import kernel
from imgsim.base.compiled.prefetch import fetch
from imgsim.markets.match.idiosyncratic import SCREENING, Chance, Pairs
from imgsim.markets.match.packed_sort import (
    APPLICANT_BITS,
    MOST_APPLICANTS,
    MOST_PROGRAMMES,
    PROGRAMME_BITS,
    VALUE_BITS,
    Keys,
    by_programme,
)
from imgsim.markets.match.rank_lists import opinions

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Programme = npt.NDArray[np.uint16]

MOMENTS: Final = 2 ** (32 - PROGRAMME_BITS)  # of a lap
AHEAD: Final = 16  # turns for whose entry is asked before it is needed
BLOCK: Final = 8192  # applications looked at together


class Line(NamedTuple):
    """The lists of all programmes, each with the best applicant first."""

    first: npt.NDArray[np.uint32]  # (programmes + 1,): where each list begins
    entry: Keys  # the applicant stands in the low bits


def lines(chance: Chance, pairs: Pairs, spread: float, merit: Floats, openness: Floats, img: Bools) -> Line:
    """Every programme's applicants in the order of what it thinks of their files."""
    keys = np.empty(len(pairs.applicant), np.uint64)  # made by NumPy, which asks for large pages of memory
    screen(chance, pairs, spread, merit, openness, img, keys)
    keys.sort()
    return Line(begins(keys, len(openness)), keys)


@kernel
def screen(
    chance: Chance, pairs: Pairs, spread: float, merit: Floats, openness: Floats, img: Bools, keys: Keys
) -> None:
    """Write down every application as an entry of the programme's list; block by block, to stay in the cache."""
    for begin in range(0, len(keys), BLOCK):
        end = min(begin + BLOCK, len(keys))
        part = Pairs(pairs.applicant[begin:end], pairs.programme[begin:end])
        opinion = opinions(chance, part, SCREENING, spread, merit, openness, img)
        for k in range(len(opinion)):
            keys[begin + k] = by_programme(part.programme[k], opinion[k], part.applicant[k])


@kernel
def begins(keys: Keys, programmes: int) -> npt.NDArray[np.uint32]:
    """Where the list of each programme begins among sorted entries, and where the last one ends."""
    found = np.full(programmes + 1, len(keys), np.uint32)
    begun = np.int64(0)
    for k in range(len(keys)):
        p = np.int64(keys[k] >> np.uint64(APPLICANT_BITS + VALUE_BITS))
        if begun <= p:
            found[begun : p + 1] = k
            begun = p + 1
    return found


def lap_of(limit: Ints) -> Programme:
    """Whose turn it is while all programmes go down as many places as they hold interviews (``limit``), each at its
    own even pace; at one and the same moment in the order of their numbers. Every further lap is the same.
    """
    turns = moments(limit)
    turns.sort()
    return turns.astype(np.uint16) & np.uint16(MOST_PROGRAMMES - 1)


@kernel
def moments(limit: Ints) -> npt.NDArray[np.uint32]:
    """The moment of a lap and the programme of every turn."""
    turns = np.empty(limit.sum(), np.uint32)
    n = 0
    for p in range(len(limit)):
        for rank in range(limit[p]):
            moment = np.uint32(rank * MOMENTS / limit[p])  # as exact as whole numbers, and a third of the time
            turns[n] = moment * np.uint32(MOST_PROGRAMMES) + np.uint32(p)
            n += 1
    return turns


@kernel
def interviews(line: Line, lap: Programme, limit: Ints, attends: int, applicants: int) -> Pairs:
    """The applications that become interviews, in the order of turns.

    Programmes go down their lists at the same pace relative to the interviews they hold (``limit``); whoever already
    has ``attends`` interviews declines, and the programme goes on to the next.
    """
    room, turn, end = limit.astype(np.int32), line.first[:-1].copy(), line.first[1:].copy()
    pace, attended = limit.astype(np.uint32), np.zeros(applicants, np.uint8)
    most = len(lap) + 1  # the last one takes what is declined
    applicant, programme, n = np.empty(most, np.int32), np.empty(most, np.uint16), np.uint64(0)
    going, left = lap.copy(), len(lap)
    while left > 0:
        still = 0
        for k in range(left):
            if k + AHEAD < left:
                fetch(line.entry, turn[going[k + AHEAD]])
            p = going[k]
            place = turn[p]
            if place < end[p]:
                a = line.entry[place] & np.uint64(MOST_APPLICANTS - 1)
                accepts = attended[a] < attends
                applicant[n], programme[n] = a, p
                n += np.uint64(accepts)
                attended[a] += accepts
                room[p] -= accepts
                turn[p] = place + np.uint32(1) if room[p] > 0 else end[p]
                going[still] = p
                still += place + pace[p] < end[p]  # is the list long enough for this turn of the next lap?
        left = still
    return Pairs(applicant[:n], programme[:n])
