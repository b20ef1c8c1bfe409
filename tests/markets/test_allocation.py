"""What is known about deferred acceptance and about queues holds for ours."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgsim.base.arrays import Ints
from imgsim.base.randomness.philox import uniform
from imgsim.markets.full_size import uniforms_of_copies
from imgsim.markets.lottery import chosen_jurisdictions, lottery_winners, rounded_places
from imgsim.markets.match.fast.deferred_acceptance import better, blocking_pairs, deferred_acceptance, worst_seat
from imgsim.markets.match.reference import deferred_acceptance as textbook


class Market(NamedTuple):
    """Applicants' lists of programmes, best first; what each programme thinks of each applicant; seats; the bar."""

    lists: tuple[tuple[int, ...], ...]
    score: tuple[tuple[float, ...], ...]  # (programmes, applicants)
    seats: tuple[int, ...]
    least: float = -np.inf  # programmes rank nobody whom they score below it


def arrays(market: Market) -> tuple[Ints, Ints, npt.NDArray[np.float64], Ints]:
    """The market in the form that the mechanism takes."""
    first = np.cumsum([0, *map(len, market.lists)]).astype(np.int64)
    programme = np.array([p for listed in market.lists for p in listed], np.int64)
    score = np.array([market.score[p][a] for a, listed in enumerate(market.lists) for p in listed], float)
    return first, programme, score, np.array(market.seats, np.int64)


def everybody(first: Ints) -> npt.NDArray[np.bool_]:
    """All take part."""
    return np.ones(len(first) - 1, bool)


def matched(market: Market) -> list[int]:
    """The programme of each applicant, or -1."""
    first, programme, score, seats = arrays(market)
    held = deferred_acceptance(first, programme, score, market.least, seats, everybody(first))
    return [int(programme[pair]) if pair >= 0 else -1 for pair in held]


@st.composite
def markets(draw: st.DrawFn, applicants: int = 7, programmes: int = 4, equals: bool = False) -> Market:
    """Markets of any shape, with and without a bar; of ``equals``, programmes like some applicants equally well."""
    n, m = draw(st.integers(1, applicants)), draw(st.integers(1, programmes))
    lists = tuple(tuple(draw(st.permutations(range(m)))[: draw(st.integers(0, m))]) for _ in range(n))
    ranks = st.lists(st.integers(0, 2), min_size=n, max_size=n) if equals else st.permutations(range(n))
    score = tuple(tuple(float(s) for s in draw(ranks)) for _ in range(m))
    seats = tuple(draw(st.integers(0, 3)) for _ in range(m))
    return Market(lists, score, seats, draw(st.sampled_from((-np.inf, 0.5, 1.0, 2.0))))


def place_on_list(market: Market, applicant: int, programme: int) -> int:
    """How far down the own list a programme stands; being left without one comes last."""
    listed = market.lists[applicant]
    return listed.index(programme) if programme in listed else len(listed)


def is_stable(market: Market, held: tuple[int, ...]) -> bool:
    """Worked out from the definition, without the code under test."""
    for p, seats in enumerate(market.seats):
        there = [market.score[p][a] for a, own in enumerate(held) if own == p]
        if len(there) > seats or min(there, default=np.inf) < market.least:
            return False
    for a, listed in enumerate(market.lists):
        for p in listed[: place_on_list(market, a, held[a])]:
            there = [market.score[p][b] for b, own in enumerate(held) if own == p]
            wanted = len(there) < market.seats[p] or (there and min(there) < market.score[p][a])
            if wanted and market.score[p][a] >= market.least:
                return False
    return True


@given(markets())
def test_no_pair_would_rather_have_each_other(market: Market) -> None:
    assert is_stable(market, tuple(matched(market)))
    first, programme, score, seats = arrays(market)
    held = deferred_acceptance(first, programme, score, market.least, seats, everybody(first))
    assert blocking_pairs(first, programme, score, market.least, seats, held) == 0


