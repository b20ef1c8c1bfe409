"""What a forecaster could know: parameters without the values of later days, or that rest on later figures.

A fit to figures before a year must not use what came after, and neither must the scenario that it is saved as. Rules
stay, year by year, and so do the parameters that ``given`` in ``calibration.toml`` names, such as seats: the forecast
is made under them. Every other value ends with the last one known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from imgsim.base.dates.calendar import to_day
from imgsim.base.files.toml import Table, read_toml
from imgsim.experiments.calibrate.calibration_parameters import FILE, GIVEN, RESTS_ON, Address, is_at, row_addresses
from imgsim.inputs.parameters.parameter import Parameter, Parameters, Row

RULE: Final = "rule"


@dataclass(frozen=True, slots=True)
class Foresight:
    """What a forecast may know of later days, and which values rest on later figures than their dates say."""

    given: frozenset[str] = frozenset()  # parameters whose later values a forecast is made under
    rests_on: Mapping[Address, int] = field(default_factory=dict)  # rows -> the year of the figures behind them


def load_foresight(folder: Path, parameters: Parameters) -> Foresight:
    """Read what a forecast of a country may know; InputError for a parameter or a row that there is not."""
    top = read_toml(folder / FILE)
    given = top.texts(GIVEN)
    for name in given:
        refuse_unknown(top, GIVEN, name, parameters)
    rests_on: dict[Address, int] = {}
    for table in top.tables(RESTS_ON):
        table.only("year", "rows")
        year = table.integer("year")
        rests_on |= dict.fromkeys(addresses(table, parameters), year)
    return Foresight(frozenset(given), rests_on)


def addresses(table: Table, parameters: Parameters) -> list[Address]:
    """The rows that a table names, all of which there must be."""
    named = [address for row in table.texts("rows") for address in row_addresses(row)]
    for name, category, start in named:
        refuse_unknown(table, "rows", name, parameters)
        rows = parameters[name].rows
        if not any(is_at((category, start), group, row) for group, series in rows.items() for row in series):
            table.fail(f"`{name}` has no value of {' '.join(filter(None, (category, start)))}", "rows")
    return named


def refuse_unknown(table: Table, key: str, name: str, parameters: Parameters) -> None:
    """InputError for the name of a parameter that there is not."""
    if name not in parameters:
        table.fail(f"unknown parameter `{name}`", key, name=name, known=parameters)


def known_then(parameters: Parameters, foresight: Foresight, until: int) -> Parameters:
    """The parameters as they were known before a year."""
    horizon, hidden = to_day(f"{until}-01-01"), defaultdict(list)
    for (name, *place), year in foresight.rests_on.items():
        if year >= until:
            hidden[name].append(place)
    cut = [
        without_later(parameter, hidden[name], None if name in foresight.given else horizon)
        for name, parameter in parameters.items()
    ]
    return Parameters(cut, parameters.sources)


def without_later(parameter: Parameter, hidden: Sequence[Sequence[str]], horizon: int | None) -> Parameter:
    """A parameter without the values that are hidden, and those of days from the horizon on which are no rules.

    The first value of a category always stays: something must hold on the days before.
    """

    def is_known(group: str, row: Row) -> bool:
        if any(is_at(address, group, row) for address in hidden):
            return False
        return horizon is None or row.evidence == RULE or row.start is None or row.start < horizon

    rows = {
        group: (series[0], *(row for row in series[1:] if is_known(group, row)))
        for group, series in parameter.rows.items()
    }
    return parameter if rows == parameter.rows else replace(parameter, rows=rows)
