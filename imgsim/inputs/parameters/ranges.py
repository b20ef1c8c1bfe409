"""Plausible ranges of values, as files give them: each holds its value and lies within what the parameter can be."""

from __future__ import annotations

from collections.abc import Collection

from imgsim.base.files.toml import Table, finite, shown
from imgsim.inputs.parameters.limits import Limits, number_text
from imgsim.inputs.parameters.parameter import Row


def pair(table: Table, key: str) -> tuple[float, float] | None:
    """Read a range ``[low, high]``; None if the key is missing."""
    if key not in table:
        return None
    given = table.get(key, list, "[low, high]")
    numbers = [value for value in given if isinstance(value, (int, float)) and not isinstance(value, bool)]
    # An infinite bound is one, a number too large for a float is not, and nothing compares with nan.
    fit = [value for value in numbers if finite(value) or isinstance(value, float)]
    if len(given) != 2 or len(fit) != 2 or not fit[0] <= fit[1]:
        table.fail(f"must be [low, high], not {shown(given)}", key)
    return float(numbers[0]), float(numbers[1])


def range_of(entry: Table, table: Table, category: str) -> tuple[float, float] | None:
    """The plausible range of a value, given in its row or for all rows, for every category or by category.

    What is certain in a row of values, such as a route not yet open to some, has no range there.
    """
    where = entry if "range" in entry else table
    by_category = isinstance(where.data.get("range"), dict)
    return pair(where.table("range"), category) if by_category else pair(where, "range")


def refuse_other_categories(entry: Table, table: Table, categories: Collection[str]) -> None:
    """Refuse ranges by category of none, or of a category that has no value."""
    where = entry if "range" in entry else table
    if not isinstance(where.data.get("range"), dict):
        return
    by_category = where.table("range")
    if not by_category.data:
        where.fail("must be [low, high], or that of at least one category", "range")
    for category in by_category:
        if category not in categories:
            by_category.fail("a range without a value", category, name=category, known=sorted(categories))


def refuse_outside_range(entry: Table, category: str, row: Row) -> None:
    """Refuse a value outside the plausible range that is given for it."""
    if row.range is None or row.range[0] <= row.value <= row.range[1]:
        return
    key = "of" if "of" in entry else "value"
    inner = entry.table(key) if category else entry
    low, high = map(number_text, row.range)
    inner.fail(f"{number_text(row.value)} is outside its own `range`, {low} to {high}", category or key)


def refuse_wide_range(table: Table, row: Row, limits: Limits) -> None:
    """Refuse a plausible range that reaches beyond what the parameter can be."""
    if row.range is not None and not limits.low <= row.range[0] <= row.range[1] <= limits.high:
        table.fail(f"reaches beyond {number_text(limits.low)} to {number_text(limits.high)}", "range")
