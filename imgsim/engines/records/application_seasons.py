"""Application seasons: years in which a person applies to rounds by merit, and whether a place was given."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Ints
from imgsim.base.compiled.jit import called_kernel
from imgsim.base.dates.day_numbers import mark_of
from imgsim.inputs.kinds.round import APPLIED
from imgsim.inputs.traits import COLUMN, GRADUATION
from imgsim.persons.risk_equations import Row

GROUP: Final = COLUMN["group"]
Years = npt.NDArray[np.int16]
Small = npt.NDArray[np.int8]

SEASONS_COUNTED: Final = 10  # seasons of a person that are counted apart; the last stands for all later ones


@called_kernel
def record_season(
    applied: Ints, season: Years, seasons: Small, won: Small, row: Row, family: int, part: int, year: int,
    first_year: int, citizens: Years, academic_year: int,
) -> None:  # fmt: skip
    """Count a season when a person enters its first round, and as successful when the first place is given.

    ``season``, ``seasons``, ``won`` and ``row`` are the person's own rows; they and ``applied`` are explained at
    ``Accumulators``, ``citizens`` at ``Codes.citizen``.
    """
    new = part == APPLIED and season[family] != year
    if new:
        season[family], won[family] = year, 0
        seasons[family] = min(seasons[family] + 1, SEASONS_COUNTED)
    first_place = part != APPLIED and won[family] == 0
    if first_place:
        won[family] = 1
    index = year - first_year
    if (new or first_place) and 0 <= index < applied.shape[1]:  # rounds that meet after the horizon decide nothing
        current = 1 if row[GRADUATION] >= mark_of(year - 1, academic_year) else 0
        citizen = citizens[int(row[GROUP])]
        applied[family, index, citizen, current, seasons[family] - 1, part] += 1
