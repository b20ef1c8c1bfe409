"""Step three of a Match: both sides rank each other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.jit import kernel
from imgsim.markets.match.idiosyncratic import PREFERENCE, Chance, Pairs, noise
from imgsim.markets.match.packed_sort import MOST_PROGRAMMES, PROGRAMME_BITS, VALUE_BITS, Keys, by_applicant

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class RankLists(NamedTuple):
    """Pairs by applicant: ``a`` has those from ``first[a]`` to ``first[a + 1]``, the favourite first."""

    first: Ints  # (applicants + 1,)
    pairs: Pairs


def favourites_first(
    chance: Chance, pairs: Pairs, attraction: Floats, bonus: float, specialty: Ints, wish: Ints
) -> RankLists:
    """Pairs in the order of applicants, and within each by what the applicant thinks of the programmes.

    That is what programmes have for everybody, a bonus for the specialty wished for, and the applicant's own taste.
    """
    keys = liked(chance, pairs, attraction, bonus, specialty, wish)
    keys.sort()
    return unpacked(keys, len(wish))


@kernel
def liked(chance: Chance, pairs: Pairs, attraction: Floats, bonus: float, specialty: Ints, wish: Ints) -> Keys:
    """Every pair as an entry of the applicant's list."""
    taste = noise(chance, pairs, PREFERENCE)
    keys = np.empty(len(taste), np.uint64)
    for k in range(len(taste)):
        a, p = pairs.applicant[k], pairs.programme[k]
        keys[k] = by_applicant(a, taste[k] + attraction[p] + (bonus if specialty[p] == wish[a] else 0.0), p)
    return keys


@kernel
def unpacked(keys: Keys, applicants: int) -> RankLists:
    """The lists of sorted entries."""
    first, pairs = (
        np.empty(applicants + 1, np.int64),
        Pairs(np.empty(len(keys), np.int32), np.empty(len(keys), np.uint16)),
    )
    begun = np.int64(0)
    for k in range(len(keys)):
        a = np.int64(keys[k] >> np.uint64(VALUE_BITS + PROGRAMME_BITS))
        pairs.applicant[k], pairs.programme[k] = a, keys[k] & np.uint64(MOST_PROGRAMMES - 1)
        if begun <= a:
            first[begun : a + 1] = k
            begun = a + 1
    first[begun:] = len(keys)
    return RankLists(first, pairs)


@kernel
def opinions(
    chance: Chance, pairs: Pairs, which: int, spread: float, merit: Floats, openness: Floats, img: Bools
) -> Floats:
    """What programmes think of applicants: their merit, openness to graduates from abroad, and noise of a spread."""
    drawn = noise(chance, pairs, which)
    found = np.empty(len(drawn))
    for k in range(len(drawn)):
        a, p = pairs.applicant[k], pairs.programme[k]
        found[k] = merit[a] + (openness[p] if img[a] else 0.0) + spread * drawn[k]
    return found
