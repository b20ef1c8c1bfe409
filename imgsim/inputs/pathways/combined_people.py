"""The people of a combined pathway: how many set out for each country first, and what they bring there.

The entrants of a group are those of the countries' cells that it is part of; what people bring to any country (ages,
ability, and other traits that a country does not see in its own way) is the mean of these cells.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from imgsim.base.dates.calendar import to_date, to_day
from imgsim.inputs.parameters.dispersion import DURATIONS, dispersion_of
from imgsim.inputs.parameters.parameter import Parameter, Parameters, Row
from imgsim.inputs.parameters_read import durations_of_people
from imgsim.inputs.pathways.combined import DRAWN_BY_COUNTRY
from imgsim.inputs.pathways.pathway import Group, Part, Pathway
from imgsim.inputs.traits import BY_CHOICE, DRAWN, YES_NO, Trait, parameters_drawn

PEOPLE: Final = "population."
ENTRANTS: Final = f"{PEOPLE}entrants"
SHARED: Final = tuple(trait for trait in DRAWN if not trait.seen_by_country)  # traits that people bring to any country
AVERAGED: Final = (
    *durations_of_people(), *(f"{PEOPLE}{trait.name}" for trait in SHARED if trait.drawn != BY_CHOICE),
)  # fmt: skip
OF_A_CELL: Final = (None, "group", "region", "citizen")  # traits that are the same for everybody in a cell
MEAN: Final = "mean of the countries' cells, weighted by entrants"


@dataclass(frozen=True, slots=True)
class Brought:
    """A country with its numbers."""

    name: str
    part: Part
    parameters: Parameters

    def cell(self, group: str) -> Group:
        """The country's group to which people of a group of the combined pathway belong."""
        return self.part.pathway.groups[self.part.maps_groups[group]]

    def like(self, trait: str, category: str) -> list[str]:
        """The groups of the combined pathway whose people are of this group or region in the country."""
        groups = {group: self.cell(group) for group in self.part.maps_groups}
        return [name for name, cell in groups.items() if category == (cell.name if trait == "group" else cell.region)]


def category_of(parameter: Parameter, cell: Group) -> str:
    """The category of a parameter that holds for the people of a cell."""
    by_trait = dict(zip(OF_A_CELL, ("", cell.name, cell.region, ("no", "yes")[cell.citizen]), strict=True))
    return by_trait[parameter.by]


def constant(name: str, unit: str, value: float, where: str) -> Parameter:
    """A number for everybody and all time that follows from how the countries are combined."""
    return Parameter(name, unit, None, None, "step", {"": (Row(None, value, "derived", where=where),)})


def coming(own: Parameters, part: Brought, group: str, day: int) -> float:
    """How many of a group set out for a country first, a year."""
    share = own.value(f"{PEOPLE}cell.{part.name}", day, group)
    return share * part.parameters.value(ENTRANTS, day, part.cell(group).name) if share else 0.0


def shared_people(own: Parameters, pathway: Pathway, parts: list[Brought]) -> Iterator[Parameter]:
    """Entrants of each group, and what they bring: the mean of their cells, weighted by those who come."""
    days = knots(parts)
    words = " + ".join(f"{part.name} entrants x {PEOPLE}cell.{part.name}" for part in parts)
    rows = {
        group: tuple(
            Row(day, sum(coming(own, part, group, day) for part in parts), "derived", "", words) for day in days
        )
        for group in pathway.groups
    }
    yield Parameter(ENTRANTS, "count", None, "group", "linear", rows)
    for trait in DRAWN_BY_COUNTRY:
        if trait.kind == YES_NO:
            yield constant(
                f"{PEOPLE}{trait.name}", "probability", 0.0, "drawn on entering a country, by its own numbers"
            )
    for name in AVERAGED:
        mean = mean_of(own, pathway, parts, name)
        yield mean
        dispersion = dispersion_of(name, mean.distribution) if mean.unit in DURATIONS else None
        if dispersion is not None:
            yield mean_of(own, pathway, parts, dispersion)
    for trait in SHARED:
        if trait.drawn == BY_CHOICE:
            yield from mean_choice(own, pathway, parts, trait)


def knots(parts: list[Brought]) -> list[int]:
    """The days on which the entrants of any country change their course."""
    series = [rows for part in parts for rows in part.parameters[ENTRANTS].rows.values()]
    return sorted({row.start for rows in series for row in rows if row.start is not None})


