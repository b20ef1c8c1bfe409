"""What rounds leave behind: a row per person and season, and tallies by group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.markets.allocation import CHANNELS, Allocation
from imgsim.model import Model
from imgsim.tables.coding import coded

ROUND_COLUMNS: Final = ["round", "year", "group", "seats", "applicants", "active", "placed", "outside", "after"]
SEASON_COLUMNS: Final = (
    "person", "year", "registered", "ready", "interviews", "ranks", "active", "channel", "specialty", "sponsor",
)  # fmt: skip


class Season(NamedTuple):
    """One round of one year, seen by its applicants."""

    year: int
    person: npt.NDArray[np.int64]
    ready: npt.NDArray[np.float64]
    allocation: Allocation


def by_year(rounds: pd.DataFrame) -> pd.DataFrame:
    """The tallies of rounds by year: those of several meetings in one year are summed.

    Who waits through several meetings is an applicant at each, so that applicants per seat is the demand for one seat.
    """
    keys = ROUND_COLUMNS[:3]
    if not rounds.duplicated(keys).any():
        return rounds
    return rounds.groupby(keys, as_index=False, sort=False)[ROUND_COLUMNS[3:]].sum(min_count=1)


def seasons_table(model: Model, seasons: Sequence[Season]) -> pd.DataFrame:
    """One row a person and season, sorted by person and year."""
    if not seasons:
        return pd.DataFrame(columns=list(SEASON_COLUMNS))
    categories = model.book.categories
    table = pd.concat([season_rows(season) for season in seasons], ignore_index=True)
    table["channel"] = coded(table["channel"], CHANNELS)
    table["specialty"] = coded(table["specialty"], categories["specialty"])
    table["sponsor"] = coded(table["sponsor"], categories["sponsor"])
    return table.sort_values(["person", "year"], kind="stable", ignore_index=True)


def season_rows(season: Season) -> pd.DataFrame:
    """One season's rows, with codes still numbers."""
    held = season.allocation
    return pd.DataFrame(
        {
            "person": season.person,
            "year": np.full(len(season.person), season.year, np.int32),
            "registered": np.ones(len(season.person), bool),
            "ready": season.ready > 0,
            "interviews": held.interviews.astype(np.int32),
            "ranks": held.ranks.astype(np.int32),
            "active": held.active.astype(bool),
            "channel": held.channel.astype(np.int32),
            "specialty": held.specialty.astype(np.int32),
            "sponsor": held.sponsor.astype(np.int32),
        }
    )
