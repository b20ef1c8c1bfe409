"""Rows of the outcomes table, gathered measure by measure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

COLUMNS: Final = ("measure", "cohort", "group", "time", "value", "denominator")
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Rows:
    """An outcomes table in the making."""

    def __init__(self) -> None:
        self._blocks: list[tuple[Any, ...]] = []

    def add(self, measure: str, cohort: Any, group: Any, value: Any, denominator: Any, time: Any = np.nan) -> None:
        """Rows of one measure; everything after it is one value or one for each row."""
        shape = np.broadcast_shapes(*(np.shape(part) for part in (cohort, group, value, denominator, time)), (1,))
        parts = (np.broadcast_to(np.asarray(part), shape) for part in (cohort, group))
        numbers = (np.broadcast_to(np.asarray(part, np.float64), shape) for part in (time, value, denominator))
        self._blocks.append((np.full(shape, measure, object), *(part.astype(object) for part in parts), *numbers))

    def share(self, measure: str, cohort: str, group: str, hit: Bools, of: Bools, time: float = np.nan) -> None:
        """One share: how many of those in `of` are hits; no row if there are none."""
        if n := np.count_nonzero(of):
            self.add(measure, cohort, group, np.count_nonzero(hit & of) / n, n, time)

    def shares(self, measure: str, group: str, year: Ints, hit: Bools, of: Bools) -> None:
        """Shares by year, a row for each year with anybody in it."""
        years, denominator = by_year(year[of])
        hits = np.bincount(year[of & hit] - years[0], minlength=len(years)) if len(years) else denominator
        some = denominator > 0
        self.add(measure, labels(years[some]), group, hits[some] / denominator[some], denominator[some])

    def counts(self, measure: str, group: str, year: Ints, of: Bools, years: range, scale: float) -> None:
        """Persons by year, blown up to the whole population; years without any count 0."""
        inside = of & (year >= years.start) & (year < years.stop)
        count = np.bincount(year[inside] - years.start, minlength=len(years))
        self.add(measure, labels(years), group, count / scale, count)

    def frame(self) -> pd.DataFrame:
        """The table: measure, cohort, group (text), time (years, missing where none), value, denominator."""
        if not self._blocks:
            return pd.DataFrame({column: [] for column in COLUMNS})
        columns = [np.concatenate(parts) for parts in zip(*self._blocks, strict=True)]
        table = pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
        known: pd.DataFrame = table.loc[np.isfinite(table["value"].to_numpy(np.float64))]
        return known.reset_index(drop=True)


def by_year(year: Ints) -> tuple[Ints, Ints]:
    """All years from the first to the last, and how many rows each has."""
    if not len(year):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.arange(year.min(), year.max() + 1), np.bincount(year - year.min())


def labels(years: Sequence[int] | Ints | range) -> npt.NDArray[np.object_]:
    """Years as the text of cohorts."""
    return np.array([str(year) for year in years], object)


def academic(year: int) -> str:
    """The cohort from 1 July of a year to 30 June of the next: 2005 is `2005-06`."""
    return f"{year}-{(year + 1) % 100:02d}"
