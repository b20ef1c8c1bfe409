"""What each column of a results folder holds: the one source of types, sort orders and DATA_DICTIONARY.md."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Final

from imgsim.base.markup import code
from imgsim.inputs.traits import CATEGORY, COUNT, DAY, DURATION, SCORE, TRAITS, YES_NO, Trait

TYPE: Final[Mapping[str, str]] = {  # of DuckDB, by kind of trait
    DAY: "DATE", SCORE: "DOUBLE", DURATION: "DOUBLE", COUNT: "INTEGER", YES_NO: "BOOLEAN", CATEGORY: "VARCHAR",
}  # fmt: skip

UNSET: Final = "none yet, or one of the stock"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; a name such as ``<milestone>_date`` stands for one column per milestone of the pathway."""

    name: str
    type: str  # of DuckDB
    unit: str
    meaning: str
    missing: str = ""  # when a value is missing; empty if none ever is

    def text(self) -> str:
        """The meaning, and when values are missing, as a cell of a table in Markdown."""
        text = f"{self.meaning}; missing: {self.missing}" if self.missing else self.meaning
        return text.replace("|", "\\|")

    def describes(self, name: str) -> bool:
        """Whether this entry is about a column of that name."""
        if "<" not in self.name:
            return self.name == name
        before, after = self.name[: self.name.index("<")], self.name[self.name.index(">") + 1 :]
        return name.startswith(before) and name.endswith(after) and len(name) > len(before) + len(after)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what one row is, the columns that order the rows, and its columns."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """The entry about a column: by its own name if there is one, else the pattern that fits."""
        fitting = [column for column in self.columns if column.describes(name)]
        return next((column for column in fitting if column.name == name), fitting[0] if fitting else None)

    def type_of(self, name: str) -> str | None:
        """The DuckDB type of a column, or None if the dictionary does not know it."""
        entry = self.column(name)
        return entry.type if entry else None


@cache
def tables() -> Mapping[str, Table]:
    """The dictionary by name of table: ``data_dictionary.toml`` beside this module, and the declared traits."""
    text = files("imgsim.engines.records").joinpath("data_dictionary.toml").read_text(encoding="utf-8")
    listed = {
        name: Table(name, entry["row"], tuple(entry["key"]), tuple(Column(*column) for column in entry["columns"]))
        for name, entry in tomllib.loads(text).items()
    }
    people = listed["people"]
    return listed | {"people": replace(people, columns=(*people.columns, *trait_columns()))}


def trait_columns() -> tuple[Column, ...]:
    """The entries of the traits that the table of people reports."""
    return tuple(
        Column(trait.reported, TYPE[trait.kind], trait.unit, trait.label, UNSET if may_be_unset(trait) else "")
        for trait in TRAITS
        if trait.reported
    )


def may_be_unset(trait: Trait) -> bool:
    """Can a person have no category of this trait?"""
    return trait.kind == CATEGORY and trait.unset < 0 and not trait.by_group


def layout(name: str) -> Table:
    """The table of a name; one without known columns or order if the dictionary does not know it."""
    return tables().get(name, Table(name, "undocumented", (), ()))


def markdown(columns: Mapping[str, Iterable[str]]) -> str:
    """The data dictionary (Markdown) of a run whose tables have these columns."""
    return "\n".join([INTRODUCTION, *(_section(table, names) for table, names in columns.items())])


def _section(name: str, columns: Iterable[str]) -> str:
    table = layout(name)
    known = ((column, table.column(column) or Column(column, "", "", "undocumented")) for column in columns)
    lines = [f"| {code(column)} | {entry.type} | {entry.unit} | {entry.text()} |" for column, entry in known]
    order = f" Ordered by {', '.join(table.key)}." if table.key else ""
    head = [
        f"## {name}",
        "",
        f"One row: {table.row}.{order}",
        "",
        "| column | type | unit | meaning |",
        "|---|---|---|---|",
    ]
    return "\n".join([*head, *lines, ""])


INTRODUCTION = """# What is in this folder

| file | what it holds |
|---|---|
| `manifest.json` | versions, seed, scale, command, machine, times, and the SHA-256 of every file here |
| `scenario.resolved.json` | the whole scenario after `extends`, changes and command-line settings |
| `parameters.csv` | every parameter value of the run with unit, evidence, source and range |
| `summary.csv` | the headline table with its intervals |
| `tables/*.parquet` | the tables below |
| `figures/` | figures as PNG and SVG |

Counts are simulated heads: one simulated person stands for 1 / scale people (scale is in `manifest.json`).
Dates are calendar dates; ages and durations are in years of 365.25 days.
Values are missing only where a column says when.
In CSV files a text that a spreadsheet would take for a formula (it begins with =, +, - or @, a tab or a line break) has
an apostrophe before it; numbers have none. The Parquet tables hold every text as it is.
"""
