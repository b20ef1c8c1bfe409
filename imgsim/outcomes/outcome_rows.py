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

from imgsim.outcomes.counts import Bools, Codes, Floats, Ints, Tally
from imgsim.outcomes.order_statistics import sorted_rows

Counts = Ints | Floats
NAMES: Final = ("measure", "cohort", "group")
NUMBERS: Final = ("time", "value", "denominator")


class Named(NamedTuple):
    """A name for each value, out of a few."""

    names: list[str]
    place: Ints


Names = str | list[str] | Named


class Block(NamedTuple):
    """Rows of one measure; what is no array or list is one value for all of them."""

    replica: Codes | Ints  # along the first axis
    measure: Any  # the place of a name, as are the next two
    cohort: Any
    group: Any
    time: Any
    value: Any
    denominator: Any
    shape: tuple[int, ...]


class Rows:
    """An outcomes table in the making."""

    def __init__(self, replications: Ints) -> None:
        self.replications, self._every = replications, np.arange(len(replications), dtype=np.int32)
        self._blocks: list[Block] = []
        self._places: dict[str, dict[str, int]] = {name: {} for name in NAMES}

    def add(
        self, measure: str, cohort: Names, group: Names, value: Any, denominator: Any,
        time: Any = np.nan, replica: Codes | Ints | None = None,
    ) -> None:  # fmt: skip
        """Rows of one measure, of every replication, or of those at the places ``replica``, one for each value.

        Lists and times go along the last axis of the values. ValueError if they do not fit.
        """
        of, shape = self._every if replica is None else replica, np.shape(value)
        lists = [len(part) for part in (cohort, group) if isinstance(part, list)]
        lists += [len(part.place) for part in (cohort, group) if isinstance(part, Named)]
        if shape[:1] != (len(of),) or any(length != shape[-1] for length in lists):
            raise ValueError(f"{measure}: values of shape {shape} for {len(of)} replications and lists of {lists}")
        names = self._place("measure", measure), self._place("cohort", cohort), self._place("group", group)
        self._blocks.append(Block(of, *names, time, value, denominator, shape))

    def _place(self, column: str, names: Names) -> Any:
        """The place of each name among those of its column."""
        known = self._places[column]
        if isinstance(names, str):
            return known.setdefault(names, len(known))
        if isinstance(names, Named):
            return np.array(self._place(column, names.names), np.int32)[names.place]
        return [known.setdefault(name, len(known)) for name in names]

    def share(
        self, measure: str, cohort: str | list[str], group: str | list[str], hits: Counts, heads: Counts,
        time: float = np.nan,
    ) -> None:  # fmt: skip
        """How many of the heads are hits, a row for every share with anybody in it."""
        self.add(measure, cohort, group, ratio(hits, heads), heads, time)

    def shares(self, measure: str, group: str, counted: Tally, cells: Bools) -> None:
        """Shares by year over some cells, a row for each year with anybody in it."""
        self.share(measure, labels(counted.bins), group, *counted.inside(cells))

    def pooled(self, measure: str, cohort: str, group: str, counted: Tally, cells: Bools) -> None:
        """One share over all years and some cells."""
        hits, heads = counted.inside(cells)
        self.share(measure, cohort, group, hits.sum(axis=1), heads.sum(axis=1))

    def frame(self) -> pd.DataFrame:
        """The table, sorted by replication and names (which are categories in the order of the alphabet).

        Columns: replication, measure, cohort, group, time (years, missing where none), value, denominator.
        """
        held = self._columns()
        texts = {name: sorted(places) for name, places in self._places.items()}
        for name, places in self._places.items():
            held[name] = ranks([places[text] for text in texts[name]])[held[name]]
        order = sorted_rows(*(held[name] for name in ("replica", *NAMES)), np.arange(len(held["value"])))[-1]
        order = order[np.isfinite(held["value"])[order]]
        held = {name: column[order] for name, column in held.items()}
        replication = self.replications[held.pop("replica")].astype(np.int32)
        named = {name: pd.Categorical.from_codes(held.pop(name), pd.Index(texts[name], dtype=object)) for name in NAMES}
        return pd.DataFrame({"replication": replication, **named, **held}, copy=False)

    def _columns(self) -> dict[str, npt.NDArray[Any]]:
        """All blocks one below the other; names are places."""
        sizes = [prod(block.shape) for block in self._blocks]
        kinds = dict.fromkeys(("replica", *NAMES), np.int32) | dict.fromkeys(NUMBERS, np.float64)
        held: dict[str, npt.NDArray[Any]] = {name: np.empty(sum(sizes), kind) for name, kind in kinds.items()}
        begin = 0
        for block, size in zip(self._blocks, sizes, strict=True):
            for name, column in held.items():
                rows = column[begin : begin + size].reshape(block.shape)
                (rows.T if name == "replica" else rows)[...] = getattr(block, name)
            begin += size
        return held


def ranks(order: list[int]) -> Codes:
    """The rank of each thing, given the order in which they stand."""
    found = np.empty(len(order), np.int32)
    found[order] = np.arange(len(order))
    return found


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
