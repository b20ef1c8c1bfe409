"""Many cases: counts of what became of them, and the failures by kind, each with its smallest case."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from fuzz.edits import Case
from fuzz.generate import case, shipped_case
from fuzz.oracle import ACCEPTED, FAILED, REFUSED_LATE, Verdict, judge

SHIPPED: Final = "shipped "  # before the verdicts of cases over scenarios that come with imgsim


@dataclass
class Found:
    """Counts by verdict, and one case of every kind of failure."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: dict[str, tuple[Case, str]] = field(default_factory=dict)

    def add(self, case: Case, verdict: Verdict, over: str = "") -> None:
        """Count a verdict, after a word for what the case was over, and keep the first case of its kind of failure."""
        self.counts[f"{over}{verdict.kind}"] += 1
        if verdict.kind in (FAILED, REFUSED_LATE):
            self.failures.setdefault(kind_of(verdict), (case, verdict.said))

    def merge(self, other: Found) -> None:
        """Add what another process found."""
        self.counts.update(other.counts)
        self.failures = {**other.failures, **self.failures}


def kind_of(verdict: Verdict) -> str:
    """What failures of one kind have in common: the error and where it was raised, without the values."""
    first, *calls = verdict.said.split("\n")
    if verdict.kind not in (FAILED, REFUSED_LATE):
        return f"{verdict.kind}: {first}"
    if verdict.kind == REFUSED_LATE:
        return f"{verdict.kind}: {first[-60:]}"
    return f"{first.partition(':')[0]} {(calls[0].strip() if calls else '') or first[-60:]}"


def judged_shipped(seed: int, numbers: Iterable[int]) -> Found:
    """The cases of some numbers over scenarios that come with imgsim, which are checked only."""
    found = Found()
    for number in numbers:
        one = shipped_case(seed, number)
        found.add(one, judge(one), SHIPPED)
    return found


def judged(seed: int, numbers: range, run_every: int, whole_every: int, shipped_every: int = 0) -> Found:
    """The cases of some numbers, every so many of the accepted ones run, some of them with all that a run writes.

    At every so many numbers a case over a scenario that comes with imgsim is judged too.
    """
    found = judged_shipped(seed, [number for number in numbers if shipped_every and number % shipped_every == 0])
    accepted = 0
    for number in numbers:
        one = case(seed, number)
        verdict = judge(one)
        if verdict.kind == ACCEPTED:
            accepted += 1
            if run_every and accepted % run_every == 0:
                whole = bool(whole_every) and accepted % (run_every * whole_every) == 0
                verdict = judge(one, "compiled" if whole else "simpy", whole)
        found.add(one, verdict)
    return found


def smaller(one: Case, runs: str, whole: bool) -> Case:
    """The same failure with as few edits as suffice."""
    wanted = kind_of(judge(one, runs, whole))
    for place in reversed(range(len(one.edits))):
        fewer = Case(one.base, (*one.edits[:place], *one.edits[place + 1 :]))
        if kind_of(judge(fewer, runs, whole)) == wanted:
            one = fewer
    return one


def single_threaded() -> None:
    """Libraries keep to one thread and draw to files, as in the tests."""
    for library in ("OMP", "OPENBLAS", "NUMBA"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    os.environ.setdefault("MPLBACKEND", "Agg")
