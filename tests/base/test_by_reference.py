"""A tuple passed by reference reads as the tuple itself, and what is read from it is not released too early."""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
import pytest
from numba.core.errors import TypingError

from imgsim.base.arrays import Floats
from imgsim.base.compiled.by_reference import by_reference
from imgsim.base.compiled.jit import called_kernel, kernel

NUMBA: Any = numba.config  # its settings are not typed


class Inner(NamedTuple):
    weight: Floats
    shift: int


class Outer(NamedTuple):
    inner: Inner
    value: Floats
    factor: float


class Pair(NamedTuple):
    one: int
    other: int


@called_kernel
def worth(outer: Outer, k: int) -> float:
    worth: float = outer.inner.weight[k] * outer.factor + outer.value[k] + outer.inner.shift
    return worth


@kernel
def all_worth(given: Outer) -> Floats:
    outer = by_reference(given)
    worths = np.empty(len(given.value))
    for k in range(len(worths)):
        worths[k] = worth(outer, k)
    return worths


@kernel
def weight_of(given: Outer) -> Floats:
    return by_reference(given).inner.weight


@kernel
def in_a_loop(count: int) -> int:
    total = 0
    for k in range(count):
        pair = by_reference(Pair(k, 2 * k))
        total += pair.one + pair.other
    return total


@kernel
def no_such_field(given: Outer) -> float:
    return by_reference(given).missing  # type: ignore[attr-defined, no-any-return]


def outer(size: int = 5) -> Outer:
    return Outer(Inner(np.arange(size, dtype=float), 3), np.ones(size), 2.5)


def test_fields_read_by_reference_are_those_of_the_tuple() -> None:
    assert all_worth(outer()).tolist() == [2.5 * k + 1 + 3 for k in range(5)]


def test_a_tuple_stored_in_a_loop_is_the_present_one() -> None:
    assert in_a_loop(10) == 3 * sum(range(10))


def test_an_array_read_by_reference_outlives_the_call() -> None:
    for _ in range(1000):  # one reference too few, and its memory would be given to others
        weight = weight_of(outer(1000))
    assert weight.tolist() == list(range(1000))


def test_a_field_that_is_not_there_is_refused() -> None:
    refusal = AttributeError if NUMBA.DISABLE_JIT else TypingError  # without compilation Python itself refuses
    with pytest.raises(refusal, match="missing"):
        no_such_field(outer())
