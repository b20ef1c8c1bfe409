"""Replications on all cores: the same rows for any number of workers, also after a worker was killed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, as_completed
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from imgsim.base.errors import ImgsimError
from imgsim.base.files.atomic import sweep
from imgsim.base.progress import Tick
from imgsim.runs.checkpoints import Checkpoints
from imgsim.runs.job import Batch, Job, Refusal, batches, compute
from imgsim.runs.workers import WorkerKilled, worker_processes

if TYPE_CHECKING:
    from loky.reusable_executor import _ReusablePoolExecutor as Executor

TRIES: Final = 3  # how often batches are started again after a worker was killed and none was finished since


def run_replications(
    scenario: object, checkpoints: Checkpoints, replications: int, workers: int, tick: Tick, job: Job
) -> None:
    """Compute those of the replications 0 .. n-1 that have no checkpoint; `tick` is called for every one of the n.

    `scenario` is whatever the job's function `build` takes: one scenario, or several to compare.
    """
    missing = checkpoints.missing(replications)
    tick(replications - sum(map(len, missing)))
    if not missing:
        return
    waiting = batches(scenario, checkpoints, missing, job)
    try:
        if workers == 1:
            _in_this_process(waiting.values(), tick)
        else:
            _in_workers(waiting, min(workers, len(checkpoints.divided(replications))), job, tick)
    finally:
        sweep(checkpoints.folder)  # what workers ended in the middle of writing have left


def _in_this_process(waiting: Iterable[Batch], tick: Tick) -> None:
    for batch in waiting:
        _raise_if_refused(compute(batch))
        tick(len(batch.replications))


def _in_workers(waiting: Mapping[int, Batch], workers: int, job: Job, tick: Tick) -> None:
    """Submit all, and again the batches that a killed worker lost, until none is left or none is gained."""
    missing, tries = dict(waiting), 0
    while missing:
        before = len(missing)
        with suppress(WorkerKilled), worker_processes(workers, job) as executor:
            for number in _finished(executor, missing):
                tick(len(missing.pop(number).replications))
        tries = tries + 1 if len(missing) == before else 0
        if tries > TRIES:
            raise ImgsimError(
                f"a worker was killed {tries} times while computing replication {min(missing)} (out of memory?); "
                "try fewer workers or a smaller scale; finished replications are kept for the next run"
            )


def _finished(executor: Executor, waiting: Mapping[int, Batch]) -> Iterator[int]:
    """The batches that end well, as they end; those lost with a worker are left out."""
    futures = _submit(executor, waiting)
    for future in as_completed(futures):
        try:
            _raise_if_refused(_result(future))
        except WorkerKilled:
            continue
        yield futures[future]


def _submit(executor: Executor, waiting: Mapping[int, Batch]) -> dict[Future[Refusal | None], int]:
    from loky.process_executor import BrokenProcessPool

    futures: dict[Future[Refusal | None], int] = {}
    try:
        for number, batch in waiting.items():
            futures[executor.submit(compute, batch)] = number
    except BrokenProcessPool:  # a worker died while we were still submitting: the next try submits the rest
        pass
    return futures


def _result(future: Future[Refusal | None]) -> Refusal | None:
    from loky.process_executor import BrokenProcessPool

    try:
        return future.result()
    except BrokenProcessPool as error:
        raise WorkerKilled from error


def _raise_if_refused(result: Refusal | None) -> None:
    if result is not None:
        error = ImgsimError(result.message)
        error.exit_code = result.exit_code
        raise error
