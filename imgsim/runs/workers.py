"""Worker processes: how they start, what they load before they compute, and how they end."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.resource_tracker import ensure_running
from typing import TYPE_CHECKING, Final

from imgsim.runs.job import Job

if TYPE_CHECKING:
    from loky.reusable_executor import _ReusablePoolExecutor as Executor

COLLECTION_THRESHOLDS: Final = (20_000, 50, 50)  # garbage is looked for seldom: looking costs small replications much
# The environment of workers: one thread each; glibc keeps the memory that it was given back, as every Match needs it
# again; loky replaces no worker because it has grown by one.
WORKER_ENVIRONMENT: Final = dict.fromkeys(
    ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
) | {
    "MALLOC_MMAP_THRESHOLD_": str(2**30),
    "MALLOC_TRIM_THRESHOLD_": str(2**40),
    "LOKY_MAX_MEMORY_LEAK_SIZE": str(2**40),
}


class WorkerKilled(Exception):
    """A worker was ended from outside while it computed."""


def begin_workers(workers: int, batches: int, job: Job) -> None:
    """Have workers for so many batches load what they will run, while the caller loads what it needs itself."""
    if workers > 1:
        with suppress(WorkerKilled):
            _started(min(workers, batches), job)


@contextmanager
def worker_processes(workers: int, job: Job) -> Iterator[Executor]:
    """Worker processes, ended at once if anything goes wrong."""
    executor = _started(workers, job)
    try:
        yield executor
    except BaseException:
        executor.shutdown(wait=True, kill_workers=True)
        raise


def _started(workers: int, job: Job) -> Executor:
    """Worker processes, reused by the next run of this session; nobody waits until they run."""
    from loky import get_reusable_executor
    from loky.process_executor import BrokenProcessPool

    # A worker that has grown is replaced between two replications: nothing a user could or should do about it.
    warnings.filterwarnings("ignore", message="A worker was restarted", category=UserWarning)
    try:
        with _interrupts_blocked():
            executor = get_reusable_executor(
                max_workers=workers, env=WORKER_ENVIRONMENT, initializer=_begin, initargs=(os.getpid(), tuple(sys.path))
            )
            for _ in range(workers):  # the first one starts the processes
                executor.submit(Job.load, job)
    except BrokenProcessPool as error:
        raise WorkerKilled from error
    return executor


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Workers inherit that Ctrl-C is blocked, so only this process answers it; here it counts once they begin."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    ensure_running()  # what would be started with the first worker, and then let interrupts through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(parent: int, path: tuple[str, ...]) -> None:
    """Import from where the parent does, and do not outlive it."""
    gc.set_threshold(*COLLECTION_THRESHOLDS)
    sys.path[:] = path
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