def blocking_of(market: Market, held: Sequence[int]) -> list[tuple[int, int]]:
    """Every applicant and programme that prefer each other to a matching, worked out from the definition."""
    pairs = []
    for a, listed in enumerate(market.lists):
        for p in listed[: place_on_list(market, a, held[a])]:
            there = [(market.score[p][b], -b) for b, own in enumerate(held) if own == p]
            wanted = len(there) < market.seats[p] or (there and min(there) < (market.score[p][a], -a))
            if wanted and market.score[p][a] >= market.least:
                pairs.append((a, p))
    return pairs


def counted(market: Market, held: Sequence[int]) -> int:
    """How many blocking pairs the code finds in a matching that is given by programme."""
    first, programme, score, seats = arrays(market)
    outcome = [int(first[a]) + market.lists[a].index(p) if p >= 0 else -1 for a, p in enumerate(held)]
    return blocking_pairs(first, programme, score, market.least, seats, np.array(outcome, np.int64))


def by_textbook(market: Market) -> list[int]:
    """The programme of each applicant by the algorithm in plain words, without programmes that do not rank them."""
    scores = {(a, p): market.score[p][a] for a, listed in enumerate(market.lists) for p in listed}
    lists = {a: [p for p in own if scores[a, p] >= market.least] for a, own in enumerate(market.lists)}
    plain = textbook(lists, scores, np.array(market.seats))
    return [plain.get(a, -1) for a in range(len(market.lists))]


# The first programme has one seat and likes the last applicant best, the second two seats and the first applicant.
THREE = Market(((0, 1), (0, 1), (1, 0)), ((1.0, 2.0, 3.0), (3.0, 2.0, 1.0)), (1, 2))


@pytest.mark.parametrize(
    ("held", "blocking"),
    [
        ((1, 0, 1), 0),  # the stable matching that applicants like best
        ((1, 1, 0), 0),  # the one that programmes like best
        ((0, 1, 1), 1),  # the first programme would rather have the second applicant, who would rather be there
        ((-1, 0, 1), 1),  # the first applicant and the vacant seat
        ((-1, 1, 0), 2),  # the vacant seat, and the first and the last applicant, who prefer it
        ((1, -1, 0), 2),
        ((0, -1, 1), 2),  # the second applicant is preferred by one programme, and the other has a vacant seat
        ((1, 1, -1), 3),  # everybody would take the vacant seat; the second programme wants no other
        ((-1, 1, 1), 3),  # the first applicant has both, the second one
        ((-1, -1, -1), 6),
    ],
)
def test_unstable_matchings_have_the_blocking_pairs_that_are_counted_by_hand(
    held: tuple[int, ...], blocking: int
) -> None:
    assert counted(THREE, held) == blocking
    assert is_stable(THREE, held) == (blocking == 0)


def test_of_equals_the_lower_number_blocks_and_a_programme_without_seats_never_does() -> None:
    equals = Market(((0,), (0,)), ((1.0, 1.0),), (1,))
    assert counted(equals, (0, -1)) == 0
    assert counted(equals, (-1, 0)) == 1
    assert counted(equals._replace(seats=(0,)), (-1, -1)) == 0
    assert counted(equals._replace(seats=(2,)), (0, 0)) == 0
    assert counted(equals._replace(seats=(2,)), (0, -1)) == 1


def test_a_full_programme_is_blocked_by_whom_it_prefers_to_the_worst_that_it_has() -> None:
    """The first applicant is the worst of the two who have its seats, the second the best."""
    assert counted(Market(((0,), (0,), (0,)), ((1.0, 3.0, 2.0),), (2,)), (0, 0, -1)) == 1
    assert counted(Market(((0,), (0,), (0,)), ((2.0, 3.0, 1.0),), (2,)), (0, 0, -1)) == 0


