"""Step two of a Match: programmes go down their lists and invite; who has interviews enough declines."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.compiled import compiled
from imgsim.markets.noise import Pairs
from imgsim.markets.ordering import (
    APPLICANT_BITS,
    MOST_APPLICANTS,
    MOST_PROGRAMMES,
    VALUE_BITS,
    Keys,
    by_programme,
)

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Single = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Programme = npt.NDArray[np.int16]

PACE: Final = 2**32  # finer than the difference of any two paces, since no programme holds 60,000 interviews


class Line(NamedTuple):
    """The lists of all programmes, each with the best applicant first."""

    first: Ints  # (programmes + 1,): where each list begins
    applicant: npt.NDArray[np.int32]


def lines(pairs: Pairs, noise: Single, spread: float, merit: Floats, openness: Floats, img: Bools) -> Line:
    """Every programme's applicants in the order of what it thinks of their files."""
    keys = screened(pairs, noise, spread, merit, openness, img)
    keys.sort()
    return unpacked(keys, len(openness))


@compiled
def screened(pairs: Pairs, noise: Single, spread: float, merit: Floats, openness: Floats, img: Bools) -> Keys:
    """Every application as an entry of the programme's list."""
    keys = np.empty(len(noise), np.uint64)
    for k in range(len(noise)):
        a, p = pairs.applicant[k], pairs.programme[k]
        keys[k] = by_programme(p, merit[a] + (openness[p] if img[a] else 0.0) + spread * noise[k], a)
    return keys


@compiled
def unpacked(keys: Keys, programmes: int) -> Line:
    """The lists of sorted entries."""
    found = Line(np.zeros(programmes + 1, np.int64), np.empty(len(keys), np.int32))
    for k in range(len(keys)):
        found.applicant[k] = keys[k] & np.uint64(MOST_APPLICANTS - 1)
        found.first[(keys[k] >> np.uint64(APPLICANT_BITS + VALUE_BITS)) + np.uint64(1)] += 1
    found.first[:] = np.cumsum(found.first)
    return found


def lap_of(limit: Ints) -> Programme:
    """Whose turn it is while all programmes go down as many places as they hold interviews (``limit``), each at its
    own even pace; at one and the same moment in the order of their numbers. Every further lap is the same.
    """
    turns = moments(limit)
    turns.sort()
    return (turns % MOST_PROGRAMMES).astype(np.int16)


@compiled
def moments(limit: Ints) -> Keys:
    """The moment and the programme of every turn of a lap."""
    turns = np.empty(limit.sum(), np.uint64)
    n = 0
    for p in range(len(limit)):
        for rank in range(limit[p]):
            turns[n] = (rank * PACE // limit[p]) * MOST_PROGRAMMES + p
            n += 1
    return turns


@compiled
def interviews(line: Line, lap: Programme, limit: Ints, attends: int, applicants: int) -> Pairs:
    """The applications that become interviews, in the order of applicants.

    Programmes go down their lists at the same pace relative to the interviews they hold (``limit``); whoever already
    has ``attends`` interviews declines, and the programme goes on to the next.
    """
    room, turn, end = limit.copy(), line.first[:-1].copy(), line.first[1:].copy()
    attended = np.zeros(applicants, np.int16)
    programme = np.empty((applicants, attends + 1), np.int16)  # the last column takes what is declined
    going, left = lap.copy(), len(lap)
    while left > 0:
        still = 0
        for k in range(left):
            p = going[k]
            if turn[p] < end[p]:
                a = line.applicant[turn[p]]
                accepts = attended[a] < attends
                programme[a, attended[a]] = p
                attended[a] += accepts
                room[p] -= accepts
                turn[p] = turn[p] + 1 if room[p] > 0 else end[p]
                going[still] = p
                still += 1
        left = still
    return flat(attended, programme)


@compiled
def flat(attended: npt.NDArray[np.int16], programme: Programme) -> Pairs:
    """The filled part of each row."""
    found = Pairs(np.empty(attended.sum(), np.int32), np.empty(attended.sum(), np.int16))
    n = 0
    for a in range(len(attended)):
        for k in range(attended[a]):
            found.applicant[n], found.programme[n] = a, programme[a, k]
            n += 1
    return found
