"""Counts of persons by replication, year (or another bin) and cell, so that every group is a sum of cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.base.compiled.jit import kernel

Codes = npt.NDArray[np.int32]


class Replicas(NamedTuple):
    """The replication of every row of a table, as its number among those that are measured together."""

    all: int  # how many replications there are
    code: Codes  # (rows,)

    def of(self, rows: Any) -> Replicas:
        """The replications of some of the rows."""
        return Replicas(self.all, self.code[rows])

    def persons(self, rows: Any) -> Ints:
        """The number of some rows by replication, shape (replications,)."""
        return np.bincount(self.code[rows], minlength=self.all)

    def total(self, rows: Any, weight: npt.NDArray[Any]) -> Floats:
        """The total weight of some rows by replication, shape (replications,)."""
        return np.bincount(self.code[rows], weight[rows], self.all).astype(
            np.float64, copy=False
        )  # bincount of no rows gives integers

    def by(self, bins: int, at: npt.NDArray[Any], weight: npt.NDArray[Any] | None = None) -> npt.NDArray[Any]:
        """The number of rows by replication and bin, or their total weight: shape (replications, bins)."""
        return np.bincount(self.code * np.int64(bins) + at, weight, self.all * bins).reshape(self.all, bins)


class Tally(NamedTuple):
    """Persons (or other rows), and those of them for whom a condition holds: the hits."""

    bins: range
    persons: Ints  # (replications, bins, cells)
    hits: Ints  # (replications, bins, cells)

    def inside(self, cells: Bools) -> tuple[Ints, Ints]:
        """Hits and persons by replication and bin over some cells."""
        return inside(self.hits, cells), inside(self.persons, cells)


def inside(counted: npt.NDArray[Any], cells: Bools) -> npt.NDArray[Any]:
    """Sum counts over some of the cells, which are the last axis.

    The copy makes floats add up in the same order whatever the number of replications.
    """
    total: npt.NDArray[Any] = np.ascontiguousarray(counted[..., cells]).sum(axis=-1)
    return total


def tally(
    replicas: Replicas, bins: range, at: Codes, cells: int, cell: Codes, of: Bools, hit: Bools | None = None
) -> Tally:
    """Count those in `of` by the bin they are `at` (others than `bins` are left out) and by cell."""
    persons, hits = np.zeros((2, replicas.all, len(bins), cells), np.int64)
    count(replicas.code, bins.start, at, cell, of, of if hit is None else hit, persons, hits)
    return Tally(bins, persons, hits)


@kernel
def count(replica: Codes, first: int, at: Codes, cell: Codes, of: Bools, hit: Bools, persons: Ints, hits: Ints) -> None:
    """Count every row in `of` in its replication, bin and cell."""
    for k in range(len(of)):
        bin_ = at[k] - first
        if of[k] and 0 <= bin_ < persons.shape[1]:
            persons[replica[k], bin_, cell[k]] += 1
            if hit[k]:
                hits[replica[k], bin_, cell[k]] += 1


def sums(
    replicas: Replicas, bins: range, at: Codes, cells: int, cell: Codes, of: Bools, weights: Sequence[Floats]
) -> Floats:
    """Total weights of the rows in `of` by replication, bin and cell, as `tally` counts them, for each kind of weight.

    Shape (kinds, replications, bins, cells).
    """
    total = np.zeros((replicas.all, len(bins), cells, len(weights)))
    weigh(replicas.code, bins.start, at, cell, of, tuple(map(alike, weights)), total)
    return np.ascontiguousarray(np.moveaxis(total, -1, 0))


def alike(weight: Floats) -> Floats:
    """A read-only contiguous view: compiled code takes a tuple only of arrays of one type."""
    array = np.ascontiguousarray(weight).view()
    array.flags.writeable = False
    return array


@kernel
def weigh(
    replica: Codes, first: int, at: Codes, cell: Codes, of: Bools, weights: tuple[Floats, ...], total: Floats
) -> None:
    """Add the weights of every row in `of` to its replication, bin and cell, row after row.

    All kinds at once, because neighbouring rows often share a cell, and each sum waits for the one before it.
    """
    for k in range(len(of)):
        bin_ = at[k] - first
        if of[k] and 0 <= bin_ < total.shape[1]:
            here = total[replica[k], bin_, cell[k]]
            for kind in range(len(weights)):
                here[kind] += weights[kind][k]


@kernel
def earlier(person: Ints, hit: Bools) -> Codes:
    """How many rows before each one are hits of the same person; rows of a person stand together."""
    hits_before = np.zeros(len(person), np.int32)
    for k in range(1, len(person)):
        if person[k] == person[k - 1]:
            hits_before[k] = hits_before[k - 1] + (1 if hit[k - 1] else 0)
    return hits_before
