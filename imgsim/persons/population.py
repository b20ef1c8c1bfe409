"""The people: entrants by year and group, and the physicians licensed before the census date.

A cell is (year, group); its people are numbered from 0. A person is drawn from nothing but the own address, so a
reform that adds entrants leaves those already there as they were, and a smaller scale keeps a subset of the larger.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.by_reference import by_reference
from imgsim.base.compiled.jit import inline_kernel, kernel
from imgsim.base.dates.day_numbers import DAYS_A_YEAR, day_of
from imgsim.base.randomness.addresses import GRADUATE, actor, decision
from imgsim.base.randomness.philox import uniform, uniforms
from imgsim.base.randomness.quantiles import normal
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.traits import BIRTH, COLUMN, GRADUATION, LAST_CLINICAL, LIVELIHOODS, width
from imgsim.persons.compile_rules import CompiledRules
from imgsim.persons.risk_equations import Row, Rules, Who, chooses, draw, happens, lasts, predict

STOCK_YEAR: Final = 1900  # the cell year of people who stand in the licensed stock and were never entrants
WORKING_STATES: Final = 6  # livelihoods a person outside training and practice can have

ABILITY, ENGLISH, EXPERIENCE = COLUMN["ability"], COLUMN["english"], COLUMN["experience"]
CITIZEN, NEEDS_VISA, LIVELIHOOD = COLUMN["citizen"], COLUMN["needs_visa"], COLUMN["livelihood"]
GROUP, REGION, WISH, AREA = COLUMN["group"], COLUMN["region"], COLUMN["wish"], COLUMN["area"]
SPECIALTY, SPONSOR, COMPETITOR = COLUMN["specialty"], COLUMN["sponsor"], COLUMN["competitor"]

Cell = tuple[int, int, int]  # year, group code, head count


class Draws(NamedTuple):
    """Quantity numbers and decision hashes that a person is drawn from."""

    needs_visa: int
    ability: int
    english: int
    age: int
    before: int
    after: int
    experience: int
    wish: int
    wishes: int
    area: int
    areas: int  # 0 where a road knows no areas
    start: int
    stock_age: int
    entry: int
    sampled: int


class Population(NamedTuple):
    """Everybody of one replication, in the order of their actors."""

    actor: npt.NDArray[np.int64]  # (people,)
    traits: npt.NDArray[np.float64]  # (people, traits)
    entry: npt.NDArray[np.int32]  # (people,): day of entering the system, or the census day
    stock: npt.NDArray[np.bool_]  # (people,): in the licensed stock


def draws_of(book: CompiledRules) -> Draws:
    """The numbers of the population's quantities."""
    number = book.number
    wishes, areas = (
        [name for name in book.categories[trait] if number(f"population.{word}.{name}") >= 0]
        for word, trait in (("wish", "specialty"), ("area", "area"))
    )
    return Draws(
        needs_visa=number("population.needs_visa"),
        ability=number("population.ability"),
        english=number("population.english"),
        age=number("population.age_at_graduation"),
        before=number("population.entry_before"),
        after=number("population.entry_after"),
        experience=number("population.experience"),
        wish=number(f"population.wish.{wishes[0]}") if wishes else -1,
        wishes=len(wishes) + 1,
        area=number(f"population.area.{areas[0]}") if areas else -1,
        areas=len(areas) + 1 if areas else 0,
        start=number(f"livelihood.start.{LIVELIHOODS[0]}"),
        stock_age=number("population.stock_age"),
        entry=decision("population.entry"),
        sampled=decision("population.sampled"),
    )


def entrant_cells(parameters: Parameters, pathway: Pathway, years: range) -> list[Cell]:
    """Whole head counts at full size, by year and group, from the value in the middle of each year."""
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
    kept = [
        keep(actor(GRADUATE, year, group, 0), count, seed, replication, scale, decided) for year, group, count in cells
    ]
    return np.concatenate([np.empty(0, np.int64), *kept])


@kernel
def keep(first: int, count: int, seed: int, replication: int, scale: float, decided: int) -> npt.NDArray[np.int64]:
    """Those of a cell's actors that a sampling fraction keeps."""
    if scale >= 1.0:  # every uniform lies below 1
        return np.arange(first, first + count)
    everybody = np.arange(first, first + count)
    return everybody[uniforms(seed, replication, everybody, decided, 0) < scale]


