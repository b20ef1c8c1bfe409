"""Words and formats that reports share: amounts, months, citations, the width of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgsim.inputs.parameters.parameter import Source

PAGE = 100  # columns
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip


def amount(value: float, unit: str) -> str:
    """A value in words: `15 September` for a month and day, `yes` for a flag, else the number."""
    if unit == "month-day":
        month, day = divmod(round(value), 100)
        return f"{day} {MONTHS[month - 1]}"
    if unit == "flag":
        return {0.0: "no", 1.0: "yes"}.get(value, f"{value:g}")
    return f"{value:.6g}"


def cited(source: Source) -> str:
    """A source on one line: title, publisher, year."""
    parts = (source.title, source.publisher, str(source.year) if source.year else "")
    return ", ".join(part for part in parts if part)
