"""Where tasks are computed: in this process, in worker processes, or by an executor of the caller's.

This is the only module that knows loky, which runs the worker processes: all others see `concurrent.futures`.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from imgsim.base.compiled.code_folder import code_folders
from imgsim.base.errors import InputError
from imgsim.base.files.toml import shown
from imgsim.base.interrupts import children_deaf_to_interrupts, postponed
from imgsim.base.streams import remark

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
IDLE_SECONDS: Final = 60  # after which a worker ends that nobody gives work to
SECONDS_TO_END: Final = 5.0  # for workers that were killed
MOST_PER_CORE: Final = 8  # more only take each other's memory
NO_WARNINGS: Final = "ignore:resource_tracker"  # of semaphores that a program ended at once has left; they are removed


@dataclass(frozen=True, slots=True)
class Workers:
    """Who computes: so many worker processes, this process if it is one, or an executor of the caller's."""

    count: int = 1
    executor: Executor | None = None

    @property
    def described(self) -> int | str:
        """The number of workers, or the kind of executor, for the manifest."""
        return self.count if self.executor is None else type(self.executor).__name__

    @property
    def are_here(self) -> bool:
        """Is everything computed in this process, one after the other?"""
        return self.executor is None and self.count == 1

    def at_most(self, tasks: int) -> Workers:
        """No more workers than tasks."""
        return Workers(max(1, min(self.count, tasks)), self.executor)


def chosen_workers(count: object = None, executor: object = None, quiet: bool = False) -> Workers:
    """The workers that were asked for, all cores if nothing was; InputError for what cannot be, a remark for less."""
    if executor is not None:
        return Workers(executor=_executor(executor, count))
    asked = _count(count)
    if asked and asked > MOST_PER_CORE and asked > (most := MOST_PER_CORE * cores()):
        _remark(f"{asked} workers are too many for this machine: {most} are used", quiet)
        return Workers(most)
    if asked != 1 and _is_daemonic():
        _remark("a daemonic process can have no workers: replications run in it, one after the other", quiet)
        return Workers()
    return Workers(asked or cores())


def _executor(given: object, count: object) -> Executor:
    if count is not None:
        raise InputError("has its own workers: give `workers` or `executor`, not both", key="argument `executor`")
    if not isinstance(given, Executor):
        kind = type(given).__name__
        raise InputError(
            f"must be a concurrent.futures.Executor, not {kind} (of a dask client: client.get_executor())",
            key="argument `executor`",
        )
    return given


def _count(given: object) -> int | None:
    """A number of workers; InputError for any value but None and whole numbers from 1 on."""
    if given is None or (isinstance(given, int) and not isinstance(given, bool) and given > 0):
        return given
    raise InputError(f"must be a whole number of at least 1, not {shown(given)}", key="argument `workers`")


def _remark(text: str, quiet: bool) -> None:
    if not quiet:
        remark(f"imgsim: {text}")


def cores() -> int:
    """The cores that this process may use, of which a scheduler or a container may have given it a part only."""
    from loky import cpu_count

    return int(cpu_count())


def _is_daemonic() -> bool:
    """Is this a process that may have no children, as those of `multiprocessing.Pool`?"""
    from multiprocessing import current_process

    return current_process().daemon


@contextmanager
def started_early(workers: Workers, load: Callable[[], object]) -> Iterator[None]:
    """Have worker processes load what they will run while the block begins; they are ended if it goes wrong."""
    if workers.executor is not None or workers.are_here:
        yield
        return
    with suppress(BrokenExecutor), executor_of(workers, load):
        pass
    try:
        yield
    except BaseException:
        _end_workers()
        raise


@contextmanager
def executor_of(workers: Workers, load: Callable[[], object]) -> Iterator[Executor]:
    """The executor that runs the tasks of some workers; worker processes are ended at once if anything goes wrong.

    Worker processes are used again by the next run of this session; nobody waits until they run.
    """
    if workers.executor is not None:
        yield workers.executor
        return
    try:
        yield _started(workers.count, load)
    except BaseException:
        _end_workers()
        raise


def _started(count: int, load: Callable[[], object]) -> Executor:
    """Worker processes that are beginning to load what they will run."""
    from loky import get_reusable_executor

    # A worker that has grown is replaced between two replications: nothing a user could or should do about it.
    warnings.filterwarnings("ignore", message="A worker was restarted", category=UserWarning)
    code_folders()  # a temporary one, if there is no other, is to be the workers' too
    with postponed():  # an interrupt in the middle of loky's own work leaves it waiting for ever
        _start_trackers()
        with children_deaf_to_interrupts():
            executor: Executor = get_reusable_executor(
                max_workers=count,
                timeout=IDLE_SECONDS,
                env=WORKER_ENVIRONMENT,
                initializer=_begin,
                initargs=(os.getpid(), tuple(sys.path)),
            )
            _local.executor = executor
            for _ in range(count):  # the first one starts the processes
                executor.submit(load)
    return executor


def _start_trackers() -> None:
    """Start the processes that remove what a killed program has left, without their remarks on that.

    Python's own would otherwise be started with the first worker, and lets Ctrl-C through to the workers again.
    """
    from multiprocessing import resource_tracker

    from loky.backend import resource_tracker as tracker_of_loky

    sys.warnoptions.append(NO_WARNINGS)  # which a process inherits when it is started
    try:
        with children_deaf_to_interrupts():  # or the end of the terminal would end them first, with their complaints
            resource_tracker.ensure_running()
            tracker_of_loky.ensure_running()
    finally:
        sys.warnoptions.remove(NO_WARNINGS)


_local = threading.local()  # the worker processes of each thread, as loky has them


def _end_workers() -> None:
    """Kill the worker processes of this thread and wait until they are gone, but not for ever."""
    executor = getattr(_local, "executor", None)
    if executor is not None:
        with postponed():
            ending = threading.Thread(
                target=executor.shutdown, kwargs={"wait": True, "kill_workers": True}, daemon=True
            )
            ending.start()
            ending.join(SECONDS_TO_END)


def _begin(parent: int, path: tuple[str, ...]) -> None:
    """Import from where the parent does, and do not outlive it."""
    gc.set_threshold(*COLLECTION_THRESHOLDS)
    sys.path[:] = path
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
