"""The road through Australia does what its rules say, in any run, whatever its numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from countries.test_conservation import (
    END,
    START,
    test_entrants_are_as_many_as_the_parameters_say,
    test_every_life_ends_at_most_once_and_with_its_last_event,
    test_every_life_is_told_without_gaps_in_the_order_of_its_days,
    test_everybody_who_has_entered_stands_in_one_state_every_new_year,
    test_livelihood_fills_every_life_from_entry_to_end_or_horizon,
    test_no_round_gives_more_places_than_it_has,
    test_stocks_and_flows_balance_in_every_state_and_year,
    test_the_ends_of_people_are_the_stocks_of_ends,
    test_those_who_leave_after_training_were_trained,
)

from imgsim.base.dates.calendar import to_date, to_day
from imgsim.engines.model import Model, build
from imgsim.engines.simpy.processes import simulate
from imgsim.experiments.calibrate.calibration_parameters import load_calibration_parameters
from imgsim.inputs.countries import COUNTRIES
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.parameters.read import load_parameters
from imgsim.inputs.published import load_targets
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.outcomes.all_measures import measures

# What holds on every road is believed here of this one, with the fixtures below.
__all__ = [
    "test_entrants_are_as_many_as_the_parameters_say",
    "test_every_life_ends_at_most_once_and_with_its_last_event",
    "test_every_life_is_told_without_gaps_in_the_order_of_its_days",
    "test_everybody_who_has_entered_stands_in_one_state_every_new_year",
    "test_livelihood_fills_every_life_from_entry_to_end_or_horizon",
    "test_no_round_gives_more_places_than_it_has",
    "test_stocks_and_flows_balance_in_every_state_and_year",
    "test_the_ends_of_people_are_the_stocks_of_ends",
    "test_those_who_leave_after_training_were_trained",
]

Tables = dict[str, pd.DataFrame]
FOLDER = COUNTRIES / "australia"
FILE = Path(__file__).parents[2] / "scenarios" / "australia.toml"


def scenario(start: date, end: date, scale: float) -> Scenario:
    held = load_scenario(FILE, scale=scale)
    return replace(held, run=replace(held.run, start=start, measured_from=start, end=end))


@pytest.fixture(scope="module")
def model() -> Model:
    return build(scenario(START, END, 0.05))


@pytest.fixture(scope="module")
def run(model: Model) -> Tables:
    return simulate(model, 0)


@pytest.fixture(scope="module")
def of_late() -> Tables:
    """From the first years with figures to a few years from now."""
    return simulate(build(scenario(date(2012, 1, 1), date(2028, 1, 1), 0.1)), 0)


@pytest.fixture(scope="module")
def parameters() -> Parameters:
    return load_parameters(FOLDER)


def happened(tables: Tables, *names: str) -> pd.DataFrame:
    return tables["events"][tables["events"]["event"].isin(names)]


def first(tables: Tables, name: str) -> pd.Series:
    return happened(tables, name).groupby("person")["date"].min()


def test_every_sitting_of_the_clinical_examination_needs_a_seat_of_its_own(of_late: Tables) -> None:
    seats, sat = (
        happened(of_late, name).groupby("person").size() for name in ("clinical.seat.placed", "exam.clinical.sat")
    )
    assert len(sat) > 500
    assert (sat <= seats.reindex(sat.index)).all()


def test_nobody_sits_while_the_examination_is_closed_and_those_with_a_seat_wait_again(of_late: Tables) -> None:
    days = happened(of_late, "exam.clinical.sat")["date"]
    assert not days.between("2020-03-16", "2021-03-04").any()
    assert days.between("2019-03-16", "2020-03-15").sum() > 50
    lapsed = happened(of_late, "exam.clinical.lapsed")
    assert lapsed["date"].between("2020-03-16", "2021-03-04").all()


def test_the_retest_follows_a_borderline_result_alone_and_ends_with_its_rule(of_late: Tables) -> None:
    half = happened(of_late, "exam.clinical.borderline")
    assert len(half) > 20
    assert half["date"].max() < pd.Timestamp("2019-03-31")  # results of sittings until January 2019
    assert set(happened(of_late, "exam.retest.sat")["person"]) <= set(half["person"])


def test_the_rule_of_the_clinical_examination_is_the_published_one_on_every_date(parameters: Parameters) -> None:
    rule = {"2017-12-01": (16, 12, 2), "2018-06-01": (14, 11, 0), "2019-06-01": (14, 10, 0), "2024-03-20": (14, 10, 0)}
    rule["2024-03-21"] = (14, 9, 0)
    for day, wanted in rule.items():
        words = ("stations", "pass_mark", "compulsory")
        assert tuple(parameters.value(f"exam.clinical.{word}", to_day(day)) for word in words) == wanted, day


def test_one_shift_in_who_sits_is_declared_and_no_more(parameters: Parameters) -> None:
    assert len(parameters["exam.clinical.station"].rows[""]) == 2
    assert len(parameters["exam.mcq.pass_mark"].rows[""]) == 1
    assert len(parameters["exam.mcq.performance"].rows[""]) == 1


def test_a_recognised_qualification_needs_no_examination_of_the_council(of_late: Tables) -> None:
    recognised = set(happened(of_late, "competent.papers.done")["person"])
    assert len(recognised) > 500
    assert not recognised & set(happened(of_late, "exam.mcq.sat")["person"])


def test_general_registration_follows_twelve_supervised_months(of_late: Tables) -> None:
    begun, registered = first(of_late, "supervised.started"), first(of_late, "registration.general.done")
    assessed = set(happened(of_late, "wba.outcome.passed")["person"])
    served = (registered - begun).dropna().dt.days
    plain = served[~served.index.isin(assessed)]
    assert len(plain) > 500
    assert plain.min() >= 365
    assert served[served.index.isin(assessed)].median() < 365  # months of assessment count


def test_limited_registration_follows_an_interview_that_found_the_person_suitable(of_late: Tables) -> None:
    assert set(happened(of_late, "registration.limited.done")["person"]) <= set(
        happened(of_late, "pesci.done")["person"]
    )
    told = happened(of_late, "pesci.done", "pesci.refused")["event"].astype(str)
    assert 0.2 < (told == "pesci.done").mean() < 0.4


def test_the_moratorium_ends_ten_years_after_the_first_registration() -> None:
    tables = simulate(build(scenario(date(2004, 1, 1), date(2022, 1, 1), 0.05)), 0)
    ended = first(tables, "clock.moratorium")
    registered = tables["people"].set_index("person")["registered_date"].reindex(ended.index)
    assert len(ended) > 100
    assert ((ended - registered).dt.days >= 3652).all()
    unrestricted = first(tables, "practice.started").drop(tables["people"].query("stock")["person"], errors="ignore")
    assert set(unrestricted.index) == set(ended.index)


def test_the_expedited_route_opens_field_by_field(of_late: Tables) -> None:
    taken = happened(of_late, "specialist.field.expedited")
    wish = of_late["people"].set_index("person")["wish"].astype(str).reindex(taken["person"]).to_numpy()
    opened = {
        "general_practice": "2024-10-21",
        "psychiatry": "2024-12-01",
        "anaesthesia": "2024-12-01",
        "obstetrics": "2025-03-01",
    }
    assert set(wish) <= set(opened)
    for field, day in opened.items():
        assert (taken["date"][wish == field] >= pd.Timestamp(day)).all(), field
    assert (wish == "general_practice").sum() > 10


def test_outcomes_count_sittings_and_repeaters_by_year() -> None:
    held = scenario(date(2012, 1, 1), date(2018, 7, 1), 0.1)
    tables = simulate(build(held), 0)
    found = measures(tables, held)
    sat = happened(tables, "exam.mcq.sat")
    inside = sat["date"].between("2015-07-01", "2016-06-30")
    year = found[found["cohort"] == "2015-16"].set_index(["measure", "group"])["value"]
    assert year["exam.mcq.sittings_academic", "all"] == pytest.approx(inside.sum() * 10)
    assert year["exam.mcq.repeat_share_academic", "all"] == pytest.approx((sat["value"][inside] > 1).mean())


# --- the fit ----------------------------------------------------------------------------------------------------------


def test_every_number_a_fit_adjusts_exists_and_is_called_calibrated(parameters: Parameters) -> None:
    for name, category, start in (row for one in load_calibration_parameters(FOLDER) for row in one.rows):
        rows = [row for held, rows in parameters[name].rows.items() for row in rows if category in ("", held)]
        turned = [row for row in rows if not start or (row.start is not None and str(to_date(row.start)) == start)]
        assert {row.evidence for row in turned} == {"calibrated"}, (name, category, start)


def test_every_target_cites_a_known_source(parameters: Parameters) -> None:
    assert {target.source for target in load_targets(FOLDER)} <= set(parameters.sources)


def test_what_is_kept_back_is_no_target() -> None:
    """How many ever pass, and how many passers of the first examination get a seat, are predicted, never fitted."""
    words = {target.measure.rpartition(".")[2] for target in load_targets(FOLDER)}
    assert words <= {
        "pass_rate_academic", "sittings_academic", "repeat_share_academic", "applicants", "placed", "training_starts",
    }  # fmt: skip
