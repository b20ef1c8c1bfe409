"""What rounds leave behind: a row per person and season, and tallies by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from imgsim.engines.model import Model
from imgsim.engines.records.columns import Columns, columns_of, frame, length
from imgsim.engines.records.encode import coded
from imgsim.markets.allocation import CHANNELS, Allocation

ROUND_COLUMNS: Final = ["round", "year", "group", "seats", "applicants", "active", "placed", "outside", "after"]
KINDS: Final = {  # the type of a column in memory, and in the table
    "person": (np.int32, np.int64), "year": (np.int16, np.int32), "registered": (np.bool_, np.bool_),
    "ready": (np.bool_, np.bool_), "interviews": (np.int16, np.int32), "ranks": (np.int16, np.int32),
    "active": (np.bool_, np.bool_), "channel": (np.int8, np.int32), "specialty": (np.int16, np.int32),
    "sponsor": (np.int16, np.int32),
}  # fmt: skip

Season = Mapping[str, npt.NDArray[Any]]  # the columns of one round of one year, an entry an applicant, codes as numbers


def season_of(year: int, person: npt.NDArray[np.int64], ready: npt.NDArray[np.float64], given: Allocation) -> Season:
    """One round of one year as its applicants saw it, in as little memory as holds it: all are kept to the end."""
    n = len(person)
    held = {
        "person": person,
        "year": np.full(n, year),
        "registered": np.ones(n, bool),
        "ready": ready > 0,
        "interviews": given.interviews,
        "ranks": given.ranks,
        "active": given.active,
        "channel": given.channel,
        "specialty": given.specialty,
        "sponsor": given.sponsor,
    }
    return {name: column.astype(KINDS[name][0]) for name, column in held.items()}


def rounds_table(rows: Sequence[Mapping[str, object]]) -> Columns:
    """The tallies of every meeting, a row for each group of applicants; missing what a mechanism does not count."""
    return {name: np.array([row.get(name, np.nan) for row in rows]) for name in ROUND_COLUMNS}


def by_year(rounds: Columns) -> Columns:
    """The tallies of rounds by year: those of several meetings in one year are summed.

    Who waits through several meetings is an applicant at each, so that applicants per seat is the demand for one seat.
    """
    keys = ROUND_COLUMNS[:3]
    if len(set(zip(*(rounds[name] for name in keys), strict=True))) == length(rounds):
        return rounds
    summed = frame(rounds).groupby(keys, as_index=False, sort=False)[ROUND_COLUMNS[3:]].sum(min_count=1)
    return columns_of(summed)


def seasons_table(model: Model, seasons: Sequence[Season]) -> Columns:
    """One row a person and season, sorted by person and year; none on a pathway whose rounds give no posts."""
    held = {
        name: np.concatenate([np.empty(0, kind), *(season[name] for season in seasons)])
        for name, (kind, _) in KINDS.items()
    }
    # one number a row: the parts are sorted by person already, and a stable sort makes use of that
    order = np.argsort((held["person"].astype(np.int64) << 12) | held["year"], kind="stable")
    names = {"channel": CHANNELS} | {name: model.book.categories[name] for name in ("specialty", "sponsor")}
    rows: Season = {name: column[order].astype(KINDS[name][1], copy=False) for name, column in held.items()}
    return {name: coded(column, names[name]) if name in names else column for name, column in rows.items()}
