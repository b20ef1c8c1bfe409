"""Read parameter files: every value needs a unit, evidence and, as this requires, a source, a reason or a range."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from imgsim.base.dates.calendar import month_day, to_day
from imgsim.base.errors import Problems
from imgsim.base.files.toml import Table, read_toml, shown
from imgsim.inputs.parameters.dispersion import DURATIONS, owner_of
from imgsim.inputs.parameters.limits import UNITS, Limits, fault, limits_of, number_text
from imgsim.inputs.parameters.parameter import (
    BETWEEN,
    DISTRIBUTIONS,
    EVIDENCE,
    MONEY,
    RATIO_KINDS,
    Parameter,
    Parameters,
    Ratio,
    Row,
    Source,
)
from imgsim.inputs.parameters.ranges import (
    pair,
    range_of,
    refuse_other_categories,
    refuse_outside_range,
    refuse_wide_range,
)
from imgsim.inputs.renamed import answers
from imgsim.inputs.traits import CATEGORICAL

GROUNDS: Final = ("evidence", "source", "where", "why", "range", "note")
OWN: Final = ("unit", "distribution", "by", "between", "bounds", "same_as", "value", "values", *GROUNDS)
IN_ROW: Final = ("from", "value", "of", *GROUNDS)
OLD: Final = answers("parameter")  # what is said of former keys
STRAIGHT: Final = ("count", *MONEY, "score", "number")  # no link stands between the value and the rule that reads it


def load_parameters(folder: Path) -> Parameters:
    """Read the parameters and sources in a country's folder. InputError if any is wrong."""
    return Parameters(read_parameters(sorted((folder / "parameters").glob("*.toml"))), read_sources(folder))


def read_sources(folder: Path) -> dict[str, Source]:
    """Read the bibliography of a country, by the keys that parameters cite."""
    return {key: source(key, entry) for key, entry in read_toml(folder / "sources.toml").children()}


def source(key: str, entry: Table) -> Source:
    """Read one entry of a bibliography; the year may be a number or a text."""
    entry.only("title", "publisher", "year", "url", "note")
    year = entry.get("year", (int, str), "a year", "")
    return Source(
        key, entry.text("title"), entry.text("publisher", ""), str(year), entry.text("url", ""), entry.text("note", "")
    )


def read_parameters(files: Sequence[Path]) -> list[Parameter]:
    """Read all parameters of some files; a name may stand in one file only."""
    return with_ratios(parameters_of((read_toml(file) for file in files), {}))


