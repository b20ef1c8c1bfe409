"""Replications on all cores: the same rows whatever the number of workers, and whatever kills one of them."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from multiprocessing.resource_tracker import ensure_running
from typing import TYPE_CHECKING, Any, Final

from imgsim.base.errors import ImgsimError
from imgsim.base.files.atomic import sweep
from imgsim.base.progress import Tick
from imgsim.runs.checkpoints import Parts

if TYPE_CHECKING:
    from loky.reusable_executor import _ReusablePoolExecutor as Executor
    from pandas import DataFrame

    from imgsim.engines.records.columns import Columns
    from imgsim.inputs.scenarios.scenario import Scenario

ROWS_AT_ONCE: Final = 300_000  # rows that are put together before they are measured and written
LOGS: Final = ("events", "livelihood")  # the tables that come piece by piece
TRIES: Final = 3  # how often replications are started again after a worker was killed and none was finished since
SELDOM: Final = (20_000, 50, 50)  # how often workers look for garbage: looking took a tenth of a small replication
# The environment of workers: one thread each; glibc keeps what it was given back, for asking the system for the memory
# of every Match anew takes a fifteenth of a replication; loky replaces no worker because it has grown by one.
WORKER: Final = dict.fromkeys(
    ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
) | {
    "MALLOC_MMAP_THRESHOLD_": str(2**30),
    "MALLOC_TRIM_THRESHOLD_": str(2**40),
    "LOKY_MAX_MEMORY_LEAK_SIZE": str(2**40),
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """The functions of one replication by dotted name, so that a worker imports only what it runs."""

    build: str = "imgsim.engines.model.build"  # scenario -> model
    pieces: str = "imgsim.engines.compiled.replication.pieces"  # model, replication -> tables, piece by piece
    measures: str = "imgsim.outcomes.all_measures.measures"  # whole tables of some replications, scenario -> outcomes
    tables: tuple[str, ...] | None = None  # the tables to keep; None keeps all


@dataclass(frozen=True, slots=True)
class Job:
    """Some replications to be computed and kept together, small enough to send to a worker."""

    scenario: bytes  # pickled once for all jobs
    parts: Parts
    recipe: Recipe
    replications: range


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error of the user's making, sent back as data: exceptions with arguments of their own do not travel well."""

    message: str
    exit_code: int


class WorkerKilled(Exception):
    """A worker was ended from outside while it computed."""


def run_replications(
    scenario: Scenario, parts: Parts, replications: int, workers: int, tick: Tick, recipe: Recipe
) -> None:
    """Compute what is missing among replications 0 .. n-1 and keep each as a part; `tick` is called for every one."""
    missing = parts.missing(replications)
    tick(replications - sum(map(len, missing)))
    if not missing:
        return
    jobs = _jobs(scenario, parts, missing, recipe)
    try:
        if workers == 1:
            _in_this_process(jobs.values(), tick)
        else:
            _in_workers(jobs, min(workers, len(parts.divided(replications))), recipe, tick)
    finally:
        sweep(parts.folder)  # what workers ended in the middle of writing have left


def _jobs(scenario: Scenario, parts: Parts, missing: Sequence[range], recipe: Recipe) -> dict[int, Job]:
    import cloudpickle

    pickled = cloudpickle.dumps(scenario)
    return {numbers.start: Job(pickled, parts, recipe, numbers) for numbers in missing}


def _in_this_process(jobs: Iterable[Job], tick: Tick) -> None:
    for job in jobs:
        _check(replicate(job))
        tick(len(job.replications))


def _in_workers(jobs: dict[int, Job], workers: int, recipe: Recipe, tick: Tick) -> None:
    """Submit all, and again what a killed worker took with it, until nothing is left or nothing is gained."""
    missing, tries = dict(jobs), 0
    while missing:
        before = len(missing)
        with suppress(WorkerKilled), _executor(workers, recipe) as executor:
            for number in _finished(executor, missing):
                tick(len(missing.pop(number).replications))
        tries = tries + 1 if len(missing) == before else 0
        if tries > TRIES:
            raise ImgsimError(
                f"a worker was killed {tries} times while computing replication {min(missing)} (out of memory?); "
                "try fewer workers or a smaller scale; finished replications are kept for the next run"
            )


def _finished(executor: Executor, jobs: Mapping[int, Job]) -> Iterator[int]:
    """The replications that end well, as they end; those lost with a worker are left out."""
    futures = _submit(executor, jobs)
    for future in as_completed(futures):
        try:
            _check(_result(future))
        except WorkerKilled:
            continue
        yield futures[future]


