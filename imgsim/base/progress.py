"""Show the progress of long work on standard error; nothing for work that ends within two seconds."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from imgsim.base.streams import remark

if TYPE_CHECKING:
    from rich.progress import Progress as RichBar

SILENT_SECONDS: Final = 2.0  # shorter work needs no bar
SECONDS_BETWEEN_LINES: Final = 5.0  # in a log file, where a bar cannot redraw itself

Tick = Callable[..., None]  # called with the number of pieces done, 1 by default


@contextmanager
def progress(total: int, what: str = "replications", quiet: bool = False) -> Iterator[Tick]:
    """A function to call each time one of `total` pieces is done."""
    if quiet or total == 0:
        yield lambda count=1: None
        return
    with _bar(total, what) if sys.stderr is not None and sys.stderr.isatty() else _lines(total, what) as tick:
        yield tick


@contextmanager
def _bar(total: int, what: str) -> Iterator[Tick]:
    """A bar with time left; a timer brings it up, so that it shows even before the first piece is done."""
    bar = _rich_bar()
    task = bar.add_task(what, total=total)
    timer = threading.Timer(SILENT_SECONDS, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield lambda count=1: bar.advance(task, count)
    finally:
        timer.cancel()
        timer.join()
        bar.stop()


def _rich_bar() -> RichBar:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True)


@contextmanager
def _lines(total: int, what: str) -> Iterator[Tick]:
    """One line every few seconds, for logs."""
    start = last = time.monotonic()
    pace, done = Pace(total), 0

    def tick(count: int = 1) -> None:
        nonlocal done, last
        done += count
        now = time.monotonic()
        pace.note(now, done)
        if done and now - start > SILENT_SECONDS and now - last > SECONDS_BETWEEN_LINES and done < total:
            remark(f"imgsim: {done} of {total} {what}{pace.time_left(now)}")
            last = now

    yield tick


class Pace:
    """How fast pieces are done after the first ones, which may wait for compilation or come from checkpoints."""

    def __init__(self, total: int) -> None:
        self.total, self.done = total, 0
        self.first: tuple[float, int] | None = None  # when the first ones were done, and how many

    def note(self, now: float, done: int) -> None:
        """Record how many pieces are done now."""
        self.done = done
        if self.first is None and done:
            self.first = now, done

    def time_left(self, now: float) -> str:
        """The time left in words; nothing while it cannot be estimated."""
        if self.first is None or self.first[1] == self.done:
            return ""
        since, before = self.first
        return f", about {(now - since) / (self.done - before) * (self.total - self.done):.0f} s left"
