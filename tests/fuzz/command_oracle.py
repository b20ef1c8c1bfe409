"""What must hold of every command line: a known exit code, plain lines, no traceback, no hang."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Final

from fuzz.command_lines import command_line
from fuzz.edits import Case
from fuzz.oracle import FAILED, LONGEST_LINE, RAN, REFUSED, RUN_IN, Hang, Verdict, limit, where

from imgsim.base.errors import MOST

CODES: Final = (0, 1, 2, 130)  # done, failed, bad input, interrupted
NEVER: Final = ("Traceback", "internal error", "Warning:", "figures left out", "not all figures")
A_FOLDER: Final = 50  # command lines that are given in the same folder, one after the other
USAGE_LINES: Final = 6  # that stand around a refusal of an argument
FITTED: Final = b"""[[parameter]]
name = "exam.level"
shift = "logit"
rows = ["exam.licensing.passed"]
low = -1
high = 1
"""
PUBLISHED: Final = b"""[[target]]
measure = "exam.licensing.pass_rate"
group = "all"
error = 0.05
evidence = "assumed"
values = { "2004" = 0.6, "2005" = 0.62 }
"""
FILES: Final = {
    "empty.toml": b"",
    "binary.toml": bytes(range(256)),
    "isle/calibration.toml": FITTED,
    "isle/targets.toml": PUBLISHED,
}


@contextlib.contextmanager
def workplace(figures: bool) -> Iterator[Path]:
    """A folder with files good and bad, in which commands are given; figures, which take seconds, only if asked for."""
    folder, before = Path(tempfile.mkdtemp(prefix="fuzz")), Path.cwd()
    inside = folder / "a" / "b"  # so that ../x stays in the folder
    inside.mkdir(parents=True)
    Case("reformed", ()).write(inside)
    for name, content in FILES.items():
        (inside / name).write_bytes(content)
    shutil.copy(inside / "main.toml", inside / "\udcff.toml")  # a name in no encoding
    (inside / "folder").mkdir()
    (inside / "loop").symlink_to("loop")
    os.mkfifo(inside / "fifo")
    os.chdir(inside)
    try:
        with contextlib.nullcontext() if figures else without_figures():
            yield folder
    finally:
        os.chdir(before)
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def without_figures() -> Iterator[None]:
    """Runs draw no figures while the block runs."""
    from imgsim.reports.figures import draw_all

    drawn, draw_all.draw_all = draw_all.draw_all, lambda *_: {}
    try:
        yield
    finally:
        draw_all.draw_all = drawn


def judge_line(words: Sequence[str]) -> Verdict:
    """What becomes of a command line in the folder where one is."""
    from imgsim.cli.main import main

    out, errors = stream(), stream()
    try:
        with limit(RUN_IN), warnings.catch_warnings(), contextlib.redirect_stdout(out):
            warnings.simplefilter("error")
            with contextlib.redirect_stderr(errors), debugging():
                code = main(list(words))
    except Hang as error:
        return Verdict(FAILED, f"Hang: {error}\n{where(error)}")
    except BaseException as error:
        return Verdict(FAILED, f"{type(error).__name__}: {error}\n{where(error)}")
    return verdict(words, code, text_of(out), text_of(errors))


def verdict(words: Sequence[str], code: int, out: str, errors: str) -> Verdict:
    """Whether an exit code and what was printed are those of a program that knows what it does."""
    said = [line for line in errors.split("\n") if line]
    unfit = [word for word in NEVER if word in out + errors]
    if unfit or code not in CODES:
        return Verdict(FAILED, f"exit code {code}: {errors}")
    if code == 2 and words and not 1 <= len(said) <= MOST + USAGE_LINES:
        return Verdict(FAILED, f"a refusal of {len(said)} lines: {errors}")
    for line in said:
        if not line.isprintable() or len(line) > LONGEST_LINE:
            return Verdict(FAILED, f"no plain line: {line!r}")
    return Verdict(RAN if code == 0 else REFUSED, errors)


def stream() -> TextIOWrapper:
    """A stream in memory that is like a standard one."""
    return TextIOWrapper(BytesIO(), encoding="utf-8")


def text_of(of: TextIOWrapper) -> str:
    """What was written to a stream in memory."""
    of.flush()
    raw = of.buffer
    assert isinstance(raw, BytesIO)
    return raw.getvalue().decode("utf-8")


@contextlib.contextmanager
def debugging() -> Iterator[None]:
    """Unexpected errors come through as they are, with where they were raised."""
    os.environ["IMGSIM_DEBUG"] = "1"
    try:
        yield
    finally:
        del os.environ["IMGSIM_DEBUG"]


def judged_lines(seed: int, numbers: Sequence[int], figures: bool) -> tuple[Counter[str], dict[str, str]]:
    """Counts of what became of the command lines of some numbers, and the failures with what was said."""
    counts, failures = Counter[str](), {}
    for begin in range(0, len(numbers), A_FOLDER):
        with workplace(figures):
            for number in numbers[begin : begin + A_FOLDER]:
                words = command_line(seed, number)
                became = judge_line(words)
                counts[became.kind] += 1
                if became.kind == FAILED:
                    failures[shlex.join(words).encode("ascii", "backslashreplace").decode()] = became.said
    return counts, failures