@inline_kernel
def draw_entrant(rules: Rules, who: Who, draws: Draws, year: int, row: Row) -> int:
    """Draw one entrant's traits into the row, group, region and citizenship being set; the day of entry."""
    begin = day_of(year, 1, 1)
    u = uniform(who.seed, who.replication, who.actor, draws.entry, 0, 0)
    entry = begin + int(u * (day_of(year + 1, 1, 1) - begin))
    after = lasts(rules, who, draws.after, entry, row, 0)
    before = lasts(rules, who, draws.before, entry, row, 0)
    row[GRADUATION] = entry + before - after
    row[BIRTH] = row[GRADUATION] - lasts(rules, who, draws.age, entry, row, 0)
    row[LAST_CLINICAL] = max(entry, int(row[GRADUATION]))
    row[NEEDS_VISA] = 1.0 if happens(rules, who, draws.needs_visa, entry, row, 0) else 0.0
    row[ABILITY] = predict(rules, draws.ability, entry, row) + normal(draw(rules, who, draws.ability, 0))
    row[ENGLISH] = predict(rules, draws.english, entry, row) + normal(draw(rules, who, draws.english, 0))
    row[EXPERIENCE] = lasts(rules, who, draws.experience, entry, row, 0) / DAYS_A_YEAR
    row[WISH] = chooses(rules, who, draws.wish, draws.wishes, entry, row, 0) if draws.wish >= 0 else -1
    if draws.areas > 0:
        row[AREA] = chooses(rules, who, draws.area, draws.areas, entry, row, 0)
    row[LIVELIHOOD] = chooses(rules, who, draws.start, WORKING_STATES, entry, row, 0)
    return entry


@inline_kernel
def draw_licensed(rules: Rules, who: Who, draws: Draws, census: int, row: Row) -> int:
    """Draw one physician of the licensed stock into the row; the census day."""
    row[BIRTH] = census - lasts(rules, who, draws.stock_age, census, row, 0)
    row[GRADUATION] = row[BIRTH] + lasts(rules, who, draws.age, census, row, 0)
    row[LAST_CLINICAL] = census
    row[LIVELIHOOD] = len(LIVELIHOODS) - 1
    row[WISH] = -1.0
    return census


@kernel
def draw_all(
    rules: Rules, seed: int, replication: int, draws: Draws, actors: npt.NDArray[np.int64], census: int,
    region: npt.NDArray[np.int64], citizen: npt.NDArray[np.int64], traits: npt.NDArray[np.float64],
) -> npt.NDArray[np.int32]:  # fmt: skip
    """Draw everybody into their rows; the days of entry. ``region`` and ``citizen`` are those of each group."""
    held, entry = by_reference(rules), np.empty(len(actors), np.int32)
    for person in range(len(actors)):
        who, row = by_reference(Who(seed, replication, actors[person])), traits[person]
        group = (actors[person] >> 32) & 0xFFFF
        year = 1900 + ((actors[person] >> 48) & 0xFFF)
        row[SPECIALTY] = row[SPONSOR] = row[COMPETITOR] = row[AREA] = -1.0
        row[GROUP], row[REGION], row[CITIZEN] = group, region[group], citizen[group]
        if year == STOCK_YEAR:
            entry[person] = draw_licensed(held, who, draws, census, row)
        else:
            entry[person] = draw_entrant(held, who, draws, year, row)
    return entry


def populate(
    parameters: Parameters, pathway: Pathway, book: CompiledRules, years: range, horizon: int, seed: int,
    replication: int, scale: float,
) -> Population:  # fmt: skip
    """Everybody of a replication who enters before the horizon: entrants of the years and, at the census, the stock."""
    draws = draws_of(book)
    _census, stock = stock_cells(parameters, pathway)
    actors = sampled_actors(
        [*stock, *entrant_cells(parameters, pathway, years)], seed, replication, scale, draws.sampled
    )
    actors.sort()
    traits, entry = people(parameters, pathway, book, actors, seed, replication)
    inside = entry < horizon
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
