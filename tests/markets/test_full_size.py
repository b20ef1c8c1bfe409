"""A lottery of a sample uses as many places as at full size, which is the lottery itself."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from builders import toy
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from imgsim.base.arrays import Bools
from imgsim.base.dates.day_numbers import day_of
from imgsim.base.randomness.addresses import GRADUATE, actor, decision
from imgsim.base.randomness.philox import uniform
from imgsim.inputs.parameters.parameter import Parameter, Parameters
from imgsim.markets.allocation import PLACED, Allocation, Applicants
from imgsim.markets.full_size import Copies, full_size, sampled, sampled_number
from imgsim.markets.lottery import Lottery

SEED = 5
DAY = day_of(2010, 3, 15)
BOOK = toy.book()
ROAD = toy.road(toy.stage("start", "choose", {"only": "over"}), toy.end("over"))
CONCENTRATION = 2.0


def lottery(jurisdictions: int, places: float, scale: float = 1.0, *more: Parameter) -> Lottery:
    """The lottery of a fair in some jurisdictions, on which demand leans unevenly."""
    given_ = [*toy.fair("fair", places), toy.parameter("fair.jurisdictions", "count", jurisdictions)]
    given_ += [toy.parameter("fair.concentration", "number", CONCENTRATION), *more]
    return Lottery("fair", Parameters({one.name: one for one in given_}.values(), {}), BOOK, ROAD, SEED, scale)


def applicants(n: int) -> Applicants:
    """So many applicants of the fair, without traits."""
    return Applicants(np.array([actor(GRADUATE, 2009, 0, k) for k in range(n)], np.int64), np.zeros((n, 1)), DAY)


def placed(allocation: Allocation) -> list[int]:
    return np.flatnonzero(allocation.outcome == PLACED).tolist()


# --- copies -----------------------------------------------------------------------------------------------------------


def test_each_of_one_in_twenty_stands_for_twenty() -> None:
    copies = full_size(np.array([0.01, 0.99]), 0.05)
    assert copies.applicant.tolist() == [0] * 20 + [1] * 20
    assert copies.number.tolist() == [*range(20), *range(20)]


def test_each_of_three_in_ten_stands_for_three_or_four_as_chance_rounds_it() -> None:
    copies = full_size(np.array([0.1, 0.7]), 0.3)
    assert copies.applicant.tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert copies.number.tolist() == [0, 1, 2, 0, 1, 2, 3]
    even = full_size((np.arange(3000) + 0.5) / 3000, 0.3)
    assert len(even.applicant) == 10_000


@given(st.lists(st.floats(0.001, 0.999), max_size=9))
def test_at_full_size_everybody_stands_for_nobody_else(rounding: list[float]) -> None:
    copies = full_size(np.array(rounding, float), 1.0)
    assert copies.applicant.tolist() == list(range(len(rounding)))
    assert not copies.number.any()


# --- who is placed of a sample ----------------------------------------------------------------------------------------


def own(n: int, draw: int = 0) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A uniform of each applicant."""
    return np.array([uniform(SEED, draw, k, 1, 0, 0) for k in range(n)])


def twice(*won: tuple[bool, bool]) -> tuple[Copies, Bools]:
    """Applicants who stand for two, and which of the two win."""
    return full_size(np.zeros(len(won)), 0.5), np.array(won, np.bool_).ravel()


@given(st.lists(st.booleans(), max_size=20), st.floats(0.001, 0.999))
def test_at_full_size_those_who_win_are_those_who_are_placed(won: list[bool], rounding: float) -> None:
    copies = full_size(np.full(len(won), 0.5), 1.0)
    assert sampled(copies, np.array(won, np.bool_), own(len(won)), 1.0, rounding).tolist() == won


def test_who_wins_for_all_is_placed_before_who_wins_for_some_and_who_wins_for_none_never() -> None:
    copies, won = twice((True, True), (True, False), (False, False), (True, True), (False, True))
    for rounding, expected in ((0.01, 3), (0.99, 3)):  # half of six
        given_ = sampled(copies, won, own(5), 0.5, rounding)
        assert given_.sum() == expected
        assert given_[[0, 3]].all()
        assert not given_[2]


def test_a_sample_places_half_a_person_every_other_time() -> None:
    copies, won = twice((True, False), (True, True))
    assert [int(sampled(copies, won, own(2), 0.5, rounding).sum()) for rounding in (0.4, 0.6)] == [1, 2]
    assert sampled_number(3, 0.5, 0.49) == 1
    assert sampled_number(3, 0.5, 0.51) == 2


