"""Counting heads by replication, year (or another bin) and cell, so that every group is a sum of cells counted once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.jit import kernel

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]


class Replicas(NamedTuple):
    """The replication of every row of a table, as its place among all that are measured together."""

    all: int  # how many replications there are
    place: Codes  # (rows,)

    def of(self, rows: Any) -> Replicas:
        """Those of some rows."""
        return Replicas(self.all, self.place[rows])

    def heads(self, rows: Any) -> Ints:
        """How many of some rows each replication has, shape (replications,)."""
        return np.bincount(self.place[rows], minlength=self.all)

    def total(self, rows: Any, weight: npt.NDArray[Any]) -> Floats:
        """What some rows of each replication weigh together, shape (replications,)."""
        return np.bincount(self.place[rows], weight[rows], self.all).astype(np.float64, copy=False)  # whole if of none

    def by(self, bins: int, at: npt.NDArray[Any], weight: npt.NDArray[Any] | None = None) -> npt.NDArray[Any]:
        """How many rows each replication has in each bin, or what they weigh together: shape (replications, bins)."""
        return np.bincount(self.place * np.int64(bins) + at, weight, self.all * bins).reshape(self.all, bins)


class Tally(NamedTuple):
    """Heads, and those of them that are hits."""

    bins: range
    heads: Ints  # (replications, bins, cells)
    hits: Ints  # (replications, bins, cells)

    def inside(self, cells: Bools) -> tuple[Ints, Ints]:
        """Hits and heads by replication and bin over some cells."""
        return inside(self.hits, cells), inside(self.heads, cells)


def inside(counted: npt.NDArray[Any], cells: Bools) -> npt.NDArray[Any]:
    """The sum over some cells, which are the last axis.

    The copy makes floats add up in the same order whatever the number of replications.
    """
    found: npt.NDArray[Any] = np.ascontiguousarray(counted[..., cells]).sum(axis=-1)
    return found


def tally(
    replicas: Replicas, bins: range, at: Codes, cells: int, cell: Codes, of: Bools, hit: Bools | None = None
) -> Tally:
    """Count those in `of` by the bin they are `at` (others than `bins` are left out) and by cell."""
    heads, hits = np.zeros((2, replicas.all, len(bins), cells), np.int64)
    count(replicas.place, bins.start, at, cell, of, of if hit is None else hit, heads, hits)
    return Tally(bins, heads, hits)


@kernel
def count(replica: Codes, first: int, at: Codes, cell: Codes, of: Bools, hit: Bools, heads: Ints, hits: Ints) -> None:
    """Add one head to its place for every row in `of`."""
    for k in range(len(of)):
        place = at[k] - first
        if of[k] and 0 <= place < heads.shape[1]:
            heads[replica[k], place, cell[k]] += 1
            if hit[k]:
                hits[replica[k], place, cell[k]] += 1


def sums(
    replicas: Replicas, bins: range, at: Codes, cells: int, cell: Codes, of: Bools, weights: Sequence[Floats]
) -> Floats:
    """What those in `of` weigh together by replication, bin and cell, as `tally` counts them, for each kind of weight.

    Shape (kinds, replications, bins, cells).
    """
    total = np.zeros((replicas.all, len(bins), cells, len(weights)))
    weigh(replicas.place, bins.start, at, cell, of, tuple(map(alike, weights)), total)
    return np.ascontiguousarray(np.moveaxis(total, -1, 0))


def alike(weight: Floats) -> Floats:
    """The same numbers as an array of one kind: compiled code takes a tuple only of such."""
    found = np.ascontiguousarray(weight).view()
    found.flags.writeable = False
    return found


@kernel
def weigh(
    replica: Codes, first: int, at: Codes, cell: Codes, of: Bools, weights: tuple[Floats, ...], total: Floats
) -> None:
    """Add the weights of every row in `of` to their place, row after row.

    Of all kinds together, because many rows go to one place in a row, and a sum waits for the one before it.
    """
    for k in range(len(of)):
        place = at[k] - first
        if of[k] and 0 <= place < total.shape[1]:
            here = total[replica[k], place, cell[k]]
            for kind in range(len(weights)):
                here[kind] += weights[kind][k]


@kernel
def earlier(person: Ints, hit: Bools) -> Codes:
    """How many rows before each one are hits of the same person; rows of a person stand together."""
    found = np.zeros(len(person), np.int32)
    for k in range(1, len(person)):
        if person[k] == person[k - 1]:
            found[k] = found[k - 1] + (1 if hit[k - 1] else 0)
    return found
