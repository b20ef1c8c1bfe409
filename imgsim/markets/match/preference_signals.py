"""Signals of a Match: each applicant tells some programmes that they are wanted most, and those look more kindly."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from imgsim.markets.match.idiosyncratic import Chance, Pairs
from imgsim.markets.match.interviews import Line, begins, screen
from imgsim.markets.match.rank_lists import RankLists

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def signalled(lists: RankLists, signals: Ints) -> Bools:
    """Which pairs carry a signal: the first so many of each applicant's list (``signals``: by applicant)."""
    place = np.arange(len(lists.pairs.applicant)) - lists.first[lists.pairs.applicant]
    found: Bools = place < signals[lists.pairs.applicant]
    return found


def lines_with(
    chance: Chance, lists: RankLists, sent: Bools, weight: float, spread: float, merit: Floats, openness: Floats,
    img: Bools,
) -> Line:  # fmt: skip
    """Every programme's applicants in the order of what it thinks of their files, signals counted in.

    A pair's judgement hangs on its own address: with a weight of 0 these are the lines without signals.
    """
    keys: Any = np.empty(len(sent), np.uint64)
    begun = 0
    for chosen, lifted in ((sent, merit + weight), (~sent, merit)):
        part = Pairs(lists.pairs.applicant[chosen], lists.pairs.programme[chosen])
        end = begun + len(part.applicant)
        screen(chance, part, spread, lifted, openness, img, keys[begun:end])
        begun = end
    keys.sort()
    return Line(begins(keys, len(openness)), keys)
