"""The tables of one replication, from the arrays an engine leaves behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.model import Model
from imgsim.population import Population
from imgsim.tables.coding import coded
from imgsim.tables.people import people_table
from imgsim.tables.rounds import by_year
from imgsim.tables.yearly import yearly_table
from imgsim.traits import LIVELIHOODS

Columns = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Finished:
    """What an engine leaves behind after a replication."""

    model: Model
    replication: int
    population: Population
    events: Columns  # (rows, 5): person, sequence, day, event code, value; sorted by person and sequence
    spells: Columns  # (rows, 5): person, sequence, state code, start, end
    days_in: Columns  # (people, livelihood states): days in each state
    end: Sequence[str]  # (people,): name of the end stage, or "" while under way
    end_day: npt.NDArray[np.int64]  # (people,)
    seasons: pd.DataFrame
    rounds: pd.DataFrame


def build_tables(finished: Finished) -> dict[str, pd.DataFrame]:
    """Every table but the outcomes, each with its ``replication`` column first."""
    tables = {
        "people": people_table(finished),
        "events": events_table(finished),
        "livelihood": livelihood_table(finished),
        "seasons": finished.seasons,
        "rounds": by_year(finished.rounds),
        "yearly": yearly_table(finished),
    }
    for table in tables.values():
        table.insert(0, "replication", np.int32(finished.replication))
    return tables


def dates(days: npt.NDArray[np.int64]) -> npt.NDArray[np.datetime64]:
    """Day numbers as dates with second resolution, which pandas keeps."""
    return days.astype("datetime64[D]").astype("datetime64[s]")


def events_table(finished: Finished) -> pd.DataFrame:
    """One row an event."""
    person, sequence, day, event, value = finished.events.T
    return pd.DataFrame(
        {
            "person": person,
            "sequence": sequence.astype(np.int32),
            "date": dates(day),
            "event": coded(event, finished.model.roadmap.events),
            "value": value.astype(np.float64),
        }
    )


def livelihood_table(finished: Finished) -> pd.DataFrame:
    """One row a spell."""
    person, sequence, state, start, end = finished.spells.T
    return pd.DataFrame(
        {
            "person": person,
            "sequence": sequence.astype(np.int32),
            "state": coded(state, LIVELIHOODS),
            "start": dates(start),
            "end": dates(end),
        }
    )


def stories(finished: Finished, person: int) -> dict[str, pd.DataFrame]:
    """The rows of one person: ``person`` (one row), ``events`` and ``livelihood``."""
    tables: Mapping[str, pd.DataFrame] = {
        "person": people_table(finished),
        "events": events_table(finished),
        "livelihood": livelihood_table(finished),
    }
    return {name: table[table["person"] == person].reset_index(drop=True) for name, table in tables.items()}
