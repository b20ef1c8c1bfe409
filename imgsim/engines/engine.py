"""Choose an engine, simulate a replication with it, and turn what it leaves behind into tables.

There are two engines, which advance careers through the same pathway by the same rules and agree bit for bit. Each is a
module with a function ``run(model, replication)``; its result gives the arrays that tables are made from (``finished``)
and every event and activity spell, a part of the people at a time (``pieces``).
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Final, NamedTuple, Protocol, cast

import numpy as np
from pandas import DataFrame

from imgsim.engines.model import Model
from imgsim.engines.records.columns import Columns, frames
from imgsim.engines.records.finished import Finished, Piece
from imgsim.engines.records.tables import log_tables, stories, whole_tables

ENGINES: Final = {"simpy": "imgsim.engines.simpy.processes", "compiled": "imgsim.engines.compiled.replication"}
AUTO: Final = "auto"


class Simulated(Protocol):
    """A replication in which every career was advanced to the horizon."""

    def finished(self) -> Finished:
        """The arrays that tables are made from, without events and spells."""
        ...

    def pieces(self, person: int | None = None) -> Iterator[Piece]:
        """Events and spells of everybody or of one person, sorted by person and sequence, some people at a time."""
        ...


class Engine(Protocol):
    """A module that simulates replications."""

    def run(self, model: Model, replication: int) -> Simulated:
        """Simulate one replication from the first entry to the horizon."""
        ...


class Choice(NamedTuple):
    """An engine and the reason for choosing it, as a run reports it."""

    name: str
    why: str


def choose(asked: str) -> Choice:
    """Choose the engine that was asked for; with ``auto``, the compiled one unless compilation is off."""
    import numba

    if asked != AUTO:
        return Choice(asked, "asked for")
    if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]
        return Choice("simpy", "compilation is turned off")
    return Choice("compiled", "gives the same careers faster")


def engine(name: str) -> Engine:
    """Import the engine of a name."""
    return cast(Engine, import_module(ENGINES[name]))


def finished_replication(name: str, model: Model, replication: int) -> Finished:
    """Simulate a replication and return everything it leaves behind, events and spells included."""
    return with_log(engine(name).run(model, replication))


def with_log(simulated: Simulated) -> Finished:
    """Join the events and spells of a simulated replication to its arrays."""
    events, spells = zip(*simulated.pieces(), strict=True)
    return simulated.finished().with_logs(np.concatenate(events), np.concatenate(spells))


def pieces(name: str, model: Model, replication: int) -> Iterator[dict[str, Columns]]:
    """Yield the tables of a replication: first all but the logs, then events and livelihood some people at a time.

    The logs are made when they are asked for: who needs no events does not wait for them.
    """
    simulated = engine(name).run(model, replication)
    yield whole_tables(simulated.finished())
    for piece in simulated.pieces():
        yield log_tables(model, replication, piece)


def simulate(name: str, model: Model, replication: int) -> dict[str, DataFrame]:
    """Simulate a replication and return every table."""
    finished = finished_replication(name, model, replication)
    assert finished.events is not None
    assert finished.spells is not None
    logs = log_tables(model, replication, Piece(finished.events, finished.spells))
    return frames(whole_tables(finished), logs)


def trace(name: str, model: Model, replication: int, person: int) -> dict[str, DataFrame]:
    """Return the row, events and activity spells of one person of a replication.

    Everybody is simulated, because others compete for the same places.
    """
    simulated = engine(name).run(model, replication)
    events, spells = zip(*simulated.pieces(person), strict=True)
    return stories(simulated.finished().with_logs(np.concatenate(events), np.concatenate(spells)), person)
