"""Run the trials of a calibration in parallel on worker processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from imgsim.experiments.calibrate.fit import Vector

if TYPE_CHECKING:
    from loky.reusable_executor import _ReusablePoolExecutor as Executor

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


def pool(workers: int) -> Executor:
    """Worker processes, one thread each."""
    from loky import get_reusable_executor

    return get_reusable_executor(max_workers=workers, env=ONE_THREAD, timeout=600)


def over_workers(workers: int) -> Callable[[Callable[[Vector], Vector], Iterable[Vector]], Iterable[Vector]]:
    """A map that runs trials on worker processes."""
    executor = pool(workers)
    return lambda trial, points: executor.map(trial, points)
