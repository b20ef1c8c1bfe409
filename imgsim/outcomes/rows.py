"""Rows of the outcomes table, gathered measure by measure.

A measure is told of all replications at once: the first axis of its values is the replication, and a second one, if
there is any, is what a list of cohorts, groups or times names. A value that cannot be (a share of nobody, the age of
those who never came) is NaN and makes no row.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.outcomes.counting import Bools, Codes, Floats, Ints, Tally

Counts = Ints | Floats
NAMES: Final = ("measure", "cohort", "group")
NUMBERS: Final = ("time", "value", "denominator")


class Block(NamedTuple):
    """Rows of one measure; what is no array or list is one value for all of them."""

    replica: Codes | Ints  # along the first axis
    measure: str
    cohort: str | list[str]
    group: str | list[str]
    time: Any
    value: Any
    denominator: Any
    shape: tuple[int, ...]


class Rows:
    """An outcomes table in the making."""

    def __init__(self, replications: Ints) -> None:
        self.replications, self._every = replications, np.arange(len(replications), dtype=np.int32)
        self._blocks: list[Block] = []

    def add(
        self, measure: str, cohort: str | list[str], group: str | list[str], value: Any, denominator: Any,
        time: Any = np.nan, replica: Codes | Ints | None = None,
    ) -> None:  # fmt: skip
        """Rows of one measure, of every replication, or of those at the places ``replica``, one for each value.

        Lists and times go along the last axis of the values. ValueError if they do not fit.
        """
        of, shape = self._every if replica is None else replica, np.shape(value)
        lists = [len(part) for part in (cohort, group) if isinstance(part, list)]
        if shape[:1] != (len(of),) or any(length != shape[-1] for length in lists):
            raise ValueError(f"{measure}: values of shape {shape} for {len(of)} replications and lists of {lists}")
        self._blocks.append(Block(of, measure, cohort, group, time, value, denominator, shape))

    def share(self, measure: str, cohort: str, group: str, hits: Counts, heads: Counts) -> None:
        """One share a replication: how many of the heads are hits; no row if there are none."""
        self.add(measure, cohort, group, ratio(hits, heads), heads)

    def shares(self, measure: str, group: str, counted: Tally, cells: Bools) -> None:
        """Shares by year over some cells, a row for each year with anybody in it."""
        self.ratios(measure, labels(counted.bins), group, *counted.inside(cells))

    def ratios(
        self, measure: str, cohort: str | list[str], group: str | list[str], hits: Counts, heads: Counts,
        time: float = np.nan,
    ) -> None:  # fmt: skip
        """Shares by cohort or group, a row for each one with anybody in it."""
        self.add(measure, cohort, group, ratio(hits, heads), heads, time)

    def pooled(self, measure: str, cohort: str, group: str, counted: Tally, cells: Bools) -> None:
        """One share over all years and some cells."""
        hits, heads = counted.inside(cells)
        self.share(measure, cohort, group, hits.sum(axis=1), heads.sum(axis=1))

    def frame(self) -> pd.DataFrame:
        """The table: replication, measure, cohort and group (text), time (years, or missing), value, denominator."""
        sizes = [prod(block.shape) for block in self._blocks]
        kinds = {"replica": np.int32} | dict.fromkeys(NAMES, object) | dict.fromkeys(NUMBERS, np.float64)
        held: dict[str, npt.NDArray[Any]] = {name: np.empty(sum(sizes), kind) for name, kind in kinds.items()}
        begin = 0
        for block, size in zip(self._blocks, sizes, strict=True):
            for name, column in held.items():
                rows = column[begin : begin + size].reshape(block.shape)
                (rows.T if name == "replica" else rows)[...] = getattr(block, name)
            begin += size
        known = np.isfinite(held["value"])
        replication = self.replications[held.pop("replica")[known]].astype(np.int32)
        return pd.DataFrame({"replication": replication} | {name: column[known] for name, column in held.items()})


def ratio(part: Any, whole: Any) -> npt.NDArray[np.float64]:
    """The ratio, NaN where there is nothing to divide by."""
    whole = np.asarray(whole)
    found: npt.NDArray[np.float64] = np.divide(
        part, whole, out=np.full(np.broadcast_shapes(np.shape(part), whole.shape), np.nan), where=whole > 0
    )
    return found


def where(some: Any, value: Any) -> npt.NDArray[np.float64]:
    """The value, NaN where nothing is to be told."""
    return np.where(some, value, np.nan)


def labels(years: Iterable[int]) -> list[str]:
    """Years as the text of cohorts."""
    return [str(year) for year in years]


def academic(years: Iterable[int]) -> list[str]:
    """Cohorts from 1 July of a year to 30 June of the next as text: 2005 is `2005-06`."""
    return [f"{year}-{(year + 1) % 100:02d}" for year in years]
