"""Values sorted for all groups at once, and what is read off them: means, deviations and quantiles of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.base.compiled.jit import kernel
from imgsim.outcomes.counts import Codes


def sorted_rows(*columns: Ints | Codes) -> Sequence[Ints]:
    """Columns of whole numbers in the order of the first, where that is equal of the second, and so on.

    They are packed into one number a row, of four bytes if these are enough, because short numbers sort fastest.
    OverflowError if eight bytes are too few.
    """
    lows = [int(column.min(initial=0)) for column in columns]
    widths = [(int(column.max(initial=0)) - low).bit_length() for column, low in zip(columns, lows, strict=True)]
    if sum(widths) > 63:
        raise OverflowError(f"columns of {widths} bits are too wide to be sorted together")
    key: npt.NDArray[Any] = np.zeros(len(columns[0]), np.int32 if sum(widths) < 32 else np.int64)
    for column, low, width in zip(columns, lows, widths, strict=True):
        pack(key, column, low, width)
    key.sort()
    return [unpacked(key, low, width) for low, width in zip(reversed(lows), reversed(widths), strict=True)][::-1]


@kernel
def pack(key: Ints, column: Ints | Codes, low: int, width: int) -> None:
    """Put the numbers of a column, counted from the lowest one, below what stands in the keys already."""
    for k in range(len(key)):
        key[k] = (np.int64(key[k]) << width) | (column[k] - low)


@kernel
def unpacked(key: Ints, low: int, width: int) -> Ints:
    """Take the column packed last out of the keys again."""
    numbers, mask = np.empty(len(key), np.int64), (1 << width) - 1
    for k in range(len(key)):
        numbers[k] = (key[k] & mask) + low
        key[k] >>= width
    return numbers


class Runs(NamedTuple):
    """Sorted values of the members of each group that have something in common, group after group."""

    group: Ints  # of each run: place among the groups
    of: Ints  # what its members have in common
    begin: Ints  # where it begins
    n: Ints  # how many values it has, at least one
    value: Floats


def runs(masks: Bools, of: Ints, value: Floats, cell: Ints) -> Runs:
    """Deal out rows, in the order of their values, to every group (a mask over cells) that they belong to.

    ``of`` counts from 0 and need not be sorted.
    """
    kinds = int(of.max(initial=-1)) + 1
    persons = np.bincount(cell * kinds + of, minlength=masks.shape[1] * kinds).reshape(masks.shape[1], kinds)
    n = (masks.astype(np.int64) @ persons).ravel()
    begin = np.cumsum(n) - n
    groups, first = np.nonzero(masks.T)[1], np.append(0, np.cumsum(masks.sum(axis=0)))
    dealt = deal(first, groups, of, value, cell, begin.reshape(len(masks), -1).copy(), np.empty(n.sum()))
    some = np.flatnonzero(n)
    return Runs(some // max(kinds, 1), some % max(kinds, 1), begin[some], n[some], dealt)


@kernel
def deal(first: Ints, groups: Ints, of: Ints, value: Floats, cell: Ints, room: Ints, dealt: Floats) -> Floats:
    """Put the value of every row at the end of the run of each of its groups; ``room`` is where the next one goes.

    The groups of a cell stand in ``groups`` from its ``first`` to the next one's.
    """
    for k in range(len(of)):
        for group in groups[first[cell[k]] : first[cell[k] + 1]]:
            dealt[room[group, of[k]]] = value[k]
            room[group, of[k]] += 1
    return dealt


@kernel
def moments(samples: Runs) -> tuple[Floats, Floats]:
    """The mean of each run, and the sum of the squared deviations from it."""
    mean, squares = np.zeros(len(samples.n)), np.zeros(len(samples.n))
    for run in range(len(samples.n)):
        begin, end = samples.begin[run], samples.begin[run] + samples.n[run]
        for k in range(begin, end):
            mean[run] += samples.value[k]
        mean[run] /= samples.n[run]
        for k in range(begin, end):
            squares[run] += (samples.value[k] - mean[run]) ** 2
    return mean, squares


def quantile(samples: Runs, share: float) -> Floats:
    """The quantile of each run, interpolated linearly (definition 7 of Hyndman and Fan 1996)."""
    position = share * (samples.n - 1)
    below = np.floor(position).astype(np.int64)
    above = np.minimum(below + 1, samples.n - 1)
    low, high = samples.value[samples.begin + below], samples.value[samples.begin + above]
    value: Floats = low + (position - below) * (high - low)
    return value
