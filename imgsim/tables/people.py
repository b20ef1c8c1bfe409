"""One row a graduate: traits, milestones with their dates and ages, the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.dates import DAYS_A_YEAR, NEVER
from imgsim.tables.coding import coded
from imgsim.traits import BIRTH, GRADUATION, LIVELIHOODS, PLACE

if TYPE_CHECKING:
    from imgsim.tables.build import Finished

NOT_A_DATE = np.datetime64("NaT", "s")
COUNTED = LIVELIHOODS  # every state; "until practice, end or horizon" holds because practice is a state of its own


def people_table(finished: Finished) -> pd.DataFrame:
    """The people of a replication, in the order of their actors."""
    table = pd.DataFrame(traits(finished))
    for milestone, events in finished.model.scenario.pathway.milestones.items():
        day = first_day(finished, events)
        table[f"{milestone}_date"] = as_dates(day)
        table[f"{milestone}_age"] = age_on(finished, day)
    for place, state in enumerate(COUNTED):
        table[f"years_{state}"] = finished.days_in[:, place] / DAYS_A_YEAR
    return table


def traits(finished: Finished) -> dict[str, object]:
    """The columns known without looking at events."""
    population, model = finished.population, finished.model
    row = population.traits
    categories = model.book.categories

    def named(trait: str) -> pd.Categorical[str]:
        return coded(row[:, PLACE[trait]], categories[trait])

    ends = [stage.name for stage in model.scenario.pathway.stages.values() if stage.kind == "end"]
    classes = {stage.name: stage.end_class for stage in model.scenario.pathway.stages.values()} | {"": "under_way"}
    return {
        "person": np.arange(len(population.actor)),
        "actor": population.actor,
        "group": named("group"),
        "region": named("region"),
        "citizen": row[:, PLACE["citizen"]] == 1,
        "needs_visa": row[:, PLACE["needs_visa"]] == 1,
        "stock": population.stock,
        "entry_year": 1900 + ((population.actor >> 48) & 0xFFF).astype(np.int32),
        "entry_date": as_dates(population.entry),
        "birth_date": as_dates(row[:, BIRTH].astype(np.int64)),
        "graduation_date": as_dates(row[:, GRADUATION].astype(np.int64)),
        "ability": row[:, PLACE["ability"]],
        "english": row[:, PLACE["english"]],
        "wish": named("wish"),
        "specialty": named("specialty"),
        "visa": named("visa"),
        "seasons": row[:, PLACE["seasons"]].astype(np.int32),
        "active_seasons": active_seasons(finished),
        **({"area": named("area")} if categories["area"] else {}),
        "end": pd.Categorical([name or "under_way" for name in finished.end], categories=[*ends, "under_way"]),
        "end_class": pd.Categorical([classes[name] for name in finished.end]),
        "end_date": as_dates(finished.end_day),
    }


def active_seasons(finished: Finished) -> npt.NDArray[np.int32]:
    """How often each person submitted a rank list."""
    counts = np.zeros(len(finished.population.actor), np.int32)
    if len(finished.seasons):
        np.add.at(counts, finished.seasons.loc[finished.seasons["active"], "person"].to_numpy(), 1)
    return counts


def first_day(finished: Finished, events: Sequence[str]) -> npt.NDArray[np.int64]:
    """The first day on which any of the events happened to each person; NEVER if none did."""
    codes = [finished.model.roadmap.events.index(name) for name in events]
    rows = finished.events[np.isin(finished.events[:, 3], codes)]
    day = np.full(len(finished.population.actor), NEVER, np.int64)
    np.minimum.at(day, rows[:, 0], rows[:, 2])
    return day


def as_dates(day: npt.NDArray[np.int64]) -> npt.NDArray[np.datetime64]:
    """Day numbers as dates; NEVER is missing."""
    known = np.where(day >= NEVER, 0, day).astype("datetime64[D]").astype("datetime64[s]")
    return np.where(day >= NEVER, NOT_A_DATE, known)


def age_on(finished: Finished, day: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Ages in years on a day per person; missing where the day never comes."""
    age = (day - finished.population.traits[:, BIRTH]) / DAYS_A_YEAR
    return np.where(day >= NEVER, np.nan, age)
