"""Rows of memory asked for ahead of their use.

Lives are walked one after another, each for a microsecond, and a national population does not fit a processor's cache:
without this, the first touch of every life would wait for main memory (a seventh of the time at scale 0.2).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.extending import intrinsic, overload

from imgsim.compiled import lean
from imgsim.engines.states import States

tools: Any = cgutils  # not typed

LINE: Final = 64  # bytes that a processor fetches together
AHEAD: Final = 6  # lives

WRITTEN, KEPT, DATA = 1, 3, 1  # what LLVM is told: will be written to, is used more than once, is no code


@intrinsic
def fetch_cell(typing: Any, rows: Any, row: Any, column: Any) -> Any:
    """Ask for the memory of one cell of a two-dimensional array."""

    def write(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        held = context.make_array(signature.args[0])(context, builder, given[0])
        strides = tools.unpack_tuple(builder, held.strides)
        away = builder.add(builder.mul(given[1], strides[0]), builder.mul(given[2], strides[1]))
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        prefetch = tools.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        cell = builder.gep(builder.bitcast(held.data, byte), [away])
        builder.call(prefetch, [cell, number(WRITTEN), number(KEPT), number(DATA)])
        return context.get_dummy_value()

    return types.void(rows, types.intp, types.intp), write


def fetch(rows: npt.NDArray[Any], row: int) -> None:
    """Ask for a row of an array before it is needed. Nothing else happens; without compilation nothing at all."""


@overload(fetch, inline="always", strict=False)
def fetch_compiled(rows: Any, row: Any) -> Any:
    """``fetch`` in compiled code: a cell of every line of memory that the row covers."""

    def implementation(rows: npt.NDArray[Any], row: int) -> None:
        for column in range(0, rows.shape[1], LINE // rows.itemsize):
            fetch_cell(rows, row, column)  # type: ignore[call-arg]

    return implementation


@lean
def fetch_life(states: States, people: npt.NDArray[np.int64], k: int) -> None:
    """Ask for what is kept of the life that will be walked some lives after place ``k``."""
    if k + AHEAD < len(people):
        person = people[k + AHEAD]
        fetch(states.traits, person)
        fetch(states.track, person)
        fetch(states.days_in, person)
        fetch(states.at, person)
        fetch(states.counts, person)
