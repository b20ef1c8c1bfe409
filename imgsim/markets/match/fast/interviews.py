"""Equals `reference.invite`: programmes invite down their lists, and who has enough interviews declines."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Ints
from imgsim.base.compiled.jit import kernel
from imgsim.base.compiled.prefetch import fetch
from imgsim.markets.match.fast.idiosyncratic import SCREENING, Chance, Pairs
from imgsim.markets.match.fast.packed_sort import (
    APPLICANT_BITS,
    MOST_APPLICANTS,
    MOST_PROGRAMMES,
    PROGRAMME_BITS,
    VALUE_BITS,
    Keys,
    by_programme,
)
from imgsim.markets.match.fast.rank_lists import Judged, scores

Programme = npt.NDArray[np.uint16]

MOMENTS: Final = 2 ** (32 - PROGRAMME_BITS)  # of a pass through all slots
AHEAD: Final = 16  # slots for whose entry is asked before it is needed
BLOCK: Final = 8192  # applications looked at together


class ScreeningLists(NamedTuple):
    """The lists of all programmes, each with the best applicant first."""

    first: npt.NDArray[np.uint32]  # (programmes + 1,): where each list begins
    entry: Keys  # the applicant stands in the low bits


def screening_lists(chance: Chance, pairs: Pairs, spread: float, judged: Judged) -> ScreeningLists:
    """Every programme's applicants, the best file first."""
    keys = np.empty(len(pairs.applicant), np.uint64)  # made by NumPy, which asks for large pages of memory
    screen_files(chance, pairs, spread, judged, keys)
    keys.sort()
    return ScreeningLists(list_starts(keys, len(judged.weight)), keys)


@kernel
def screen_files(chance: Chance, pairs: Pairs, spread: float, judged: Judged, keys: Keys) -> None:
    """Every application as an entry of the programme's list; block by block, to stay in the cache."""
    for begin in range(0, len(keys), BLOCK):
        end = min(begin + BLOCK, len(keys))
        part = Pairs(pairs.applicant[begin:end], pairs.programme[begin:end])
        score = scores(chance, part, SCREENING, spread, judged)
        for k in range(len(score)):
            keys[begin + k] = by_programme(part.programme[k], score[k], part.applicant[k])


@kernel
def list_starts(keys: Keys, programmes: int) -> npt.NDArray[np.uint32]:
    """Where the list of each programme begins among sorted entries, and where the last one ends."""
    starts = np.full(programmes + 1, len(keys), np.uint32)
    begun = np.int64(0)
    for k in range(len(keys)):
        p = np.int64(keys[k] >> np.uint64(APPLICANT_BITS + VALUE_BITS))
        if begun <= p:
            starts[begun : p + 1] = k
            begun = p + 1
    return starts


def interleaved_slots(slots: Ints) -> Programme:
    """Interleave the programmes' interview slots in proportion to their number, ties by programme.

    The order repeats in every pass.
    """
    keys = slot_keys(slots)
    keys.sort()
    return keys.astype(np.uint16) & np.uint16(MOST_PROGRAMMES - 1)


@kernel
def slot_keys(slots: Ints) -> npt.NDArray[np.uint32]:
    """The moment of a pass and the programme of every interview slot."""
    keys = np.empty(slots.sum(), np.uint32)
    n = 0
    for p in range(len(slots)):
        for slot in range(slots[p]):
            moment = np.uint32(slot * MOMENTS / slots[p])  # exact, and cheaper than dividing whole numbers
            keys[n] = moment * np.uint32(MOST_PROGRAMMES) + np.uint32(p)
            n += 1
    return keys


@kernel
def invite(lists: ScreeningLists, order: Programme, slots: Ints, attends: Ints) -> Pairs:
    """The applications that become interviews, in the order of the interleaved slots.

    Round-robin passes: in each, a programme offers as many interviews as it has ``slots``. Whoever already has as many
    interviews as that person ``attends`` declines, and the programme goes on to the next applicant.
    """
    room, turn, end = slots.astype(np.int32), lists.first[:-1].copy(), lists.first[1:].copy()
    pace, room_for = slots.astype(np.uint32), attends.astype(np.uint8)
    most = len(order) + 1  # the last one takes what is declined
    applicant, programme, n = np.empty(most, np.int32), np.empty(most, np.uint16), np.uint64(0)
    going, left = order.copy(), len(order)
    while left > 0:
        still = 0
        for k in range(left):
            if k + AHEAD < left:
                fetch(lists.entry, turn[going[k + AHEAD]])
            p = going[k]
            entry = turn[p]
            if entry < end[p]:
                a = lists.entry[entry] & np.uint64(MOST_APPLICANTS - 1)
                accepts = room_for[a] > 0
                applicant[n], programme[n] = a, p
                n += np.uint64(accepts)
                room_for[a] -= np.uint8(accepts)
                room[p] -= accepts
                turn[p] = entry + np.uint32(1) if room[p] > 0 else end[p]
                going[still] = p
                still += entry + pace[p] < end[p]  # is the list long enough for this slot of the next pass?
        left = still
    return Pairs(applicant[:n], programme[:n])
