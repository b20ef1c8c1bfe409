"""The tables of one replication, from the arrays an engine leaves behind."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from imgsim.base.arrays import Ints
from imgsim.engines.model import Model
from imgsim.engines.records.columns import Columns, frame, frames, length
from imgsim.engines.records.encode import coded, dates
from imgsim.engines.records.exams import exams_table
from imgsim.engines.records.finished import Finished, Piece
from imgsim.engines.records.people import people_table
from imgsim.engines.records.rounds import by_year
from imgsim.engines.records.seasons import applications_table
from imgsim.engines.records.yearly import livelihood_years_table, yearly_table
from imgsim.inputs.traits import LIVELIHOODS


def build_tables(finished: Finished) -> dict[str, pd.DataFrame]:
    """Every table but events, livelihood and outcomes, each with its ``replication`` column first."""
    return frames(whole_tables(finished))


def whole_tables(finished: Finished) -> dict[str, Columns]:
    """The same before they are frames."""
    tables = {
        "people": people_table(finished),
        "seasons": finished.seasons,
        "rounds": by_year(finished.rounds),
        **finished.round_details,
        "yearly": yearly_table(finished),
        "exams": exams_table(finished),
        "applications": applications_table(finished),
        "livelihood_years": livelihood_years_table(finished),
    }
    return numbered(tables, finished.replication)


def log_tables(model: Model, replication: int, piece: Piece) -> dict[str, Columns]:
    """The events and the livelihood of a piece, each with its ``replication`` column first."""
    tables = {"events": events_table(model, piece.events), "livelihood": livelihood_table(piece.spells)}
    return numbered(tables, replication)


def numbered(tables: Mapping[str, Columns], replication: int) -> dict[str, Columns]:
    """The tables with the number of the replication in their first column."""
    return {
        name: {"replication": np.full(length(table), replication, np.int32), **table} for name, table in tables.items()
    }


def events_table(model: Model, events: Ints) -> Columns:
    """One row an event."""
    person, sequence, day, event, value = events.T
    return {
        "person": person,
        "sequence": sequence.astype(np.int32),
        "date": dates(day),
        "event": coded(event, model.stage_plans.events),
        "value": value.astype(np.float64),
    }


def livelihood_table(spells: Ints) -> Columns:
    """One row a spell."""
    person, sequence, state, start, end = spells.T
    return {
        "person": person,
        "sequence": sequence.astype(np.int32),
        "state": coded(state, LIVELIHOODS),
        "start": dates(start),
        "end": dates(end),
    }


def stories(finished: Finished, person: int) -> dict[str, pd.DataFrame]:
    """The rows of one person, whose events and spells were kept: ``person`` (one row), ``events``, ``livelihood``."""
    assert finished.events is not None
    assert finished.spells is not None
    tables = {
        "person": people_table(finished),
        "events": events_table(finished.model, finished.events),
        "livelihood": livelihood_table(finished.spells),
    }
    return {name: of_person(table, person) for name, table in tables.items()}


def of_person(table: Columns, person: int) -> pd.DataFrame:
    """The rows of one person."""
    mine = table["person"] == person
    return frame({name: column[mine] for name, column in table.items()})
