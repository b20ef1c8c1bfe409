"""Replications by any workers: the same rows for any number of them, also after some were killed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import NoReturn, TypeVar

from imgsim.base.errors import ImgsimError
from imgsim.base.files.atomic import sweep
from imgsim.base.progress import Tick, progress
from imgsim.runs.checkpoints import Checkpoints, complete
from imgsim.runs.job import Job, batches, compute
from imgsim.runs.tasks import TasksLost, results
from imgsim.runs.workers import Workers

Result = TypeVar("Result")


def run_replications(
    scenario: object, checkpoints: Checkpoints, replications: int, workers: Workers, tick: Tick, job: Job
) -> None:
    """Compute those of the replications 0 .. n-1 that have no checkpoint; `tick` is called for every one of the n.

    `scenario` is whatever the job's function `build` takes: one scenario, or several to compare. An executor's workers
    write the checkpoints themselves, so they must see the same files under the same names as this process.
    """
    missing = checkpoints.missing(replications)
    tick(replications - sum(map(len, missing)))
    if not missing:
        return
    waiting = batches(scenario, checkpoints, missing, job)
    few = workers.at_most(len(checkpoints.divided(replications)))
    done = results(few, compute, waiting, load=job.load, arrived=lambda key: waiting[key].is_written())
    try:
        with closing(done):
            for number, _ in done:
                tick(len(waiting[number].replications))
    except TasksLost as loss:
        _give_up(loss)
    finally:
        sweep(checkpoints.folder)  # what workers ended in the middle of writing have left


def complete_replications(
    inputs: object, checkpoints: Checkpoints, count: int, workers: Workers, job: Job, use: Callable[[], Result], *,
    words: str = "replications", quiet: bool = False,
) -> Result:  # fmt: skip
    """Compute what is missing of the first so many replications, with progress, and then use all of them."""

    def compute() -> None:
        with progress(count, words, quiet=quiet) as tick:
            run_replications(inputs, checkpoints, count, workers, tick, job)

    return complete(checkpoints, count, compute, use)


def _give_up(loss: TasksLost) -> NoReturn:
    raise ImgsimError(
        f"replication {loss.key} was lost {loss.tries} times ({loss.how}); "
        "try fewer workers or a smaller scale; finished replications are kept for the next run"
    ) from None
