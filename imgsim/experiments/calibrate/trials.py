"""Run the trials of a calibration in parallel."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from imgsim.experiments.calibrate.fit import Vector
from imgsim.runs.tasks import in_order
from imgsim.runs.workers import Workers


def over_workers(workers: Workers) -> Callable[[Callable[[Vector], Vector], Iterable[Vector]], Iterable[Vector]]:
    """A map that runs trials by some workers; those that were lost with a worker are run again."""
    return lambda trial, points: in_order(workers, trial, points)
