"""Write tables as CSV files that a spreadsheet opens as they are: no text in them is taken for a formula."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pandas import DataFrame

# What a formula begins with, also in the wide letters of Chinese and Japanese, and what is skipped before one.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write_csv(table: DataFrame, path: Path) -> None:
    """Write a table as CSV; a text that would be a formula begins with an apostrophe, numbers are as they are."""
    texts = table.select_dtypes(exclude=["number", "bool", "datetime"])
    safe = table.assign(**{str(name): texts[name].map(as_text) for name in texts})
    safe.rename(columns=as_text).to_csv(path, index=False, errors="backslashreplace")


def as_text(cell: object) -> object:
    """A cell that a spreadsheet shows as it is: the apostrophe says that text follows.

    A carriage return becomes a new line: it would not be quoted, and what follows it would begin a row of its own.
    """
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.startswith(FORMULA) else text
