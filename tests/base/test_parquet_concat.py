"""Concatenated files contain the rows of all of them, and every reader finds them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fastparquet import ParquetFile

from imgsim.base.files.parquet import query, read_table, write_table
from imgsim.base.files.parquet_concat import concat
from imgsim.engines.records.data_dictionary import layout

GROUPS = pd.Index([f"group {k}" for k in range(7)])


def rows(begin: int, count: int) -> pd.DataFrame:
    """Rows of a table with every kind of column, missing values among them."""
    number = np.arange(begin, begin + count)
    known = number % 3 != 0
    return pd.DataFrame(
        {
            "person": number,
            "stock": known,
            "ability": np.where(known, number / 2.0, np.nan),
            "group": pd.Categorical.from_codes(np.where(known, number % 7, -1), GROUPS),
            "entry_date": np.where(known, number.astype("datetime64[D]"), np.datetime64("NaT", "D")).astype(
                "datetime64[s]"
            ),
        }
    )


def files(folder: Path, *counts: int) -> list[Path]:
    """A file for each count, with numbers that go on from one to the next."""
    paths, begin = [], 0
    for number, count in enumerate(counts):
        paths.append(folder / f"{number}.parquet")
        write_table(layout("people"), rows(begin, count), paths[-1])
        begin += count
    return paths


@pytest.mark.parametrize("counts", [(10,), (10, 7), (0, 5), (5, 0, 3), (200_000, 1, 130_000)])
def test_concatenated_files_contain_the_rows_of_all_in_order(tmp_path: Path, counts: tuple[int, ...]) -> None:
    target = tmp_path / "concat.parquet"
    concat(files(tmp_path, *counts), target)
    expected, rows_read = rows(0, sum(counts)), read_table(target).astype({"entry_date": "datetime64[s]"})
    pd.testing.assert_frame_equal(rows_read, expected, check_dtype=False, check_categorical=False)


def test_another_reader_finds_the_same_rows(tmp_path: Path) -> None:
    target = tmp_path / "concat.parquet"
    concat(files(tmp_path, 12, 30), target)
    with target.open("rb") as file:
        assert ParquetFile(file).to_pandas()["person"].tolist() == list(range(42))
    assert query([target], "SELECT count(*) AS n FROM concat")["n"].tolist() == [42]


def test_concatenating_in_two_steps_gives_the_same_bytes_of_rows(tmp_path: Path) -> None:
    paths = files(tmp_path, 8, 9, 10)
    concat(paths[:2], tmp_path / "two.parquet")
    concat([tmp_path / "two.parquet", paths[2]], tmp_path / "steps.parquet")
    concat(paths, tmp_path / "once.parquet")
    assert (tmp_path / "steps.parquet").read_bytes() == (tmp_path / "once.parquet").read_bytes()


def test_files_with_other_columns_are_not_concatenated(tmp_path: Path) -> None:
    (path,) = files(tmp_path, 4)
    write_table(layout("people"), rows(0, 4).drop(columns="ability"), tmp_path / "other.parquet")
    with pytest.raises(ValueError, match="other columns"):
        concat([path, tmp_path / "other.parquet"], tmp_path / "concat.parquet")