def _submit(executor: Executor, jobs: Mapping[int, Job]) -> dict[Future[Refusal | None], int]:
    from loky.process_executor import BrokenProcessPool

    futures: dict[Future[Refusal | None], int] = {}
    try:
        for number, job in jobs.items():
            futures[executor.submit(replicate, job)] = number
    except BrokenProcessPool:  # a worker died while we were still submitting: the next try submits the rest
        pass
    return futures


def _load(recipe: Recipe) -> None:
    """Import what a recipe runs."""
    for name in (recipe.build, recipe.pieces, recipe.measures):
        _function(name)


def _result(future: Future[Refusal | None]) -> Refusal | None:
    from loky.process_executor import BrokenProcessPool

    try:
        return future.result()
    except BrokenProcessPool as error:
        raise WorkerKilled from error


def _check(result: Refusal | None) -> None:
    if result is not None:
        error = ImgsimError(result.message)
        error.exit_code = result.exit_code
        raise error


def begin_workers(workers: int, parts: int, recipe: Recipe) -> None:
    """Have workers for so many parts load what they will run, while the caller loads what it needs itself."""
    if workers > 1:
        with suppress(WorkerKilled):
            _started(min(workers, parts), recipe)


def _started(workers: int, recipe: Recipe) -> Executor:
    """Worker processes, reused by the next run of this session; nobody waits until they run."""
    from loky import get_reusable_executor
    from loky.process_executor import BrokenProcessPool

    # A worker that has grown is replaced between two replications: nothing a user could or should do about it.
    warnings.filterwarnings("ignore", message="A worker was restarted", category=UserWarning)
    try:
        with _interrupts_held():
            executor = get_reusable_executor(
                max_workers=workers, env=WORKER, initializer=_begin_worker, initargs=(os.getpid(), tuple(sys.path))
            )
            for _ in range(workers):  # the first one starts the processes
                executor.submit(_load, recipe)
    except BrokenProcessPool as error:
        raise WorkerKilled from error
    return executor


@contextmanager
def _executor(workers: int, recipe: Recipe) -> Iterator[Executor]:
    """Worker processes, ended at once if anything goes wrong."""
    executor = _started(workers, recipe)
    try:
        yield executor
    except BaseException:
        executor.shutdown(wait=True, kill_workers=True)
        raise


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Workers inherit that Ctrl-C is held back, so only this process answers it; here it counts once they begin."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    ensure_running()  # what would be started with the first worker, and then let interrupts through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_worker(parent: int, path: tuple[str, ...]) -> None:
    """Import from where the parent does, and do not outlive it."""
    gc.set_threshold(*SELDOM)
    sys.path[:] = path
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def replicate(job: Job) -> Refusal | None:
    """Simulate, measure and keep some replications; nothing comes back but a refusal."""
    try:
        scenario, model = _prepared(job.scenario, job.recipe)
        pieces = (piece for number in job.replications for piece in _pieces(model, job.recipe, number))
        job.parts.write(job.replications, (_kept(held, scenario, job.recipe) for held in batched(pieces)))
    except ImgsimError as error:
        return Refusal(str(error), error.exit_code)
    except MemoryError:
        return Refusal("out of memory; try fewer workers or a smaller scale", ImgsimError.exit_code)
    return None


@lru_cache(maxsize=2)
def _prepared(pickled: bytes, recipe: Recipe) -> tuple[Scenario, Any]:
    """The scenario and its compiled model, once per process."""
    import cloudpickle

    scenario = cloudpickle.loads(pickled)
    return scenario, _function(recipe.build)(scenario)


def _pieces(model: Any, recipe: Recipe, number: int) -> Iterator[Mapping[str, Columns]]:
    """The tables of one replication: whole ones first, then those that come piece by piece, if they are wanted."""
    pieces = iter(_function(recipe.pieces)(model, number))
    yield next(pieces)
    if recipe.tables is None or set(LOGS) & set(recipe.tables):
        yield from pieces


def _kept(tables: dict[str, DataFrame], scenario: Scenario, recipe: Recipe) -> dict[str, DataFrame]:
    """The tables wanted of some replications, and their outcomes, measured together."""
    names = recipe.tables
    if not set(tables) <= set(LOGS):
        tables = tables | {"outcomes": _function(recipe.measures)(tables, scenario)}
    return {name: table for name, table in tables.items() if names is None or name in names}


def batched(pieces: Iterable[Mapping[str, Columns]]) -> Iterator[dict[str, DataFrame]]:
    """Small pieces put together: measuring and writing many of them takes longer than computing what is in them."""
    from imgsim.engines.records.columns import frames, length

    held: list[Mapping[str, Columns]] = []
    for piece in pieces:
        held.append(piece)
        if sum(length(table) for each in held for table in each.values()) >= ROWS_AT_ONCE:
            yield frames(*held)
            held = []
    if held:
        yield frames(*held)


def _function(dotted: str) -> Callable[..., Any]:
    module, _, name = dotted.rpartition(".")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found
