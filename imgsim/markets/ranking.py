"""Step three of a Match: both sides rank each other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.compiled import compiled
from imgsim.markets.noise import Pairs
from imgsim.markets.ordering import MOST_PROGRAMMES, Keys, by_applicant

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Single = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


class RankLists(NamedTuple):
    """The entries of all rank lists: applicant ``a`` has those from ``first[a]`` to ``first[a + 1]``, best first."""

    first: Ints  # (applicants + 1,)
    applicant: npt.NDArray[np.int32]
    programme: npt.NDArray[np.int16]
    score: Floats  # what the programme thinks of the applicant

    def among(self, who: Bools) -> RankLists:
        """The lists of some; all others list nobody."""
        kept = who[self.applicant]
        first = starts(np.where(who, np.diff(self.first), 0))
        return RankLists(first, self.applicant[kept], self.programme[kept], self.score[kept])


def starts(length: Ints) -> Ints:
    """Where each of several lists in a row begins, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(length)])


def favourites_first(pairs: Pairs, own: Single, attraction: Floats, bonus: float, specialty: Ints, wish: Ints) -> Pairs:
    """Pairs, given in the order of applicants, by what each applicant thinks of the programmes.

    That is the applicant's ``own`` taste, what programmes have for everybody, and a bonus for the specialty wished for.
    """
    keys = liked(pairs, own, attraction, bonus, specialty, wish)
    keys.sort()
    return Pairs(pairs.applicant, (keys % np.uint64(MOST_PROGRAMMES)).astype(np.int16))


@compiled
def liked(pairs: Pairs, own: Single, attraction: Floats, bonus: float, specialty: Ints, wish: Ints) -> Keys:
    """Every pair as an entry of the applicant's list."""
    keys = np.empty(len(own), np.uint64)
    for k in range(len(own)):
        a, p = pairs.applicant[k], pairs.programme[k]
        keys[k] = by_applicant(a, own[k] + attraction[p] + (bonus if specialty[p] == wish[a] else 0.0), p)
    return keys


@compiled
def opinions(pairs: Pairs, noise: Single, spread: float, merit: Floats, openness: Floats, img: Bools) -> Floats:
    """What programmes think of applicants: their merit, openness to graduates from abroad, and noise of a spread."""
    found = np.empty(len(noise))
    for k in range(len(noise)):
        a, p = pairs.applicant[k], pairs.programme[k]
        found[k] = merit[a] + (openness[p] if img[a] else 0.0) + spread * noise[k]
    return found
