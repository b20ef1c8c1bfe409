"""Outcomes against values worked out by hand and in closed form."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from builders import toy
from builders.synthetic import (
    exams,
    people,
    rank_lists,
    round_specialties,
    rounds,
    row_of,
    seasons,
    small_scenario,
    tables,
    value_of,
)

from imgsim.outcomes.all_measures import measures
from imgsim.outcomes.headline import families, headline_text, leaning, lines, summary
from imgsim.outcomes.outcome_rows import Rows
from imgsim.outcomes.strata import EVERYBODY


def missing(table: pd.DataFrame, measure: str, cohort: str = "measured") -> bool:
    """Is there no row of this measure and cohort?"""
    return not len(table[(table["measure"] == measure) & (table["cohort"] == cohort)])


# --- cohorts of the certified ----------------------------------------------------------------------------------------


def cohort_of_2005() -> pd.DataFrame:
    """Four certified from July 2005 to June 2006: training in 2006, 2006, 2010 and never; one before, one after."""
    return people(
        [
            {"certified_date": "2005-07-01", "training_date": "2006-07-01", "citizen": True},
            {"certified_date": "2006-06-30", "training_date": "2006-07-01"},
            {"certified_date": "2005-12-31", "training_date": "2010-07-01"},
            {"certified_date": "2005-12-31"},
            {"certified_date": "2005-06-30", "training_date": "2005-07-01"},
            {"certified_date": "2006-07-01", "training_date": "2011-07-01"},
        ]
    )


def test_a_certified_cohort_runs_from_july_to_june_and_is_followed_by_calendar_year() -> None:
    table = measures(tables(people=cohort_of_2005()), small_scenario())
    assert value_of(table, "cohort_size", "2005-06") == 8  # four heads at a scale of one half
    shares = [value_of(table, "cohort_entered", "2005-06", time=after) for after in range(6)]
    assert shares == [0, 0.5, 0.5, 0.5, 0.5, 0.75]
    assert row_of(table, "cohort_entered", "2005-06", time=5)["n"] == 4
    assert value_of(table, "cohort_failure_first_year", "2005-06") == 0.5
    assert value_of(table, "cohort_entered", "2005-06", "citizen", time=1) == 1
    assert value_of(table, "cohort_entered", "2005-06", "noncitizen", time=1) == pytest.approx(1 / 3)


def test_failure_in_the_first_year_leaves_out_those_already_in_training() -> None:
    graduates = people(
        [
            {"certified_date": "2005-07-01", "training_date": "2005-08-01"},
            {"certified_date": "2005-07-01", "training_date": "2006-07-01"},
            {"certified_date": "2005-07-01", "training_date": "2007-07-01"},
        ]
    )
    found = row_of(measures(tables(people=graduates), small_scenario()), "cohort_failure_first_year", "2005-06")
    assert (found["value"], found["n"]) == (0.5, 2)


def test_year_five_counts_only_cohorts_that_can_be_followed_so_long() -> None:
    scenario = small_scenario(end=date(2011, 1, 1))  # the cohort of 2006-07 would need all of 2011
    table = measures(tables(people=cohort_of_2005()), scenario)
    found = row_of(table, "placed_by_year_5")
    assert (found["value"], found["n"]) == (0.8, 5)
    entered = table[(table["measure"] == "cohort_entered") & (table["cohort"] == "2006-07") & (table["group"] == "all")]
    assert entered["time"].tolist() == [0, 1, 2, 3, 4]
    assert value_of(table, "cohort_entered", "2006-07", time=4) == 0


def test_never_placed_needs_eight_years_after_the_last_certificate_of_a_cohort() -> None:
    table = measures(tables(people=cohort_of_2005()), small_scenario(end=date(2014, 7, 1)))
    found = row_of(table, "never_placed")
    assert (found["value"], found["n"]) == (0.2, 5)


# --- ages and times --------------------------------------------------------------------------------------------------


def test_ages_have_the_moments_and_percentiles_of_numpy() -> None:
    rng = np.random.default_rng(1)
    born = np.datetime64("1975-01-01") + rng.integers(0, 3000, 200)
    graduates = people(
        [{"birth_date": str(day), "training_date": f"{2005 + k % 3}-07-01"} for k, day in enumerate(born)]
    )
    table = measures(tables(people=graduates), small_scenario())
    for cohort, chosen in (("measured", slice(None)), ("2006", slice(1, None, 3))):
        ages = graduates["training_age"].to_numpy()[chosen]
        assert value_of(table, "age_training", cohort, statistic="mean") == pytest.approx(ages.mean())
        assert value_of(table, "age_training", cohort, statistic="sd") == pytest.approx(ages.std(ddof=1))
        for name, share in (("p10", 0.1), ("median", 0.5), ("p90", 0.9)):
            value = value_of(table, "age_training", cohort, "north", statistic=name)
            assert value == pytest.approx(np.quantile(ages, share))


def test_licensed_stock_is_in_no_age_or_count_of_entrants() -> None:
    graduates = people([{"training_date": "2005-07-01"}, {"training_date": "2005-07-01", "stock": True}])
    table = measures(tables(people=graduates), small_scenario())
    assert row_of(table, "age_training", statistic="mean")["n"] == 1
    assert value_of(table, "training_starts", "2005") == 2
    assert value_of(table, "entrants", "2004") == 2


def test_times_are_of_those_who_got_there_beside_the_share_that_never_did() -> None:
    graduates = people(
        [
            {"graduation_date": "2004-07-01", "training_date": "2005-07-01"},
            {"graduation_date": "2004-07-01", "training_date": "2007-07-01"},
            {"graduation_date": "2004-07-01"},
            {"graduation_date": "2011-07-01"},  # followed for less than ten years
        ]
    )
    table = measures(tables(people=graduates), small_scenario())
    assert value_of(table, "never_graduation_to_training") == pytest.approx(1 / 3)
    assert value_of(table, "time_graduation_to_training", statistic="median") == pytest.approx(730 / 365.25)
    assert row_of(table, "time_graduation_to_training", statistic="p10")["n"] == 2


# --- the Match -------------------------------------------------------------------------------------------------------


def test_rates_of_the_match_pool_the_graduates_whose_careers_are_simulated() -> None:
    held = rounds(
        [
            ("fair", 2005, "locals", None, 100, 90, 80, 0, 5),
            ("fair", 2005, "citizen_img", None, 20, 10, 5, 2, 1),
            ("fair", 2005, "noncitizen_img", None, 60, 40, 15, 8, 1),
            ("fair", 2005, "all", 120, 180, 140, 100, 10, 7),
            ("queue", 2005, "all", 3, 4, 4, 3, 0, 0),
        ]
    )
    table = measures(tables(rounds=held), small_scenario())
    assert value_of(table, "match_rate", "2005", "citizen_img") == 0.5
    assert value_of(table, "match_rate", "2005", "img") == 0.4
    assert value_of(table, "match_active", "2005", "img") == 100
    assert value_of(table, "match_positions", "2005") == 240
    assert value_of(table, "entered_outside", "2005", "noncitizen_img") == 16
    assert value_of(table, "soap_rate", "2005", "img") == pytest.approx(2 / 30)
    assert value_of(table, "outside_share", "2005", "img") == pytest.approx(10 / 32)
    assert value_of(table, "img_pgy1_entrants", "2005", "img") == 64
    assert value_of(table, "queue.applicants", "2005") == 8
    assert value_of(table, "queue.placed", "2005") == 6


def climbers() -> dict[str, pd.DataFrame]:
    """One placed at the first attempt, one at the second by what is left over, one at the fifth; one never active."""
    return tables(
        people=people([{"citizen": True}, {"needs_visa": False}, {}, {}]),
        seasons=seasons(
            [
                (0, 2005, True, "match", 3, "heart"),
                (1, 2005, True, "none", 1, None),
                (1, 2006, True, "soap", 1, "bridge"),
                (2, 2005, False, "none", 0, None),
                *((2, year, True, "none", 2, None) for year in (2006, 2007, 2008, 2009)),
                (2, 2010, True, "match", 9, "heart"),
                (3, 2006, False, "outside", 0, "heart"),
            ]
        ),
    )


def test_first_attempts_are_the_first_with_a_rank_list_inside_the_measured_window() -> None:
    table = measures(climbers(), small_scenario())
    assert value_of(table, "first_attempt_failure") == pytest.approx(2 / 3)
    assert value_of(table, "first_attempt_failure", "2005") == 0.5
    assert value_of(table, "first_attempt_failure", group="citizen") == 0
    late = measures(climbers(), small_scenario(measured_from=date(2006, 1, 1)))
    assert row_of(late, "first_attempt_failure")["n"] == 1  # an attempt of 2005 makes 2006 the second


def test_a_place_outside_the_round_is_a_first_attempt_only_where_every_way_in_counts() -> None:
    table = measures(climbers(), small_scenario())
    assert value_of(table, "first_attempt_failure_after") == pytest.approx(2 / 3)  # what is left over came a year later
    found = row_of(table, "first_attempt_failure_any")
    assert (found["value"], found["n"]) == (0.5, 4)  # with the one who came in without a rank list
    assert value_of(table, "first_attempt_failure_any", "2006", "north") == 0.5


def test_who_comes_back_from_a_first_post_has_not_failed_before() -> None:
    rows = [(0, 2005, True, "match", 3, "bridge"), (0, 2006, True, "none", 3, None), (1, 2005, True, "none", 1, None)]
    given = tables(people=people([{}, {}]), seasons=seasons(rows))
    table = measures(given, small_scenario(end=date(2021, 1, 1)))
    assert value_of(table, "attempt_active", group="1") == 1
    assert value_of(table, "attempt_active", group="2") == 0
    assert value_of(table, "first_attempt_failure") == 0.5


def test_the_ladder_says_who_climbs_and_who_is_placed_on_each_rung() -> None:
    table = measures(climbers(), small_scenario(end=date(2021, 1, 1)))
    climbed = [value_of(table, "attempt_active", group=rung) for rung in ("1", "2", "3", "4+")]
    assert climbed == pytest.approx([1, 2 / 3, 1 / 3, 1 / 3])
    placed = [value_of(table, "attempt_placed", group=rung) for rung in ("1", "2", "3", "4+")]
    assert placed == pytest.approx([1 / 3, 0, 0, 0.5])


def test_rank_lists_specialties_and_short_posts() -> None:
    table = measures(climbers(), small_scenario())
    assert value_of(table, "img_match_rate", group="1") == 0
    assert value_of(table, "img_match_rate", group="8+") == 1
    assert value_of(table, "rank_list_length", group="matched") == 6
    assert value_of(table, "rank_list_length", group="unmatched") == 2
    assert value_of(table, "prelim_share") == 0.25  # the place in `bridge`
    assert value_of(table, "specialty_share", group="heart") == 0.75
    assert value_of(table, "specialty_share", group="heart/citizen") == 1


def test_the_odds_of_those_who_need_a_visa_are_told_among_noncitizens() -> None:
    needs = [True] * 10 + [False] * 10
    graduates = people([*({"needs_visa": need} for need in needs), {"citizen": True, "needs_visa": False}])
    placed = [k % 10 < (2 if need else 6) for k, need in enumerate(needs)]
    rows = [(k, 2018, True, "match" if hit else "none", 4, None) for k, hit in enumerate([*placed, True])]
    table = measures(tables(people=graduates, seasons=seasons(rows)), small_scenario())
    found = row_of(table, "odds_ratio_visa", "last_5_years", "noncitizen")
    assert found["value"] == pytest.approx((2 / 8) / (6 / 4))
    assert found["n"] == 20


# --- exams, livelihood, money, visas, stock --------------------------------------------------------------------------


def test_half_years_of_sittings_add_up_to_calendar_and_to_academic_years() -> None:
    held = exams(
        [
            ("test", 2005, 2, True, False, True, 3, 1),
            ("test", 2005, 2, True, True, True, 1, 1),
            ("test", 2006, 1, True, False, False, 4, 3),
            ("test", 2006, 2, True, False, False, 2, 0),
            ("test", 2004, 1, False, False, True, 9, 9),  # before the measured window
        ]
    )
    table = measures(tables(people=people([{}]), exams=held), small_scenario())
    assert value_of(table, "test.pass_rate", "2005") == 0.5
    assert value_of(table, "test.pass_rate", "2005", "first") == 0.5
    assert value_of(table, "test.pass_rate", "2006", "repeat") == 0.5
    assert value_of(table, "test.pass_rate_academic", "2005-06") == 5 / 8
    assert value_of(table, "test.pass_rate_academic", "2006-07") == 0
    assert value_of(table, "test.pass_rate", "2005", "first/citizen") == 1
    assert row_of(table, "test.pass_rate")["n"] == 10
    assert missing(table, "test.pass_rate", "2004")


def test_person_years_are_per_entrant_followed_for_ten_years() -> None:
    graduates = people(
        [
            {"years_survival_job": 3.0, "years_preparing": 1.0, "years_in_practice": 2.0},
            {"years_survival_job": 0.0, "years_preparing": 2.0},
            {"years_survival_job": 9.0, "entry_date": "2010-01-02"},
        ]
    )
    table = measures(tables(people=graduates), small_scenario())
    assert value_of(table, "person_years", group="survival_job") == 1.5
    assert value_of(table, "survival_years_per_100") == 150
    assert value_of(table, "livelihood_share", group="survival_job") == 0.5
    assert value_of(table, "physician_years", "2004") == 4
    assert value_of(table, "physician_years") == 4


def test_years_at_home_after_training_are_years_of_practising_at_home() -> None:
    """A stage may impose any livelihood: only training and practice have no part in how the other years divide."""
    graduates = people([{"years_practising_home": 1.0, "years_preparing": 3.0, "years_in_training": 4.0}])
    scenario = small_scenario()
    scenario.pathway.stages["abroad"] = toy.stage("abroad", "wait", livelihood="practising_home")
    table = measures(tables(people=graduates), scenario)
    assert value_of(table, "livelihood_share", group="practising_home") == 0.25


def test_person_years_by_year_of_entry_and_per_certified() -> None:
    graduates = people(
        [
            {"years_survival_job": 3.0, "certified_date": "2006-01-01"},
            {"years_survival_job": 1.0},
            {"years_survival_job": 9.0, "entry_date": "2006-01-02"},
        ]
    )
    table = measures(tables(people=graduates), small_scenario())
    assert value_of(table, "person_years", "2004", "survival_job") == 2
    assert value_of(table, "total_person_years", "2004", "survival_job") == 8  # a head stands for two persons
    assert value_of(table, "person_years", "2006", "survival_job") == 9
    assert missing(table, "person_years", "2005")
    assert value_of(table, "person_years_certified", group="survival_job") == 3


def test_costs_are_those_of_the_certified_of_the_measured_window() -> None:
    rows = [{"certified_date": "2010-03-01", "spent_to_certificate": 280.0, "citizen": True}]
    rows += [{"certified_date": "2011-03-01", "spent_to_certificate": 120.0}, {"spent_to_certificate": 999.0}]
    table = measures(tables(people=people(rows)), small_scenario())
    assert value_of(table, "cost_per_certified") == 200
    assert value_of(table, "cost_per_certified", group="citizen") == 280


def test_the_mix_of_visas_is_that_of_noncitizens_who_begin_training() -> None:
    rows: list[dict[str, Any]]
    rows = [{"training_date": "2005-07-01", "visa_at_training": status} for status in ("guest", "none", "none", "none")]
    rows += [{"training_date": "2005-07-01", "visa_at_training": "none", "citizen": True}, {}]
    table = measures(tables(people=people(rows)), small_scenario())
    assert value_of(table, "visa_mix", "2005", "guest") == 0.25
    assert value_of(table, "visa_mix", group="none") == 0.75


def test_the_licensed_are_the_census_and_those_since_less_those_who_went() -> None:
    graduates = people(
        [
            {"stock": True, "entry_date": "2010-07-01", "region": "south", "citizen": True},
            {"stock": True, "entry_date": "2010-07-01", "region": "south", "end_date": "2012-01-01"},
            {"licensed_date": "2011-01-01", "region": "south"},
            {"licensed_date": "2009-01-01", "region": "south"},  # before the census, which counts everybody
            {"licensed_date": "2015-01-02"},
        ]
    )
    table = measures(tables(people=graduates), small_scenario())
    stock = {year: value_of(table, "licensed_stock", str(year)) for year in (2011, 2012, 2016)}
    assert stock == {2011: 6, 2012: 4, 2016: 6}
    assert value_of(table, "licensed_stock", "2016", "south/citizen") == 2
    assert value_of(table, "licensed_growth", "2011-2019") == 0
    assert value_of(table, "licensed_growth", "2011-2019", "south") == pytest.approx(-100 / 3)


# --- the headline ----------------------------------------------------------------------------------------------------


def outcomes_of(values: list[float], measure: str = "first_attempt_failure", statistic: str = "share") -> pd.DataFrame:
    """One measure over replications."""
    table = pd.DataFrame({"replication": range(len(values)), "measure": measure, "value": values})
    return table.assign(cohort="measured", group="all", by="all", statistic=statistic, n=1000.0)


def test_the_interval_is_that_of_student() -> None:
    found = summary(outcomes_of([0.1, 0.2, 0.3])).iloc[0]
    half = 4.302652729911275 * 0.1 / math.sqrt(3)  # t of 2 degrees of freedom at 97.5%
    assert (found["value"], found["low"], found["high"]) == pytest.approx((0.2, 0.2 - half, 0.2 + half))


def test_one_replication_has_no_interval() -> None:
    found = summary(outcomes_of([0.25]))
    assert found["low"].isna().all()
    assert found["high"].isna().all()
    assert "One replication" in headline_text(found)


def test_the_text_says_denominator_and_what_its_interval_shows() -> None:
    everything = [outcomes_of([0.1, 0.2]), outcomes_of([12.0, 14.0], "survival_years_per_100", "rate")]
    text = headline_text(summary(pd.concat(everything)))
    assert max(map(len, text.splitlines())) <= 100
    assert "1,000" in text
    assert "15.0%" in text
    assert "95% interval over 2 replications: chance only, not parameter uncertainty" in text
    assert "leans on assumed livelihood rates" in text


def test_a_given_input_has_no_interval() -> None:
    table = outcomes_of([27.5, 27.5], "age_applied").assign(by="competitor", group="us_md", statistic="mean", n=0.0)
    found = summary(table)
    assert found["low"].isna().all()
    assert "given" in headline_text(found)


def test_every_line_says_by_letters_what_it_leans_on() -> None:
    text = headline_text(summary(outcomes_of([0.1, 0.2]))).splitlines()
    assert text[1].endswith(" pm")
    assert "p people, m the market for places" in " ".join(text)
    assert "l livelihood" not in " ".join(text)


def test_every_family_that_a_line_leans_on_has_a_letter() -> None:
    known = tuple(prefix for family in families() for prefix in family["prefixes"])
    assert [prefix for line in lines() for prefix in line["leans"] if not prefix.startswith(known)] == []


def test_a_headline_leans_on_assumed_parameters_only() -> None:
    assert leaning(small_scenario())["survival_years_per_100"] == ["livelihood.preparing.survival_job"]
    said = summary(outcomes_of([1.0], "survival_years_per_100", "rate"), small_scenario())["leans_on"].iloc[0]
    assert said == "leans on assumed livelihood rates; livelihood.* (1 assumed)"


def test_a_run_without_anybody_has_no_measures_that_divide_by_nobody() -> None:
    table = measures(tables(people=people([{}]).iloc[:0]), small_scenario())
    assert np.isfinite(table["value"]).all()
    assert set(table["value"]) <= {0.0}


def nearly_nobody() -> list[dict[str, pd.DataFrame]]:
    """Replications of which each lacks what another has: people, seasons, rounds, a stock, an end, a family."""
    ended = {"training_date": "2006-07-01", "end": "gone", "end_class": "gave_up", "end_date": "2009-01-01"}
    stock = {"stock": True, "entry_date": "2011-01-01", "licensed_date": "2011-01-01"}
    return [
        climbers(),
        tables(people=people([{}]).iloc[:0]),
        tables(people=cohort_of_2005()) | by_specialty(),
        tables(people=people([stock, {"certified_date": "2005-12-31"} | ended, {"licensed_date": "2012-01-01"}])),
    ]


def by_specialty() -> dict[str, pd.DataFrame]:
    """A Match that fills three of five seats."""
    seats = [(2005, "heart", 1, "all", 5, 9, 3, 1), (2005, "heart", 1, "citizen_img", 0, 9, 3, 1)]
    lists = [(2005, "citizen_img", "heart", 3, 3, 3)]
    return {
        "round_specialties": round_specialties(seats),
        "rank_lists": rank_lists(lists),
        "exam_abilities": rank_lists(lists, "ability"),
    }


def numbered(number: int, held: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables of a replication; the yearly one tells it even if there is nobody."""
    held = held | {"yearly": pd.DataFrame({"year": [2005]})}
    return {name: table.assign(replication=number) for name, table in held.items()}


