"""Tables as columns by name, before they become data frames.

Frames are made once for many replications, because making them takes longer than computing what is in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

Column: TypeAlias = "npt.NDArray[Any] | pd.Categorical[str]"
Columns = Mapping[str, Column]


def frame(*tables: Columns) -> pd.DataFrame:
    """One frame for the rows of tables, one after the other; ValueError unless all have the same columns."""
    if any(table.keys() != tables[0].keys() for table in tables):
        raise ValueError(f"tables with other columns cannot be put together: {', '.join(tables[0])}")
    return pd.DataFrame({name: concatenated([table[name] for table in tables]) for name in tables[0]}, copy=False)


def frames(*pieces: Mapping[str, Columns]) -> dict[str, pd.DataFrame]:
    """One frame for all tables of each name."""
    names = dict.fromkeys(name for piece in pieces for name in piece)
    return {name: frame(*(piece[name] for piece in pieces if name in piece)) for name in names}


def concatenated(columns: Sequence[Column]) -> Column:
    """One column for several, as text where their names are not coded alike."""
    first = columns[0]
    if len(columns) == 1:
        return first
    coded = [column for column in columns if isinstance(column, pd.Categorical) and alike(column, first)]
    if len(coded) < len(columns):
        return np.concatenate([np.asarray(column) for column in columns])
    kind: Any = first.dtype
    return pd.Categorical.from_codes(np.concatenate([np.asarray(column.codes) for column in coded]), dtype=kind)


def alike(one: pd.Categorical[str], other: Column) -> bool:
    """Do the same codes stand for the same names? Types are equal in whatever order the names are."""
    return isinstance(other, pd.Categorical) and one.categories.equals(other.categories)


def columns_of(table: pd.DataFrame) -> Columns:
    """The columns of a frame."""
    columns: dict[str, Any] = {str(name): column for name, column in table.items()}
    return {name: column.array if column.dtype == "category" else column.to_numpy() for name, column in columns.items()}


def length(table: Columns) -> int:
    """The number of rows."""
    return len(next(iter(table.values())))
