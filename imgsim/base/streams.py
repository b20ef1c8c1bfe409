"""Standard streams that may be closed, full, left by their reader, or of an encoding without the letters needed."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Final, TextIO

from imgsim.base.printable import one_line, printable

NAMES: Final = ("stdin", "stdout", "stderr")


class ReaderGone(Exception):
    """Raised when standard output was closed by the program that reads it."""


def make_usable() -> None:
    """Put the null device in the place of closed streams, and let no letter be too strange for the others.

    A file that is opened later would get the number of a closed stream, and what is printed would be written into it.
    """
    for number, name in enumerate(NAMES):
        with suppress(OSError):
            if not is_open(number):
                os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
            if getattr(sys, name) is None:
                setattr(sys, name, open(os.devnull, "r" if number == 0 else "w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def is_open(number: int) -> bool:
    """Is there a file behind this number?"""
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def show(text: str) -> None:
    """Print a result on standard output, unprintable characters written out. OSError if it is full."""
    try:
        write(sys.stdout, text)
    except BrokenPipeError:
        silence(sys.stdout)
        raise ReaderGone from None
    except OSError as error:
        silence(sys.stdout)
        raise OSError(error.errno, error.strerror, "standard output") from None


def remark(text: str) -> None:
    """Print one line on standard error; where nobody can read it, nothing happens."""
    lines(one_line(text))


def lines(text: str) -> None:
    """Print lines on standard error; where nobody can read them, nothing happens."""
    try:
        write(sys.stderr, f"{text}\n")
    except (OSError, ValueError):  # full, left or closed
        silence(sys.stderr)


def write(stream: TextIO | None, text: str) -> None:
    """Print a text on a stream, in letters that it has, at once."""
    if stream is None:
        return
    try:
        stream.write(printable(text))
    except UnicodeEncodeError:
        stream.write(printable(text).encode("ascii", "backslashreplace").decode())
    stream.flush()


def silence(stream: TextIO | None) -> None:
    """Send what is still to be written to the null device, so that the interpreter does not fail over it at its end."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())  # type: ignore[union-attr]
        os.close(nowhere)