def test_what_is_measured_of_a_replication_does_not_depend_on_what_is_measured_with_it() -> None:
    each = [numbered(number, held) for number, held in enumerate(nearly_nobody(), 3)]
    together = {name: pd.concat([held[name] for held in each], ignore_index=True) for name in each[0]}
    found = measures(together, small_scenario())
    key = ["replication", "measure", "statistic", "cohort", "by", "group", "time"]
    alone = pd.concat([measures(held, small_scenario()) for held in each])
    assert found["replication"].unique().tolist() == [3, 4, 5, 6]
    found, alone = (table.astype(dict.fromkeys(key[1:6], str)) for table in (found, alone))
    alone = alone.sort_values(key).reset_index(drop=True)
    pd.testing.assert_frame_equal(found, alone, check_exact=True)


def test_lists_that_do_not_fit_the_values_are_refused() -> None:
    rows = Rows(np.array([0, 1]))
    for value, cohort in ((np.ones(3), "measured"), (np.ones((2, 3)), ["2005", "2006"]), (1.0, "measured")):
        with pytest.raises(ValueError, match="2 replications"):
            rows.add("share", cohort, EVERYBODY, value, 1, "share")


def test_rows_differ_in_measure_statistic_cohort_group_or_time() -> None:
    table = measures(climbers() | {"people": cohort_of_2005()}, small_scenario())
    assert not table.duplicated(["measure", "statistic", "cohort", "by", "group", "time"]).any()
    assert all(isinstance(name, str) for name in [*table["cohort"], *table["group"]])
