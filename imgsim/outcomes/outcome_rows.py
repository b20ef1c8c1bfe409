"""Rows of the outcomes table, gathered measure by measure.

Values come for all replications at once: the first axis of an array is the replication, and a second one, if there is
any, is what a list of cohorts, groups or times names. A value that cannot be (a share of nobody, the age of those who
never came) is NaN and makes no row.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.outcomes.counts import Codes, Tally
from imgsim.outcomes.order_statistics import sorted_rows
from imgsim.outcomes.strata import Stratum

Counts = Ints | Floats
COLUMNS: Final = ("replication", "measure", "cohort", "by", "group", "time", "statistic", "value", "n")
TEXTS: Final = ("measure", "cohort", "by", "group", "statistic")  # the columns of names
NAMES: Final = ("quantity", "cohort", "stratum")  # names as they are coded: measure with statistic, by with group
NUMBERS: Final = ("time", "value", "n")


class Quantity(NamedTuple):
    """A measure and the statistic of it that a value is."""

    measure: str
    statistic: str


class Named(NamedTuple):
    """A name for each value, out of a few."""

    names: list[Any]
    codes: Ints


Cohorts = str | list[str] | Named
Strata = Stratum | list[Stratum] | Named


class Block(NamedTuple):
    """Rows of one measure; what is no array or list is one value for all of them."""

    replica: Codes | Ints  # along the first axis
    quantity: Any  # the code of a name, as are the next two
    cohort: Any
    stratum: Any
    time: Any
    value: Any
    n: Any
    shape: tuple[int, ...]


class Rows:
    """An outcomes table in the making."""

    def __init__(self, replications: Ints) -> None:
        self.replications, self._every = replications, np.arange(len(replications), dtype=np.int32)
        self._blocks: list[Block] = []
        self._codes: dict[str, dict[Any, int]] = {name: {} for name in NAMES}

    def add(
        self, measure: str, cohort: Cohorts, stratum: Strata, value: Any, n: Any,
        statistic: str, time: Any = np.nan, replica: Codes | Ints | None = None,
    ) -> None:  # fmt: skip
        """Rows of one measure, of every replication, or of those with the indices ``replica``, one for each value.

        Lists and times go along the last axis of the values. ValueError if they do not fit.
        """
        of, shape = self._every if replica is None else replica, np.shape(value)
        lists = [len(part) for part in (cohort, stratum) if isinstance(part, list)]
        lists += [len(part.codes) for part in (cohort, stratum) if isinstance(part, Named)]
        if shape[:1] != (len(of),) or any(length != shape[-1] for length in lists):
            raise ValueError(f"{measure}: values of shape {shape} for {len(of)} replications and lists of {lists}")
        quantity = self._code("quantity", Quantity(measure, statistic))
        names = quantity, self._code("cohort", cohort), self._code("stratum", stratum)
        self._blocks.append(Block(of, *names, time, value, n, shape))

    def _code(self, column: str, names: Any) -> Any:
        """The code of each name among those of its column."""
        known = self._codes[column]
        if isinstance(names, Named):
            return np.array(self._code(column, names.names), np.int32)[names.codes]
        if isinstance(names, list):
            return [known.setdefault(name, len(known)) for name in names]
        return known.setdefault(names, len(known))

    def share(
        self, measure: str, cohort: str | list[str], stratum: Stratum | list[Stratum], hits: Counts, n: Counts,
        time: float = np.nan,
    ) -> None:  # fmt: skip
        """How many of n persons are hits, a row for every share with anybody in it."""
        self.add(measure, cohort, stratum, ratio(hits, n), n, "share", time)

    def shares(self, measure: str, stratum: Stratum, counted: Tally, cells: Bools) -> None:
        """Shares by year over some cells, a row for each year with anybody in it."""
        self.share(measure, labels(counted.bins), stratum, *counted.inside(cells))

    def pooled(self, measure: str, cohort: str, stratum: Stratum, counted: Tally, cells: Bools) -> None:
        """One share over all years and some cells."""
        hits, persons = counted.inside(cells)
        self.share(measure, cohort, stratum, hits.sum(axis=1), persons.sum(axis=1))

    def frame(self) -> pd.DataFrame:
        """The outcomes table, sorted by replication, measure, statistic, cohort and group.

        Names are categories in alphabetical order; ``time`` is missing where a value is no point of a curve.
        """
        columns = self._columns()
        names = {name: sorted(codes) for name, codes in self._codes.items()}
        for name, codes in self._codes.items():
            columns[name] = ranks([codes[text] for text in names[name]])[columns[name]]
        order = sorted_rows(*(columns[name] for name in ("replica", *NAMES)), np.arange(len(columns["value"])))[-1]
        order = order[np.isfinite(columns["value"])[order]]
        columns = {name: column[order] for name, column in columns.items()}
        texts = {"cohort": categories(names["cohort"], columns["cohort"])}
        for name, pair in (("quantity", Quantity._fields), ("stratum", Stratum._fields)):
            for k, text in enumerate(pair):
                texts[text] = categories([each[k] for each in names[name]], columns[name])
        numbers = {name: columns[name] for name in NUMBERS}
        replication = self.replications[columns["replica"]].astype(np.int32)
        table = {"replication": replication, **texts, **numbers}
        return pd.DataFrame({name: table[name] for name in COLUMNS}, copy=False)

    def _columns(self) -> dict[str, npt.NDArray[Any]]:
        """All blocks one below the other; names are codes."""
        sizes = [prod(block.shape) for block in self._blocks]
        kinds = dict.fromkeys(("replica", *NAMES), np.int32) | dict.fromkeys(NUMBERS, np.float64)
        columns: dict[str, npt.NDArray[Any]] = {name: np.empty(sum(sizes), kind) for name, kind in kinds.items()}
        begin = 0
        for block, size in zip(self._blocks, sizes, strict=True):
            for name, column in columns.items():
                rows = column[begin : begin + size].reshape(block.shape)
                (rows.T if name == "replica" else rows)[...] = getattr(block, name)
            begin += size
        return columns


def categories(texts: list[str], codes: npt.NDArray[Any]) -> pd.Categorical:
    """A column of text by its code in a list, as categories in alphabetical order; texts may occur several times."""
    different = sorted(set(texts))
    rank = {text: k for k, text in enumerate(different)}
    recoded = np.array([rank[text] for text in texts], np.int8 if len(different) < 128 else np.int16)
    return pd.Categorical.from_codes(recoded[codes], pd.Index(different, dtype=object), validate=False)


def ranks(order: list[int]) -> Codes:
    """The rank of each thing, given the order in which they stand."""
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order))
    return rank


def ratio(part: Any, total: Any) -> npt.NDArray[np.float64]:
    """The ratio, NaN where there is nothing to divide by."""
    total, shape = np.asarray(total), np.shape(part)
    if shape != total.shape:
        shape = np.broadcast_shapes(shape, total.shape)
    quotient: npt.NDArray[np.float64] = np.divide(part, total, out=np.full(shape, np.nan), where=total > 0)
    return quotient


def where(some: Any, value: Any) -> npt.NDArray[np.float64]:
    """The value, NaN where a condition does not hold."""
    return np.where(some, value, np.nan)


def labels(years: Iterable[int]) -> list[str]:
    """Years as the text of cohorts."""
    return [str(year) for year in years]


def academic(years: Iterable[int]) -> list[str]:
    """Cohorts from 1 July of a year to 30 June of the next as text: 2005 is `2005-06`."""
    return [f"{year}-{(year + 1) % 100:02d}" for year in years]
