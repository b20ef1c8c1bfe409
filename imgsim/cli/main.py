"""The command line from its first moment to its last: signals, exit codes, and one line for whatever goes wrong.

Exit codes: 0 done, 1 the run failed, 2 bad input, 130 interrupted (Ctrl-C), 143 terminated (SIGTERM), 129 left by its
terminal (SIGHUP). The commands load once signals are answered.
"""

from __future__ import annotations

import os

from imgsim.base.errors import ImgsimError
from imgsim.base.interrupts import Signals, answered
from imgsim.base.printable import clipped
from imgsim.base.streams import lines


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code. No failure ends in a traceback unless IMGSIM_DEBUG is set."""
    for_good = argv is None  # this is the program, not a call from another one
    with answered(for_good) as signals:
        try:
            code = _code(argv, signals)
            signals.ending = for_good
        except KeyboardInterrupt:  # while another failure was being reported
            code = _interrupted(signals)
    return code


def _code(argv: list[str] | None, signals: Signals) -> int:
    try:
        from imgsim.cli.app import dispatch

        return dispatch(argv)
    except KeyboardInterrupt:
        return _interrupted(signals)
    except Exception as error:
        return _interrupted(signals) if signals.first is not None else _failed(error)


def _interrupted(signals: Signals) -> int:
    """The end that was asked for, whatever a library made of being broken off."""
    return _failure(signals.words, signals.exit_code)


def _failed(error: Exception) -> int:
    """One line for whatever went wrong; the exit code."""
    if isinstance(error, ImgsimError):
        return _failure(str(error), error.exit_code)
    if isinstance(error, OSError):
        return _failure(clipped(": ".join(str(part) for part in (error.filename, error.strerror or error) if part)), 1)
    if os.environ.get("IMGSIM_DEBUG"):
        raise error
    kind = type(error).__name__
    return _failure(clipped(f"internal error, please report it: {kind}: {error} (IMGSIM_DEBUG=1 shows where)"), 1)


def _failure(message: str, code: int) -> int:
    lines(f"imgsim: {message}")
    return code
