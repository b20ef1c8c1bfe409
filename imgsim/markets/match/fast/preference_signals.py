"""Equals `reference.screening_lists` where applicants send preference signals: a signal lifts a file."""

from __future__ import annotations

from typing import Any

import numpy as np

from imgsim.base.arrays import Bools, Ints
from imgsim.markets.match.fast.idiosyncratic import Chance, Pairs
from imgsim.markets.match.fast.interviews import ScreeningLists, list_starts, screen_files
from imgsim.markets.match.fast.rank_lists import Judged, RankLists


def sends_signal(lists: RankLists, signals: Ints) -> Bools:
    """Which pairs carry a signal: the first of each applicant's list, as many as signals may be sent (by applicant)."""
    position = np.arange(len(lists.pairs.applicant)) - lists.first[lists.pairs.applicant]
    sent: Bools = position < signals[lists.pairs.applicant]
    return sent


def lists_with_signals(
    chance: Chance, lists: RankLists, sent: Bools, weight: float, spread: float, judged: Judged
) -> ScreeningLists:
    """Every programme's applicants, the best file first, signals counted in.

    A pair's draws have an address of their own: with a weight of 0 these are the lists without signals.
    """
    keys: Any = np.empty(len(sent), np.uint64)
    begin = 0
    for chosen, lifted in ((sent, judged._replace(merit=judged.merit + weight)), (~sent, judged)):
        part = Pairs(lists.pairs.applicant[chosen], lists.pairs.programme[chosen])
        end = begin + len(part.applicant)
        screen_files(chance, part, spread, lifted, keys[begin:end])
        begin = end
    keys.sort()
    return ScreeningLists(list_starts(keys, len(judged.weight)), keys)
