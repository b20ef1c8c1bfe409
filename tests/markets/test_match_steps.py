"""The steps of a Match one by one: each against a plain statement of what it must do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from builders.match import KINDS, NAME, SPECIALTIES, Shape, parameters_of, pathway_of
from builders.toy import parameter
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from imgsim.base.arrays import Ints
from imgsim.base.dates.day_numbers import day_of
from imgsim.base.errors import InputError
from imgsim.base.randomness.addresses import GRADUATE, PROGRAMME, actor
from imgsim.base.randomness.philox import words
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.traits import COLUMN, width
from imgsim.markets.match.fast.applications import MOST_EVERY, TRIES, Screens, Seeking, apply, screens
from imgsim.markets.match.fast.competitors import Competitors
from imgsim.markets.match.fast.hash_ring import POINTS, POINTS_PER_PROGRAMME, hash_rings, ring_points
from imgsim.markets.match.fast.idiosyncratic import (
    PREFERENCE,
    SCREENING,
    Chance,
    Pairs,
    idiosyncratic,
    normal_table,
    normals,
)
from imgsim.markets.match.fast.interviews import ScreeningLists, interleaved_slots, invite
from imgsim.markets.match.fast.packed_sort import MOST_APPLICANTS, MOST_PROGRAMMES, by_applicant, by_programme
from imgsim.markets.match.fast.rank_lists import rank_lists
from imgsim.markets.match.fast.soap import Left, offers, soap_applications
from imgsim.markets.match.positions import refuse_too_many
from imgsim.persons.compile_rules import compile_rules

PROGRAMMES = np.array([actor(PROGRAMME, 1900, k // 100, k % 100) for k in range(200)])
SPECIALTY = np.arange(200) // 100
RING_POINTS = ring_points(PROGRAMMES, 1, 77)
OPEN = screens(np.zeros(200, np.int64), np.full(200, np.inf))  # programmes that refuse nobody
REFUSED = 4  # a bit of what programmes may refuse


def chance(people: Ints, decision: int = 5) -> Chance:
    """The draws of some people in one year; programmes are known by their number."""
    return Chance(1, 2, 2010, decision, people, np.arange(200), normal_table())


def graduates(count: int) -> Ints:
    return np.array([actor(GRADUATE, 2009, 0, k) for k in range(count)], np.int64)


def refusing(refused: npt.NDArray[np.bool_]) -> Screens:
    """Programmes of which some refuse whoever lacks what may be refused here."""
    return screens(REFUSED * refused.astype(np.int64), np.full(len(refused), np.inf))


def seeking(n: int, lacks: int = 0, years: float = 0.0) -> Seeking:
    """People who wish for the first specialty, have the second in mind too, and want thirty applications."""
    wish, second, wanted, bits = (np.full(n, value, np.int64) for value in (0, 1, 30, lacks))
    return Seeking(wish, second, wanted, bits, np.full(n, years))


def asked(
    people: Ints, running: npt.NDArray[np.bool_], screened: Screens = OPEN, lacks: int = 0, years: float = 0.0
) -> list[list[int]]:
    """The programmes that each of them applies to: thirty, one in three of the second specialty."""
    rings = hash_rings(RING_POINTS, SPECIALTY, running, 2)
    pairs = apply(chance(people), rings, 3, seeking(len(people), lacks, years), screened)
    return [pairs.programme[pairs.applicant == a].tolist() for a in range(len(people))]


# --- chance ------------------------------------------------------------------------------------------------


def test_normals_of_words_are_the_quantiles_and_rise() -> None:
    drawn = np.concatenate([np.arange(1000), np.linspace(0, 2**32 - 1, 100_001), 2**32 - 1 - np.arange(1000)])
    drawn = np.sort(drawn.astype(np.uint32))
    found = np.empty(len(drawn), np.float32)
    normals(normal_table(), drawn, found)
    assert (np.diff(found) >= 0).all()
    assert np.abs(found - stats.norm.ppf((drawn + 0.5) / 2**32)).max() < 5e-5


def test_a_pair_draws_its_judgements_independently_of_all_other_pairs() -> None:
    people = graduates(300)
    pairs = Pairs(np.repeat(np.arange(300), 40).astype(np.int32), np.tile(np.arange(40), 300).astype(np.uint16))
    screening, preference = (idiosyncratic(chance(people), pairs, which) for which in (SCREENING, PREFERENCE))
    assert stats.kstest(screening, "norm").pvalue > 0.001
    assert abs(np.corrcoef(screening, preference)[0, 1]) < 4 / np.sqrt(len(screening))
    some = Pairs(pairs.applicant[5000:5003], pairs.programme[5000:5003])
    assert idiosyncratic(chance(people), some, SCREENING).tolist() == screening[5000:5003].tolist()


# --- sorting -----------------------------------------------------------------------------------------------

ENTRIES = st.tuples(st.integers(0, MOST_PROGRAMMES - 1), st.integers(-31, 31), st.integers(0, MOST_APPLICANTS - 1))


@given(st.lists(ENTRIES))
def test_packed_entries_sort_by_group_then_falling_value_then_number(entries: list[tuple[int, int, int]]) -> None:
    for_programmes = sorted(entries, key=lambda one: int(by_programme(one[0], float(one[1]), one[2])))
    assert for_programmes == sorted(entries, key=lambda one: (one[0], -one[1], one[2]))
    for_applicants = sorted(entries, key=lambda one: int(by_applicant(one[2], float(one[1]), one[0])))
    assert for_applicants == sorted(entries, key=lambda one: (one[2], -one[1], one[0]))


def test_a_value_out_of_bounds_counts_as_the_bound() -> None:
    assert by_programme(3, 1e9, 4) == by_programme(3, 32.0, 4)
    assert by_programme(3, -1e9, 4) == by_programme(3, -32.0, 4)


def test_more_programmes_than_an_entry_can_name_are_refused() -> None:
    with pytest.raises(InputError, match="40000 programmes are more than"):
        refuse_too_many("match", 40_000, MOST_PROGRAMMES)


# --- applications --------------------------------------------------------------------------------------------


def test_every_place_of_a_circle_leads_to_the_next_programme() -> None:
    running = np.arange(200) % 3 == 0
    found = hash_rings(RING_POINTS, SPECIALTY, running, 2)
    for s in (0, 1):
        own = [
            (int(RING_POINTS[p, k]), p)
            for p in np.flatnonzero(running & (s == SPECIALTY))
            for k in range(POINTS_PER_PROGRAMME)
        ]
        for place in range(0, POINTS, 997):
            ahead = min(own, key=lambda one: ((one[0] - place) % POINTS, one[1]))
            assert found[s, place] == ahead[1]


def test_nobody_applies_where_there_is_no_programme() -> None:
    assert asked(graduates(5), SPECIALTY == 9) == [[]] * 5
    only_second = asked(graduates(5), SPECIALTY == 1)
    assert all(0 < len(listed) <= 30 for listed in only_second)
    assert all(SPECIALTY[p] == 1 for listed in only_second for p in listed)


def test_applications_are_as_many_as_wanted_without_repeats_and_one_in_three_to_the_second_specialty() -> None:
    found = asked(graduates(200), np.ones(200, bool))
    assert {len(listed) for listed in found} == {30}
    assert {len(set(listed)) for listed in found} == {30}
    second = np.mean([SPECIALTY[listed].mean() for listed in found])
    assert second == pytest.approx(1 / 3, abs=0.03)


def test_only_programmes_that_consider_an_applicant_are_asked_within_so_many_tries() -> None:
    takes = np.arange(200) % 10 == 0
    found = asked(graduates(300), np.ones(200, bool), refusing(~takes), REFUSED)
    assert all(p % 10 == 0 for listed in found for p in listed)
    landed = 30 * TRIES * takes.mean()  # nine landings among twenty programmes, before repeats are left out
    mean = np.mean([len(listed) for listed in found])
    assert 0.6 * landed < mean < landed


def stated(
    own: Chance, a: int, circle: npt.NDArray[np.uint16], every: int, second: int, wanted: int, takes: list[bool]
) -> list[int]:
    """The applications of one who wishes for the first specialty, try by try."""
    found: list[int] = []
    for tried in range(wanted * TRIES):
        address = own.seed, own.replication, int(own.actor[a]), own.decision, own.year, tried // 8
        word = int(words(*address)[tried % 8 // 2])
        place = (word >> 16 * (tried % 2)) % POINTS
        p = int(circle[second if tried % every == every - 1 and second >= 0 else 0, place])
        if takes[p] and p not in found and len(found) < wanted:
            found.append(p)
    return found


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from([-1, 1]), st.sampled_from([0, REFUSED])), min_size=1, max_size=5
    ),
    st.one_of(st.integers(1, 10), st.integers(1, MOST_EVERY)),
)
def test_applications_are_those_of_every_try_in_turn(people: list[tuple[int, int, int]], every: int) -> None:
    wanted, second, lacks = (np.array(column, np.int64) for column in zip(*people, strict=True))
    own, refused, nobody = chance(graduates(len(people))), np.arange(200) % 7 != 0, np.zeros(len(people), np.int64)
    ring = hash_rings(RING_POINTS, SPECIALTY, np.ones(200, bool), 2)
    pairs = apply(own, ring, every, Seeking(nobody, second, wanted, lacks, np.zeros(len(people))), refusing(refused))
    for a in range(len(people)):
        takes = (~refused | (lacks[a] == 0)).tolist()
        expected = stated(own, a, ring, every, int(second[a]), int(wanted[a]), takes)
        assert pairs.programme[pairs.applicant == a].tolist() == expected


# Of these four programmes the first refuses nobody, the second whoever lacks the one thing, the third whoever lacks the
# other, the last whoever graduated more than five years ago.
ONE, OTHER, FOUR = 1, 16, np.arange(4) + np.array([0, 0, 100, 100])


@pytest.mark.parametrize(
    ("lacks", "years", "considered"),
    [
        (0, 0.0, [0, 1, 2, 3]),
        (ONE, 0.0, [0, 2, 3]),
        (OTHER, 0.0, [0, 1, 3]),
        (ONE | OTHER, 5.0, [0, 3]),
        (0, 5.1, [0, 1, 2]),
        (ONE | OTHER, 30.0, [0]),
    ],
)
def test_a_programme_reads_no_file_that_lacks_what_it_asks_for(lacks: int, years: float, considered: list[int]) -> None:
    running, refuses, longest = np.zeros(200, bool), np.zeros(200, np.int64), np.full(200, np.inf)
    running[FOUR], refuses[FOUR], longest[FOUR[3]] = True, [0, ONE, OTHER, 0], 5.0
    listed = asked(graduates(50), running, screens(refuses, longest), lacks, years)
    assert sorted({p for own in listed for p in own}) == FOUR[considered].tolist()


def test_one_more_applicant_or_another_order_changes_nobodys_applications() -> None:
    people, running = graduates(40), np.ones(200, bool)
    found = asked(people, running)
    assert asked(people[:-1], running) == found[:-1]
    assert asked(people[::-1], running) == found[::-1]


def test_a_programme_that_is_added_only_takes_over_applications() -> None:
    before = np.arange(200) != 17
    for few, many in zip(asked(graduates(60), before), asked(graduates(60), np.ones(200, bool)), strict=True):
        gone = [p for p in few if p not in many]
        assert 17 not in few
        assert len(gone) <= (17 in many) + 1  # the one it took over; the last on a list that is full before


# --- interviews ----------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12))
def test_in_one_pass_all_programmes_advance_at_the_same_pace(limits: list[int]) -> None:
    turns = [(Fraction(rank, limit), p) for p, limit in enumerate(limits) for rank in range(limit)]
    assert interleaved_slots(np.array(limits)).tolist() == [p for _, p in sorted(turns)]


def plainly(lists: list[list[int]], limit: list[int], attends: list[int]) -> set[tuple[int, int]]:
    """All turns in the order of the pace, each an interview while both sides have room."""
    turns = [(Fraction(rank, limit[p]), p, a) for p, own in enumerate(lists) if limit[p] for rank, a in enumerate(own)]
    held: set[tuple[int, int]] = set()
    for _, p, a in sorted(turns, key=lambda turn: turn[:2]):
        if sum(one[1] == p for one in held) < limit[p] and sum(one[0] == a for one in held) < attends[a]:
            held.add((a, p))
    return held


@given(st.data())
def test_interviews_go_to_those_who_come_first_while_both_sides_have_room(data: st.DataObject) -> None:
    people, programmes = data.draw(st.integers(1, 12)), data.draw(st.integers(1, 6))
    lists = [data.draw(st.permutations(range(people)))[: data.draw(st.integers(0, people))] for _ in range(programmes)]
    limit = [data.draw(st.integers(0, 4)) for _ in range(programmes)]
    attends = [data.draw(st.integers(0, 4)) for _ in range(people)]
    first = np.cumsum([0, *map(len, lists)]).astype(np.uint32)
    line = ScreeningLists(
        first, np.array([by_programme(p, 0.0, a) for p, own in enumerate(lists) for a in own], np.uint64)
    )
    limits = np.array(limit)
    found = invite(line, interleaved_slots(limits), limits, np.array(attends))
    pairs = list(zip(found.applicant.tolist(), found.programme.tolist(), strict=True))
    assert set(pairs) == plainly(lists, limit, attends)
    assert len(pairs) == len(set(pairs))


def test_who_has_enough_interviews_declines_and_the_next_on_the_list_is_invited() -> None:
    """Two programmes with one slot each and the list 0, 1: the first comes first, and who attends one has no more."""
    first = np.array([0, 2, 4], np.uint32)
    line = ScreeningLists(first, np.array([by_programme(p, 0.0, a) for p in (0, 1) for a in (0, 1)], np.uint64))
    slots = np.array([1, 1])
    for attends, expected in (([2, 2], [(0, 0), (0, 1)]), ([1, 2], [(0, 0), (1, 1)]), ([0, 1], [(1, 0)])):
        pairs = invite(line, interleaved_slots(slots), slots, np.array(attends))
        assert sorted(zip(pairs.applicant.tolist(), pairs.programme.tolist(), strict=True)) == expected


# --- rank lists ----------------------------------------------------------------------------------------------


@given(st.permutations(range(60)))
def test_rank_lists_do_not_depend_on_the_order_of_interviews(order: list[int]) -> None:
    people, who, where = graduates(12), np.arange(60, dtype=np.int32) % 12, (np.arange(60) * 7 % 200).astype(np.uint16)
    wish, attraction = np.arange(12) % 2, np.linspace(-1, 1, 200)
    one, other = (
        rank_lists(chance(people), Pairs(who[turned], where[turned]), attraction, 0.5, SPECIALTY, wish)
        for turned in (np.arange(60), np.array(order))
    )
    assert one.first.tolist() == other.first.tolist()
    assert one.pairs.applicant.tolist() == other.pairs.applicant.tolist()
    assert one.pairs.programme.tolist() == other.pairs.programme.tolist()


# --- SOAP ----------------------------------------------------------------------------------------------


def left_over(n: int, **other: Any) -> Left:
    """People without a place, and two hundred programmes with a vacant position each that appeal to everybody."""
    nothing = np.zeros(n, np.int64)
    left = Left(
        np.ones(n, bool), nothing, np.zeros(n), nothing > 0, np.ones(200, np.int64), np.ones(200), SPECIALTY > 0
    )
    return left._replace(**other)


def numbers(pairs: Pairs, n: int) -> npt.NDArray[np.int64]:
    """How many applications each of so many people sent."""
    return np.bincount(pairs.applicant, minlength=n)


def test_those_without_a_place_ask_as_many_open_programmes_as_wanted_if_these_take_them() -> None:
    people, seats, lacks = graduates(800), (np.arange(200) % 2).astype(np.int64), np.arange(800) % 2 * REFUSED
    refused, without = np.arange(200) >= 100, np.arange(800) < 600
    left = left_over(800, who=without, lacks=lacks, seats=seats)
    pairs = soap_applications(chance(people), left, refusing(refused), 20)
    assert seats[pairs.programme].all()
    assert not (refused[pairs.programme] & (lacks[pairs.applicant] > 0)).any()
    assert without[pairs.applicant].all()
    counts = numbers(pairs, 800)
    assert counts[without & (lacks == 0)].mean() == pytest.approx(20, abs=1)
    assert counts[without & (lacks > 0)].mean() == pytest.approx(10, abs=1)


def test_who_has_an_advanced_position_asks_for_one_year_posts_alone_after_the_match() -> None:
    later = np.arange(400) % 2 == 1  # the second hundred of programmes offers one-year posts
    pairs = soap_applications(chance(graduates(400)), left_over(400, first_year=later), OPEN, 40)
    assert (SPECIALTY[pairs.programme[later[pairs.applicant]]] == 1).all()
    counts = numbers(pairs, 400)
    assert counts[later].mean() == pytest.approx(20, abs=1)
    assert counts[~later].mean() == pytest.approx(40, abs=1)


def test_posts_that_appeal_to_half_are_asked_for_by_half_and_those_that_appeal_to_nobody_by_nobody() -> None:
    appeal = np.repeat([1.0, 0.5, 0.0, 1.0], 50)
    pairs = soap_applications(chance(graduates(600)), left_over(600, appeal=appeal), OPEN, 75)
    for_each = np.bincount(pairs.programme, minlength=200).reshape(4, 50).mean(axis=1)
    assert for_each.tolist() == pytest.approx([300, 150, 0, 300], abs=12)  # 75 of the 150 programmes that appeal: half


def test_who_else_is_without_a_place_changes_nobodys_asking() -> None:
    people = graduates(50)
    few, many = (
        soap_applications(chance(people), left_over(50, who=np.arange(50) % step == 0), OPEN, 20) for step in (5, 1)
    )
    for a in range(0, 50, 5):
        assert few.programme[few.applicant == a].tolist() == many.programme[many.applicant == a].tolist()


def placed_by_offers(lists: list[list[int]], scores: list[list[float]], seats: list[int], rounds: int) -> list[int]:
    """The programme that each applicant has after so many rounds of offers, or -1."""
    applicant = np.array([a for a, own in enumerate(lists) for _ in own], np.int32)
    programme = np.array([p for own in lists for p in own], np.uint16)
    score = np.array([each for own in scores for each in own])
    outcome = offers(Pairs(applicant, programme), score, np.array(seats), len(lists), rounds)
    return [int(programme[pair]) if pair >= 0 else -1 for pair in outcome]


# Programmes 0 and 1 have a vacant position each; 0 likes the applicants in the order 0, 1, 2, and so does 1. Applicants
# 0 and 1 prefer programme 1. In the first round both programmes ask applicant 0, who takes 1; in the second 0 asks 1.
BOTH = [[1, 0], [1, 0], [0, 1]]
SCORES = [[3.0, 3.0], [2.0, 2.0], [1.0, 1.0]]


@pytest.mark.parametrize(
    ("rounds", "expected"), [(0, [-1, -1, -1]), (1, [1, -1, -1]), (2, [1, 0, -1]), (9, [1, 0, -1])]
)
def test_vacant_positions_are_offered_to_the_next_in_the_next_round(rounds: int, expected: list[int]) -> None:
    assert placed_by_offers(BOTH, SCORES, [1, 1], rounds) == expected


def test_an_offer_once_taken_is_not_given_back_for_a_better_one() -> None:
    """Applicant 1 takes programme 0 in the first round; 1, which 0 declines, would have asked in the second."""
    lists, scores = [[2, 1], [1, 0], [2]], [[1.0, 2.0], [1.0, 1.0], [0.5]]
    assert placed_by_offers(lists, scores, [1, 1, 1], 4) == [2, 0, -1]


def test_a_programme_that_nobody_asks_for_stays_empty_after_all_rounds() -> None:
    assert placed_by_offers([[0], [0]], [[1.0], [2.0]], [1, 5], 100) == [-1, 0]
    assert placed_by_offers([[0], []], [[1.0], []], [1, 5], 100) == [0, -1]


@pytest.mark.parametrize(("rounds", "expected"), [(1, [1, 0, -1, -1]), (2, [1, 0, 0, -1])])
def test_all_vacant_positions_are_offered_at_once_and_what_is_declined_in_the_next_round(
    rounds: int, expected: list[int]
) -> None:
    """Programme 0 asks the first two of four for two positions; the first of them takes programme 1 instead."""
    lists, scores = [[1, 0], [0], [0], [0]], [[4.0, 4.0], [3.0], [2.0], [1.0]]
    assert placed_by_offers(lists, scores, [2, 1], rounds) == expected


# --- competitors ---------------------------------------------------------------------------------------------


def wishing(shares: Mapping[str, Mapping[str, float]]) -> Competitors:
    """Two thousand competitors of each of two kinds, with shares of wishes by kind and specialty."""
    shape = Shape(3, 3, 2, 9, 1, 1, 2.0, None, None, 3, 2, 2010, 1.0)
    given = parameters_of(shape)
    listed = [
        parameter(f"{NAME}.competitor_wish.{kind}", "probability", own, by="specialty") for kind, own in shares.items()
    ]
    listed.append(parameter(f"{NAME}.competitors", "count", dict.fromkeys(KINDS, 2000), by="competitor"))
    changed = {one.name: one for one in (*given.values(), *listed)}
    pathway, numbers = pathway_of(shape), Parameters(changed.values(), {})
    return Competitors(NAME, numbers, compile_rules(numbers, pathway), SPECIALTIES[:3], width(("letter",)), 1.0)


def test_competitors_of_a_kind_wish_for_specialties_in_proportion_to_their_shares() -> None:
    """Shares need not sum to one: 0.2, 0.4 and 0.2 are a quarter, a half and a quarter of the kind."""
    shares = {"locals": {"heart": 0.2, "bone": 0.4, "skin": 0.2}, "returning": {"heart": 0.0, "bone": 0.0, "skin": 0.7}}
    _, traits = wishing(shares).of_year(2010, day_of(2010, 3, 1), 1, 0)
    kind, wish = traits[:, COLUMN["competitor"]], traits[:, COLUMN["wish"]].astype(int)
    assert stats.chisquare(np.bincount(wish[kind == 0], minlength=3), [500, 1000, 500]).pvalue > 0.001
    assert (wish[kind == 1] == 2).all()


def test_competitors_of_a_kind_without_any_share_wish_for_the_last_specialty() -> None:
    nothing = dict.fromkeys(SPECIALTIES[:3], 0.0)
    _, traits = wishing(dict.fromkeys(KINDS, nothing)).of_year(2010, day_of(2010, 3, 1), 1, 0)
    assert len(traits) == 4000
    assert (traits[:, COLUMN["wish"]] == 2).all()


# --- all of it -----------------------------------------------------------------------------------------------

SMALL_MATCH = """
import sys
from pathlib import Path
import numpy as np
from imgsim.base.randomness.addresses import GRADUATE, actor
from imgsim.markets.allocation import Applicants
from imgsim.inputs.parameters.read import load_parameters
from imgsim.inputs.pathways.load import load_pathway
from imgsim.inputs.traits import COLUMN, width
from imgsim.markets.match.match import Match
from imgsim.persons.compile_rules import compile_rules