def test_whoever_is_rejected_by_all_has_no_pair() -> None:
    first, programme, score, seats = arrays(Market(((0,), (0, 1), (1,)), ((1.0, 2.0, 0.0), (0.0, 1.0, 2.0)), (1, 1)))
    assert deferred_acceptance(first, programme, score, -np.inf, seats, everybody(first)).tolist() == [-1, 1, 3]


@pytest.mark.parametrize(
    ("least", "expected"),
    [
        (1.0, [0, 1, 0]),  # who is scored as high as the bar is ranked
        (1.5, [1, -1, 0]),  # the first applicant is ranked by the second programme alone, the second by none
        (2.5, [-1, -1, 0]),
        (3.5, [-1, -1, -1]),
    ],
)
def test_a_programme_takes_nobody_below_the_bar_even_into_a_vacant_seat(least: float, expected: list[int]) -> None:
    """Two programmes with two seats each, and three applicants: the first ranks both programmes, the others one."""
    market = Market(((0, 1), (1,), (0,)), ((1.0, 0.0, 3.0), (2.0, 1.0, 0.0)), (2, 2), least)
    assert matched(market) == expected


@pytest.mark.parametrize(("least", "blocking"), [(1.0, 6), (1.5, 4), (2.5, 2), (3.5, 0)])
def test_nobody_below_the_bar_blocks_a_matching_that_leaves_all_seats_empty(least: float, blocking: int) -> None:
    assert counted(THREE._replace(least=least), (-1, -1, -1)) == blocking


def test_a_full_programme_is_not_blocked_by_the_better_of_two_below_the_bar() -> None:
    two = Market(((0,), (0,)), ((1.0, 2.0),), (1,))
    assert counted(two, (0, -1)) == 1
    assert counted(two._replace(least=2.0), (0, -1)) == 1
    assert counted(two._replace(least=2.5), (0, -1)) == 0


@given(st.one_of(markets(), markets(equals=True)), st.data())
def test_any_matching_has_as_many_blocking_pairs_as_the_definition_says(market: Market, data: st.DataObject) -> None:
    held: list[int] = []
    for listed in market.lists:
        possible = [-1, *(p for p in listed if held.count(p) < market.seats[p])]
        held.append(data.draw(st.sampled_from(possible)))
    assert counted(market, held) == len(blocking_of(market, held))


@given(markets(equals=True))
def test_of_equal_scores_the_lower_number_is_preferred(market: Market) -> None:
    held = matched(market)
    assert by_textbook(market) == held
    assert blocking_of(market, held) == []


@given(markets(equals=True), st.data())
def test_those_who_take_no_part_are_not_matched_and_take_nobodys_place(market: Market, data: st.DataObject) -> None:
    who = data.draw(st.lists(st.booleans(), min_size=len(market.lists), max_size=len(market.lists)))
    first, programme, score, seats = arrays(market)
    outcome = deferred_acceptance(first, programme, score, market.least, seats, np.array(who))
    there = market._replace(lists=tuple(own if take else () for own, take in zip(market.lists, who, strict=True)))
    assert [int(programme[pair]) if pair >= 0 else -1 for pair in outcome] == matched(there)
    assert min(outcome, default=-1) >= -1


@pytest.mark.parametrize(
    ("score", "applicant", "other_score", "other", "preferred"),
    [
        (2.0, 5, 1.0, 3, True),
        (1.0, 3, 2.0, 5, False),
        (1.0, 3, 1.0, 5, True),
        (1.0, 5, 1.0, 3, False),
        (1.0, 3, 1.0, 3, False),
    ],
)
def test_a_programme_prefers_the_higher_score_and_of_equals_the_lower_number(
    score: float, applicant: int, other_score: float, other: int, preferred: bool
) -> None:
    assert better(score, applicant, other_score, other) == preferred


SEATS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), min_size=1, max_size=6, unique_by=lambda one: one[1])


