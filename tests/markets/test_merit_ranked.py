"""What a round by merit must do: places filled from the top, pools kept apart, chance that belongs to persons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from builders.merit_round import DAY, always, asking_widely, people, placed, ranked
from builders.synthetic import parameter, small_road
from hypothesis import given
from hypothesis import strategies as st

from imgsim.inputs.kinds.round import ROUND
from imgsim.inputs.parameters.parameter import Row
from imgsim.markets.allocation import INELIGIBLE, PLACED, Applicants
from imgsim.markets.merit_ranked import merit_order, place_by_merit, place_by_merit_across_pools


def test_the_ablest_take_the_places_when_judgement_has_no_spread() -> None:
    assert placed(ranked(2).allocate(2010, 0, people([0.1, 2.0, -1.0, 1.0]))) == [1, 3]


def test_years_since_graduation_cost_what_the_parameter_says() -> None:
    long_ago = [DAY, DAY - 10 * 366, DAY, DAY]
    taken = ranked(2, years=-0.2).allocate(2010, 0, people([0.1, 2.0, -1.0, 1.0], graduation=long_ago))
    assert placed(taken) == [0, 3]


def test_equal_merit_is_settled_in_the_order_of_actors() -> None:
    assert placed(ranked(2).allocate(2010, 0, people([0.0] * 4))) == [0, 1]


def test_pools_are_kept_apart() -> None:
    fair = ranked({"north": 1, "south": 2}, by="region")
    taken = fair.allocate(2010, 0, people([3.0, 2.0, -1.0, -2.0], region=[0, 0, 1, 1]))
    assert placed(taken) == [0, 2, 3]
    rows = {row["group"]: (row["seats"], row["applicants"], row["placed"]) for row in taken.rows}
    assert rows["north"] == (1, 2, 1)
    assert rows["south"] == (2, 2, 2)
    assert rows["all"] == (3, 4, 3)
    assert rows["citizen_img"] == (0, 0, 0)
    assert rows["noncitizen_img"] == (0, 4, 3)


def test_without_a_category_nobody_can_take_part() -> None:
    fair = ranked({"heart": 5, "bridge": 5}, by="specialty")
    taken = fair.allocate(2010, 0, people([0.0, 0.0], specialty=[-1, 1]))
    assert taken.outcome.tolist() == [INELIGIBLE, PLACED]


def test_the_more_the_judgement_spreads_the_less_ability_counts() -> None:
    ability = np.linspace(-2, 2, 400)
    gain = [
        float(ability[placed(ranked(100, spread=s).allocate(2010, 0, people(list(ability))))].mean())
        for s in (0, 1, 10)
    ]
    assert gain[0] == pytest.approx(1.5, abs=0.01)
    assert gain[0] > gain[1] > gain[2]
    assert abs(gain[2]) < 0.35


def test_who_else_applies_does_not_move_anybodys_score() -> None:
    fair, many = ranked(5, spread=1.0), people(list(np.linspace(-1, 1, 20)))
    few, terms = Applicants(many.actor[::2], many.traits[::2], many.day), fair.terms(DAY)
    assert fair.scores(terms, 2010, 0, many)[::2].tolist() == fair.scores(terms, 2010, 0, few).tolist()
    assert fair.scores(terms, 2011, 0, few).tolist() != fair.scores(terms, 2010, 0, few).tolist()


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 30))), st.lists(st.integers(0, 3), min_size=4, max_size=4))
def test_no_pool_is_exceeded_or_idle_and_nobody_is_passed_over(line: list[tuple[int, int]], seats: list[int]) -> None:
    asked, score = (np.array([one[k] for one in line], np.int64) for k in (0, 1))
    held = place_by_merit(asked, score.astype(float), np.array(seats))
    for pool in range(4):
        mine: npt.NDArray[np.int64] = score[asked == pool]
        taken = score[held == pool]
        assert sorted(taken.tolist()) == sorted(mine.tolist(), reverse=True)[: seats[pool]][::-1]
    assert (held[asked == -1] == -1).all()
    assert ((held == asked) | (held == -1)).all()
    nobody, nothing = np.zeros(len(asked), bool), np.zeros(4, np.int64)
    assert (
        place_by_merit_across_pools(asked, nobody, merit_order(score.astype(float)), np.array(seats), nothing) == held
    ).all()


def test_a_round_by_merit_needs_its_places_its_merit_and_its_spread() -> None:
    fair = replace(small_road().stages["fair"], mechanism="ranked")
    needed = {f"{fair.name}.{word}": unit for word, unit in ROUND.parameters(fair).items()}
    assert [needed[f"fair.{word}"] for word in ("places", "merit", "merit.spread")] == ["count", "score", "number"]


def test_who_asks_widely_takes_what_another_pool_has_left_unless_it_is_closed() -> None:
    fair = ranked({"north": 1, "south": 2}, by="region")
    many = people([3.0, 2.0, 1.0, -2.0], region=[0, 0, 0, 1])
    assert placed(fair.allocate(2010, 0, many)) == [0, 3]
    wide = asking_widely(fair, elsewhere=always("elsewhere", "probability", 1.0))
    assert placed(wide.allocate(2010, 0, many)) == [0, 1, 2]
    rows = {row["group"]: row["placed"] for row in wide.allocate(2010, 0, many).rows}
    assert (rows["north"], rows["south"], rows["all"]) == (1, 2, 3)
    flags = {"north": [Row(None, 0.0, "measured")], "south": [Row(None, 1.0, "measured")]}
    shut = asking_widely(wide, closed=parameter("fair.closed", "flag", flags, "region"))
    assert placed(shut.allocate(2010, 0, many)) == [0, 3]


def test_practice_long_ago_or_too_short_makes_ineligible() -> None:
    gone, since = [DAY - 366 * 4, DAY - 366, DAY], [DAY - 3650, DAY - 3650, DAY - 366]
    many = people([0.0, 0.0, 0.0], last_clinical=gone, graduation=since)
    limits = {"gap_limit": always("gap_limit", "years", 3.0), "least_practice": always("least_practice", "years", 2.0)}
    strict = asking_widely(ranked(3), **limits)
    assert strict.allocate(2010, 0, many).outcome.tolist() == [INELIGIBLE, PLACED, INELIGIBLE]
