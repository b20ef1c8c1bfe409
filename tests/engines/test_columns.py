"""Tables as columns become the frames that frames of each, put together, would be."""

from __future__ import annotations

import numpy as np
import pandas as pd

from imgsim.engines.records.columns import Columns, columns_of, frame, length
from imgsim.engines.records.encode import coded


def some(codes: list[int], names: list[str]) -> Columns:
    """A table with a column of every kind."""
    n = len(codes)
    return {
        "group": coded(codes, names),
        "date": np.arange(n).astype("datetime64[s]"),
        "text": np.array([f"{k}" * (1 + k) for k in range(n)], dtype=str),
        "value": np.linspace(0, 1, n),
    }


def test_one_frame_for_several_tables_has_the_rows_of_all() -> None:
    parts = [some([0, 1, -1], ["far", "near"]), some([], ["far", "near"]), some([1], ["far", "near"])]
    expected = pd.concat([frame(part) for part in parts], ignore_index=True)
    pd.testing.assert_frame_equal(frame(*parts), expected)
    assert frame(*parts)["group"].dtype == parts[0]["group"].dtype
    assert sum(map(length, parts)) == len(expected)


def test_names_that_are_coded_otherwise_are_told_as_they_are() -> None:
    parts = [some([0, 1], ["far", "near"]), some([0, -1], ["near", "far"])]
    assert frame(*parts)["group"].astype(object).fillna("none").tolist() == ["far", "near", "near", "none"]


def test_the_columns_of_a_frame_make_it_again() -> None:
    table = frame(some([0, 1, -1], ["far", "near"]))
    pd.testing.assert_frame_equal(frame(columns_of(table)), table)
