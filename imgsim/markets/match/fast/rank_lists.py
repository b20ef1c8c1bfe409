"""Equals `reference.rank` and `reference.judge`: applicants rank programmes, programmes score applicants."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from imgsim.base.arrays import Floats, Ints
from imgsim.base.compiled.jit import kernel
from imgsim.markets.match.fast.idiosyncratic import PREFERENCE, Chance, Pairs, idiosyncratic
from imgsim.markets.match.fast.packed_sort import MOST_PROGRAMMES, PROGRAMME_BITS, VALUE_BITS, Keys, by_applicant


class RankLists(NamedTuple):
    """Pairs by applicant: ``a`` has those from ``first[a]`` to ``first[a + 1]``, the favourite first."""

    first: Ints  # (applicants + 1,)
    pairs: Pairs


def rank_lists(
    chance: Chance, pairs: Pairs, attraction: Floats, bonus: float, specialty: Ints, wish: Ints
) -> RankLists:
    """Pairs in the order of applicants, each applicant's favourite programme first.

    Utility is what attracts everybody, a bonus for the specialty wished for, and the applicant's own taste.
    """
    keys = preference_keys(chance, pairs, attraction, bonus, specialty, wish)
    keys.sort()
    return unpack(keys, len(wish))


@kernel
def preference_keys(
    chance: Chance, pairs: Pairs, attraction: Floats, bonus: float, specialty: Ints, wish: Ints
) -> Keys:
    """Every pair as an entry of the applicant's list."""
    taste = idiosyncratic(chance, pairs, PREFERENCE)
    keys = np.empty(len(taste), np.uint64)
    for k in range(len(taste)):
        a, p = pairs.applicant[k], pairs.programme[k]
        keys[k] = by_applicant(a, taste[k] + attraction[p] + (bonus if specialty[p] == wish[a] else 0.0), p)
    return keys


@kernel
def unpack(keys: Keys, applicants: int) -> RankLists:
    """The rank lists that sorted entries stand for."""
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


class Stage(NamedTuple):
    """Applications, interviews and rank lists for one kind of posts."""

    applications: Pairs
    lists: RankLists
    score: Floats  # of every entry of the lists


class Judged(NamedTuple):
    """What programmes see of applicants, and what each makes of it."""

    merit: Floats  # (applicants,): ability aside
    ability: Floats
    origin: Ints  # -1 for competitors, 0 for graduates from abroad, 1 for citizens among them
    weight: Floats  # (programmes,): of ability
    openness: Floats  # (2, programmes): what coming from abroad adds, by origin


@kernel
def scores(chance: Chance, pairs: Pairs, which: int, spread: float, judged: Judged) -> Floats:
    """Programmes' scores of applicants: merit, ability, openness to graduates from abroad, and luck of a spread."""
    drawn = idiosyncratic(chance, pairs, which)
    score = np.empty(len(drawn))
    for k in range(len(drawn)):
        a, p = pairs.applicant[k], pairs.programme[k]
        origin = judged.origin[a]
        open_to = judged.openness[origin, p] if origin >= 0 else 0.0
        score[k] = judged.merit[a] + judged.weight[p] * judged.ability[a] + open_to + spread * drawn[k]
    return score