@given(SEATS, st.data())
def test_the_worst_seat_is_the_one_of_the_lowest_score_and_of_equals_the_highest_number(
    seats: list[tuple[int, int]], data: st.DataObject
) -> None:
    begin = data.draw(st.integers(0, len(seats) - 1))
    end = data.draw(st.integers(begin + 1, len(seats)))
    score, holder = np.array([seat[0] for seat in seats], float), np.array([seat[1] for seat in seats])
    expected = min(range(begin, end), key=lambda seat: (seats[seat][0], -seats[seat][1]))
    assert worst_seat(holder, score, begin, end) == expected


@given(markets())
def test_the_textbook_algorithm_gives_the_same_matching(market: Market) -> None:
    assert by_textbook(market) == matched(market)


@given(markets(applicants=4, programmes=3))
def test_no_stable_matching_is_better_for_any_applicant(market: Market) -> None:
    held = matched(market)
    options = [(-1, *listed) for listed in market.lists]
    for other in itertools.product(*options):
        if is_stable(market, other):
            for a in range(len(held)):
                assert place_on_list(market, a, held[a]) <= place_on_list(market, a, other[a])


@given(markets(), st.data())
def test_the_order_of_applicants_does_not_matter(market: Market, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(market.lists))))
    score = tuple(tuple(row[a] for a in order) for row in market.score)
    turned = market._replace(lists=tuple(market.lists[a] for a in order), score=score)
    held = matched(market)
    assert matched(turned) == [held[a] for a in order]


@given(markets(), st.data())
def test_one_more_seat_never_hurts_an_applicant(market: Market, data: st.DataObject) -> None:
    lucky = data.draw(st.integers(0, len(market.seats) - 1))
    more = market._replace(seats=tuple(seats + (p == lucky) for p, seats in enumerate(market.seats)))
    for a, (before, after) in enumerate(zip(matched(market), matched(more), strict=True)):
        assert place_on_list(market, a, after) <= place_on_list(market, a, before)


@pytest.mark.parametrize("seed", range(5))
def test_the_matching_library_agrees(seed: int) -> None:
    library = pytest.importorskip("matching.games")
    chance = np.random.default_rng(seed)
    n, m = 60, 12
    lists = tuple(tuple(int(p) for p in chance.permutation(m)[: chance.integers(1, 6)]) for _ in range(n))
    score = tuple(tuple(float(s) for s in chance.permutation(n)) for _ in range(m))
    seats = tuple(int(s) for s in chance.integers(1, 6, m))
    asked = {p: [a for a in range(n) if p in lists[a]] for p in range(m)}
    hospitals = {f"p{p}": [f"a{a}" for a in sorted(own, key=lambda a: -score[p][a])] for p, own in asked.items() if own}
    game = library.HospitalResident.create_from_dictionaries(
        {f"a{a}": [f"p{p}" for p in listed] for a, listed in enumerate(lists)},
        hospitals,
        {p: seats[int(p[1:])] for p in hospitals},
    )
    theirs = {str(a): str(p) for p, own in game.solve(optimal="resident").items() for a in own}
    ours = {f"a{a}": f"p{p}" for a, p in enumerate(matched(Market(lists, score, seats))) if p >= 0}
    assert ours == theirs


def test_a_programme_of_full_size_takes_no_more_than_its_seats() -> None:
    chance = np.random.default_rng(1)
    n, m, k = 45_000, 6_700, 10
    programme = chance.integers(0, m, n * k)
    seats = np.full(m, 6)
    first = np.arange(0, n * k + 1, k)
    held = deferred_acceptance(first, programme, chance.random(n * k), 0.0, seats, everybody(first))
    assert (np.bincount(programme[held[held >= 0]], minlength=m) <= seats).all()


def test_those_first_in_line_take_the_places_of_their_own_jurisdiction() -> None:
    asked = np.array([0, 0, 0, 1, 1])
    order = np.array([0.9, 0.1, 0.5, 0.7, 0.2])
    assert lottery_winners(asked, order, np.array([2, 1])).tolist() == [False, True, True, False, True]


