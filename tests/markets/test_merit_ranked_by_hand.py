"""Rounds by merit on paper: who is given which place, and every number that is reported of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from builders.merit_round import DAY, SEED, always, asking_widely, people, placed, ranked
from builders.synthetic import parameter
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from imgsim.base.randomness.addresses import decision
from imgsim.base.randomness.philox import uniform
from imgsim.inputs.parameters.parameter import Row
from imgsim.markets.allocation import IN_ROUND, INELIGIBLE, NO_CHANNEL, PLACED, UNPLACED
from imgsim.markets.merit_ranked import above_the_cut, merit_order, place_by_merit_across_pools


def drawn(actors: Sequence[int], name: str, replication: int, occurrence: int) -> list[float]:
    """The uniform of each actor for a decision, from its address."""
    return [uniform(SEED, replication, actor, decision(name), occurrence, 0) for actor in actors]


# --- who is placed ----------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 5), max_size=12), st.integers(-1, 13))
def test_the_places_go_to_the_highest_and_of_equals_to_those_with_lower_numbers(scores: list[int], places: int) -> None:
    best = sorted(range(len(scores)), key=lambda k: (-scores[k], k))[: max(places, 0)]
    assert np.flatnonzero(above_the_cut(np.array(scores, float), places)).tolist() == sorted(best)


def test_a_cut_among_equals_leaves_out_the_last_of_them() -> None:
    assert above_the_cut(np.array([1.0, 3.0, 1.0, 2.0, 1.0]), 4).tolist() == [True, True, True, True, False]
    assert above_the_cut(np.array([1.0, 3.0, 1.0, 2.0, 1.0]), 3).tolist() == [True, True, False, True, False]
    assert above_the_cut(np.array([1.0, 3.0]), 0).tolist() == [False, False]
    assert above_the_cut(np.array([1.0, 3.0]), 1).tolist() == [False, True]


def test_merit_falls_along_the_order_and_equals_keep_their_numbers() -> None:
    assert merit_order(np.array([0.5, 2.0, 0.5, -1.0, 2.0])).tolist() == [1, 4, 0, 2, 3]


def across(pools: Sequence[int], wide: Sequence[bool], places: Sequence[int], open_: Sequence[bool]) -> list[int]:
    """Where applicants are placed, the first being the best."""
    order = np.arange(len(pools))
    reserved = [0 if takes_others else own for takes_others, own in zip(open_, places, strict=True)]
    given = (np.array(pools, np.int64), np.array(wide, bool), order, np.array(places, np.int64), np.array(reserved))
    return [int(pool) for pool in place_by_merit_across_pools(*given)]


def test_who_finds_the_own_pool_full_takes_a_place_where_most_are_left() -> None:
    assert across([0, 0, 0, 0], [True] * 4, [1, 1, 2], [True] * 3) == [0, 2, 1, 2]  # of equals the first pool
    assert across([0, 0], [True] * 2, [1, 1, 5], [True, True, False]) == [0, 1]  # the one with most takes no others
    assert across([0, 0, 0], [True] * 3, [1, 1, 5], [True, True, False]) == [0, 1, -1]
    assert across([2, 2], [True] * 2, [0, 0, 1], [False, False, True]) == [2, -1]
    assert across([0, 0], [False] * 2, [1, 9, 9], [True] * 3) == [0, -1]  # asks for the own pool alone
    assert across([-1, 0], [True] * 2, [1, 9, 9], [True] * 3) == [-1, 0]  # has no pool: not eligible


def test_places_reserved_for_the_own_applicants_of_a_pool_are_left_to_them() -> None:
    """The second pool has three places, two of them reserved: one stranger, then its own two."""
    line = (np.array([0, 0, 1, 1, 1]), np.ones(5, bool), np.arange(5), np.array([0, 3]), np.array([0, 2]))
    assert place_by_merit_across_pools(*line).tolist() == [1, -1, 1, 1, -1]


def place_one_by_one(
    pools: Sequence[int], wide: Sequence[bool], places: Sequence[int], open_: Sequence[bool]
) -> list[int]:  # fmt: skip
    """The rule as it is written down, without arrays."""
    left, taken = list(places), []
    for own, asks in zip(pools, wide, strict=True):
        elsewhere = [pool for pool in range(len(left)) if open_[pool] and left[pool] > 0]
        pool = own
        if own >= 0 and left[own] == 0:
            pool = min(elsewhere, key=lambda pool: (-left[pool], pool)) if asks and elsewhere else -1
        taken.append(pool)
        if pool >= 0:
            left[pool] -= 1
    return taken


@given(
    st.lists(st.tuples(st.integers(-1, 2), st.booleans()), max_size=12),
    st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=3, max_size=3),
)
def test_places_across_pools_are_those_of_the_rule_one_applicant_at_a_time(
    line: list[tuple[int, bool]], pools: list[tuple[int, bool]]
) -> None:
    given_ = [one[0] for one in line], [one[1] for one in line], [one[0] for one in pools], [one[1] for one in pools]
    assert across(*given_) == place_one_by_one(*given_)


# --- who is eligible --------------------------------------------------------------------------------------------------


def test_practice_must_be_more_recent_than_the_limit_and_as_long_as_the_least() -> None:
    """Four years are 1461 days: so long a gap is too long, so long a practice is long enough."""
    limits = {"gap_limit": always("gap_limit", "years", 4.0), "least_practice": always("least_practice", "years", 4.0)}
    last, length = [1461, 1460, 0, 0], [9999, 9999, 1461, 1460]
    graduation = [DAY - gap - practice for gap, practice in zip(last, length, strict=True)]
    many = people([0.0] * 4, last_clinical=[DAY - gap for gap in last], graduation=graduation)
    taken = asking_widely(ranked(9), **limits).allocate(2010, 0, many)
    assert taken.outcome.tolist() == [INELIGIBLE, PLACED, PLACED, INELIGIBLE]
    assert taken.active.tolist() == [False, True, True, False]


def test_without_limits_everybody_is_eligible_however_long_ago_they_practised() -> None:
    many = people([0.0, 0.0], last_clinical=[-90_000, DAY], graduation=[DAY, DAY - 1])
    assert placed(ranked(2).allocate(2010, 0, many)) == [0, 1]


# --- how merit is judged ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("year", "replication"), [(2010, 0), (2011, 0), (2010, 3)])
def test_judged_merit_is_ability_and_a_normal_of_the_person_the_year_and_the_replication(
    year: int, replication: int
) -> None:
    fair, many = ranked(1, spread=0.7), people([0.5, -1.0, 2.0])
    score = fair.scores(fair.terms(DAY), year, replication, many)
    luck = stats.norm.ppf(drawn(many.actor.tolist(), "fair.merit.spread", replication, year))
    assert score.tolist() == pytest.approx((np.array([0.5, -1.0, 2.0]) + 0.7 * luck).tolist())


@pytest.mark.parametrize(("year", "replication"), [(2010, 0), (2011, 0), (2010, 3)])
def test_those_ask_elsewhere_whose_own_chance_says_so(year: int, replication: int) -> None:
    fair = asking_widely(
        ranked({"north": 1, "south": 1}, by="region"), elsewhere=always("elsewhere", "probability", 0.4)
    )
    many = people([0.0] * 40)
    chances = drawn(many.actor.tolist(), "fair.elsewhere", replication, year)
    assert fair.asks_elsewhere(year, replication, many).tolist() == [u < 0.4 for u in chances]


def test_the_terms_are_those_of_the_day() -> None:
    fair = ranked({"north": 3, "south": 4}, by="region", spread=0.5)
    later = [Row(None, 0.5, "measured"), Row(DAY + 1, 2.0, "measured")]
    changed = asking_widely(fair, spread=parameter("fair.merit.spread", "number", {"": later}))
    for _ in range(2):  # read once, and read again
        assert [changed.terms(day).spread for day in (DAY, DAY + 1)] == [0.5, 2.0]
        assert changed.terms(DAY).places.tolist() == [3, 4]
        assert changed.terms(DAY).open.tolist() == [True, True]
        assert (changed.terms(DAY).longest, changed.terms(DAY).least) == (np.inf, -np.inf)


@pytest.mark.parametrize("scale", [0.3, 1.0])
def test_parts_of_places_are_rounded_by_the_chance_of_the_pool_at_every_scale_alike(scale: float) -> None:
    fair = ranked({"heart": 0.9, "bridge": 1.5}, by="specialty", scale=scale)
    luck = [uniform(SEED, 0, pool, decision("fair.rounding"), 0, 0) for pool in (0, 1)]
    assert fair.places(DAY).tolist() == [int(0.9 + luck[0]), int(1.5 + luck[1])]


# --- what is reported -------------------------------------------------------------------------------------------------


def test_every_applicant_has_an_outcome_and_a_channel_and_nothing_of_a_match() -> None:
    many = people([3.0, 2.0, 1.0], specialty=[0, 0, -1])
    taken = ranked({"heart": 1, "bridge": 5}, by="specialty").allocate(2010, 0, many)
    assert taken.outcome.tolist() == [PLACED, UNPLACED, INELIGIBLE]
    assert taken.channel.tolist() == [IN_ROUND, NO_CHANNEL, NO_CHANNEL]
    assert taken.active.tolist() == [True, True, False]
    assert taken.interviews.tolist() == taken.ranks.tolist() == [0, 0, 0]
    assert taken.specialty.tolist() == taken.sponsor.tolist() == [-1, -1, -1]


def tallies(group: str, seats: int, applicants: int, given: int) -> dict[str, object]:
    row: dict[str, object] = {"group": group, "seats": seats, "applicants": applicants, "active": applicants}
    return row | {"placed": given, "outside": 0, "after": 0}


def test_tallies_are_of_all_of_citizens_of_others_and_of_each_pool() -> None:
    """North has two places and three applicants, one of whom moves on to the south; one applicant has no pool."""
    fair = ranked({"north": 2, "south": 4}, by="region")
    wide = asking_widely(fair, elsewhere=always("elsewhere", "probability", 1.0))
    many = people([5.0, 4.0, 3.0, 2.0, 1.0, 9.0], region=[0, 0, 0, 1, 1, -1], citizen=[1, 0, 0, 0, 1, 1])
    assert fair.allocate(2010, 0, many).rows == [
        tallies("all", 6, 6, 4), tallies("citizen_img", 0, 3, 2), tallies("noncitizen_img", 0, 3, 2),
        tallies("north", 2, 3, 2), tallies("south", 4, 2, 2),
    ]  # fmt: skip
    assert wide.allocate(2010, 0, many).rows == [
        tallies("all", 6, 6, 5), tallies("citizen_img", 0, 3, 2), tallies("noncitizen_img", 0, 3, 3),
        tallies("north", 2, 3, 2), tallies("south", 4, 2, 3),
    ]  # fmt: skip


def test_one_pool_for_everybody_is_no_group_of_its_own() -> None:
    taken = ranked(2).allocate(2010, 0, people([1.0, 2.0, 3.0], citizen=[0, 0, 1]))
    assert taken.rows == [tallies("all", 2, 3, 2), tallies("citizen_img", 0, 1, 1), tallies("noncitizen_img", 0, 2, 1)]
