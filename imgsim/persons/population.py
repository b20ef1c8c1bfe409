"""The people: entrants by year and group, and the physicians licensed before the census date.

A cell is (year, group); its people are numbered from 0. A person's traits depend on nothing but the person's own random
numbers, so a reform that adds entrants leaves those already there as they were, and a smaller scale keeps a subset.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.by_reference import by_reference
from imgsim.base.compiled.jit import inline_kernel, kernel
from imgsim.base.dates.day_numbers import DAYS_A_YEAR, day_of, year_of
from imgsim.base.randomness.addresses import GRADUATE, actor, decision
from imgsim.base.randomness.philox import uniform, uniforms
from imgsim.base.randomness.quantiles import normal
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.traits import (
    BIRTH,
    BY_CHOICE,
    BY_DURATION,
    BY_PROBABILITY,
    BY_SCORE,
    COLUMN,
    DRAWN,
    GRADUATION,
    LAST_CLINICAL,
    LIVELIHOODS,
    UNSET,
    Trait,
    parameters_drawn,
    width,
)
from imgsim.persons.compile_rules import CompiledRules
from imgsim.persons.risk_equations import Row, Rules, Who, chooses, draw, happens, lasts, predict

STOCK_YEAR: Final = 1900  # the cell year of people who stand in the licensed stock and were never entrants
LONGEST: Final = 182_625  # five hundred years in days: a day before them may lie in no calendar
WORKING_STATES: Final = 6  # livelihoods a person outside training and practice can have

CITIZEN, LIVELIHOOD, GROUP, REGION = COLUMN["citizen"], COLUMN["livelihood"], COLUMN["group"], COLUMN["region"]
PROBABILITY, SCORE, DURATION, CHOICE = range(4)
METHOD: Final = {BY_PROBABILITY: PROBABILITY, BY_SCORE: SCORE, BY_DURATION: DURATION, BY_CHOICE: CHOICE}

Cell = tuple[int, int, int]  # year, group code, number of persons


class Draws(NamedTuple):
    """Quantity numbers and decision hashes that a person is drawn from."""

    age: int
    before: int
    after: int
    start: int
    stock_age: int
    entry: int
    sampled: int
    drawn: npt.NDArray[np.int64]  # (traits drawn, 4): column, how, quantity (of a choice the first), options
    unset: npt.NDArray[np.float64]  # (traits,): the row of somebody of whom nothing is drawn yet


class Population(NamedTuple):
    """Everybody of one replication, in the order of their actors."""

    actor: npt.NDArray[np.int64]  # (people,)
    traits: npt.NDArray[np.float64]  # (people, traits)
    entry: npt.NDArray[np.int32]  # (people,): day of entering the system, or the census day
    stock: npt.NDArray[np.bool_]  # (people,): in the licensed stock


def draws_of(book: CompiledRules) -> Draws:
    """The numbers of the population's quantities."""
    number = book.number
    drawn = [plan for trait in DRAWN if (plan := drawing(trait, book)) is not None]
    return Draws(
        age=number("population.age_at_graduation"),
        before=number("population.entry_before"),
        after=number("population.entry_after"),
        start=number(f"livelihood.start.{LIVELIHOODS[0]}"),
        stock_age=number("population.stock_age"),
        entry=decision("population.entry"),
        sampled=decision("population.sampled"),
        drawn=np.array(drawn, np.int64).reshape(-1, 4),
        unset=np.array(UNSET),
    )


def drawing(trait: Trait, book: CompiledRules) -> tuple[int, int, int, int] | None:
    """How a trait is drawn: column, method, first quantity and number of options; None if no parameter draws it."""
    numbers = [book.number(name) for name in parameters_drawn(trait, book.categories)]
    given = [number for number in numbers if number >= 0]
    return (COLUMN[trait.name], METHOD[trait.drawn], given[0], len(given) + 1) if given else None


def entrant_cells(parameters: Parameters, pathway: Pathway, years: range) -> list[Cell]:
    """Numbers of persons at full size, by year and group, from the value in the middle of each year."""
    name = "population.entrants"
    return [
        (year, code, round(parameters.value(name, day_of(year, 7, 1), group)))
        for year in years
        for code, group in enumerate(pathway.groups)
    ]


def stock_cells(parameters: Parameters, pathway: Pathway) -> tuple[int, list[Cell]]:
    """The census day and the licensed at that day by group; no cells if the country declares no stock."""
    if "population.stock" not in parameters:
        return 0, []
    rows = parameters["population.stock"].rows
    census = min(row.start for group in rows.values() for row in group if row.start is not None)
    counts = [round(parameters.value("population.stock", census, group)) for group in pathway.groups]
    return census, [(STOCK_YEAR, code, count) for code, count in enumerate(counts)]


def sampled_actors(cells: list[Cell], seed: int, replication: int, scale: float, decided: int) -> npt.NDArray[np.int64]:
    """The actors of all cells whose addressed uniform lies below the scale."""
    sampled = [
        sample(actor(GRADUATE, year, group, 0), count, seed, replication, scale, decided)
        for year, group, count in cells
    ]
    return np.concatenate([np.empty(0, np.int64), *sampled])


@kernel
def sample(first: int, count: int, seed: int, replication: int, scale: float, decided: int) -> npt.NDArray[np.int64]:
    """The actors of a cell whose addressed uniform lies below the sampling fraction."""
    if scale >= 1.0:  # every uniform lies below 1
        return np.arange(first, first + count)
    everybody = np.arange(first, first + count)
    return everybody[uniforms(seed, replication, everybody, decided, 0) < scale]


