"""Rounds before a reform begins are allocated once for all worlds of a replication, as nothing differs until then.

A reform begins on some day; until then its world has the same people, rules and seats as the baseline. Each world still
simulates its own careers: a round's applicants are compared, one by one and trait by trait, before the allocation of
another world is used again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from imgsim.base.dates.day_numbers import NEVER
from imgsim.engines.model import Model
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.markets.allocation import Allocation, Applicants, Mechanism, Remembering

Question = tuple[str, int, int, bytes]  # round, year, replication, digest of the applicants

EVER: Final = -NEVER  # the first day of what has applied ever since


@dataclass(slots=True)
class SharedAllocations:
    """Cache of allocations that the worlds of a replication share."""

    allocations: dict[Question, Allocation] = field(default_factory=dict)

    def forget(self) -> None:
        """Empty the cache: the next replication has other people."""
        self.allocations.clear()


@dataclass(frozen=True, slots=True)
class SharedMechanism:
    """The mechanism of a round that, before a day, first looks for the same allocation of another world."""

    name: str
    mechanism: Mechanism
    shared: SharedAllocations
    before: int

    def allocate(self, year: int, replication: int, applicants: Applicants) -> Allocation:
        """The places of one year's round."""
        if applicants.day >= self.before:
            return self.mechanism.allocate(year, replication, applicants)
        question = self.name, year, replication, digest(applicants)
        if question not in self.shared.allocations:
            self.shared.allocations[question] = self.mechanism.allocate(year, replication, applicants)
        elif isinstance(self.mechanism, Remembering):
            self.mechanism.remember(replication, self.shared.allocations[question])
        return self.shared.allocations[question]


def digest(applicants: Applicants) -> bytes:
    """The applicants and all their traits as 32 bytes."""
    digest = hashlib.sha256(applicants.actor.tobytes())
    digest.update(applicants.traits.tobytes())
    return digest.digest()


def first_change(baseline: Scenario, reform: Scenario) -> int:
    """The first day on which a reform's world may differ from the baseline; EVER if that is unknown."""
    added = reform.changes[len(baseline.changes) :]
    if reform.changes[: len(baseline.changes)] != baseline.changes:
        return EVER
    return min((EVER if change.start is None else change.start for change in added), default=NEVER)


def share_rounds(
    scenarios: Sequence[Scenario], models: Sequence[Model], shared: SharedAllocations
) -> tuple[Model, ...]:
    """The models of a baseline (the first) and its reforms, sharing the rounds before a reform's first change."""
    firsts = [first_change(scenarios[0], reform) for reform in scenarios[1:]]
    befores = [max(firsts, default=EVER), *firsts]
    return tuple(
        replace(model, mechanisms={n: SharedMechanism(n, m, shared, before) for n, m in model.mechanisms.items()})
        for model, before in zip(models, befores, strict=True)
    )
