"""Ctrl-C and its kin: an orderly end at the first signal, an end at once at the second, wherever the program is.

The first signal raises KeyboardInterrupt in the main thread, so that all that is open is closed in order. That takes a
while, or for ever where a library waits for something that no longer comes. So a thread of its own counts the signals,
which the system's own handler writes into a pipe at the moment they arrive: at the second one it ends the worker
processes and this one. What is half written then stands under temporary names, which the next run removes.

Where Python itself ends every exception, as in callbacks of weak references, the first interrupt would be lost: that
thread then interrupts the main one again.
"""

from __future__ import annotations

import _thread
import atexit
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import Final

# Those that ask a program to end, as far as the system has them, and what the program says of each.
WORDS: Final = {
    getattr(signal, name): words
    for name, words in (("SIGINT", "interrupted"), ("SIGTERM", "terminated"), ("SIGHUP", "ended with its terminal"))
    if hasattr(signal, name)
}
SWALLOWED: Final = 0  # no signal's number: in the pipe, it says that an interrupt was lost
SOON: Final = 0.02  # seconds in which a callback that has lost an interrupt is over
SECONDS_LEFT: Final = 0.4  # after the second signal: some programs send every signal twice, and mean an orderly end
Handler = Callable[[int, FrameType | None], object]


@dataclass(slots=True)
class Signals:
    """The signals that have asked this program to end."""

    first: int | None = None
    count: int = 0
    ending: bool = False  # nothing is left to be closed in order: the next signal is answered at once
    pipe: int = -1  # to the thread that counts
    report: Callable[[sys.UnraisableHookArgs], object] = sys.unraisablehook  # of exceptions that Python has ended

    @property
    def words(self) -> str:
        """What has happened, for the user."""
        return WORDS.get(self.first or signal.SIGINT, "interrupted")

    @property
    def exit_code(self) -> int:
        """The exit code that a shell expects of a program that ended by a signal."""
        return 128 + (self.first or signal.SIGINT)

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        """Break off what the main thread does, once: a second exception would break off the orderly end."""
        del frame
        if self.ending:
            end_at_once(128 + number)
        if self.first is None:
            self.first = number
            warnings.simplefilter("ignore")  # a library broken off while it loads would warn of itself
            raise KeyboardInterrupt

    def swallowed(self, lost: sys.UnraisableHookArgs) -> None:
        """Have the main thread interrupted again if Python has ended an interrupt; report other exceptions as ever."""
        if self.first is not None and issubclass(lost.exc_type, KeyboardInterrupt):
            os.write(self.pipe, bytes([SWALLOWED]))
        else:
            self.report(lost)

    def interrupt_again(self) -> None:
        """Interrupt the main thread as if its first signal had just arrived; for another thread."""
        time.sleep(SOON)
        number, self.first = self.first or signal.SIGINT, None
        self.count -= 1  # the signal is about to be counted again
        if hasattr(signal, "pthread_kill"):
            signal.pthread_kill(threading.main_thread().ident or 0, number)  # which also wakes it up
        else:
            _thread.interrupt_main(signal.Signals(number))

    def leave(self) -> None:
        """End a program that was asked to end, with the exit code that says so; the last thing that it does."""
        if self.first is not None:
            for stream in (sys.stdout, sys.stderr):
                with suppress(Exception):
                    stream.flush()
            os._exit(self.exit_code)

    def watch(self, pipe: int) -> None:
        """Count the signals as they arrive and end the program after the second; for a thread of its own."""
        while numbers := os.read(pipe, 64):
            self.count += sum(number in WORDS for number in numbers)
            if SWALLOWED in numbers:
                self.interrupt_again()
            if self.count > 1 or (self.count and self.ending):
                time.sleep(0 if self.ending else SECONDS_LEFT)
                end_at_once(self.exit_code)
        os.close(pipe)


@contextmanager
def answered(for_good: bool) -> Iterator[Signals]:
    """Answer signals until the program ends, or while the block runs; those that the caller ignores stay ignored."""
    signals = Signals()
    if threading.current_thread() is not threading.main_thread():
        yield signals
        return
    if for_good:
        atexit.register(signals.leave)  # before all others, so it is called after them
    read, write = os.pipe()
    os.set_blocking(write, False)
    signals.pipe = write
    threading.Thread(target=signals.watch, args=(read,), daemon=True, name="signals").start()
    wakeup = signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    wanted = [number for number in WORDS if signal.getsignal(number) != signal.SIG_IGN]
    signals.report, sys.unraisablehook = sys.unraisablehook, signals.swallowed
    with handled_by(signals.interrupt, wanted) as before:
        try:
            yield signals
        finally:
            if for_good:
                before.clear()
            else:
                sys.unraisablehook = signals.report
                signal.set_wakeup_fd(wakeup)
                os.close(write)


@contextmanager
def handled_by(handler: Handler, numbers: list[int]) -> Iterator[dict[int, object]]:
    """Have a function answer some signals while the block runs; the handlers to be put back afterwards."""
    before: dict[int, object] = {}
    try:
        for number in numbers:
            before[number] = signal.getsignal(number)
            signal.signal(number, handler)
        yield before
    finally:
        for number, former in before.items():
            signal.signal(number, former)  # type: ignore[arg-type]


@contextmanager
def postponed() -> Iterator[None]:
    """Signals that arrive in this block are answered at its end, so that it is never left half done.

    For short blocks only. In any thread but the main one nothing is postponed, as signals are not answered there.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[tuple[int, FrameType | None]] = []
    answers = {number: handler for number in WORDS if callable(handler := signal.getsignal(number))}
    with handled_by(lambda number, frame: arrived.append((number, frame)), list(answers)):
        yield
    for number, frame in arrived:
        answers[number](number, frame)


@contextmanager
def children_deaf_to_interrupts() -> Iterator[None]:
    """Processes that are started in this block hear neither Ctrl-C nor their terminal's end: this one answers them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_at_once(code: int) -> None:
    """End the worker processes and this one, without closing anything."""
    with suppress(Exception):
        kill_children()
    os._exit(code)


def kill_children() -> None:
    """Kill the processes that this one has started by `multiprocessing`, and by libraries that build on it."""
    if "multiprocessing" in sys.modules:  # else there are none
        for child in sys.modules["multiprocessing"].active_children():
            with suppress(OSError, TypeError):  # it has just ended, or has not begun
                os.kill(child.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
