"""The work of a worker: compute the tables and measures of some replications and write them as one checkpoint."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from imgsim.base.errors import ImgsimError
from imgsim.runs.checkpoints import Checkpoints
from imgsim.runs.keys import key_of

if TYPE_CHECKING:
    from pandas import DataFrame

    from imgsim.engines.records.columns import Columns

ROWS_AT_ONCE: Final = 300_000  # rows that are put together before they are measured and written
LOGS: Final = ("events", "livelihood")  # the tables that come piece by piece


@dataclass(frozen=True, slots=True)
class Job:
    """The functions of one replication by dotted name, so that a worker imports only what it runs."""

    build: str = "imgsim.engines.model.build"  # scenario, or scenarios to compare -> model
    pieces: str = "imgsim.engines.compiled.replication.pieces"  # model, replication -> tables, piece by piece
    measures: str = "imgsim.outcomes.all_measures.measures"  # complete tables of replications, scenario -> outcomes
    tables: tuple[str, ...] | None = None  # the tables to write; None writes all

    def load(self) -> None:
        """Import the modules of its functions."""
        for name in (self.build, self.pieces, self.measures):
            function(name)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some replications that are computed and written together, small enough to send to a worker."""

    scenario: bytes  # pickled once for all batches
    checkpoints: Checkpoints
    job: Job
    replications: range
    program: str

    def is_written(self) -> bool:
        """Is there anything where its replications are written?"""
        return self.checkpoints.part(self.replications).folder.exists()


def batches(scenario: object, checkpoints: Checkpoints, missing: Iterable[range], job: Job) -> dict[int, Batch]:
    """A batch for each range of replications that has no checkpoint yet, by its first replication."""
    import cloudpickle

    pickled = cloudpickle.dumps(scenario)
    here = replace(checkpoints, folder=checkpoints.folder.absolute())  # a worker may stand in another folder
    return {numbers.start: Batch(pickled, here, job, numbers, program()) for numbers in missing}


def compute(batch: Batch) -> None:
    """Simulate, measure and write the replications of a batch; nothing comes back."""
    if batch.program != program():
        raise ImgsimError("a worker has another version of imgsim, Python or a package: install the same everywhere")
    scenario, model = _prepared(batch)
    pieces = (piece for number in batch.replications for piece in _pieces(model, batch.job, number))
    tables = (_with_outcomes(frames, scenario, batch.job) for frames in gathered(pieces))
    batch.checkpoints.write(batch.replications, tables)


@cache
def program() -> str:
    """A digest of this program and of the packages it computes with, which must be the same wherever it computes."""
    return key_of()


class _Prepared(threading.local):
    """The last scenario of each thread with its compiled model: threads share none, for models remember rounds."""

    key: tuple[bytes, Job] | None = None
    value: tuple[Any, Any]


_prepared_here = _Prepared()


def _prepared(batch: Batch) -> tuple[Any, Any]:
    """The scenario of a batch and its compiled model, made once for all batches of it that a thread computes."""
    import cloudpickle

    if _prepared_here.key != (batch.scenario, batch.job):
        scenario = cloudpickle.loads(batch.scenario)
        _prepared_here.value = scenario, function(batch.job.build)(scenario)
        _prepared_here.key = batch.scenario, batch.job
    return _prepared_here.value


def _pieces(model: Any, job: Job, number: int) -> Iterator[Mapping[str, Columns]]:
    """The tables of one replication: complete ones first, then the pieces of the logs if the job writes them."""
    pieces = iter(function(job.pieces)(model, number))
    yield next(pieces)
    if job.tables is None or set(LOGS) & set(job.tables):
        yield from pieces


def _with_outcomes(tables: dict[str, DataFrame], scenario: Any, job: Job) -> dict[str, DataFrame]:
    """The tables that the job writes of some replications, and their outcomes, measured together."""
    if not set(tables) <= set(LOGS):
        tables = tables | {"outcomes": function(job.measures)(tables, scenario)}
    return {name: table for name, table in tables.items() if job.tables is None or name in job.tables}


def gathered(pieces: Iterable[Mapping[str, Columns]]) -> Iterator[dict[str, DataFrame]]:
    """Small pieces put together: measuring and writing many of them takes longer than computing what is in them."""
    from imgsim.engines.records.columns import frames, length

    waiting: list[Mapping[str, Columns]] = []
    for piece in pieces:
        waiting.append(piece)
        if sum(length(table) for each in waiting for table in each.values()) >= ROWS_AT_ONCE:
            yield frames(*waiting)
            waiting = []
    if waiting:
        yield frames(*waiting)


def function(dotted: str) -> Callable[..., Any]:
    """The function of a dotted name."""
    module, _, name = dotted.rpartition(".")
    named: Callable[..., Any] = getattr(import_module(module), name)
    return named
