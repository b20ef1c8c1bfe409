"""Measures of a Match by specialty, of rank lists and of exam ability, on tables small enough to be counted by hand."""

from __future__ import annotations

from dataclasses import replace
from statistics import stdev
from typing import Any

import pandas as pd
import pytest
from builders.synthetic import (
    people,
    rank_lists,
    round_specialties,
    row_of,
    seasons,
    small_scenario,
    tables,
    value_of,
)

from imgsim.inputs.pathways.pathway import ApplicantGroup
from imgsim.outcomes.all_measures import measures

INDEPENDENT = ApplicantGroup("independent", ("noncitizen_img",))
POSTS = [  # year, specialty, level, group, seats, interviews, placed, after
    (2005, "heart", 1, "locals", 0, 30, 4, 1),
    (2005, "heart", 1, "citizen_img", 0, 6, 1, 0),
    (2005, "heart", 1, "noncitizen_img", 0, 4, 1, 2),
    (2005, "heart", 1, "all", 10, 40, 6, 3),
    (2005, "heart", 2, "locals", 0, 8, 2, 0),
    (2005, "heart", 2, "all", 2, 8, 2, 0),
    (2005, "bridge", 1, "noncitizen_img", 0, 5, 3, 0),
    (2005, "bridge", 1, "all", 8, 5, 3, 0),
]


def scenario() -> Any:
    """The small road at scale 0.5, with a group of applicants that its tables count together."""
    made = small_scenario()
    made.pathway = replace(made.pathway, applicant_groups={"independent": INDEPENDENT})
    return made


def by_specialty() -> pd.DataFrame:
    return measures(tables(round_specialties=round_specialties(POSTS)), scenario())


def test_positions_are_filled_by_level_specialty_and_both() -> None:
    table = by_specialty()
    filled = {
        "all": 11 / 20, "pgy1": 9 / 18, "pgy2": 1,
        "heart": 8 / 12, "bridge": 3 / 8, "heart/pgy1": 6 / 10, "heart/pgy2": 1,
    }  # fmt: skip
    rows = table[table["measure"] == "match_fill_rate"]
    assert dict(zip(rows["group"], rows["value"], strict=True)) == pytest.approx(filled)
    assert row_of(table, "match_fill_rate", "2005", "heart")["n"] == 12


def test_a_specialty_with_one_level_has_no_levels_of_its_own() -> None:
    table = by_specialty()
    assert not table["group"].astype(str).str.startswith("bridge/pgy").any()


def test_unfilled_positions_are_counted_at_full_size() -> None:
    assert value_of(by_specialty(), "match_unfilled", "2005", "heart/pgy1") == (10 - 6) / 0.5


def test_shares_of_positions_are_over_all_that_are_offered() -> None:
    table = by_specialty()
    shares = {"img": 5 / 20, "locals": 6 / 20, "heart/img": 2 / 12, "heart/pgy1/img": 2 / 10, "bridge/img": 3 / 8}
    for group, share in shares.items():
        assert value_of(table, "match_share_of_positions", "2005", group) == pytest.approx(share), group
    assert value_of(table, "match_share_of_positions", "2005", "pgy1/locals") == pytest.approx(4 / 18)


def test_shares_of_the_kinds_of_applicants_and_the_unfilled_rest_add_up_to_one() -> None:
    table = by_specialty()
    for specialty in ("heart", "bridge"):
        kinds = [f"{specialty}/{kind}" for kind in ("locals", "citizen_img", "noncitizen_img")]
        filled = sum(value_of(table, "match_share_of_positions", "2005", kind) for kind in kinds)
        assert filled == pytest.approx(value_of(table, "match_fill_rate", "2005", specialty))


def test_rankings_per_position_are_entries_of_all_lists_over_positions() -> None:
    assert value_of(by_specialty(), "match_rankings_per_position", "2005", "heart/pgy1") == 40 / 10


def test_what_is_left_over_of_the_year_is_filled_afterwards() -> None:
    table = by_specialty()
    assert value_of(table, "soap_fill_rate", "2005", "heart") == 3 / 4
    assert value_of(table, "soap_fill_rate", "2005", "bridge") == 0
    assert value_of(table, "soap_fill_rate", "2005") == pytest.approx(3 / 9)


LISTS = [  # year, group, specialty, ranks, persons, as wished
    (2005, "locals", "heart", 20, 2, 2),
    (2005, "noncitizen_img", "heart", 0, 5, 0),
    (2005, "noncitizen_img", "heart", 1, 4, 1),
    (2005, "noncitizen_img", "heart", 3, 2, 1),
    (2005, "noncitizen_img", "bridge", 3, 2, 2),
    (2005, "citizen_img", "bridge", 14, 1, 1),
]


def by_ranks() -> pd.DataFrame:
    return measures(tables(rank_lists=rank_lists(LISTS)), scenario())


def test_the_match_rate_in_the_specialty_wished_for_counts_all_who_wish_for_it() -> None:
    table = by_ranks()
    assert value_of(table, "preferred_rate", "2005", "heart/noncitizen_img") == pytest.approx(2 / 11)
    assert value_of(table, "preferred_rate", "2005", "img") == pytest.approx(5 / 14)
    assert value_of(table, "preferred_rate", "2005", "independent") == pytest.approx(4 / 13)


