"""One row a graduate: traits, milestones with their dates and ages, money, status, the end."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.jit import kernel
from imgsim.base.dates.day_numbers import DAYS_A_YEAR, NEVER
from imgsim.engines.records.columns import Column, Columns
from imgsim.engines.records.encode import coded, dates
from imgsim.engines.records.event_codes import CERTIFIED, TRAINING
from imgsim.engines.records.finished import Finished
from imgsim.inputs.traits import COLUMN, LIVELIHOODS

COUNTED = LIVELIHOODS  # every state; "until practice, end or horizon" holds because practice is a state of its own
UNDER_WAY = "under_way"
SHOWN = (
    "birth", "graduation", "group", "region", "needs_visa", "ability", "english", "wish", "specialty",
    "visa", "seasons", "area",
)  # fmt: skip
Floats = npt.NDArray[np.float64]


def people_table(finished: Finished) -> Columns:
    """The people of a replication, in the order of their actors."""
    row = dict(zip(SHOWN, columns(finished.population.traits, np.array([COLUMN[name] for name in SHOWN])), strict=True))
    held = traits(finished, row) | end(finished) | milestones(finished, row["birth"]) | kept(finished)
    return held | dict(zip((f"years_{state}" for state in COUNTED), years_in(finished.days_in), strict=True))


@kernel
def columns(traits: Floats, places: npt.NDArray[np.int64]) -> Floats:
    """Some traits of everybody, one after the other, in one walk through the rows."""
    found = np.empty((len(places), len(traits)))
    for person in range(len(traits)):
        for k in range(len(places)):
            found[k, person] = traits[person, places[k]]
    return found


@kernel
def years_in(days_in: npt.NDArray[Any]) -> Floats:
    """Years that everybody spent in each livelihood, (livelihoods, people), from the days of each, turned round."""
    people, states = days_in.shape
    found = np.empty((states, people))
    for person in range(people):
        for state in range(states):
            found[state, person] = days_in[person, state] / DAYS_A_YEAR
    return found


def traits(finished: Finished, row: dict[str, Floats]) -> dict[str, Column]:
    """The columns known without looking at events."""
    population, categories = finished.population, finished.model.book.categories
    return {
        "person": np.arange(len(population.actor)),
        "actor": population.actor,
        "group": coded(row["group"], categories["group"]),
        "region": coded(row["region"], categories["region"]),
        "citizen": citizens(finished)[row["group"].astype(np.int64)],
        "needs_visa": row["needs_visa"] == 1,
        "stock": population.stock,
        "entry_year": 1900 + ((population.actor >> 48) & 0xFFF).astype(np.int32),
        "entry_date": dates(population.entry),
        "birth_date": dates(row["birth"]),
        "graduation_date": dates(row["graduation"]),
        "ability": row["ability"],
        "english": row["english"],
        "wish": coded(row["wish"], categories["wish"]),
        "specialty": coded(row["specialty"], categories["specialty"]),
        "visa": coded(row["visa"], categories["visa"]),
        "seasons": row["seasons"].astype(np.int32),
        "active_seasons": active_seasons(finished),
        **({"area": coded(row["area"], categories["area"])} if categories["area"] else {}),
    }


def citizens(finished: Finished) -> npt.NDArray[np.bool_]:
    """Who is a citizen, by group: as people entered, whatever a stage made of them later."""
    return np.array([group.citizen for group in finished.model.scenario.pathway.groups.values()], bool)


def active_seasons(finished: Finished) -> npt.NDArray[np.int32]:
    """How often each person submitted a rank list."""
    seasons, people = finished.seasons, len(finished.population.actor)
    persons = np.asarray(seasons["person"])[np.asarray(seasons["active"])]
    return np.bincount(persons, minlength=people).astype(np.int32)


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
    found: dict[str, Column] = {}
    for place, name in enumerate(finished.model.scenario.pathway.milestones):
        day = finished.accumulators.milestones[:, place]
        found |= {f"{name}_date": dates(day), f"{name}_age": age_on(day, birth)}
    return found


def kept(finished: Finished) -> dict[str, Column]:
    """Money paid up to the certificate, and the visa status in which training began, on roads that have these."""
    accumulators, names = finished.accumulators, list(finished.model.scenario.pathway.milestones)
    found: dict[str, Column] = {}
    if CERTIFIED in names:
        found["spent_to_certificate"] = accumulators.spent
    if TRAINING in names:
        trains = accumulators.milestones[:, names.index(TRAINING)] < NEVER
        found["visa_at_training"] = coded(
            np.where(trains, accumulators.status, -1), finished.model.book.categories["visa"]
        )
    return found


@kernel
def age_on(day: npt.NDArray[np.int32], birth: Floats) -> Floats:
    """Ages in years on a day per person; missing where the day never comes."""
    found = np.empty(len(day))
    for k in range(len(day)):
        found[k] = np.nan if day[k] >= NEVER else (day[k] - birth[k]) / DAYS_A_YEAR
    return found
