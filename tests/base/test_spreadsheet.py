"""Beliefs about CSV files: a spreadsheet shows every text as it is and computes nothing, and numbers stay numbers."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

import imgsim
from imgsim.base.files.spreadsheet import write_csv

FORMULAS = [
    '=HYPERLINK("https://example.org","Click")', "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\n=1+1", "\uff1d1+1",
    "\uff0b1", "\uff0d1", "\uff201",
]  # fmt: skip
TEXTS = ["", "a = b", "'quoted'", "Z\u00fcrich, \u533b\u751f", 'two\nlines and "quotes"', "... citizens", "2-1"]


def written(table: pd.DataFrame, folder: Path) -> list[list[str]]:
    write_csv(table, folder / "table.csv")
    with (folder / "table.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("kind", ["object", "str", "category"])
def test_a_text_that_would_be_a_formula_begins_with_an_apostrophe(tmp_path: Path, kind: str) -> None:
    table = pd.DataFrame({"label": pd.Series([*FORMULAS, *TEXTS], dtype=kind)})
    assert written(table, tmp_path) == [["label"], *([f"'{text}"] for text in FORMULAS), *([text] for text in TEXTS)]


def test_numbers_dates_and_missing_values_are_as_they_are(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "count": [-1, 2],
            "share": [-0.5, float("nan")],
            "day": pd.Series([pd.Timestamp("1999-12-31"), pd.NaT]),
            "yes": [True, False],
            "mixed": pd.Series([-1.5, None], dtype=object),
            "label": ["a", None],
        }
    )
    assert written(table, tmp_path) == [
        [*table], ["-1", "-0.5", "1999-12-31", "True", "-1.5", "a"], ["2", "", "", "False", "", ""]
    ]  # fmt: skip


def test_the_name_of_a_column_is_a_text_too(tmp_path: Path) -> None:
    assert written(pd.DataFrame({"=1+1": [-1.0], "b": ["x"]}), tmp_path) == [["'=1+1", "b"], ["-1.0", "x"]]


def test_no_text_begins_a_row_of_its_own(tmp_path: Path) -> None:
    table = pd.DataFrame({"label": ["a\r=1+1", "\r=1+1", "a\r\nb"]})
    assert written(table, tmp_path) == [["label"], ["a\n=1+1"], ["'\n=1+1"], ["a\nb"]]


def test_half_a_character_is_written_out(tmp_path: Path) -> None:
    assert written(pd.DataFrame({"label": ["la\udcff"]}), tmp_path) == [["label"], ["la\\udcff"]]


def test_every_csv_file_is_written_in_this_one_way() -> None:
    folder = Path(imgsim.__file__).parent
    callers = {path.name for path in folder.rglob("*.py") if ".to_csv(" in path.read_text("utf-8")}
    assert callers == {"spreadsheet.py"}