def mean_of(own: Parameters, pathway: Pathway, parts: list[Brought], name: str) -> Parameter:
    """A number of people, for each group the mean of its cells weighted by those who come; none counts as nothing."""
    sample = next((part.parameters[name] for part in parts if name in part.parameters), None)
    days = knots(parts)
    rows = {}
    for group in pathway.groups:
        weight = [sum(coming(own, part, group, day) for day in days) for part in parts]
        value = [value_in(part, name, group, days[-1]) for part in parts]
        mean = sum(w * v for w, v in zip(weight, value, strict=True)) / (sum(weight) or 1.0)
        rows[group] = (Row(None, mean, "derived", where=MEAN),)
    unit, distribution = (sample.unit, sample.distribution) if sample else ("number", None)
    return Parameter(name, unit, distribution, "group", "step", rows)


def mean_choice(own: Parameters, pathway: Pathway, parts: list[Brought], trait: Trait) -> Iterator[Parameter]:
    """The conditional probabilities of a trait's categories, for each group from the mean shares of its cells.

    Cells are weighted by those who come, or equally where nobody does; a country that does not list the trait has no
    say.
    """
    values = pathway.values(trait.name)
    listing = [part for part in parts if part.part.pathway.values(trait.name)]
    rows: dict[str, dict[str, tuple[Row, ...]]] = {value: {} for value in values[:-1]}
    for group in pathway.groups:
        mean = mean_shares(own, listing, trait, group, knots(parts))
        left = sum(mean.values())
        for value in rows:
            share = mean.get(value, 0.0)
            rows[value][group] = (Row(None, min(1.0, share / left) if left > 0.0 else 0.0, "derived", where=MEAN),)
            left -= share
    for value, by_group in rows.items():
        yield Parameter(f"{PEOPLE}{trait.name}.{value}", "probability", None, "group", "step", by_group)


def mean_shares(own: Parameters, parts: list[Brought], trait: Trait, group: str, days: list[int]) -> dict[str, float]:
    """The shares of a trait's categories in a group, summed over the countries' cells with their weights."""
    weights = [sum(coming(own, part, group, day) for day in days) for part in parts]
    weights = weights if sum(weights) > 0.0 else [1.0] * len(parts)
    total: dict[str, float] = {}
    for part, weight in zip(parts, weights, strict=True):
        for value, share in shares_in(part, trait, group, days[-1]).items():
            total[value] = total.get(value, 0.0) + weight * share
    return total


def shares_in(part: Brought, trait: Trait, group: str, day: int) -> dict[str, float]:
    """The shares of a trait's categories in a country's cell, from its conditional probabilities."""
    left, shares = 1.0, {}
    for name in parameters_drawn(trait, part.part.pathway.categories):
        given = value_in(part, name, group, day) if name in part.parameters else 1.0
        shares[name.rpartition(".")[2]] = left * given
        left *= 1.0 - given
    return shares | {part.part.pathway.values(trait.name)[-1]: left}


def value_in(part: Brought, name: str, group: str, day: int) -> float:
    """A country's number for the people of a group of the combined pathway."""
    if name not in part.parameters:
        return 0.0
    parameter = part.parameters[name]
    return parameter.value(day, category_of(parameter, part.cell(group)))


def first_choices(own: Parameters, pathway: Pathway, parts: list[Brought]) -> Iterator[Parameter]:
    """The odds of setting out for each country first, by group and calendar year: its part of those who come."""
    days = knots(parts)
    years = {
        year: to_day(datetime.date(year, 1, 1)) for year in range(to_date(days[0]).year, to_date(days[-1]).year + 1)
    }
    where = f"part of {ENTRANTS} in the middle of the year, of those left by the countries before"
    for place, part in enumerate(parts[:-1]):
        rows = {
            group: tuple(
                Row(
                    to_day(datetime.date(year, 1, 1)), first_of(own, parts[place:], group, year), "derived", where=where
                )
                for year in years
            )
            for group in pathway.groups
        }
        yield Parameter(f"{pathway.entry}.{part.name}", "probability", None, "group", "step", rows)


def first_of(own: Parameters, parts: list[Brought], group: str, year: int) -> float:
    """The part of the first of some countries among all who set out for one of them in the middle of a year."""
    middle = to_day(datetime.date(year, 7, 1))
    counts = [coming(own, part, group, middle) for part in parts]
    return counts[0] / sum(counts) if sum(counts) else 0.0
