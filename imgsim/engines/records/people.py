"""One row a graduate: traits, milestones with their dates and ages, money, status, the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Floats
from imgsim.base.compiled.jit import kernel
from imgsim.base.dates.day_numbers import DAYS_A_YEAR, NEVER
from imgsim.engines.records.columns import Column, Columns
from imgsim.engines.records.encode import coded, dates
from imgsim.engines.records.event_codes import CERTIFIED, TRAINING
from imgsim.engines.records.finished import Finished
from imgsim.inputs.traits import BY_NAME, CATEGORY, COLUMN, COUNT, DAY, LIVELIHOODS, TRAITS, YES_NO, Trait

COUNTED = LIVELIHOODS  # every state; "until practice, end or horizon" holds because practice is a state of its own
UNDER_WAY = "under_way"
REPORTED: Final = tuple(trait for trait in TRAITS if trait.reported)


def people_table(finished: Finished) -> Columns:
    """The people of a replication, in the order of their actors."""
    numbers = np.array([COLUMN[trait.name] for trait in REPORTED])
    values = dict(zip(REPORTED, columns(finished.population.traits, numbers), strict=True))
    birth = values[BY_NAME["birth"]]
    table = traits(finished, values) | end(finished) | milestones(finished, birth) | costs_and_visa(finished)
    return table | dict(zip((f"years_{state}" for state in COUNTED), years_in(finished.days_in), strict=True))


@kernel
def columns(traits: Floats, chosen: npt.NDArray[np.int64]) -> Floats:
    """Some traits of everybody, (traits, people), read in one pass through the rows."""
    table = np.empty((len(chosen), len(traits)))
    for person in range(len(traits)):
        for k in range(len(chosen)):
            table[k, person] = traits[person, chosen[k]]
    return table


@kernel
def years_in(days_in: npt.NDArray[Any]) -> Floats:
    """Years that everybody spent in each activity status, (statuses, people), from the days of each person."""
    people, states = days_in.shape
    years = np.empty((states, people))
    for person in range(people):
        for state in range(states):
            years[state, person] = days_in[person, state] / DAYS_A_YEAR
    return years


def traits(finished: Finished, values: Mapping[Trait, Floats]) -> dict[str, Column]:
    """The columns known without looking at events: who each person is, the traits, and how and when they entered."""
    population = finished.population
    table: dict[str, Column] = {"person": np.arange(len(population.actor)), "actor": population.actor}
    for trait, value in values.items():
        if trait.name in BEFORE:
            table |= BEFORE[trait.name](finished)
        if not trait.reported_if_listed or finished.model.book.categories[trait.name]:
            table[trait.reported] = reported(finished, trait, value)
    return table


def reported(finished: Finished, trait: Trait, value: Floats) -> Column:
    """One trait as its column: dates, names of categories, yes or no, whole or real numbers."""
    if trait.name == "citizen":
        return citizens(finished)
    if trait.kind == DAY:
        return dates(value)
    if trait.kind == CATEGORY:
        return coded(value, finished.model.book.categories[trait.name])
    if trait.kind == YES_NO:
        return np.equal(value, 1.0)
    return value.astype(np.int32) if trait.kind == COUNT else value


def entry(finished: Finished) -> dict[str, Column]:
    """Whether people were licensed from the start, and when they entered."""
    population = finished.population
    return {
        "stock": population.stock,
        "entry_year": 1900 + ((population.actor >> 48) & 0xFFF).astype(np.int32),
        "entry_date": dates(population.entry),
    }


def citizens(finished: Finished) -> npt.NDArray[np.bool_]:
    """Who is a citizen, by group: as people entered, whatever a stage made of them later."""
    by_group = np.array([group.citizen for group in finished.model.scenario.pathway.groups.values()], bool)
    groups: npt.NDArray[np.bool_] = by_group[finished.population.traits[:, COLUMN["group"]].astype(np.int64)]
    return groups


def active_seasons(finished: Finished) -> dict[str, Column]:
    """How often each person submitted a rank list."""
    seasons, people = finished.seasons, len(finished.population.actor)
    persons = np.asarray(seasons["person"])[np.asarray(seasons["active"])]
    return {"active_seasons": np.bincount(persons, minlength=people).astype(np.int32)}


# Columns that are no traits, by the trait before which they stand.
BEFORE: Final[Mapping[str, Callable[[Finished], dict[str, Column]]]] = {"birth": entry, "area": active_seasons}


def end(finished: Finished) -> dict[str, Column]:
    """How careers ended: stage, class and day."""
    stages = finished.model.scenario.pathway.stages.values()
    ends = [stage.name for stage in stages if stage.kind == "end"]
    classes = sorted({UNDER_WAY, *(stage.end_class or "" for stage in stages if stage.kind == "end")})
    place = [ends.index(stage.name) if stage.kind == "end" else len(ends) for stage in stages]
    kind = [classes.index((stage.end_class or "") if stage.kind == "end" else UNDER_WAY) for stage in stages]
    return {  # the last entry is that of code -1
        "end": coded(np.array([*place, len(ends)])[finished.end], [*ends, UNDER_WAY]),
        "end_class": coded(np.array([*kind, classes.index(UNDER_WAY)])[finished.end], classes),
        "end_date": dates(finished.end_day),
    }


def milestones(finished: Finished, birth: Floats) -> dict[str, Column]:
    """Day of each milestone and the age on it."""
    table: dict[str, Column] = {}
    for place, name in enumerate(finished.model.scenario.pathway.milestones):
        day = finished.accumulators.milestones[:, place]
        table |= {f"{name}_date": dates(day), f"{name}_age": age_on(day, birth)}
    return table


def costs_and_visa(finished: Finished) -> dict[str, Column]:
    """Columns for cost to certification and visa status at the start of training, where the pathway defines both."""
    accumulators, names = finished.accumulators, list(finished.model.scenario.pathway.milestones)
    table: dict[str, Column] = {}
    if CERTIFIED in names:
        table["spent_to_certificate"] = accumulators.spent
    if TRAINING in names:
        trains = accumulators.milestones[:, names.index(TRAINING)] < NEVER
        table["visa_at_training"] = coded(
            np.where(trains, accumulators.status, -1), finished.model.book.categories["visa"]
        )
    return table


@kernel
def age_on(day: npt.NDArray[np.int32], birth: Floats) -> Floats:
    """Ages in years on a day per person; missing where the day never comes."""
    ages = np.empty(len(day))
    for k in range(len(day)):
        ages[k] = np.nan if day[k] >= NEVER else (day[k] - birth[k]) / DAYS_A_YEAR
    return ages
