"""Small Matches whose outcome can be worked out by hand: two levels, screens, interviews that bind, SOAP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from builders.match import able, assert_same, plain_match

from imgsim.base.errors import InputError
from imgsim.inputs.traits import COLUMN
from imgsim.markets.allocation import (
    IN_ROUND,
    IN_SOAP,
    INELIGIBLE,
    NO_CHANNEL,
    OUTSIDE,
    PLACED,
    UNPLACED,
    Allocation,
    Applicants,
)
from imgsim.markets.match.match import Match
from imgsim.markets.match.reference import allocate

Changes = Mapping[str, Any]
HEART, BONE = 0, 1


def placed(match: Match, people: Applicants) -> Allocation:
    """The allocation of 2018, which the Match in plain words must give as well."""
    allocation = match.allocate(2018, 0, people)
    assert_same(allocation, allocate(match, 2018, 0, people))
    return allocation


def offering(heart: int, bone: int, **changes: Any) -> Changes:
    """A programme of either specialty with so many seats."""
    seats = max(heart + bone, 1)
    share = {"heart": heart / seats, "bone": bone / seats}
    running = {"heart": float(heart > 0), "bone": float(bone > 0)}
    return {"positions": heart + bone, "specialty_share": share, "programmes": running, **changes}


def advanced(one_year: int, later: int, **changes: Any) -> Changes:
    """One-year posts in the first specialty and advanced positions in the second, one programme of each."""
    only_bone = {"heart": 0.0, "bone": 1.0}
    return {
        **offering(one_year, 0), "positions.advanced": later, "advanced_share": only_bone,
        "programmes.advanced": only_bone, **changes,
    }  # fmt: skip


# --- two levels ------------------------------------------------------------------------------------------------------

# Three who wish for bone: the abler they are, the earlier they come, everywhere. (one-year posts, advanced positions;
# outcome and specialty of each.)
LEVELS = [
    (0, 2, [UNPLACED, UNPLACED, UNPLACED], [-1, -1, -1]),
    (1, 2, [PLACED, UNPLACED, UNPLACED], [BONE, -1, -1]),
    (2, 2, [PLACED, PLACED, UNPLACED], [BONE, BONE, -1]),
    (3, 2, [PLACED, PLACED, PLACED], [BONE, BONE, HEART]),
    (3, 0, [PLACED, PLACED, PLACED], [HEART, HEART, HEART]),
]


@pytest.mark.parametrize(("one_year", "later", "outcome", "specialty"), LEVELS)
def test_an_advanced_position_needs_a_one_year_post_and_leads_to_its_own_specialty(
    one_year: int, later: int, outcome: list[int], specialty: list[int]
) -> None:
    match = plain_match(advanced(one_year, later, **{"soap.rounds": 0}), one_year=1)
    allocation = placed(match, able([2.0, 1.0, 0.0], wish=BONE))
    assert allocation.outcome.tolist() == outcome
    assert allocation.specialty.tolist() == specialty
    assert allocation.channel.tolist() == [IN_ROUND if each == PLACED else NO_CHANNEL for each in outcome]


def test_who_has_an_advanced_position_and_no_first_year_finds_one_in_soap() -> None:
    """Nobody attends interviews for one-year posts, so the Match leaves them empty; advanced positions come first."""
    match = plain_match(advanced(2, 1, **{"first_year.interviews_attended": 0}), one_year=1)
    allocation = placed(match, able([2.0, 1.0], wish=BONE))
    assert allocation.channel.tolist() == [IN_SOAP, IN_SOAP]
    assert allocation.specialty.tolist() == [BONE, HEART]


def test_who_ranks_no_one_year_post_holds_an_advanced_position_alone_and_is_unplaced() -> None:
    match = plain_match(advanced(2, 1, **{"first_year.linked": 0, "soap.takes_part": 0}), one_year=1)
    allocation = placed(match, able([2.0], wish=BONE))
    assert allocation.outcome.tolist() == [UNPLACED]
    tracks = allocation.details["specialties"]
    own = (tracks["specialty"] == "bone") & (tracks["level"] == 2) & (tracks["group"] == "noncitizen_img")
    assert tracks["placed"][own].tolist() == [1]


def test_advanced_positions_left_are_not_offered_in_soap() -> None:
    match = plain_match(advanced(0, 3, **{"interviews_per_position": {"heart": 1, "bone": 1 / 3}}), one_year=1)
    allocation = placed(match, able([2.0, 1.0], wish=BONE))
    tracks = allocation.details["specialties"]
    assert tracks["placed"].sum() == 2  # the one interview and match, counted with its group and with all
    assert tracks["soap"].sum() == 0


def test_who_is_matched_to_a_post_that_leads_on_takes_no_one_year_post() -> None:
    changes = {**offering(2, 1), "first_year": {"heart": 1.0, "bone": 0.0}}
    allocation = placed(plain_match({**changes, "positions.advanced": 0}, one_year=1), able([2.0, 1.0], wish=BONE))
    assert allocation.specialty.tolist() == [BONE, HEART]
    assert allocation.ranks.tolist() == [2, 2]  # each ranks the one programme of either kind


# --- screens ---------------------------------------------------------------------------------------------------------

# What all programmes ask for, and what a graduate lacks or has; the graduate is considered or not.
SCREENS: list[tuple[Changes, dict[str, float], bool]] = [
    ({"considers": 0}, {}, False),
    ({"considers": 0}, {"citizen": 1.0}, False),
    ({"sponsor.none": 1}, {"needs_visa": 1.0}, False),
    ({"sponsor.none": 1}, {}, True),
    ({"screen.failed": 1}, {"has_failed": 1.0}, False),
    ({"screen.failed": 1}, {}, True),
    ({"screen.failed": 0}, {"has_failed": 1.0}, True),
    ({"screen.experience": 1}, {"experience": 0.07}, False),
    ({"screen.experience": 1}, {"experience": 0.08}, True),
    ({"screen.experience": 0}, {"experience": 0.0}, True),
    ({"letter.programmes": 1}, {"letter": 0.0}, False),
    ({"letter.programmes": 1}, {}, True),
    ({"letter.programmes": 1, "letter.required": 0}, {"letter": 0.0}, True),
    ({"screen.gap": 1.5}, {}, False),  # two years after graduation
    ({"screen.gap": 2.5}, {}, True),
]


@pytest.mark.parametrize(("asked", "traits", "considered"), SCREENS)
def test_programmes_never_interview_whom_they_refuse_unread(
    asked: Changes, traits: dict[str, float], considered: bool
) -> None:
    """Two seats for one graduate: refused only if no programme considers such a person, in the Match and in SOAP."""
    allocation = placed(plain_match(offering(1, 1, **asked)), able([0.0], **traits))
    assert allocation.outcome.tolist() == [PLACED if considered else INELIGIBLE]
    assert allocation.interviews.tolist() == [1 if considered else 0]
    assert allocation.details["specialties"]["applications"].sum() == (2 if considered else 0)  # own group and all


def test_competitors_pass_every_screen() -> None:
    refusing = {"considers": 0, "screen.failed": 1, "screen.experience": 1, "letter.programmes": 1, "screen.gap": 0}
    seats = offering(1, 1, competitors={"locals": 2, "returning": 0}, **refusing)
    allocation = placed(plain_match(seats), able([]))
    assert next(row for row in allocation.rows if row["group"] == "locals")["active"] == 2


def test_who_wishes_for_nothing_applies_nowhere() -> None:
    allocation = placed(plain_match(offering(1, 1, backup=1)), able([0.0], wish=-1.0))
    assert allocation.details["specialties"]["applications"].sum() == 0
    assert allocation.outcome.tolist() == [UNPLACED]


@pytest.mark.parametrize("cap", [0, 1, 3])
def test_nobody_sends_more_applications_than_the_cap(cap: int) -> None:
    seats = {**offering(5, 0), "programmes": {"heart": 5.0, "bone": 0.0}}
    allocation = placed(plain_match(seats, cap=cap), able([1.0, 0.0]))
    assert allocation.interviews.tolist() == [cap, cap]  # of five programmes that interview everybody


@pytest.mark.parametrize(
    ("backup", "second", "share"), [(1, 1, 1), (0, 1, 0), (1, 0, 0), (1, 0.5, 0.5), (0.4, 0.5, 0.2)]
)
def test_who_has_a_second_specialty_applies_there_too(backup: float, second: float, share: float) -> None:
    """All wish for bone; every second application goes to the second specialty, heart or none that is another one."""
    seats = offering(1, 1, backup=backup, second_specialty_every=2, interviews_per_position=2000)
    allocation = placed(plain_match(seats, second=second), able(np.zeros(400).tolist(), wish=BONE))
    assert set(allocation.interviews.tolist()) <= {1, 2}
    both = float(np.mean(allocation.interviews == 2))
    assert both == pytest.approx(share, abs=4 * (share * (1 - share) / 400) ** 0.5)


# --- interviews ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("attends", [0, 1, 3, 20])
def test_nobody_attends_more_interviews_than_the_cap_and_all_reach_it_where_there_are_enough(attends: int) -> None:
    """Eight programmes with interviews for all: lists are as long as the cap, or as there are programmes."""
    seats = {**offering(8, 0), "programmes": {"heart": 8.0, "bone": 0.0}, "interviews_attended": attends}
    allocation = placed(plain_match({**seats, "soap.rounds": 0}), able(np.linspace(-2, 2, 12).tolist()))
    assert set(allocation.interviews.tolist()) == {min(attends, 8)}


@pytest.mark.parametrize(("per_position", "interviews"), [(0, 0), (0.5, 1), (2, 2), (3, 3), (4, 4), (9, 4)])
def test_a_programme_invites_its_number_per_position_rounded_up(per_position: float, interviews: int) -> None:
    match = plain_match(offering(1, 0, interviews_per_position=per_position))
    allocation = placed(match, able([3.0, 2.0, 1.0, 0.0]))
    assert allocation.interviews.tolist() == [1] * interviews + [0] * (4 - interviews)  # the best files first


def test_who_was_not_interviewed_is_not_matched_although_a_seat_stays_empty() -> None:
    match = plain_match(offering(3, 0, **{"interviews_per_position": 1 / 3, "soap.rounds": 0}))
    assert placed(match, able([1.0, 0.0])).outcome.tolist() == [PLACED, UNPLACED]


@pytest.mark.parametrize(("weight", "interviews"), [(0.9, [1, 0]), (1.1, [0, 1])])
def test_a_signal_lifts_a_file_past_abler_ones_by_its_weight(weight: float, interviews: list[int]) -> None:
    """One interview. The less able one wishes for bone, for which there is a signal; to the other it is the second."""
    signals = {"signals": {"heart": 0.0, "bone": 1.0}, "signals.weight": weight}
    match = plain_match(offering(0, 1, interviews_per_position=1, backup=1, **signals), signals=1)
    people = able([1.0, 0.0])
    people.traits[:, COLUMN["wish"]] = HEART, BONE
    assert placed(match, people).interviews.tolist() == interviews


def test_signals_do_not_lift_applications_for_one_year_posts() -> None:
    """A one-year post with one interview: the abler one has it, although only the other one may send signals."""
    signals = {"signals": {"heart": 0.0, "bone": 3.0}, "signals.weight": 9}
    seats = advanced(1, 0, **{"interviews_per_position": 1, "first_year.linked": 1}, **signals)
    people = able([1.0, 0.0])
    people.traits[:, COLUMN["wish"]] = HEART, BONE
    assert placed(plain_match(seats, one_year=1, signals=1), people).interviews.tolist() == [1, 0]


# --- the bar after the interview -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("least", "outcome"), [(0.0, [PLACED, PLACED]), (0.5, [PLACED, UNPLACED])])
def test_whom_the_only_programme_scores_below_the_bar_has_it_on_the_list_and_is_not_matched(
    least: float, outcome: list[int]
) -> None:
    """Two seats for two who are scored by ability alone, 1 and 0: whoever is as high as the bar is ranked."""
    allocation = placed(plain_match(offering(2, 0, **{"interview.least": least, "soap.rounds": 0})), able([1.0, 0.0]))
    assert allocation.outcome.tolist() == outcome
    assert allocation.ranks.tolist() == allocation.interviews.tolist() == [1, 1]
    assert allocation.active.tolist() == [True, True]
    tracks = allocation.details["specialties"]
    hearts = (tracks["specialty"] == "heart") & (tracks["group"] == "all")
    assert tracks["ranked"][hearts].tolist() == [2]
    assert tracks["placed"][hearts].tolist() == [outcome.count(PLACED)]


def test_a_seat_that_stays_empty_by_the_bar_is_offered_in_soap() -> None:
    allocation = placed(plain_match(offering(2, 0, **{"interview.least": 0.5})), able([1.0, 0.0]))
    assert allocation.channel.tolist() == [IN_ROUND, IN_SOAP]


def test_the_bar_holds_outside_the_match_and_for_one_year_posts_too() -> None:
    """Ability is 1 and 0: nobody but the first signs outside the Match, or finds the year before the later post."""
    outside = offering(1, 0, outside_seats=2, **{"outside_seats.open_share": 1, "interview.least": 0.5})
    assert placed(plain_match(outside), able([1.0, 0.0])).channel.tolist() == [OUTSIDE, IN_SOAP]
    later = advanced(2, 2, **{"interview.least": 0.5, "soap.rounds": 0})
    assert placed(plain_match(later, one_year=1), able([1.0, 0.0], wish=BONE)).outcome.tolist() == [PLACED, UNPLACED]


# --- citizens among graduates from abroad ----------------------------------------------------------------------------


@pytest.mark.parametrize(("year", "outcome"), [(2017, [PLACED, UNPLACED]), (2018, [UNPLACED, PLACED])])
@pytest.mark.parametrize("specialty", [HEART, BONE])
def test_what_being_a_citizen_adds_has_dates_and_is_the_same_in_every_specialty(
    year: int, outcome: list[int], specialty: int
) -> None:
    """One seat; the second of two is a citizen and one point less able: citizenship adds half a point, then two."""
    added = [("2010-01-01", 0.5), ("2018-01-01", 2.0)]
    seats = offering(specialty == HEART, specialty == BONE, **{"openness.citizen": added, "soap.rounds": 0})
    match, people = plain_match(seats), able([1.0, 0.0], wish=specialty)
    people.traits[1, COLUMN["citizen"]] = 1.0
    allocation = match.allocate(year, 0, people)
    assert_same(allocation, allocate(match, year, 0, people))
    assert allocation.outcome.tolist() == outcome


# --- SOAP ------------------------------------------------------------------------------------------------------------

# A heart seat for the abler of two who wish for it, and bone seats that nobody was interviewed for.
LEFT = {**offering(1, 2), "interviews_per_position": {"heart": 2.0, "bone": 0.0}}


@pytest.mark.parametrize(
    ("changes", "channel"),
    [
        ({}, IN_SOAP),
        ({"soap.takes_part": 0}, NO_CHANNEL),
        ({"soap.rounds": 0}, NO_CHANNEL),
        ({"soap.applications": 0}, NO_CHANNEL),
        ({"soap.appeal": {"heart": 1.0, "bone": 0.0}}, NO_CHANNEL),
    ],
)
def test_who_is_left_and_takes_part_is_offered_what_is_left_and_other_seats_stay_empty(
    changes: Changes, channel: int
) -> None:
    allocation = placed(plain_match({**LEFT, **changes}), able([1.0, 0.0]))
    assert allocation.channel.tolist() == [IN_ROUND, channel]
    tracks = allocation.details["specialties"]
    filled = {
        name: int((tracks["placed"] + tracks["soap"])[(tracks["specialty"] == name) & (tracks["group"] == "all")].sum())
        for name in ("heart", "bone")
    }
    assert filled == {"heart": 1, "bone": int(channel == IN_SOAP)}  # of two


def test_who_ranked_nothing_takes_no_part_in_soap() -> None:
    allocation = placed(plain_match({**LEFT, "interviews_attended": 0}), able([1.0, 0.0]))
    assert allocation.channel.tolist() == [NO_CHANNEL, NO_CHANNEL]
    assert allocation.outcome.tolist() == [UNPLACED, UNPLACED]


@pytest.mark.parametrize(("points", "channels"), [(0.0, [IN_SOAP, NO_CHANNEL]), (-2.0, [NO_CHANNEL, IN_SOAP])])
def test_soap_places_by_a_merit_of_its_own(points: float, channels: list[int]) -> None:
    """Two are left for one seat; a point of ability counts one, in SOAP less two where it is said so."""
    seats = {**offering(1, 1), "interviews_per_position": {"heart": 3.0, "bone": 0.0}}
    match = plain_match({**seats, "soap.merit.plus.ability": points})
    assert placed(match, able([3.0, 2.0, 1.0])).channel.tolist() == [IN_ROUND, *channels]


def test_more_rounds_of_offers_than_a_hundred_are_refused() -> None:
    match = plain_match({**LEFT, "soap.rounds": 101})
    with pytest.raises(InputError, match=r"must be from 0 to 100, not 101"):
        match.allocate(2018, 0, able([1.0, 0.0]))


# --- outside ---------------------------------------------------------------------------------------------------------


def test_who_signs_outside_the_match_leaves_it_with_a_seat_that_is_not_in_it() -> None:
    """One seat in the Match and one outside, at the programme that sponsors visas: two are placed, the third is not."""
    match = plain_match(offering(1, 0, outside_seats=1, **{"outside_seats.open_share": 1}))
    allocation = placed(match, able([2.0, 1.0, 0.0]))
    assert allocation.channel.tolist() == [OUTSIDE, IN_ROUND, NO_CHANNEL]
    assert allocation.active.tolist() == [False, True, True]
