"""Seasons of rounds by merit: whoever enters any round of a family in a year applies once that year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from imgsim.compiled import shared
from imgsim.dates import day_of
from imgsim.rules import Row
from imgsim.tables.codes import APPLIED, families
from imgsim.tables.coding import coded
from imgsim.tables.columns import Columns
from imgsim.traits import GRADUATION, PLACE

if TYPE_CHECKING:
    from imgsim.tables.build import Finished

GROUP: Final = PLACE["group"]
Ints = npt.NDArray[np.int64]
Years = npt.NDArray[np.int16]
Small = npt.NDArray[np.int8]

SEASONS_TOLD: Final = 10  # seasons of a person that are told apart; the last stands for all later ones


@shared
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


def applications_table(finished: Finished) -> Columns:
    """Per family of rounds by merit, year, and kind of applicant: persons who applied, and who got a place."""
    tally = finished.ledger.applied
    family, year, citizen, current, season = np.nonzero(tally[..., 0])
    applied, placed = tally[family, year, citizen, current, season].T
    return {
        "family": coded(family, list(families(finished.model.scenario.pathway))),
        "year": (finished.model.first_year + year).astype(np.int32),
        "citizen": citizen == 1,
        "current_year": current == 1,
        "season": (1 + season).astype(np.int32),
        "applied": applied,
        "placed": placed,
    }
