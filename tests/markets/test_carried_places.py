"""Places of small pools in a sample: none is lost by rounding, and few for want of applicants in just that year."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from builders.merit_round import DAY, people, placed, ranked
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from imgsim.markets.carried_places import CarriedPlaces, CarriedState, most_carried
from imgsim.markets.merit_ranked import MeritRanked

SCALES = (0.02, 0.05, 0.1, 0.2, 0.3, 1.0)


def all_used(scale: float, years: Sequence[Sequence[int]], replication: int = 0) -> list[list[int]]:
    """The places of each pool in years in which all are used."""
    carried, given_ = CarriedPlaces("fair", 1, scale), []
    for day, full in enumerate(years):
        new, earlier = carried.places(replication, day, np.array(full))
        assert not earlier.any()
        assert carried.record(replication, day, np.array(full), new) == new.sum()
        given_.append(new.tolist())
    return given_


def test_five_places_are_one_every_fourth_year_in_one_of_twenty() -> None:
    given_ = [year[0] for year in all_used(0.05, [[5]] * 40)]
    assert set(given_) == {0, 1}
    assert all(sum(given_[k : k + 4]) == 1 for k in range(37))


@given(st.sampled_from(SCALES), st.lists(st.integers(0, 60), min_size=1, max_size=20), st.integers(0, 9))
def test_no_place_is_lost_or_won_by_rounding(scale: float, years: list[int], replication: int) -> None:
    total = sum(year[0] for year in all_used(scale, [[full] for full in years], replication))
    assert abs(total - scale * sum(years)) < 1


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=12))
def test_at_full_size_a_year_has_its_own_places_however_many_stayed_unused(years: list[tuple[int, int]]) -> None:
    carried = CarriedPlaces("fair", 1, 1.0)
    for day, (full, applicants) in enumerate(years):
        assert [each.tolist() for each in carried.places(0, day, np.array([full]))] == [[full], [0]]
        assert carried.record(0, day, np.array([full]), np.array([min(full, applicants)])) == full


def test_replications_and_pools_begin_with_parts_of_their_own() -> None:
    first = [tuple(all_used(0.05, [[5] * 4] * 4, replication)[0]) for replication in range(12)]
    assert len(set(first)) > 4
    assert 0.1 < np.mean(first) < 0.4


def test_what_is_unused_may_be_used_in_a_later_year_up_to_a_limit() -> None:
    """Of nine places a quarter is two and a quarter a year; sqrt(pi / 2) x 3 x (1 - 1 / 2) is nearly two."""
    assert most_carried(np.array([9]), 0.25).tolist() == [2]
    carried, nine = CarriedPlaces("fair", 1, 0.25), np.array([9])
    new = [year[0] for year in all_used(0.25, [[9]] * 6)]
    assert set(new) == {2, 3}
    counted = []
    years = ((0, 0), (1, 0), (0, new[1] - 1), (new[3] + 2, 2), (new[4] - 1, 0), (0, 1))  # used, and carried from before
    for day, (used, earlier) in enumerate(years):
        assert [each.tolist() for each in carried.places(0, day, nine)] == [[new[day]], [earlier]]
        counted.append(carried.record(0, day, nine, np.array([used])))
    # the two that are used a year later count in that year, and for them one less in each of the next two years
    assert counted == [*new[:3], new[3] + 2, new[4] - 1, new[5] - 1]


def test_places_for_which_nobody_has_come_yet_are_not_carried_on() -> None:
    carried, full = CarriedPlaces("fair", 1, 0.25), np.array([40, 40])
    for day in range(3):
        carried.record(0, day, full, np.array([0, 1]))
    assert [places > 0 for places in carried.places(0, 3, full).carried.tolist()] == [False, True]


@given(st.sampled_from(SCALES), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), min_size=1, max_size=20))
def test_as_many_places_are_counted_as_are_used_and_in_the_long_run_as_many_as_there_are(
    scale: float, years: list[tuple[int, int]]
) -> None:
    carried, counted, total, most = CarriedPlaces("fair", 1, scale), 0, 0, 0
    for day, (full, applicants) in enumerate(years):
        new, earlier = carried.places(0, day, np.array([full]))
        used = np.minimum(applicants, new + earlier)
        here = carried.record(0, day, np.array([full]), used)
        assert here >= int(used[0])
        counted, total = counted + here, total + int(new[0])
        most = max(most, int(most_carried(np.array([full]), scale)[0]))
        assert 0 <= counted - total <= most


def test_a_pool_that_is_closed_has_no_places_left_from_before() -> None:
    carried = CarriedPlaces("fair", 1, 0.25)
    carried.record(0, 0, np.array([40]), np.array([1]))
    assert [each.tolist() for each in carried.places(0, 1, np.array([0]))] == [[0], [0]]


def test_a_replication_simulated_again_begins_anew() -> None:
    carried, full, nobody = CarriedPlaces("fair", 1, 0.3), np.array([7, 8]), np.array([0, 0])
    first = [carried.record(0, day, full, nobody) for day in (10, 20, 30)]
    assert len(set(first)) > 1
    assert [carried.record(0, day, full, nobody) for day in (10, 20, 30)] == first
    once = [carried.record(1, 10, np.array([7]), np.array([0])) for _ in range(9)]
    assert len(set(once)) == 1


@pytest.mark.parametrize("applicants", [6.0, 10.0, 14.0])
@pytest.mark.parametrize("scale", [0.1, 0.2, 0.3])
def test_as_large_a_share_of_places_is_used_as_at_full_size(applicants: float, scale: float) -> None:
    """Of ten places a year for a Poisson number of applicants, pools beside each other standing for replications."""
    pools, years, warm_up = 2000, 60, 20
    carried, chance, full = CarriedPlaces("fair", 1, scale), np.random.default_rng(3), np.full(2000, 10)
    used = seats = 0
    for day in range(years):
        new, earlier = carried.places(0, day, full)
        taken = np.minimum(chance.poisson(applicants * scale, pools), new + earlier)
        carried.record(0, day, full, taken)
        if day >= warm_up:
            used, seats = used + int(taken.sum()), seats + int(new.sum())
    demand = np.arange(100)
    expected = float(stats.poisson.pmf(demand, applicants) @ np.minimum(demand, 10)) / 10
    assert seats == pytest.approx(10 * scale * pools * (years - warm_up), rel=0.001)
    assert used / seats == pytest.approx(expected, abs=0.02)


def test_unused_places_are_as_large_a_share_of_critical_demand_as_the_formula_says() -> None:
    """At full size sqrt(n / (2 pi)) of n stay unused, which carrying no place on leaves as it is."""
    for n in (10, 30, 100):
        demand = np.arange(5 * n)
        lost = n - float(stats.poisson.pmf(demand, n) @ np.minimum(demand, n))
        assert lost == pytest.approx(math.sqrt(n / (2 * math.pi)), rel=0.02)
    assert most_carried(np.array([10, 30, 100]), 1.0).tolist() == [0, 0, 0]


# --- in a round by merit ----------------------------------------------------------------------------------------------


def rounds(fair: MeritRanked, abilities: Sequence[Sequence[float]]) -> list[tuple[list[int], object]]:
    """Who is placed and how many seats are reported, year by year."""
    results = []
    for year, ability in enumerate(abilities):
        allocation = fair.allocate(2010 + year, 0, replace(people(ability), day=DAY + 366 * year))
        results.append((placed(allocation), allocation.rows[0]["seats"]))
    return results


def test_a_round_at_full_size_has_its_own_places_every_year() -> None:
    assert rounds(ranked(2), [[], [0.1, 2.0, -1.0], [1.0]]) == [([], 2), ([0, 1], 2), ([0], 2)]


def test_a_round_of_a_sample_offers_a_place_again_that_nobody_took() -> None:
    """Half of two places is one a year; the one unused is used a year later, for which none counts in an empty year."""
    assert rounds(ranked(2, scale=0.5), [[1.0], [], [3.0, 2.0, 1.0], [1.0, 2.0], []]) == [
        ([0], 1), ([], 1), ([0, 1], 2), ([1], 1), ([], 0),
    ]  # fmt: skip


def test_a_round_goes_on_from_what_another_world_carried_on() -> None:
    fair, other = ranked(2, scale=0.5), ranked(2, scale=0.5)
    rounds(fair, [[1.0]])
    other.remember(0, fair.allocate(2011, 0, replace(people([]), day=DAY + 366)))
    both = [one.allocate(2012, 0, replace(people([3.0, 2.0, 1.0]), day=DAY + 732)) for one in (fair, other)]
    assert [placed(one) for one in both] == [[0, 1], [0, 1]]
    assert isinstance(both[0].memory, CarriedState)


def test_seats_of_a_pool_are_those_of_the_year_and_of_all_at_least_those_that_are_used() -> None:
    """A half of two places is one a year in each province; in the north a place is left over, and used a year later."""
    fair = ranked({"north": 2, "south": 2}, by="region", scale=0.5)
    rows = []
    for year, region in enumerate(([0, 1], [1], [0, 0, 0, 1])):
        many = people([1.0] * len(region), region=region)
        allocation = fair.allocate(2010 + year, 0, replace(many, day=DAY + 366 * year))
        rows += [
            [(row["seats"], row["placed"]) for row in allocation.rows if row["group"] in ("all", "north", "south")]
        ]
    assert rows == [[(2, 2), (1, 1), (1, 1)], [(2, 1), (1, 0), (1, 1)], [(3, 3), (1, 2), (1, 1)]]
