"""What rounds leave behind: a row per person and season, and tallies by group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

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
        return rounds.copy(deep=False)
    return rounds.groupby(keys, as_index=False, sort=False)[ROUND_COLUMNS[3:]].sum(min_count=1)


def seasons_table(model: Model, seasons: Sequence[Season]) -> pd.DataFrame:
    """One row a person and season, sorted by person and year."""
    if not seasons:
        return pd.DataFrame(columns=list(SEASON_COLUMNS))
    parts = [season_rows(season) for season in seasons]
    held = {name: np.concatenate([part[name] for part in parts]) for name in SEASON_COLUMNS}
    # one number a row: the parts are sorted by person already, and a stable sort makes use of that
    order = np.argsort((held["person"] << 12) | held["year"], kind="stable")
    names = {"channel": CHANNELS} | {name: model.book.categories[name] for name in ("specialty", "sponsor")}
    table = {name: coded(rows[order], names[name]) if name in names else rows[order] for name, rows in held.items()}
    return pd.DataFrame(table, copy=False)


def season_rows(season: Season) -> dict[str, npt.NDArray[Any]]:
    """One season's columns, with codes still numbers."""
    held = season.allocation
    return {
        "person": season.person.astype(np.int64),
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
