"""Seasons of rounds by merit: whoever enters any round of a family in a year applies once that year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from imgsim.compiled import lean, rare
from imgsim.dates import day_of
from imgsim.tables.codes import APPLIED, Codes, families
from imgsim.tables.coding import coded
from imgsim.traits import GRADUATION, PLACE

if TYPE_CHECKING:
    from imgsim.tables.build import Finished
    from imgsim.tables.ledger import Ledger

GROUP: Final = PLACE["group"]
SEASONS_TOLD: Final = 10  # seasons of a person that are told apart; the last stands for all later ones


@rare
def apply_or_win(codes: Codes, ledger: Ledger, person: int, event: int, year: int) -> None:
    """Count a season when the person first enters a round of it, and its place when the first one is given."""
    family, says = int(codes.family[event]), int(codes.season[event])
    if says == APPLIED and ledger.season[person, family] != year:
        ledger.season[person, family], ledger.won[person, family] = year, 0
        ledger.seasons[person, family] = min(ledger.seasons[person, family] + 1, SEASONS_TOLD)
        add_season(codes, ledger, person, family, year, says)
    elif says != APPLIED and ledger.won[person, family] == 0:
        ledger.won[person, family] = 1
        add_season(codes, ledger, person, family, year, says)


@lean
def add_season(codes: Codes, ledger: Ledger, person: int, family: int, year: int, says: int) -> None:
    """Count in a year's season, with graduates of the twelve months before 1 July of that year apart."""
    row = ledger.traits[person]
    place = year - codes.first_year
    if 0 <= place < ledger.applied.shape[1]:  # rounds that meet after the horizon decide nothing
        current = 1 if row[GRADUATION] >= day_of(year - 1, 7, 1) else 0
        citizen = codes.citizen[int(row[GROUP])]
        ledger.applied[family, place, citizen, current, ledger.seasons[person, family] - 1, says] += 1


def applications_table(finished: Finished) -> pd.DataFrame:
    """Per family of rounds by merit, year, and kind of applicant: persons who applied, and who got a place."""
    tally = finished.ledger.applied
    family, year, citizen, current, season = np.nonzero(tally[..., 0])
    applied, placed = tally[family, year, citizen, current, season].T
    return pd.DataFrame(
        {
            "family": coded(family, list(families(finished.model.scenario.pathway))),
            "year": (finished.model.first_year + year).astype(np.int32),
            "citizen": citizen == 1,
            "current_year": current == 1,
            "season": (1 + season).astype(np.int32),
            "applied": applied,
            "placed": placed,
        }
    )
