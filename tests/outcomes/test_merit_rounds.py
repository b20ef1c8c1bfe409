"""Measures of rounds by merit and of the time without a licence, on tables small enough to be counted by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from builders.synthetic import applications, exams, livelihood_years, people, small_scenario, stage, tables

from imgsim.outcomes.exams import exams as exams_measured
from imgsim.outcomes.merit_rounds import hazards, places
from imgsim.outcomes.outcome_rows import Rows
from imgsim.outcomes.people_arrays import View
from imgsim.outcomes.person_years import employment


def view(**given: pd.DataFrame) -> View:
    """A run over a road with a fair of two iterations, by merit."""
    held: Any = small_scenario()
    out = {"placed": "which", "unplaced": "gone", "ineligible": "gone"}
    rounds = [stage(f"fair.{k}", "round", out, mechanism="ranked") for k in ("first", "second")]
    road = replace(held.pathway, stages=held.pathway.stages | {one.name: one for one in rounds})
    scenario: Any = SimpleNamespace(run=held.run, pathway=road, parameters=held.parameters)
    return View(tables() | given, scenario)


def found(measure: Any, held: View) -> dict[tuple[str, str, str], float]:
    rows = Rows(held.replications)
    measure(held, rows)
    frame = rows.frame()
    return {(m, c, g): v for m, c, g, v in frame[["measure", "cohort", "group", "value"]].itertuples(index=False)}


def seasons() -> View:
    """One placed in 2010, a graduate of the year; a citizen in 2011, after a year without; one never."""
    rows = [
        ("fair", 2010, False, True, 1, 1, 1),
        ("fair", 2010, True, False, 1, 1, 0),
        ("fair", 2010, False, False, 1, 1, 0),
        ("fair", 2011, True, False, 2, 1, 1),
    ]
    return view(applications=applications(rows))


def test_a_season_has_its_applicants_and_its_placed() -> None:
    got = found(places, seasons())
    assert got["fair.season_applicants", "2010", "all"] == 6  # three heads at a scale of one half
    assert got["fair.season_placed", "2010", "all"] == 2
    assert got["fair.season_rate", "2010", "all"] == pytest.approx(1 / 3)
    assert got["fair.season_rate", "2011", "citizen"] == 1
    assert got["fair.season_rate", "measured", "all"] == pytest.approx(2 / 4)


def test_graduates_of_the_year_are_told_apart() -> None:
    got = found(places, seasons())
    assert got["fair.season_rate", "2010", "current_year"] == 1
    assert got["fair.season_rate", "2010", "earlier_year"] == 0


def test_the_placed_divide_over_their_attempts() -> None:
    got = found(places, seasons())
    assert got["fair.season_attempt_share", "measured", "1"] == pytest.approx(1 / 2)
    assert got["fair.season_attempt_share", "2011", "2-3"] == 1
    assert got["fair.season_rate_of_attempt", "measured", "1"] == pytest.approx(1 / 3)


def test_a_yearly_rate_is_events_over_the_time_until_them() -> None:
    who = [
        {"certified_date": "2005-01-01", "training_date": "2007-01-01"},
        {"certified_date": "2005-01-01", "end_date": "2013-01-01", "end": "gone", "end_class": "gave_up"},
    ]
    got = found(hazards, view(people=people(who)))
    assert got["yearly_rate_certified_to_training", "measured", "all"] == pytest.approx(1 / 10, rel=1e-3)


def test_employment_is_told_of_graduates_neither_abroad_nor_in_training_or_practice() -> None:
    days = [
        (2009, "practising_home", 365), (2010, "preparing", 182), (2010, "health_adjacent", 183),
        (2010, "survival_job", 365), (2010, "in_training", 365),
    ]  # fmt: skip
    got = found(employment, view(livelihood_years=livelihood_years(days)))
    assert got["employed_share", "2010", "all"] == pytest.approx((183 + 365) / 730)
    assert got["health_share_of_employed", "2010", "all"] == pytest.approx(183 / (183 + 365))
    assert ("employed_share", "2009", "all") not in got


def test_those_in_practice_are_heads_on_an_average_day() -> None:
    days = [(2010, "in_practice", 730), (2010, "preparing", 100), (2011, "in_practice", 1461)]
    held = view(livelihood_years=livelihood_years(days))
    got = found(employment, held)
    assert got["practising", "2010", "all"] * held.scale == pytest.approx(730 / 365.25)
    assert got["practising", "measured", "all"] * held.scale == pytest.approx((730 + 1461) / 365.25 / len(held.years))


def test_who_ever_passed_is_asked_of_those_who_first_sat_ten_years_before_the_horizon() -> None:
    told = [
        ("test", 2005, 1, True, False, True, 10, 5, 8), ("test", 2009, 2, True, True, True, 10, 5, 9),
        ("test", 2010, 1, True, False, True, 10, 5, 5), ("test", 2011, 1, True, False, False, 5, 3, 0),
    ]  # fmt: skip
    got = found(exams_measured, view(exams=exams(told)))
    assert got["test.ever_passed", "measured", "all"] == pytest.approx(17 / 20)
    assert got["test.ever_passed", "measured", "noncitizen"] == pytest.approx(8 / 10)
    assert got["test.sittings", "2011", "repeat"] == 10  # at a scale of one half
    assert got["test.sittings", "2012", "all"] == 0
