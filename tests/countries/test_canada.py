"""Rules of the Canadian road that must hold in any run of it, and what holds on every road."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from countries.test_conservation import END, START, Tables, of_events
from countries.test_conservation import test_entrants_are_as_many_as_the_parameters_say as test_entrants
from countries.test_conservation import test_every_life_ends_at_most_once_and_with_its_last_event as test_ends
from countries.test_conservation import test_every_life_is_told_without_gaps_in_the_order_of_its_days as test_told
from countries.test_conservation import (
    test_everybody_who_has_entered_stands_in_one_state_every_new_year as test_standing,
)
from countries.test_conservation import test_livelihood_fills_every_life_from_entry_to_end_or_horizon as test_livelihood
from countries.test_conservation import test_no_round_gives_more_places_than_it_has as test_places
from countries.test_conservation import test_stocks_and_flows_balance_in_every_state_and_year as test_balance

from imgsim.engines.model import Model, build
from imgsim.engines.simpy.processes import simulate
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.outcomes.all_measures import measures

__all__ = [
    "test_balance",
    "test_ends",
    "test_entrants",
    "test_livelihood",
    "test_places",
    "test_standing",
    "test_told",
]

LATE = date(2025, 7, 1)


def up_to(end: date, scenarios: Path) -> Scenario:
    scenario = load_scenario(scenarios / "canada.toml", scale=0.05)
    return replace(scenario, run=replace(scenario.run, start=START, measured_from=date(2004, 1, 1), end=end))


@pytest.fixture(scope="module")
def model(scenarios: Path) -> Model:
    return build(up_to(END, scenarios))


@pytest.fixture(scope="module")
def run(model: Model) -> Tables:
    return simulate(model, 0)


@pytest.fixture(scope="module")
def late(scenarios: Path) -> tuple[Tables, pd.DataFrame]:
    """A run that reaches the rules of today, and its outcomes."""
    scenario = up_to(LATE, scenarios)
    tables = simulate(build(scenario), 0)
    return tables, measures(tables, scenario)


def months(dates: pd.Series[pd.Timestamp]) -> Sequence[tuple[int, int]]:
    return sorted({(held.month, held.day) for held in dates})


def test_exams_are_sat_in_their_sessions(late: tuple[Tables, pd.DataFrame]) -> None:
    nac, part_one = (of_events(late[0], f"exam.{name}.sat")["date"] for name in ("nac", "mccqe1"))
    assert months(nac) == [(3, 15), (9, 25)]
    assert months(part_one[part_one < "2019-01-01"]) == [(5, 1), (11, 1)]
    assert months(part_one[part_one.between("2019-01-01", "2024-12-31")]) == [(2, 5), (5, 1), (9, 3), (11, 1)]


def test_nobody_sits_nac_four_times_or_in_consecutive_sessions(late: tuple[Tables, pd.DataFrame]) -> None:
    sat = of_events(late[0], "exam.nac.sat")
    assert sat.groupby("person").size().max() <= 3
    since = sat[sat["date"] >= "2018-01-01"]
    gap = since.groupby("person")["date"].diff().dt.days
    assert gap.min() >= 365


def test_a_year_passes_before_the_fourth_attempt_at_part_one_and_there_is_no_fifth(
    late: tuple[Tables, pd.DataFrame],
) -> None:
    sat = of_events(late[0], "exam.mccqe1.sat")
    recent = sat[sat["date"] >= "2018-01-01"]
    assert recent["value"].max() == 4
    fourth = sat[sat["value"] == 4].set_index("person")["date"]
    third = sat[sat["value"] == 3].set_index("person")["date"].reindex(fourth.index)
    assert ((fourth - third)[fourth >= "2019-01-01"].dt.days >= 421).all()


def test_the_evaluating_examination_ended_in_2018_and_part_two_in_2021(late: tuple[Tables, pd.DataFrame]) -> None:
    for name, end in (("mccee", "2018-12-01"), ("mccqe2", "2021-06-10")):
        assert (of_events(late[0], f"exam.{name}.sat")["date"] < end).all()
    people = late[0]["people"]
    trained = people["training_date"] >= "2021-01-01"
    year_later = people["lmcc_date"] - people["training_date"]
    assert (year_later[trained & people["lmcc_date"].notna()].dt.days >= 365).all()


def test_nobody_applies_for_a_residency_before_being_in_canada_for_good(late: tuple[Tables, pd.DataFrame]) -> None:
    applied = of_events(late[0], "carms.first.entered").groupby("person")["date"].min()
    came = of_events(late[0], "arrival.plan.arrived", "arrival.done").groupby("person")["date"].max()
    assert (came.reindex(applied.index) <= applied).all()


def test_the_second_iteration_is_for_those_the_first_left_without_a_place(late: tuple[Tables, pd.DataFrame]) -> None:
    rounds = late[0]["rounds"].query("group == 'all'").pivot(index="year", columns="round")
    first = rounds["applicants"]["carms.first"] - rounds["placed"]["carms.first"]
    second = rounds["applicants"]["carms.second"]
    died = late[0]["people"]["end"].eq("died").sum()
    assert (second <= first).all()
    assert (first - second).sum() <= died


def test_people_placed_in_a_year_are_counted_once_whatever_the_iteration(late: tuple[Tables, pd.DataFrame]) -> None:
    outcomes = late[1].query("group == 'all'").set_index(["measure", "cohort"])["value"]
    for year in map(str, range(2008, 2025)):
        placed = outcomes["carms.first.placed", year] + outcomes["carms.second.placed", year]
        assert outcomes["carms.season_placed", year] == pytest.approx(placed)
        more = outcomes["carms.season_applicants", year] - outcomes["carms.first.applicants", year]
        assert 0 <= more * 0.05 < 3  # who applies and dies before the match day
    split = late[1].query("measure == 'carms.season_attempt_share' and cohort == '2019'")["value"]
    assert split.sum() == pytest.approx(1)


def test_seasons_told_are_those_of_the_events(late: tuple[Tables, pd.DataFrame]) -> None:
    tables, told = late[0], late[0]["applications"].query("family == 'carms'")
    people = tables["people"].set_index("person")
    entered, placed = (
        of_events(tables, f"carms.first.{word}", f"carms.second.{word}")[["person", "value"]].drop_duplicates()
        for word in ("entered", "placed")
    )
    entered = entered[entered["value"] < LATE.year + 1].sort_values(["person", "value"])
    season = entered.groupby("person").cumcount() + 1
    citizen = people.loc[entered["person"], "citizen"].to_numpy()
    july = pd.to_datetime((entered["value"].astype(int) - 1).astype(str) + "-07-01").to_numpy()
    current = people.loc[entered["person"], "graduation_date"].to_numpy() >= july
    assert told["applied"].sum() == len(entered) > 1000
    assert told["placed"].sum() == len(placed) > 300
    assert told.groupby("year")["applied"].sum().tolist() == entered.groupby("value").size().tolist()
    assert told[told["citizen"]]["applied"].sum() == citizen.sum()
    assert told[told["current_year"]]["applied"].sum() == current.sum()
    assert (
        told.groupby("season")["applied"].sum().tolist() == season.clip(upper=10).value_counts().sort_index().tolist()
    )


def test_who_ever_passes_is_told_with_the_first_attempt(late: tuple[Tables, pd.DataFrame]) -> None:
    for exam in ("exam.mccqe1", "exam.nac", "exam.ccfp"):
        told = late[0]["exams"].query(f"exam == '{exam}' and first")
        sat, passed = (of_events(late[0], f"{exam}.{word}") for word in ("sat", "passed"))
        first = sat[sat["value"] == 1].set_index("person")["date"]
        passers = first[first.index.isin(passed["person"])]
        assert told["ever_passed"].sum() == len(passers) > 50
        half = [passers.dt.year, 1 + (passers.dt.month > 6)]
        held = told.groupby(["year", "half"])["ever_passed"].sum()
        assert held[held > 0].tolist() == passers.groupby(half).size().tolist()


def test_days_by_livelihood_and_year_are_those_of_the_spells(late: tuple[Tables, pd.DataFrame]) -> None:
    spells, people = late[0]["livelihood"], late[0]["people"].set_index("person")
    since = spells["start"].where(
        spells["start"] > people.loc[spells["person"], "graduation_date"].to_numpy(),
        people.loc[spells["person"], "graduation_date"].to_numpy(),
    )
    told = late[0]["livelihood_years"].set_index(["year", "state"])["days"]
    for year in (2003, 2012, 2024):
        begin, end = (pd.Timestamp(f"{y}-01-01") for y in (year, year + 1))
        days = (spells["end"].where(spells["end"] < end, end) - since.where(since > begin, begin)).dt.days.clip(lower=0)
        held = days.groupby(spells["state"].astype(str)).sum()
        assert held[held > 0].to_dict() == told.loc[year].to_dict()


def test_recent_practice_opens_an_assessment_and_long_absence_closes_it(late: tuple[Tables, pd.DataFrame]) -> None:
    assert len(of_events(late[0], "pra.placed")) > 20
    assert len(of_events(late[0], "pra.ineligible")) > 20
    assert (of_events(late[0], "pra.ineligible")["date"].dt.month == 11).all()


def test_return_of_service_is_worked_before_practice_of_choice(late: tuple[Tables, pd.DataFrame]) -> None:
    served = of_events(late[0], "service.completed").groupby("person")["date"].min()
    began = of_events(late[0], "service.started").groupby("person")["date"].min().reindex(served.index)
    years = (served - began).dt.days / 365.25
    assert len(years) > 50
    assert years.between(2.9, 5.1).all()


def test_nobody_begins_a_residency_before_graduating(late: tuple[Tables, pd.DataFrame]) -> None:
    people = late[0]["people"]
    trained = people[people["training_date"].notna()]
    assert len(trained) > 300
    assert (trained["training_date"] - trained["graduation_date"]).dt.days.min() >= -1