@inline_kernel
def draw_trait(rules: Rules, who: Who, method: int, quantity: int, options: int, day: int, row: Row) -> float:
    """The value of one trait for somebody who enters on a day."""
    if method == CHOICE:
        return float(chooses(rules, who, quantity, options, day, row, 0))
    if method == PROBABILITY:
        return 1.0 if happens(rules, who, quantity, day, row, 0) else 0.0
    if method == DURATION:
        return float(lasts(rules, who, quantity, day, row, 0) / DAYS_A_YEAR)
    return float(predict(rules, quantity, day, row) + normal(draw(rules, who, quantity, 0)))


@inline_kernel
def lasts_before_entry(rules: Rules, who: Who, q: int, day: int, row: Row) -> int:
    """A duration before entry in whole days, cut at the longest: the tail of a distribution has no end."""
    return min(LONGEST, lasts(rules, who, q, day, row, 0))


@inline_kernel
def draw_entrant(rules: Rules, who: Who, draws: Draws, year: int, row: Row) -> int:
    """Draw one entrant's traits into the row, group, region and citizenship being set; the day of entry."""
    begin = day_of(year, 1, 1)
    u = uniform(who.seed, who.replication, who.actor, draws.entry, 0, 0)
    entry = begin + int(u * (day_of(year + 1, 1, 1) - begin))
    after = lasts_before_entry(rules, who, draws.after, entry, row)
    before = lasts_before_entry(rules, who, draws.before, entry, row)
    row[GRADUATION] = entry + before - after
    row[BIRTH] = row[GRADUATION] - lasts_before_entry(rules, who, draws.age, entry, row)
    row[LAST_CLINICAL] = max(entry, int(row[GRADUATION]))
    for k in range(len(draws.drawn)):
        column, method, quantity, options = draws.drawn[k]
        row[column] = draw_trait(rules, who, method, quantity, options, entry, row)
    row[LIVELIHOOD] = chooses(rules, who, draws.start, WORKING_STATES, entry, row, 0)
    return entry


@inline_kernel
def draw_licensed(rules: Rules, who: Who, draws: Draws, census: int, row: Row) -> int:
    """Draw one physician of the licensed stock into the row; the census day."""
    row[BIRTH] = census - lasts_before_entry(rules, who, draws.stock_age, census, row)
    row[GRADUATION] = row[BIRTH] + lasts_before_entry(rules, who, draws.age, census, row)
    row[LAST_CLINICAL] = census
    row[LIVELIHOOD] = len(LIVELIHOODS) - 1
    return census


@kernel
def draw_all(
    rules: Rules, seed: int, replication: int, draws: Draws, actors: npt.NDArray[np.int64], census: int,
    region: npt.NDArray[np.int64], citizen: npt.NDArray[np.int64], traits: npt.NDArray[np.float64],
) -> npt.NDArray[np.int32]:  # fmt: skip
    """Draw everybody into their rows; the days of entry. ``region`` and ``citizen`` are those of each group."""
    given, entry = by_reference(rules), np.empty(len(actors), np.int32)
    for person in range(len(actors)):
        who, row = by_reference(Who(seed, replication, actors[person])), traits[person]
        group = (actors[person] >> 32) & 0xFFFF
        year = 1900 + ((actors[person] >> 48) & 0xFFF)
        row[: len(draws.unset)] = draws.unset
        row[GROUP], row[REGION], row[CITIZEN] = group, region[group], citizen[group]
        if year == STOCK_YEAR:
            entry[person] = draw_licensed(given, who, draws, census, row)
        else:
            entry[person] = draw_entrant(given, who, draws, year, row)
    return entry


def populate(
    parameters: Parameters, pathway: Pathway, book: CompiledRules, days: range, seed: int, replication: int,
    scale: float,
) -> Population:  # fmt: skip
    """Everybody of a replication who enters on one of the days simulated; the stock enters on the day of its census.

    Whoever of a year's entrants comes before the first day is left out: the others keep their numbers and their lives.
    """
    draws, years = draws_of(book), range(year_of(days[0]), year_of(days[-1]) + 1)
    _census, stock = stock_cells(parameters, pathway)
    actors = sampled_actors(
        [*stock, *entrant_cells(parameters, pathway, years)], seed, replication, scale, draws.sampled
    )
    actors.sort()
    traits, entry = people(parameters, pathway, book, actors, seed, replication)
    inside = (entry >= days.start) & (entry < days.stop)
    if not inside.all():
        actors, traits, entry = actors[inside], traits[inside], entry[inside]
    return Population(actors, traits, entry, ((actors >> 48) & 0xFFF) == 0)


def people(
    parameters: Parameters, pathway: Pathway, book: CompiledRules, actors: npt.NDArray[np.int64], seed: int,
    replication: int,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:  # fmt: skip
    """Traits and days of entry of some actors, drawn from nothing but their addresses."""
    census, _ = stock_cells(parameters, pathway)
    regions, groups = list(book.categories["region"]), pathway.groups.values()
    region = np.array([regions.index(group.region) for group in groups], np.int64)
    citizen = np.array([group.citizen for group in groups], np.int64)
    traits = np.zeros((len(actors), width(tuple(pathway.flags))))
    return traits, draw_all(book.rules, seed, replication, draws_of(book), actors, census, region, citizen, traits)
