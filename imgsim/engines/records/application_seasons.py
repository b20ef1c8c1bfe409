"""Counting the seasons in which a person applies to rounds by merit, and the places that are given."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.jit import called_kernel
from imgsim.base.dates.day_numbers import day_of
from imgsim.inputs.kinds.round import APPLIED
from imgsim.inputs.traits import COLUMN, GRADUATION
from imgsim.persons.risk_equations import Row

GROUP: Final = COLUMN["group"]
Ints = npt.NDArray[np.int64]
Years = npt.NDArray[np.int16]
Small = npt.NDArray[np.int8]

SEASONS_TOLD: Final = 10  # seasons of a person that are told apart; the last stands for all later ones


@called_kernel
def apply_or_win(
    applied: Ints, season: Years, seasons: Small, won: Small, row: Row, family: int, says: int, year: int,
    first_year: int, citizens: Years,
) -> None:  # fmt: skip
    """Count a season when the person first enters a round of it, and its place when the first one is given.

    ``season``, ``seasons``, ``won`` and ``row`` are the person's own rows; see ``Ledger`` for these and ``applied``,
    and ``Codes.citizen`` for ``citizens``.
    """
    new = says == APPLIED and season[family] != year
    if new:
        season[family], won[family] = year, 0
        seasons[family] = min(seasons[family] + 1, SEASONS_TOLD)
    first_place = says != APPLIED and won[family] == 0
    if first_place:
        won[family] = 1
    place = year - first_year
    if (new or first_place) and 0 <= place < applied.shape[1]:  # rounds that meet after the horizon decide nothing
        current = 1 if row[GRADUATION] >= day_of(year - 1, 7, 1) else 0
        citizen = citizens[int(row[GROUP])]
        applied[family, place, citizen, current, seasons[family] - 1, says] += 1
