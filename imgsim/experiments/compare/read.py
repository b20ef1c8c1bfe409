"""Read the tables of finished replications."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from imgsim.base.errors import ImgsimError
from imgsim.base.files.parquet import read_table
from imgsim.runs.checkpoints import Checkpoints


def read_replications(checkpoints: Checkpoints, count: int, names: Sequence[str]) -> dict[str, pd.DataFrame]:
    """The tables of all replications, by name; PartLost if one of them is missing or damaged."""
    pooled: dict[str, pd.DataFrame] = {}
    for name in names:
        tables = [as_text(read_table(path)) for path in checkpoints.files(name, count)]
        pooled[name] = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
        if len(pooled[name]) != (expected := checkpoints.rows(name, count)):
            raise ImgsimError(f"{name}: {len(pooled[name])} rows were read, the replications have {expected}")
    return pooled


def as_text(table: pd.DataFrame) -> pd.DataFrame:
    """A table with its categories as plain text, so that tables of several replications can be pooled."""
    words = [name for name in table if isinstance(table[name].dtype, pd.CategoricalDtype)]
    return table.astype(dict.fromkeys(words, str))
