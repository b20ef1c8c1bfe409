"""Tasks on any executor of `concurrent.futures`, submitted again until each is done, whatever is lost on the way.

An executor may lose a task with its worker, cancel it, or run it twice. What a task itself raises comes back as data,
so an exception of a future always means that the task was lost.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Generic, NoReturn, TypeVar

from imgsim.base.errors import ImgsimError
from imgsim.base.printable import clipped
from imgsim.runs.workers import Workers, executor_of

TRIES: Final = 3  # how often tasks are submitted again after one was lost and none was done since
WORKER_KILLED: Final = "a worker was killed, or ran out of memory"
OUT_OF_MEMORY: Final = "out of memory; try fewer workers or a smaller scale"

Key = TypeVar("Key")
Task = TypeVar("Task")
Result = TypeVar("Result")


class TaskError(Exception):
    """Raised for an error in a task that is not of the user's making; its cause shows where."""


class RemoteTraceback(Exception):
    """The traceback of a worker, as text."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error of the user's making, sent back as data: exceptions with arguments of their own do not travel well."""

    message: str
    exit_code: int

    def unwrapped(self) -> NoReturn:
        """Raise the error as it was raised."""
        error = ImgsimError(self.message)
        error.exit_code = self.exit_code
        raise error


@dataclass(frozen=True, slots=True)
class Defect:
    """An error of the program's making, sent back as data."""

    message: str
    where: str

    def unwrapped(self) -> NoReturn:
        """Raise an error that shows where it was raised."""
        raise TaskError(self.message) from RemoteTraceback(self.where)


@dataclass(frozen=True, slots=True)
class Value(Generic[Result]):
    """The result of a task."""

    result: Result

    def unwrapped(self) -> Result:
        """The result."""
        return self.result


@dataclass(frozen=True, slots=True)
class Lost:
    """A task of which no result comes back, by whatever fault of the executor."""

    how: str

    def unwrapped(self) -> NoReturn:
        """Raise an error, as there is no result."""
        raise ImgsimError(self.how)


Outcome = Value[Result] | Refusal | Defect | Lost


def attempted(function: Callable[[Task], Result], task: Task) -> Outcome[Result]:
    """The result of a task or its error, as data that can travel; what a worker runs."""
    try:
        return Value(function(task))
    except ImgsimError as error:
        return Refusal(str(error), error.exit_code)
    except MemoryError:
        return Refusal(OUT_OF_MEMORY, ImgsimError.exit_code)
    except Exception as error:
        return Defect(f"{type(error).__name__}: {error}", traceback.format_exc())


class TasksLost(ImgsimError):
    """Raised when a task was lost too often; says how."""

    def __init__(self, key: object, tries: int, how: str) -> None:
        super().__init__(f"task {key} was lost {tries} times ({how})")
        self.key, self.tries, self.how = key, tries, how


def results(
    workers: Workers,
    function: Callable[[Task], Result],
    tasks: Mapping[Key, Task],
    *,
    load: Callable[[], object] = str,
    arrived: Callable[[Key], bool] = lambda key: True,
) -> Generator[tuple[Key, Result], None, None]:
    """The results of all tasks by their keys, as they are done.

    `load` is what a worker can do before its first task; `arrived` whether what a task should have written is there.
    Closing this before its end ends worker processes, and withdraws from an executor what it has not begun.
    """
    if workers.are_here:
        yield from ((key, _here(function, task)) for key, task in tasks.items())
        return
    missing, tries = dict(tasks), 0
    while missing:
        tries, how = tries + 1, WORKER_KILLED
        with suppress(BrokenExecutor), executor_of(workers, load) as executor:
            for key, outcome in _finished(executor, function, missing, withdrawn=workers.executor is not None):
                if isinstance(outcome, Lost):
                    how = outcome.how
                elif isinstance(outcome, Value) and not arrived(key):
                    how = "nothing was written"
                else:
                    tries = 0
                    del missing[key]
                    yield key, outcome.unwrapped()
        if tries > TRIES:
            raise TasksLost(next(iter(missing)), tries, how)


def in_order(workers: Workers, function: Callable[[Task], Result], tasks: Iterable[Task]) -> list[Result]:
    """The results of some tasks in their order."""
    numbered = dict(enumerate(tasks))
    by_number = dict(results(workers, function, numbered))
    return [by_number[number] for number in numbered]


def _here(function: Callable[[Task], Result], task: Task) -> Result:
    """The result of a task in this process, where errors are what they are."""
    try:
        return function(task)
    except MemoryError:
        raise ImgsimError(OUT_OF_MEMORY) from None


def _finished(
    executor: Executor, function: Callable[[Task], Result], tasks: Mapping[Key, Task], withdrawn: bool
) -> Iterator[tuple[Key, Outcome[Result]]]:
    """What becomes of each task that the executor takes, as it ends; what it does not take is the next try's."""
    futures: dict[Future[Outcome[Result]], Key] = {}
    try:
        for key, task in tasks.items():
            try:
                futures[executor.submit(attempted, function, task)] = key
            except Exception as error:  # it was shut down, or broke while tasks were still submitted
                yield key, lost(error)
                break
        for future in as_completed(futures):
            yield futures[future], _outcome(future)
    finally:
        for future in futures if withdrawn else ():  # worker processes are ended instead
            future.cancel()


def _outcome(future: Future[Outcome[Result]]) -> Outcome[Result]:
    """What has become of a task; whatever else an executor says means that it was lost."""
    try:
        return future.result()
    except Exception as error:
        return lost(error)


def lost(error: BaseException) -> Lost:
    """A task that an executor has lost, in the executor's words."""
    if isinstance(error, BrokenExecutor):
        return Lost(WORKER_KILLED)
    return Lost(clipped(f"{type(error).__name__}: {error}"))