def test_the_match_rate_by_ranks_pools_specialties_and_long_lists() -> None:
    table = by_ranks()
    assert value_of(table, "preferred_rate_by_ranks", "2005", "1/img") == pytest.approx(1 / 4)
    assert value_of(table, "preferred_rate_by_ranks", "2005", "3/img") == pytest.approx(3 / 4)
    assert row_of(table, "preferred_rate_by_ranks", "2005", "13+/locals")["n"] == 2
    assert value_of(table, "preferred_rate_by_ranks", "2005", "13+/img") == 1
    assert value_of(table, "preferred_rate_by_ranks", "2005", "3/heart/independent") == pytest.approx(1 / 2)
    groups = table[table["measure"] == "preferred_rate_by_ranks"]["group"].astype(str)
    assert not groups.str.startswith("0/").any()
    assert not (groups == "3/heart/img").any()  # by specialty only for the group that the country declares


def test_lengths_of_rank_lists_are_those_of_the_matched_and_of_others() -> None:
    table = by_ranks()
    matched, unmatched = "matched/noncitizen_img", "unmatched/noncitizen_img"
    assert value_of(table, "preferred_ranks", "2005", matched, statistic="mean") == (1 + 3 + 3 + 3) / 4
    assert value_of(table, "preferred_ranks", "2005", unmatched, statistic="mean") == pytest.approx(
        (5 * 0 + 3 * 1 + 1 * 3) / 9
    )
    assert value_of(table, "preferred_ranks", "2005", unmatched, statistic="median") == 0
    assert value_of(table, "preferred_ranks", "2005", matched, statistic="median") == 3
    assert value_of(table, "preferred_ranks", "2005", "matched/heart/noncitizen_img", statistic="mean") == 2


def test_ability_sets_the_matched_apart_by_standard_deviations_within_both() -> None:
    abilities: list[tuple[Any, ...]] = [
        (2005, "noncitizen_img", "heart", 1.0, 2, 2),
        (2005, "noncitizen_img", "heart", 0.5, 1, 1),
        (2005, "noncitizen_img", "heart", 0.0, 2, 0),
        (2005, "noncitizen_img", "heart", -0.5, 2, 0),
    ]
    table = measures(tables(exam_abilities=rank_lists(abilities, "ability")), scenario())
    ones, others = [1.0, 1.0, 0.5], [0.0, 0.0, -0.5, -0.5]
    within = ((2 * stdev(ones) ** 2 + 3 * stdev(others) ** 2) / 5) ** 0.5
    expected = (sum(ones) / 3 - sum(others) / 4) / within
    assert value_of(table, "ability_difference", "2005", "heart/img") == pytest.approx(expected)
    assert row_of(table, "ability_difference", "2005", "independent")["n"] == 7


def test_nobody_is_set_apart_where_all_match() -> None:
    everybody: list[tuple[Any, ...]] = [(2005, "noncitizen_img", "heart", 1.0, 2, 2)]
    table = measures(tables(exam_abilities=rank_lists(everybody, "ability")), scenario())
    assert not (table["measure"] == "ability_difference").any()


def test_without_any_spread_within_the_groups_there_is_no_difference_in_its_units() -> None:
    alike: list[tuple[Any, ...]] = [
        (2005, "noncitizen_img", "heart", 0.75, 3, 3),
        (2005, "noncitizen_img", "heart", -0.25, 7, 0),
    ]
    table = measures(tables(exam_abilities=rank_lists(alike, "ability")), scenario())
    assert not (table["measure"] == "ability_difference").any()


def test_years_outside_the_measured_window_are_left_out() -> None:
    early = [(2003, *row[1:]) for row in POSTS]
    table = measures(tables(round_specialties=round_specialties(early)), scenario())
    assert not table["measure"].astype(str).str.startswith("match_").any()


def applicants() -> pd.DataFrame:
    """Two others who graduated in 2003 and 1996, and a citizen of 2000, in the Matches of 2005 and 2006."""
    dates = ({"graduation_date": "2003-06-30"}, {"graduation_date": "1996-01-01"},
             {"graduation_date": "2000-07-01", "citizen": True})  # fmt: skip
    lists: list[tuple[int, int, bool, str, int, str | None]] = [
        (0, 2005, True, "match", 3, "heart"),
        (1, 2005, True, "none", 1, None),
        (1, 2006, True, "none", 2, None),
        (2, 2005, False, "none", 0, None),
        (2, 2006, True, "soap", 1, "bridge"),
    ]
    return measures(tables(people=people(dates), seasons=seasons(lists)), scenario())


def test_years_since_graduation_are_those_between_two_calendar_years() -> None:
    table = applicants()
    rate = {"0-2": 1.0, "0-2/noncitizen": 1.0, "6-9": 0.0, "10+/noncitizen": 0.0, "6-9/citizen": 0.0}
    for group, share in rate.items():
        assert value_of(table, "img_match_rate_since_graduation", "measured", group) == share, group
    assert row_of(table, "img_match_rate_since_graduation", "2005", "6-9")["n"] == 1  # nine years
    assert row_of(table, "img_match_rate_since_graduation", "2006", "10+")["n"] == 1  # ten
    assert row_of(table, "img_match_rate_since_graduation", "2006", "6-9")["n"] == 1  # the citizen, six


def test_who_gets_no_interview_is_counted_among_all_applicants() -> None:
    table = applicants()
    assert value_of(table, "no_interview_share", "2005") == pytest.approx(1 / 3)
    assert value_of(table, "no_interview_share", "measured", "citizen") == 1 / 2
    assert value_of(table, "no_interview_share", "measured", "noncitizen") == 0
