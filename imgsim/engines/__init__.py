"""The engines: two walkers of the same road by the same rules, which give the same lives bit for bit.

An engine is a module with three functions of a model and the number of a replication: ``simulate`` (the tables),
``trace`` (those of one person) and ``finish`` (the arrays that tables are made from).
"""

from __future__ import annotations

from importlib import import_module
from typing import Final, NamedTuple, Protocol, cast

from pandas import DataFrame

from imgsim.model import Model
from imgsim.tables import Finished

ENGINES: Final = {"simpy": "imgsim.engines.simpy_engine", "compiled": "imgsim.engines.compiled_engine"}
AUTO: Final = "auto"


class Engine(Protocol):
    """What every engine can do."""

    def simulate(self, model: Model, replication: int) -> dict[str, DataFrame]:
        """The tables of one replication."""
        ...

    def trace(self, model: Model, replication: int, person: int) -> dict[str, DataFrame]:
        """The rows of one person."""
        ...

    def finish(self, model: Model, replication: int) -> Finished:
        """The arrays that tables are made from."""
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
