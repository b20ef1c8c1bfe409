"""Rounds before a reform begins are met once for all worlds, and nothing can be told apart from meeting them again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imgsim.base.dates.day_numbers import NEVER
from imgsim.engines.model import build
from imgsim.engines.records.columns import frame
from imgsim.experiments.compare import paired_replications as worlds
from imgsim.experiments.compare.run import worlds_of
from imgsim.experiments.compare.shared_rounds import EVER, Known, Shared, first_change
from imgsim.markets.allocation import Allocation, Applicants

US = Path(__file__).parents[2] / "scenarios" / "us.toml"
REFORMS = US.parent / "reforms"


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


def us_with(reform: str) -> worlds.Worlds:
    """The United States with one reform, small."""
    return worlds_of(US, [REFORMS / f"{reform}.toml"], True, 3, None, {}, "compiled", {"seed": 3, "scale": 0.05})


def test_the_same_question_is_asked_once_before_the_day_and_every_time_after() -> None:
    inner, known = Counting(), Known()
    one, other = (Shared("match", inner, known, before=10) for _ in range(2))
    assert one.allocate(2010, 0, people()) is other.allocate(2010, 0, people())
    assert inner.asked == 1
    one.allocate(2010, 0, people(day=10))
    other.allocate(2010, 0, people(day=10))
    assert inner.asked == 3


@pytest.mark.parametrize("asked", [(2011, 0, people()), (2010, 1, people()), (2010, 0, people(trait=1e-9))])
def test_another_year_replication_or_trait_is_another_question(asked: tuple[int, int, Applicants]) -> None:
    inner, known = Counting(), Known()
    held = Shared("match", inner, known, before=10)
    held.allocate(2010, 0, people())
    held.allocate(*asked)
    assert inner.asked == 2


def test_the_next_replication_starts_with_nothing_known() -> None:
    inner, known = Counting(), Known()
    held = Shared("match", inner, known, before=10)
    held.allocate(2010, 0, people())
    known.forget()
    held.allocate(2010, 0, people())
    assert inner.asked == 2


def test_a_reform_differs_from_its_first_dated_change_on() -> None:
    held = us_with("null")
    base, reform = held.scenarios
    assert first_change(base, reform) == min(change.start or EVER for change in reform.changes)
    assert first_change(base, base) == NEVER
    assert first_change(reform, base) == EVER  # it is not laid over that scenario


@pytest.mark.parametrize("reform", ["gme_posts", "step2_cs_return", "state_licence"])
def test_worlds_that_share_rounds_are_the_worlds_that_do_not(reform: str) -> None:
    held = us_with(reform)
    shared = next(worlds.pieces(worlds.built(held), 0))
    apart = worlds.Built(held, tuple(build(scenario) for scenario in held.scenarios), Known())
    for name, table in next(worlds.pieces(apart, 0)).items():
        pd.testing.assert_frame_equal(frame(shared[name]), frame(table))