def parameters_of(tops: Iterable[Table], known: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """Read the parameters below some tables; ``same_as`` may name one of these or one read before."""
    tables: dict[str, Table] = {}
    parameters: dict[str, Parameter] = {}
    problems = Problems()
    for top in tops:
        with problems:
            for name, table in named(top):
                if name in tables or name in known:
                    problems.add(table.error(f"`{name}` is defined already"))
                tables[name] = table
    problems.refuse()
    for name, table in tables.items():
        with problems:
            if "same_as" not in table:
                parameters[name] = parameter(name, table)
    for name, table in tables.items():
        with problems:
            if "same_as" in table:
                parameters[name] = same_as(name, table, {**known, **parameters})
    problems.refuse()
    return {name: parameters[name] for name in tables}


def named(table: Table, name: str = "") -> Iterator[tuple[str, Table]]:
    """Find the tables that define parameters below a table, with their dotted names."""
    is_parameter = any(key in table for key in ("value", "values", "same_as"))
    if is_parameter:
        yield name, table
    if not is_parameter and "unit" in table and not isinstance(table.data["unit"], dict):
        table.fail("needs `value`, `values` or `same_as`")
    for key in table:
        if is_parameter and key in OWN:
            continue
        if not isinstance(table.data[key], dict) and key in OLD:
            table.fail(OLD[key], key)
        if not isinstance(table.data[key], dict):
            table.fail(f"unknown key `{key}`", key, name=key, known=OWN)
        yield from named(table.table(key), f"{name}.{key}" if name else key)


def same_as(name: str, table: Table, known: Mapping[str, Parameter]) -> Parameter:
    """A parameter defined by ``same_as``: the values of another one under its own name."""
    table_keys = [key for key in table if not isinstance(table.data[key], dict)]
    Table({key: table.data[key] for key in table_keys}, table.file, table.path).only("same_as", "note")
    other = table.text("same_as")
    if other not in known:
        table.fail(f"unknown parameter `{other}`", "same_as", name=other, known=known)
    limits = limits_of(name, known[other].unit)
    for row in (row for series in known[other].rows.values() for row in series):
        if wrong := fault(row.value, limits, known[other].unit, number_text(row.value)):
            table.fail(wrong, "same_as")
    return replace(known[other], name=name, file=str(table.file), ratios=(), limits=limits)


def parameter(name: str, table: Table) -> Parameter:
    """Read one parameter: unit, bounds, distribution and dated values, each checked."""
    unit = one_of(table, "unit", tuple(UNITS), default_unit(name))
    by = table.text("by", None)
    limits = own_limits(name, table, unit)
    rows = dated_rows(table, unit, by, limits)
    distribution = one_of(table, "distribution", DISTRIBUTIONS) if "distribution" in table else None
    if distribution and unit not in DURATIONS:
        table.fail(f"only days and years have a distribution, not a {unit}", "distribution")
    between = one_of(table, "between", BETWEEN, "step")
    if between == "linear" and unit not in STRAIGHT:
        table.fail(f"only {', '.join(STRAIGHT)} can run linearly between dates, not a {unit}", "between")
    if between == "linear" and limits.integer and not limits.divisible:
        table.fail("whole numbers go by steps: on a line there would be fractions between their dates", "between")
    if between == "linear" and any(len(series) > 1 and series[0].start is None for series in rows.values()):
        table.fail("a line needs dates: the first value has none", "values")
    if between == "linear" and all(len(series) == 1 for series in rows.values()):
        table.fail("a line needs values on two dates at least", "between")
    return Parameter(name, unit, distribution, by, between, rows, (), limits, str(table.file))


def own_limits(name: str, table: Table, unit: str) -> Limits:
    """The limits of a parameter's values: those of its unit and name, or narrower bounds that it gives."""
    limits = limits_of(name, unit)
    own = pair(table, "bounds")
    if own and not limits.low <= own[0] <= own[1] <= limits.high:
        low, high = number_text(limits.low), number_text(limits.high)
        table.fail(f"can only be narrower than {low} to {high} ({unit})", "bounds")
    return limits._replace(low=own[0], high=own[1]) if own else limits


def default_unit(name: str) -> str | None:
    """Unit of a parameter that gives none: ratios are factors or score points, dispersions plain numbers."""
    parts = name.split(".")
    if owner_of(name):
        return "number"
    kinds = [part for part in parts if part in RATIO_KINDS]
    return None if not kinds else "score" if kinds[-1] == "plus" else "factor"


def dated_rows(table: Table, unit: str, by: str | None, limits: Limits) -> dict[str, tuple[Row, ...]]:
    """Read the values of a parameter by category, in the order of their dates."""
    rows: dict[str, list[Row]] = {}
    first: Table | None = None
    if "value" in table and "values" in table:
        table.fail("give either a `value` or dated `values`", "value")
    if "values" in table and not table.tables("values"):
        table.fail("needs at least one value", "values")
    for entry in table.tables("values") if "values" in table else [undated(table)]:
        first = first or entry
        if "values" in table:
            entry.only(*IN_ROW, answers=OLD)
        start = None if "from" not in entry else to_day(entry.date("from"))
        values = dict(values_of(entry, unit, by, limits))
        refuse_other_categories(entry, table, {*rows, *values})
        for category, value in values.items():
            if rows and first is not entry and category not in rows:
                entry.table("of" if "of" in entry else "value").fail("the first row gives every category", category)
            series = rows.setdefault(category, [])
            if series and (start is None or (series[-1].start is not None and series[-1].start >= start)):
                entry.fail("dates must increase from row to row", "from" if "from" in entry else None)
            row = Row(start, value, *grounds(entry, table, category))
            refuse_outside_range(entry, category, row)
            refuse_wide_range(entry if "range" in entry else table, row, limits)
            series.append(row)
    return {category: tuple(series) for category, series in rows.items()}


def undated(table: Table) -> Table:
    """The table of a parameter's only value, as if it stood in a list of dated values."""
    return Table({key: table.data[key] for key in table if key in ("value", *GROUNDS)}, table.file, table.path)


def values_of(entry: Table, unit: str, by: str | None, limits: Limits) -> Iterable[tuple[str, float]]:
    """Read the values of one date, with the category of each."""
    key = "of" if "of" in entry else "value"
    given = entry.data.get(key)
    if "of" in entry and "value" in entry:
        entry.fail("give either a `value` or values `of` categories", "value")
    if by is None:
        if isinstance(given, dict):
            entry.fail("values by category need `by`", key)
        return [("", quantity(entry, key, unit, limits))]
    if not isinstance(given, dict):
        entry.fail(f"one value per category of `{by}` is needed", key if key in entry else None)
    inner = entry.table(key)
    if not given:
        entry.fail(f"needs at least one category of `{by}`", key)
    return [(category, quantity(inner, category, unit, limits)) for category in inner]


def quantity(table: Table, key: str, unit: str, limits: Limits) -> float:
    """Read one number and check it against the bounds; a month and day is written as text, such as "09-15"."""
    if unit == "month-day":
        try:
            return month_day(table.text(key))
        except ValueError as problem:
            table.fail(f"must be a month and day such as 07-01: {problem}", key)
    if isinstance(table.data.get(key), datetime.date):
        table.fail("must be a number, not a date", key)
    value = table.number(key)
    if wrong := fault(value, limits, unit, shown(table.data[key])):
        table.fail(wrong, key)
    return value


def grounds(entry: Table, table: Table, category: str) -> tuple[Any, ...]:
    """Read the evidence for a value, given in its row or for the whole parameter; refuse what is incomplete."""
    texts = {key: (entry if key in entry else table).text(key, "") for key in GROUNDS if key != "range"}
    where = entry if "evidence" in entry else table
    evidence = one_of(where, "evidence", EVIDENCE)
    span, uncertain = range_of(entry, table, category), "range" in entry or "range" in table
    if evidence == "assumed" and not (texts["why"] and uncertain):
        where.fail("an assumed value needs `why` and a plausible `range`", "evidence")
    if evidence in ("rule", "measured", "derived") and not texts["source"]:
        where.fail(f"a {evidence} value needs a `source`", "evidence")
    if evidence == "calibrated" and not uncertain:
        where.fail("a calibrated value needs a `range` that the fit may use", "evidence")
    if evidence == "calibrated" and not (texts["why"] or texts["source"]):
        where.fail("a calibrated value needs a `why` or a `source`", "evidence")
    return evidence, texts["source"], texts["where"], texts["why"], span, texts["note"]


def one_of(table: Table, key: str, known: Sequence[str], default: str | None = None) -> str:
    """Read a text that must be one of a closed list."""
    text = table.text(key) if default is None else table.text(key, default)
    if text not in known:
        table.fail(f"unknown {key} `{text}`; one of {', '.join(known)}", key, name=text, known=known)
    return text


def with_ratios(parameters: dict[str, Parameter], added: Iterable[str] | None = None) -> list[Parameter]:
    """Attach to every parameter the ratios named below it; if ``added`` is given, only these names are new."""
    ratios: dict[str, list[Ratio]] = {}
    for name in parameters if added is None else added:
        for kind in RATIO_KINDS:
            owner, separator, trait = name.partition(f".{kind}.")
            if separator and owner in parameters:
                ratios.setdefault(owner, []).append(ratio(name, kind, trait))
    return [
        replace(parameter, ratios=(*parameter.ratios, *ratios[name])) if name in ratios else parameter
        for name, parameter in parameters.items()
    ]


def ratio(name: str, kind: str, trait: str) -> Ratio:
    """Read from the name of a ratio which trait it is for: ``ability``, or ``region.north`` for one category."""
    head, _, category = trait.partition(".")
    if head in CATEGORICAL and category:
        return Ratio(head, category, name, kind)
    return Ratio(trait, None, name, kind)
