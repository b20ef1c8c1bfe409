"""What a Match counts beyond its totals: by specialty and level, by length of the rank list, by exam ability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.engines.records.columns import Column, Columns, columns_of, frame
from imgsim.engines.records.encode import coded
from imgsim.markets.allocation import Allocation

Array = npt.NDArray[Any]


class Meeting(NamedTuple):
    """One allocation of a round, with the tallies by table that its mechanism leaves behind."""

    round: str
    year: int
    details: Mapping[str, Mapping[str, Array]]


class Layout(NamedTuple):
    """Where a table comes from: the name of the tallies, what names a row, and what is counted there."""

    tallies: str
    keys: Mapping[str, type]
    counts: Mapping[str, str]  # column of the table -> that of the tallies


FATES: Final = {name: name for name in ("persons", "placed", "as_wished")}
OFFERED: Final = {name: name for name in ("programmes", "seats", "applications", "interviews", "ranked", "placed")}
BY: Final = {"group": str, "specialty": str}
ROUND: Final = ("round", "year")
LAYOUTS: Final = {  # in the order of the data dictionary
    "round_specialties": Layout(
        "specialties",
        {"specialty": str, "level": np.int32, "group": str},
        {**OFFERED, "outside": "outside", "after": "soap"},
    ),
    "rank_lists": Layout("rank_lists", {**BY, "ranks": np.int32}, FATES),
    "exam_abilities": Layout("files", {**BY, "ability": np.float64}, FATES),
}


def meeting_of(name: str, year: int, allocation: Allocation) -> list[Meeting]:
    """What is kept of one allocation; nothing of a mechanism without such tallies."""
    return [Meeting(name, year, allocation.details)] if allocation.details else []


def details_tables(meetings: Sequence[Meeting]) -> dict[str, Columns]:
    """The tables of all meetings, in the order in which these took place; those of one year are summed."""
    several = len({(meeting.round, meeting.year) for meeting in meetings}) < len(meetings)
    tables = {name: details_table(layout, meetings) for name, layout in LAYOUTS.items()}
    if several:
        tables = {name: summed(tables[name], [*ROUND, *layout.keys]) for name, layout in LAYOUTS.items()}
    return tables | {"round_specialties": with_unfilled(tables["round_specialties"])}


def details_table(layout: Layout, meetings: Sequence[Meeting]) -> Columns:
    """One table, the meetings one below the other."""
    parts = [meeting.details[layout.tallies] for meeting in meetings]
    sizes = [len(part[next(iter(layout.keys))]) for part in parts]
    rounds = sorted({meeting.round for meeting in meetings})
    table: dict[str, Column] = {
        "round": coded(np.repeat([rounds.index(meeting.round) for meeting in meetings], sizes), rounds),
        "year": np.repeat(np.array([meeting.year for meeting in meetings], np.int32), sizes),
    }
    for name, kind in layout.keys.items():
        column = stacked([part[name] for part in parts], object if kind is str else kind)
        table[name] = named(column) if kind is str else column
    return table | {name: stacked([part[of] for part in parts], np.int64) for name, of in layout.counts.items()}


def stacked(parts: Sequence[Array], kind: type) -> Array:
    """Columns one below the other, also of no meeting at all."""
    return np.concatenate([np.empty(0, kind), *parts]).astype(kind, copy=False)


def named(texts: Array) -> pd.Categorical[str]:
    """Texts as categories in alphabetical order."""
    codes, names = pd.factorize(texts, sort=True)
    return coded(codes, names.tolist())


def summed(table: Columns, keys: list[str]) -> Columns:
    """The counts of rows with the same keys added up."""
    return columns_of(frame(table).groupby(keys, as_index=False, sort=False, observed=True).sum())


def with_unfilled(table: Columns) -> Columns:
    """The table with the seats that the round itself leaves empty, which stand with everybody as seats do."""
    everybody = np.asarray(table["group"]) == "all"
    return {**table, "unfilled": np.where(everybody, np.asarray(table["seats"]) - np.asarray(table["placed"]), 0)}
