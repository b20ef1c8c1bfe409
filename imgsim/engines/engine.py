"""The engines: two walkers of the same road by the same rules, which give the same lives bit for bit.

An engine is a module with a function ``run`` of a model and the number of a replication; what it returns can say all
that tables are made from (``finished``) and tell every event and spell, in pieces (``pieces``).
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


class Walked(Protocol):
    """A replication whose lives were walked to the horizon."""

    def finished(self) -> Finished:
        """What tables are made from, events and spells left out."""
        ...

    def pieces(self, person: int | None = None) -> Iterator[Piece]:
        """Events and spells of everybody or of one person, sorted by person and sequence, in pieces of any size."""
        ...


class Engine(Protocol):
    """A walker of lives."""

    def run(self, model: Model, replication: int) -> Walked:
        """One replication from the first entry to the horizon."""
        ...


class Choice(NamedTuple):
    """An engine and why it was taken."""

    name: str
    why: str


def choose(asked: str) -> Choice:
    """The engine asked for; left to us, the compiled one wherever code is compiled."""
    import numba

    if asked != AUTO:
        return Choice(asked, "asked for")
    if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]
        return Choice("simpy", "compilation is turned off")
    return Choice("compiled", "gives the same lives faster")


def engine(name: str) -> Engine:
    """The engine of a name."""
    return cast(Engine, import_module(ENGINES[name]))


def finish(name: str, model: Model, replication: int) -> Finished:
    """All that an engine leaves of a replication, events and spells in one piece."""
    return whole(engine(name).run(model, replication))


def whole(walked: Walked) -> Finished:
    """All that a replication leaves, events and spells in one piece."""
    events, spells = zip(*walked.pieces(), strict=True)
    return walked.finished().telling(np.concatenate(events), np.concatenate(spells))


def pieces(name: str, model: Model, replication: int) -> Iterator[dict[str, Columns]]:
    """The tables of a replication: first every whole one, then events and livelihood piece by piece.

    The pieces are made when they are asked for: who needs no events does not wait for them.
    """
    walked = engine(name).run(model, replication)
    yield whole_tables(walked.finished())
    for piece in walked.pieces():
        yield log_tables(model, replication, piece)


def simulate(name: str, model: Model, replication: int) -> dict[str, DataFrame]:
    """Every table of a replication."""
    finished = finish(name, model, replication)
    assert finished.events is not None
    assert finished.spells is not None
    logs = log_tables(model, replication, Piece(finished.events, finished.spells))
    return frames(whole_tables(finished), logs)


def trace(name: str, model: Model, replication: int, person: int) -> dict[str, DataFrame]:
    """One life of a replication: its row of people, its events and its livelihood.

    Everybody is walked, because others compete for the same places, but only this life is told.
    """
    walked = engine(name).run(model, replication)
    events, spells = zip(*walked.pieces(person), strict=True)
    return stories(walked.finished().telling(np.concatenate(events), np.concatenate(spells)), person)
