"""Counting heads: by year (or another bin) and by cell, so that every group is a sum of cells counted once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.compiled import compiled

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]


class Tally(NamedTuple):
    """Heads, and those of them that are hits."""

    bins: range
    heads: Ints  # (bins, cells)
    hits: Ints  # (bins, cells)

    def inside(self, cells: Bools) -> tuple[Ints, Ints]:
        """Hits and heads by bin over some cells."""
        return self.hits[:, cells].sum(axis=1), self.heads[:, cells].sum(axis=1)


def tally(bins: range, at: Codes, cells: int, cell: Codes, of: Bools, hit: Bools | None = None) -> Tally:
    """Count those in `of` by the bin they are `at` (others than `bins` are left out) and by cell."""
    heads, hits = np.zeros((2, len(bins), cells), np.int64)
    count(bins.start, at, cell, of, of if hit is None else hit, heads, hits)
    return Tally(bins, heads, hits)


@compiled
def count(first: int, at: Codes, cell: Codes, of: Bools, hit: Bools, heads: Ints, hits: Ints) -> None:
    """Add one head to its place for every row in `of`."""
    for k in range(len(of)):
        place = at[k] - first
        if of[k] and 0 <= place < len(heads):
            heads[place, cell[k]] += 1
            if hit[k]:
                hits[place, cell[k]] += 1


@compiled
def sums(first: int, at: Codes, cell: Codes, of: Bools, weight: Floats, groups: Bools, total: Floats) -> None:
    """Add the weight of every row in `of` to its bin, for each group (a row of cells) that it is in, row after row."""
    for k in range(len(of)):
        place = at[k] - first
        if of[k] and 0 <= place < total.shape[1]:
            for group in range(len(groups)):
                if groups[group, cell[k]]:
                    total[group, place] += weight[k]


@compiled
def earlier(person: Ints, hit: Bools) -> Codes:
    """How many rows before each one are hits of the same person; rows of a person stand together."""
    found = np.zeros(len(person), np.int32)
    for k in range(1, len(person)):
        if person[k] == person[k - 1]:
            found[k] = found[k - 1] + (1 if hit[k - 1] else 0)
    return found


@compiled
def dealt(masks: Bools, cell: Codes) -> tuple[Codes, Ints]:
    """The places of those in each group (a mask over cells), rising, group after group; where each group's begin.

    One pass, where a mask a group would take many.
    """
    heads = np.zeros(masks.shape[1], np.int64)
    for k in range(len(cell)):
        heads[cell[k]] += 1
    first = np.zeros(len(masks) + 1, np.int64)
    for group in range(len(masks)):
        first[group + 1] = first[group] + np.sum(heads[masks[group]])
    found, room = np.empty(first[-1], np.int32), first[:-1].copy()
    for k in range(len(cell)):
        for group in range(len(masks)):
            if masks[group, cell[k]]:
                found[room[group]] = k
                room[group] += 1
    return found, first
