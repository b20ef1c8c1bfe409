"""Beliefs about citations: whatever is cited comes along, so no file names a row of a list that does not ship."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

# The numbers of a list of evidence that was used while countries were built: letters of the country, then digits.
ROW: Final = re.compile(r"\b[UKNS]\d{4}\b|\b(?:CA|AU|UK|US|NZ|INT)\d{3}\b|\bus\.md\b")
FOLDERS: Final = ("imgsim", "scenarios", "docs", "tests", "benchmarks", "notebooks")
ENDINGS: Final = (".py", ".toml", ".md", ".csv", ".html", ".ipynb")


def shipped(root: Path) -> Iterator[Path]:
    """Every text file that ships, but this one."""
    yield from root.glob("*.md")
    for folder in FOLDERS:
        yield from (file for file in (root / folder).rglob("*") if file.suffix in ENDINGS and file != Path(__file__))


def rows_cited(text: str) -> list[str]:
    """The rows of an unshipped list that a text names; data inside pictures of notebooks are no text."""
    lines = [line for line in text.splitlines() if "image/png" not in line]
    return [row for line in lines for row in ROW.findall(line)]


def test_no_shipped_file_cites_a_list_that_does_not_ship(root: Path) -> None:
    cited = {str(file.relative_to(root)): rows_cited(file.read_text("utf-8")) for file in shipped(root)}
    assert {file: rows for file, rows in cited.items() if rows} == {}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('note = "evidence U0943"', ["U0943"]),
        ('where = "AU013-AU024: passed"', ["AU013", "AU024"]),
        ("see us.md 1.8", ["us.md"]),
        ("H.R. 1201 and J-1, FY2026, PMC7599012, N06", []),
    ],
)
def test_a_row_of_a_list_is_told_from_a_law_or_a_year(text: str, rows: list[str]) -> None:
    assert rows_cited(text) == rows
