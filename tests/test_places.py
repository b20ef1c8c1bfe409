"""Measures of rounds by merit and of the time without a licence, on tables small enough to be counted by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from synthetic import events, people, small_scenario, stage, tables

from imgsim.outcomes.lives import employment
from imgsim.outcomes.places import hazards, places
from imgsim.outcomes.rows import Rows
from imgsim.outcomes.view import View

BEFORE = pd.DataFrame(columns=["person", "state", "start", "end"])


def view(**given: pd.DataFrame) -> View:
    """A run over a road with a fair of two iterations, by merit."""
    held: Any = small_scenario()
    out = {"placed": "which", "unplaced": "gone", "ineligible": "gone"}
    rounds = [stage(f"fair.{k}", "round", out, mechanism="ranked") for k in ("first", "second")]
    road = replace(held.pathway, stages=held.pathway.stages | {one.name: one for one in rounds})
    scenario: Any = SimpleNamespace(run=held.run, pathway=road, parameters=held.parameters)
    return View(tables(livelihood=BEFORE, **{}) | given, scenario)


def found(measure: Any, held: View) -> dict[tuple[str, str, str], float]:
    rows = Rows()
    measure(held, rows)
    frame = rows.frame()
    return {(m, c, g): v for m, c, g, v in frame[["measure", "cohort", "group", "value"]].itertuples(index=False)}


def seasons() -> View:
    """One placed at the second iteration of 2010; one in the first of 2011, after a year without; one never."""
    log = [
        (0, "2010-01-05", "fair.first.entered", 2010), (0, "2010-03-04", "fair.second.entered", 2010),
        (0, "2010-04-17", "fair.second.placed", 2010),
        (1, "2010-01-05", "fair.first.entered", 2010), (1, "2010-03-04", "fair.second.entered", 2010),
        (1, "2011-01-05", "fair.first.entered", 2011), (1, "2011-03-04", "fair.first.placed", 2011),
        (2, "2010-01-05", "fair.first.entered", 2010),
    ]  # fmt: skip
    who = [{"graduation_date": "2009-07-01"}, {"citizen": True}, {}]
    return view(people=people(who), events=events([(a, b, c, float(d)) for a, b, c, d in log]))


def test_a_season_counts_once_whoever_applied_in_any_iteration() -> None:
    got = found(places, seasons())
    assert got["fair.season_applicants", "2010", "all"] == 6  # three heads at a scale of one half
    assert got["fair.season_placed", "2010", "all"] == 2
    assert got["fair.season_rate", "2010", "all"] == pytest.approx(1 / 3)
    assert got["fair.season_rate", "2011", "citizen"] == 1
    assert got["fair.season_rate", "measured", "all"] == pytest.approx(2 / 4)


def test_graduates_of_the_year_are_those_since_july_before_the_season() -> None:
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
    spells = pd.DataFrame(
        [
            (0, "practising_home", "2009-01-01", "2010-01-01"),
            (0, "preparing", "2010-01-01", "2010-07-02"),
            (0, "health_adjacent", "2010-07-02", "2011-01-01"),
            (1, "survival_job", "2010-01-01", "2011-01-01"),
            (2, "in_training", "2010-01-01", "2011-01-01"),
            (3, "preparing", "2010-01-01", "2011-01-01"),  # a student until the end of that year
        ],
        columns=["person", "state", "start", "end"],
    ).assign(start=lambda t: pd.to_datetime(t["start"]), end=lambda t: pd.to_datetime(t["end"]))
    who = people([{}, {}, {}, {"graduation_date": "2011-01-01"}])
    got = found(employment, view(people=who, livelihood=spells))
    assert got["employed_share", "2010", "all"] == pytest.approx((183 + 365) / 730)
    assert got["health_share_of_employed", "2010", "all"] == pytest.approx(183 / (183 + 365))
    assert ("employed_share", "2009", "all") not in got