country = Path(sys.argv[1])
pathway, parameters = load_pathway(country / "pathway.toml"), load_parameters(country)
traits = np.zeros((60, width(tuple(pathway.flags))))
traits[:, COLUMN["ability"]], traits[::2, COLUMN["needs_visa"]] = np.linspace(-2, 2, 60), 1.0
traits[:, COLUMN["competitor"]], traits[:, COLUMN["wish"]] = -1.0, np.arange(60) % 12
traits[:, [COLUMN["graduation"], COLUMN["last_clinical"]]] = 14_700
actors = np.array([actor(GRADUATE, 2011, 0, k) for k in range(60)])
match = Match("match", parameters, compile_rules(parameters, pathway), pathway, 5, 0.012)
held = match.allocate(2012, 0, Applicants(actors, traits, 15_417))
print(held.outcome.tolist(), held.channel.tolist(), held.ranks.tolist(), held.specialty.tolist(), held.rows)
"""


def test_plain_python_gives_the_same_match_as_compiled_code(root: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", SMALL_MATCH, str(root / "imgsim/countries/us")]
    told = [
        subprocess.run(command, check=True, capture_output=True, text=True, cwd=root, env=os.environ | more).stdout
        for more in ({}, {"NUMBA_DISABLE_JIT": "1"})
    ]
    assert told[0] == told[1]
