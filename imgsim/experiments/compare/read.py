"""What finished replications have left, read back."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from imgsim.base.files.parquet import read_table
from imgsim.runs.checkpoints import Checkpoints


def read(checkpoints: Checkpoints, count: int, names: Sequence[str]) -> dict[str, pd.DataFrame]:
    """The tables of all replications."""
    found: dict[str, pd.DataFrame] = {}
    for name in names:
        tables = [as_text(read_table(path)) for path in checkpoints.files(name, count)]
        found[name] = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    return found


def as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Categories as plain text, so that tables can be pooled."""
    words = [name for name in table if isinstance(table[name].dtype, pd.CategoricalDtype)]
    return table.astype(dict.fromkeys(words, str))
