"""A table comes back from its Parquet file with its rows, types and missing values, in the order of its layout."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imgsim.base.files.parquet import query, read_table, write_table
from imgsim.engines.records.data_dictionary import layout


def test_a_table_reads_the_same_whether_it_came_sorted_or_not(tmp_path: Path) -> None:
    rows = [(0, "age", "all", 1.0), (0, "age", "all", np.nan), (0, "rate", "all", 0.0), (1, "age", "all", np.nan)]
    table = pd.DataFrame(rows, columns=["replication", "measure", "group", "time"]).assign(cohort="2005", value=1.0)
    text, names = ["measure", "cohort", "group"], pd.CategoricalDtype(["rate", "age", "all", "2005"])
    unlike = {
        "sorted": table.astype(dict.fromkeys(text, "category")),
        "categories not in the order of the alphabet": table.astype(dict.fromkeys(text, names)),
        "text": table,
        "missing time first": table.iloc[[1, 0, 2, 3]].astype(dict.fromkeys(text, "category")),
        "rows back to front": table.iloc[[3, 2, 1, 0]].astype(dict.fromkeys(text, "category")),
    }
    for name, unsorted in unlike.items():
        write_table(layout("outcomes"), unsorted, tmp_path / f"{name}.parquet")
        rows_read = read_table(tmp_path / f"{name}.parquet").astype(dict.fromkeys(text, str))
        pd.testing.assert_frame_equal(rows_read, table, check_dtype=False)


def test_a_column_that_is_missing_throughout_keeps_its_documented_type(tmp_path: Path) -> None:
    write_table(
        layout("events"), pd.DataFrame({"replication": [0], "event": [None], "date": [None]}), tmp_path / "a.parquet"
    )
    table = read_table(tmp_path / "a.parquet")
    assert table["date"].dtype.kind == "M"
    assert table["replication"].dtype == "int32"


def test_a_count_that_is_missing_for_some_groups_stays_missing(tmp_path: Path) -> None:
    rounds = pd.DataFrame({"replication": 0, "group": ["a", "all"], "seats": [float("nan"), 7.0]})
    write_table(layout("rounds"), rounds, tmp_path / "rounds.parquet")
    assert read_table(tmp_path / "rounds.parquet")["seats"].isna().tolist() == [True, False]


def test_a_table_without_rows_keeps_its_columns_and_types(tmp_path: Path) -> None:
    empty = pd.DataFrame(columns=["replication", "person", "year", "active", "channel"])
    write_table(layout("seasons"), empty, tmp_path / "seasons.parquet")
    table = read_table(tmp_path / "seasons.parquet")
    assert list(table.columns) == list(empty.columns)
    assert table["active"].dtype == bool
    assert table["year"].dtype == "int32"


def test_control_c_while_duckdb_works_is_control_c() -> None:
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        query([], "SELECT sum(a.range * b.range) FROM range(100000) a, range(1000000) b")
