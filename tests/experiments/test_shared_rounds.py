"""Rounds before a reform begins are allocated once for all worlds, with the results of allocating them again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imgsim.base.dates.day_numbers import NEVER
from imgsim.engines.model import build
from imgsim.engines.records.columns import frame
from imgsim.experiments.compare import paired_replications as paired
from imgsim.experiments.compare.reform_worlds import worlds_of
from imgsim.experiments.compare.shared_rounds import EVER, SharedAllocations, SharedMechanism, first_change
from imgsim.markets.allocation import Allocation, Applicants

SCENARIOS = Path(__file__).parents[2] / "scenarios"
REFORMS = SCENARIOS / "reforms"


class Counting:
    """A mechanism that places nobody and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def allocate(self, year: int, replication: int, applicants: Applicants) -> Allocation:
        """Nobody is placed."""
        self.asked += 1
        none = np.zeros(len(applicants.actor), np.int64)
        return Allocation(none, none, none, none, none > 0, none, none)


def people(trait: float = 0.0, day: int = 0) -> Applicants:
    """One applicant with one trait."""
    return Applicants(np.array([7]), np.array([[trait]]), day)


def with_reform(country: str, reform: str) -> paired.Worlds:
    """A country with one reform, small."""
    file, given = SCENARIOS / f"{country}.toml", {"seed": 3, "scale": 0.05}
    return worlds_of(file, [REFORMS / f"{reform}.toml"], True, 3, None, {}, "compiled", given)


def test_the_same_question_is_asked_once_before_the_day_and_every_time_after() -> None:
    inner, shared = Counting(), SharedAllocations()
    one, other = (SharedMechanism("match", inner, shared, before=10) for _ in range(2))
    assert one.allocate(2010, 0, people()) is other.allocate(2010, 0, people())
    assert inner.asked == 1
    one.allocate(2010, 0, people(day=10))
    other.allocate(2010, 0, people(day=10))
    assert inner.asked == 3


@pytest.mark.parametrize("asked", [(2011, 0, people()), (2010, 1, people()), (2010, 0, people(trait=1e-9))])
def test_another_year_replication_or_trait_is_another_question(asked: tuple[int, int, Applicants]) -> None:
    inner, shared = Counting(), SharedAllocations()
    mechanism = SharedMechanism("match", inner, shared, before=10)
    mechanism.allocate(2010, 0, people())
    mechanism.allocate(*asked)
    assert inner.asked == 2


def test_the_next_replication_starts_with_an_empty_cache() -> None:
    inner, shared = Counting(), SharedAllocations()
    mechanism = SharedMechanism("match", inner, shared, before=10)
    mechanism.allocate(2010, 0, people())
    shared.forget()
    mechanism.allocate(2010, 0, people())
    assert inner.asked == 2


def test_a_reform_differs_from_its_first_dated_change_on() -> None:
    base, reform = with_reform("us", "null").scenarios
    assert first_change(base, reform) == min(change.start or EVER for change in reform.changes)
    assert first_change(base, base) == NEVER
    assert first_change(reform, base) == EVER  # it is not laid over that scenario


class Growing(Counting):
    """A mechanism that remembers how often it was asked, itself or in another world."""

    def allocate(self, year: int, replication: int, applicants: Applicants) -> Allocation:
        """Nobody is placed, and the number of meetings is passed on."""
        return replace(super().allocate(year, replication, applicants), memory=self.asked)

    def remember(self, replication: int, allocation: Allocation) -> None:
        """Go on from the number that is passed on."""
        assert isinstance(allocation.memory, int)
        self.asked = allocation.memory


def test_a_mechanism_that_remembers_goes_on_from_what_another_world_was_answered() -> None:
    inner, shared = (Growing(), Growing()), SharedAllocations()
    one, other = (SharedMechanism("waiver", each, shared, before=10) for each in inner)
    for year in (2008, 2009):
        one.allocate(year, 0, people())
    for year in (2008, 2009):
        other.allocate(year, 0, people())
    assert other.allocate(2010, 0, people(day=10)).memory == 3


@pytest.mark.parametrize(
    ("country", "reform"),
    [
        ("us", "gme_posts"), ("us", "step2_cs_return"), ("us", "state_licence"), ("us", "conrad_35"),
        ("canada", "practice_ready_doubled"), ("australia", "workplace_assessment"),
    ],
)  # fmt: skip
def test_worlds_that_share_rounds_are_the_worlds_that_do_not(country: str, reform: str) -> None:
    """Places that grow, and those that a sample carries on to later years, do so in every world."""
    worlds = with_reform(country, reform)
    shared = next(paired.simulate_worlds(paired.build_worlds(worlds), 0))
    apart = paired.BuiltWorlds(worlds, tuple(build(scenario) for scenario in worlds.scenarios), SharedAllocations())
    for name, table in next(paired.simulate_worlds(apart, 0)).items():
        pd.testing.assert_frame_equal(frame(shared[name]), frame(table))