def test_the_chance_of_an_applicant_is_the_share_of_copies_that_win() -> None:
    """Of forty, ten have a chance of 0.2, twenty of 0.5 and ten of 0.8: twenty are placed."""
    chance = np.repeat([0.2, 0.5, 0.8], [10, 20, 10])
    copies = full_size(np.zeros(40), 0.1)
    won = copies.number < np.rint(10 * chance[copies.applicant])
    draws = 400
    times = np.mean([sampled(copies, won, own(40, draw), 0.1, 0.5) for draw in range(draws)], axis=0)
    for one in (0.2, 0.5, 0.8):
        assert times[chance == one].mean() == pytest.approx(one, abs=0.03)
        assert times[chance == one] == pytest.approx(one, abs=5 * math.sqrt(0.25 / draws))


# --- the lottery ------------------------------------------------------------------------------------------------------


def test_a_lottery_at_full_size_goes_by_the_jurisdiction_and_the_order_of_each() -> None:
    many, places = applicants(60), 4
    where, order = (
        [uniform(SEED, 2, int(one), decision(f"fair.{word}"), 2010, 0) for one in many.actor]
        for word in ("where", "order")
    )
    weight = np.exp(-CONCENTRATION * np.arange(5) / 5)
    bounds = np.cumsum(weight / weight.sum())
    lines: dict[int, list[tuple[float, int]]] = {}
    for k in range(60):
        lines.setdefault(int((bounds < where[k]).sum()), []).append((order[k], k))
    first = [k for line in lines.values() for _, k in sorted(line)[:places]]
    allocation = lottery(5, places).allocate(2010, 2, many)
    assert placed(allocation) == sorted(first)
    assert allocation.rows[0]["seats"] == 20


@pytest.mark.parametrize("scale", [0.05, 0.1, 0.3])
def test_the_places_used_by_a_sample_are_those_used_at_full_size(scale: float) -> None:
    """Those who ask a jurisdiction are a Poisson number, of whom as many are placed as there are places."""
    jurisdictions, places, demand = 54, 30, 1200.0
    weight = np.exp(-CONCENTRATION * np.arange(jurisdictions) / jurisdictions)
    expected = sum(
        float(stats.poisson(demand * w / weight.sum()).expect(lambda d: np.minimum(d, places))) for w in weight
    )
    fair = lottery(jurisdictions, places, scale)
    chance, replications = np.random.default_rng(7), round(24 / scale)
    used = [
        len(placed(fair.allocate(2010, k, applicants(chance.poisson(demand * scale))))) for k in range(replications)
    ]
    assert np.mean(used) / scale == pytest.approx(expected, rel=0.03)
    # with a place or two in each jurisdiction, a fifth of them would stay unused at the smallest scale for want of
    # applicants just there


def test_a_sample_is_never_placed_in_more_places_than_it_has() -> None:
    for scale in (0.05, 0.3, 0.7, 1.0):
        for replication in range(10):
            (row,) = lottery(7, 3, scale).allocate(2010, replication, applicants(100)).rows
            used, seats = int(str(row["placed"])), int(str(row["seats"]))
            assert used <= seats
            assert abs(seats - 21 * scale) < 1


def test_a_lottery_without_applicants_places_nobody() -> None:
    for scale in (0.05, 1.0):
        assert placed(lottery(3, 2, scale).allocate(2010, 0, applicants(0))) == []


def test_a_sample_of_one_asks_many_jurisdictions_so_that_places_grow_as_at_full_size() -> None:
    """One person in a hundred stands for a hundred: of ten jurisdictions with one place each nearly all are used."""
    fair = lottery(10, 1, 0.01, toy.parameter("fair.growth", "count", 1),
                   toy.parameter("fair.growth.when_used", "probability", 0.8))  # fmt: skip
    fair.allocate(2010, 0, applicants(1))
    assert fair.growth.more(2011, 0) == 1


def test_a_lottery_goes_on_from_the_growth_of_another_world() -> None:
    fair, other = (lottery(1, 1, 1.0, toy.parameter("fair.growth", "count", 1)) for _ in range(2))
    other.remember(0, fair.allocate(2010, 0, applicants(5)))
    assert other.growth.more(2011, 0) == 1


def test_in_one_line_a_sample_loses_no_place_by_rounding() -> None:
    fair = lottery(1, 15, 0.1)
    years = [fair.allocate(2010 + k, 0, replace(applicants(9), day=DAY + 366 * k)).rows[0] for k in range(6)]
    assert sorted(str(year["seats"]) for year in years) == ["1", "1", "1", "2", "2", "2"]
    assert all(year["placed"] == year["seats"] for year in years)
