"""Rows of the outcomes table, gathered measure by measure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat
from typing import Any, Final

import numpy as np
import pandas as pd

from imgsim.outcomes.counting import Bools, Ints, Tally

COLUMNS: Final = ("measure", "cohort", "group", "time", "value", "denominator")
NUMBERS: Final = ("time", "value", "denominator")


class Rows:
    """An outcomes table in the making."""

    def __init__(self) -> None:
        self._rows: list[tuple[Any, ...]] = []

    def add(self, measure: str, cohort: Any, group: str, value: Any, denominator: Any, time: Any = np.nan) -> None:
        """Rows of one measure and group; the rest is one value or one for each row."""
        parts = [part.tolist() if isinstance(part, np.ndarray) else part for part in (cohort, time, value, denominator)]
        lengths = {len(part) for part in parts if isinstance(part, list)}
        if lengths:
            n = lengths.pop()
            cohorts, *numbers = (part if isinstance(part, list) else repeat(part, n) for part in parts)
            self._rows += zip(repeat(measure, n), cohorts, repeat(group, n), *numbers, strict=True)
        else:
            self._rows.append((measure, *parts[:1], group, *parts[1:]))

    def share(self, measure: str, cohort: str, group: str, hits: int, heads: int, time: float = np.nan) -> None:
        """One share: how many of the heads are hits; no row if there are none."""
        if heads:
            self.add(measure, cohort, group, hits / heads, heads, time)

    def shares(self, measure: str, group: str, counted: Tally, cells: Bools) -> None:
        """Shares by year over some cells, a row for each year with anybody in it."""
        self.ratios(measure, group, counted.bins, *counted.inside(cells))

    def ratios(self, measure: str, group: str, years: Iterable[int], hits: Ints, heads: Ints) -> None:
        """Shares by year, a row for each year with anybody in it."""
        some = heads > 0
        self.add(measure, labels(np.array(years)[some]), group, hits[some] / heads[some], heads[some])

    def pooled(self, measure: str, cohort: str, group: str, counted: Tally, cells: Bools) -> None:
        """One share over all years and some cells."""
        hits, heads = counted.inside(cells)
        self.share(measure, cohort, group, int(hits.sum()), int(heads.sum()))

    def frame(self) -> pd.DataFrame:
        """The table: measure, cohort, group (text), time (years, missing where none), value, denominator."""
        columns = zip(*self._rows, strict=True) if self._rows else repeat((), len(COLUMNS))
        kinds = [np.float64 if name in NUMBERS else object for name in COLUMNS]
        held = {name: np.array(column, kind) for name, kind, column in zip(COLUMNS, kinds, columns, strict=True)}
        known = np.isfinite(held["value"])
        return pd.DataFrame({name: column[known] for name, column in held.items()})


def labels(years: Iterable[int]) -> list[str]:
    """Years as the text of cohorts."""
    return [str(year) for year in years]


def academic(year: int) -> str:
    """The cohort from 1 July of a year to 30 June of the next: 2005 is `2005-06`."""
    return f"{year}-{(year + 1) % 100:02d}"
