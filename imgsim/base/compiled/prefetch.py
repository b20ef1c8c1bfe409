"""Ask the processor for memory shortly before it is needed.

Careers are simulated one after another, each only for a moment, and a national population does not fit a processor's
cache: without this, the first read of every career would wait for main memory. So would lists of two million
applications that are read out of order.
"""

from __future__ import annotations

from typing import Any, Final

import numpy.typing as npt
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.extending import intrinsic, overload

tools: Any = cgutils  # not typed

LINE: Final = 64  # bytes that a processor fetches together

FOR_WRITING, FOR_REUSE, IS_DATA = 1, 3, 1  # arguments of LLVM's instruction


@intrinsic
def fetch_cell(typing: Any, rows: Any, row: Any, column: Any) -> Any:
    """Ask for the memory of one cell of an array; the column is ignored where an array has one dimension."""

    def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        offset = builder.mul(arguments[1], tools.unpack_tuple(builder, array.strides)[0])
        if rows.ndim == 2:
            offset = builder.add(offset, builder.mul(arguments[2], tools.unpack_tuple(builder, array.strides)[1]))
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        prefetch = tools.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        cell = builder.gep(builder.bitcast(array.data, byte), [offset])
        builder.call(prefetch, [cell, number(FOR_WRITING), number(FOR_REUSE), number(IS_DATA)])
        return context.get_dummy_value()

    return types.void(rows, types.intp, types.intp), write


def fetch(rows: npt.NDArray[Any], row: int) -> None:
    """Ask for a row of an array, or an item of a one-dimensional one, before it is needed.

    Nothing else happens, even where the row does not exist; without compilation nothing at all.
    """


@overload(fetch, inline="always", strict=False)
def fetch_compiled(rows: Any, row: Any) -> Any:
    """``fetch`` in compiled code: a cell of every line of memory that the row covers."""

    def item(rows: npt.NDArray[Any], row: int) -> None:
        fetch_cell(rows, row, 0)  # type: ignore[call-arg]

    def lines(rows: npt.NDArray[Any], row: int) -> None:
        for column in range(0, rows.shape[1], LINE // rows.itemsize):
            fetch_cell(rows, row, column)  # type: ignore[call-arg]

    return item if rows.ndim == 1 else lines