def test_halves_of_places_sum_to_their_share_and_rounded_places_stay_whole() -> None:
    assert abs(rounded_places(1, 2, 4000, 1.5).sum() - 6000) < 150
    assert rounded_places(1, 2, 54, 30.0).tolist() == [30] * 54


def test_the_first_copy_has_the_applicants_own_chance_and_each_other_one_of_its_own() -> None:
    draws = uniforms_of_copies(1, 3, np.array([70, 80]), 9, 2010, np.array([0, 0, 1]), np.array([0, 1, 0]))
    assert draws.tolist() == [uniform(1, 3, 70, 9, 2010, partner) for partner in (0, 1)] + [
        uniform(1, 3, 80, 9, 2010, 0)
    ]


def test_concentrated_demand_leans_on_some_jurisdictions() -> None:
    where = (np.arange(20_000) + 0.5) / 20_000
    even, leaning = (np.bincount(chosen_jurisdictions(where, 10, c), minlength=10) for c in (0.0, 3.0))
    assert even.max() < 1.2 * even.min()
    assert leaning[0] > 5 * leaning[-1]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10**6)), unique_by=lambda one: one[1]), st.data())
def test_a_quota_is_never_exceeded_never_idle_and_served_in_the_order_of_the_line(
    line: list[tuple[int, int]], data: st.DataObject
) -> None:
    places = [data.draw(st.integers(0, 4)) for _ in range(4)]
    asked, order = (np.array([one[k] for one in line], np.int64) for k in (0, 1))
    placed = lottery_winners(asked, order.astype(float), np.array(places))
    for here in range(4):
        evidence = sorted(order[asked == here].tolist())
        assert sorted(order[placed & (asked == here)].tolist()) == evidence[: places[here]]


@given(st.integers(0, 60), st.floats(0, 30), st.floats(1, 2))
def test_more_places_never_take_one_from_a_jurisdiction(states: int, places: float, more: float) -> None:
    few, many = rounded_places(1, 2, states, places), rounded_places(1, 2, states, places * more)
    assert (few <= many).all()
    assert (abs(few - places) < 1).all()


@given(markets(), st.data())
def test_one_more_applicant_never_helps_another(market: Market, data: st.DataObject) -> None:
    """Gale and Sotomayor 1985: competition hurts one side of the market and helps the other."""
    gone = data.draw(st.integers(0, len(market.lists) - 1))
    fewer = market._replace(lists=tuple(() if a == gone else listed for a, listed in enumerate(market.lists)))
    for a, (with_all, without) in enumerate(zip(matched(market), matched(fewer), strict=True)):
        if a != gone:
            assert place_on_list(market, a, without) <= place_on_list(market, a, with_all)


@given(markets(), st.data())
def test_nobody_gains_by_hiding_what_they_like_best(market: Market, data: st.DataObject) -> None:
    """Truthful lists are a dominant strategy of the proposing side (Roth 1982): a shortened list never does better."""
    liar = data.draw(st.integers(0, len(market.lists) - 1))
    shortened = market.lists[liar][data.draw(st.integers(0, len(market.lists[liar]))) :]
    lied = market._replace(lists=tuple(shortened if a == liar else listed for a, listed in enumerate(market.lists)))
    honest, other = matched(market)[liar], matched(lied)[liar]
    assert place_on_list(market, liar, honest) <= place_on_list(market, liar, other)


@given(markets(applicants=4, programmes=3))
def test_the_same_programmes_fill_in_every_stable_matching_and_the_same_applicants_go_without(market: Market) -> None:
    """The rural hospitals theorem (Roth 1986), on markets small enough to list all stable matchings."""
    held = matched(market)
    for other in itertools.product(*[(-1, *listed) for listed in market.lists]):
        if is_stable(market, other):
            assert [p == -1 for p in other] == [p == -1 for p in held]
            assert sorted(other) == sorted(held)
