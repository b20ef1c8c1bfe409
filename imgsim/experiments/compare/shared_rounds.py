"""Rounds that meet before anything differs are the same in all worlds: their places are allocated once.

A reform begins on some day; until then its world has the same people, rules and seats as the baseline. Each world still
walks its own lives: what a round is asked is compared, applicant by applicant and trait by trait, before what it
answered another world is used again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from imgsim.base.dates.day_numbers import NEVER
from imgsim.engines.model import Model
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.markets.allocation import Allocation, Applicants, Mechanism

Asked = tuple[str, int, int, bytes]  # round, year, replication, digest of the applicants

EVER: Final = -NEVER  # the first day of what has held ever since


@dataclass(slots=True)
class Known:
    """What rounds have answered in this replication."""

    answers: dict[Asked, Allocation] = field(default_factory=dict)

    def forget(self) -> None:
        """The next replication has other people."""
        self.answers.clear()


@dataclass(frozen=True, slots=True)
class Shared:
    """The mechanism of a round, which before a day first looks whether another world has asked it the same."""

    name: str
    mechanism: Mechanism
    known: Known
    before: int

    def allocate(self, year: int, replication: int, applicants: Applicants) -> Allocation:
        """The places of one year's round."""
        if applicants.day >= self.before:
            return self.mechanism.allocate(year, replication, applicants)
        asked = self.name, year, replication, digest(applicants)
        if asked not in self.known.answers:
            self.known.answers[asked] = self.mechanism.allocate(year, replication, applicants)
        return self.known.answers[asked]


def digest(applicants: Applicants) -> bytes:
    """Who they are and all that is known of them, in 32 bytes."""
    found = hashlib.sha256(applicants.actor.tobytes())
    found.update(applicants.traits.tobytes())
    return found.digest()


def first_change(baseline: Scenario, reform: Scenario) -> int:
    """The first day on which a reform's world may differ; EVER if that is unknown."""
    own = reform.changes[len(baseline.changes) :]
    if reform.changes[: len(baseline.changes)] != baseline.changes:
        return EVER
    return min((EVER if change.start is None else change.start for change in own), default=NEVER)


def sharing(scenarios: Sequence[Scenario], models: Sequence[Model], known: Known) -> tuple[Model, ...]:
    """The models of a baseline (the first) and its reforms, the rounds before a reform's first change in common."""
    firsts = [first_change(scenarios[0], reform) for reform in scenarios[1:]]
    befores = [max(firsts, default=EVER), *firsts]
    return tuple(
        replace(model, mechanisms={n: Shared(n, m, known, before) for n, m in model.mechanisms.items()})
        for model, before in zip(models, befores, strict=True)
    )
