"""An executor that loses, repeats and doubles tasks, as the scheduler of a cluster does on a bad day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from itertools import chain, repeat
from typing import Any

from imgsim.runs.tasks import Value

SOUND = "sound"
LOST = "lost"  # taken, and never run
BROKEN = "broken"  # run, but its result does not come back
TWICE = "twice"  # run again after it was done
DOUBLED = "doubled"  # run twice at the same time
UNWRITTEN = "unwritten"  # said to be done, and never run
REFUSED = "refused"  # not taken


class Unreliable(Executor):
    """Threads that treat the first tasks as told, and all later ones well."""

    def __init__(self, fates: Iterable[str]) -> None:
        self.fates = chain(fates, repeat(SOUND))
        self.threads = ThreadPoolExecutor(4)
        self.calls = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Take a task and do with it what is next in the list of fates."""
        self.calls += 1
        fate = next(self.fates)
        if fate == REFUSED:
            raise ConnectionError("the scheduler is away")
        if fate == LOST:
            return cancelled()
        if fate == UNWRITTEN:
            return self.threads.submit(Value, None)
        if fate == DOUBLED:
            doubles = [self.threads.submit(fn, *args, **kwargs) for _ in range(3)]
            return self.threads.submit(lambda: next(iter(wait(doubles).done)).result())
        return self.threads.submit(self.ending, fate, fn, *args)

    def ending(self, fate: str, fn: Callable[..., Any], *args: Any) -> Any:
        """Run a task once or twice; its result, if that comes back."""
        result = fn(*args)
        if fate == TWICE:
            result = fn(*args)
        if fate == BROKEN:
            raise ConnectionError("the connection\nwas lost")
        return result

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the threads."""
        self.threads.shutdown(wait=wait, cancel_futures=cancel_futures)


def cancelled() -> Future[Any]:
    """A task that was taken back before it began."""
    future: Future[Any] = Future()
    future.cancel()
    future.set_running_or_notify_cancel()
    return future
