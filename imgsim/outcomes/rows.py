"""Rows of the outcomes table, gathered measure by measure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import compress
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from imgsim.outcomes.counting import Bools, Ints, Tally

NUMBERS: Final = ("time", "value", "denominator")


class Block(NamedTuple):
    """Rows of one measure; everything else is one value for all of them, or one for each."""

    measure: str
    cohort: str | list[str]
    group: str | list[str]
    time: Any
    value: Any
    denominator: Any
    length: int


class Rows:
    """An outcomes table in the making."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []

    def add(
        self, measure: str, cohort: str | list[str], group: str | list[str], value: Any, denominator: Any,
        time: Any = np.nan,
    ) -> None:  # fmt: skip
        """Rows of one measure; everything else is one value for all of them, or one for each."""
        parts = (cohort, group, time, value, denominator)
        lengths = {len(part) for part in parts if isinstance(part, list | np.ndarray)}
        length = lengths.pop() if lengths else 1
        if lengths:
            raise ValueError(f"{measure}: columns of {length} and {lengths.pop()} rows")
        self._blocks.append(Block(measure, cohort, group, time, value, denominator, length))

    def share(self, measure: str, cohort: str, group: str, hits: int, heads: int) -> None:
        """One share: how many of the heads are hits; no row if there are none."""
        if heads:
            self.add(measure, cohort, group, hits / heads, heads)

    def shares(self, measure: str, group: str, counted: Tally, cells: Bools) -> None:
        """Shares by year over some cells, a row for each year with anybody in it."""
        self.ratios(measure, labels(counted.bins), group, *counted.inside(cells))

    def ratios(
        self, measure: str, cohort: list[str], group: str, hits: Ints, heads: Ints, time: float = np.nan
    ) -> None:
        """Shares by cohort, a row for each one with anybody in it."""
        some = heads > 0
        if not some.all():
            cohort, hits, heads = list(compress(cohort, some)), hits[some], heads[some]
        self.add(measure, cohort, group, hits / heads, heads, time)

    def pooled(self, measure: str, cohort: str, group: str, counted: Tally, cells: Bools) -> None:
        """One share over all years and some cells."""
        hits, heads = counted.inside(cells)
        self.share(measure, cohort, group, int(hits.sum()), int(heads.sum()))

    def frame(self) -> pd.DataFrame:
        """The table: measure, cohort, group (text), time (years, missing where none), value, denominator."""
        lengths = [block.length for block in self._blocks]
        held = {name: np.empty(sum(lengths), np.float64 if name in NUMBERS else object) for name in Block._fields[:-1]}
        begin = 0
        for block in self._blocks:
            end = begin + block.length
            for name, column in held.items():
                column[begin:end] = getattr(block, name)
            begin = end
        known = np.isfinite(held["value"])
        return pd.DataFrame({name: column[known] for name, column in held.items()})


def labels(years: Iterable[int]) -> list[str]:
    """Years as the text of cohorts."""
    return [str(year) for year in years]


def academic(years: Iterable[int]) -> list[str]:
    """Cohorts from 1 July of a year to 30 June of the next as text: 2005 is `2005-06`."""
    return [f"{year}-{(year + 1) % 100:02d}" for year in years]
