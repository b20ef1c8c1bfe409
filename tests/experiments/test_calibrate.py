"""Beliefs about the fit: what it turns, how it writes, and the baselines it is judged against."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tomli
from builders import toy

from imgsim.base.dates.calendar import to_date
from imgsim.base.errors import InputError
from imgsim.base.files.toml import Table
from imgsim.cli.main import main
from imgsim.experiments.calibrate import posterior_spread as spread
from imgsim.experiments.calibrate.as_scenario import overlay
from imgsim.experiments.calibrate.benchmarks import (
    Published,
    errors,
    last_known_rate,
    previous_year_rate,
    seats_left_over,
)
from imgsim.experiments.calibrate.fit import shifted, standard_errors
from imgsim.experiments.calibrate.knobs_and_targets import SHIFTED, Knob, load_knobs, row_addresses
from imgsim.experiments.calibrate.selection import discount_older, targets_within
from imgsim.experiments.calibrate.write_parameters import rewrite
from imgsim.inputs.countries import COUNTRIES
from imgsim.inputs.parameters.changes import apply_changes
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.parameters.read import load_parameters
from imgsim.inputs.published import load_targets
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.read import change

US = COUNTRIES / "us"
SCENARIO = Path(__file__).parents[2] / "scenarios" / "us.toml"
KNOBS = load_knobs(US)


@pytest.mark.parametrize("knob", KNOBS, ids=lambda knob: knob.name)
def test_every_number_a_knob_turns_exists_and_is_called_calibrated(knob: Knob) -> None:
    parameters = load_parameters(US)
    for name, category, start in knob.rows:
        series = parameters[name].rows.items()
        rows = [row for held, rows in series for row in rows if category in ("", held)]
        turned = [row for row in rows if not start or (row.start is not None and str(to_date(row.start)) == start)]
        assert turned, (name, category, start)
        assert {row.evidence for row in turned} == {"calibrated"}, (name, category, start)


def test_every_target_cites_a_known_source() -> None:
    sources = load_parameters(US).sources
    assert {target.source for target in load_targets(US)} <= set(sources)


def test_no_outcome_of_graduates_in_the_match_after_2018_is_a_target() -> None:
    kept_back = [
        t for t in load_targets(US) if t.measure == "match_rate" and t.group.endswith("_img") and t.cohort > "2018"
    ]
    assert kept_back == []


def test_an_older_figure_is_allowed_more_and_one_pooled_over_years_is_not() -> None:
    known = targets_within(load_targets(US), date(2014, 7, 1), 2014)
    change = {
        now.key: now.error / then.error for then, now in zip(known, discount_older(known, 2014, 2.0), strict=True)
    }
    assert change["match_rate", "2013", "citizen_img"] == 1.0
    assert change["match_rate", "2011", "citizen_img"] == pytest.approx(2**0.5)  # half the weight in least squares
    assert change["match_rate", "2009", "citizen_img"] == pytest.approx(2.0)
    assert change["odds_ratio_visa", "last_5_years", "noncitizen"] == 1.0
    assert discount_older(known, None, 2.0) == known


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--half-life", "0"], "must be a number of years above 0, or inf, not `0`"),
        (["--half-life", "-2"], "must be a number of years above 0, or inf, not `-2`"),
        (["--half-life", "nan"], "must be a number of years above 0, or inf, not `nan`"),
        (["--half-life", "two"], "Invalid value for '--half-life'"),
        (["--end", "2019-7"], "Invalid value for '--end'"),
        (["--scale", "0"], "0 is not a fraction above 0 and up to 1"),
        (["--rounds", "0"], "Invalid value for '--rounds'"),
    ],
)
def test_an_impossible_setting_of_a_calibration_is_refused(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", "scenarios/us.toml", *options]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("command", [["calibrate", "us"], ["validate", "us", "x.toml"], ["validate", "x.toml", "us"]])
def test_a_calibration_needs_scenario_files(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command) == 2
    assert "this command needs a scenario file, such as scenarios/us.toml" in capsys.readouterr().err


def test_row_addresses_name_every_combination() -> None:
    assert row_addresses("a.b[x|y]@2006-01-01|2007-01-01") == [
        ("a.b", "x", "2006-01-01"),
        ("a.b", "x", "2007-01-01"),
        ("a.b", "y", "2006-01-01"),
        ("a.b", "y", "2007-01-01"),
    ]


def test_shifts_act_behind_their_link() -> None:
    assert SHIFTED["log"](100.0, np.log(1.5)) == pytest.approx(150.0)
    assert SHIFTED["logit"](0.5, np.log(3.0)) == pytest.approx(0.75)
    assert SHIFTED["identity"](0.5, -0.2) == pytest.approx(0.3)


def test_a_fit_written_into_the_files_is_the_fit_in_memory(tmp_path: Path) -> None:
    shutil.copytree(US, tmp_path / "us")
    shift = np.linspace(-0.2, 0.2, len(KNOBS))
    rewrite(tmp_path / "us", KNOBS, shift)
    written = load_parameters(tmp_path / "us")
    wanted = shifted(load_scenario(SCENARIO), KNOBS, shift).parameters
    for name, parameter in wanted.items():
        for category, rows in parameter.rows.items():
            values = [row.value for row in written[name].rows[category]]
            assert values == pytest.approx([row.value for row in rows], rel=1e-3, abs=1e-9), name


def test_a_fit_saved_as_a_scenario_is_the_fit_in_memory(tmp_path: Path) -> None:
    shutil.copy(SCENARIO, tmp_path / "us.toml")
    base = load_scenario(tmp_path / "us.toml")
    fitted = shifted(base, KNOBS, np.full(len(KNOBS), 0.1)).parameters
    (tmp_path / "then.toml").write_text(overlay(fitted, KNOBS, "us.toml", "then", "fitted"))
    then = load_scenario(tmp_path / "then.toml").parameters
    for name in {name for knob in KNOBS for name, _, _ in knob.rows}:
        for category in fitted[name].rows:
            for day in range(0, 23000, 61):
                assert then.value(name, day, category) == pytest.approx(fitted.value(name, day, category), rel=1e-4)


def test_the_fit_on_early_figures_that_ships_joins_its_lines() -> None:
    held = load_scenario(SCENARIO.with_name("us_2013.toml"))
    lines = {made.parameter: held.parameters[made.parameter].between == "linear" for made in held.changes}
    assert lines["population.entrants"]
    assert [made.joins for made in held.changes] == [lines[made.parameter] for made in held.changes]


@pytest.mark.parametrize("between", ["step", "linear"])
def test_a_fit_of_dated_values_holds_before_between_and_after_its_dates(between: str) -> None:
    base = toy.parameter("a", "count", [("2000-01-01", 1.0), ("2004-01-01", 2.0)], between=between)
    fitted = toy.parameter("a", "count", [("2000-01-01", 5.0), ("2004-01-01", 9.0)], between=between)
    knob = Knob("a", "identity", (("a", "", ""),), -1.0, 1.0)
    text = overlay(Parameters([fitted], {}), [knob], "us.toml", "then", "fitted")
    given = [change(entry) for entry in Table(tomli.loads(text), Path("then.toml")).tables("change")]
    then = apply_changes(Parameters([base], {}), given)
    for day in range(10000, 14000):
        assert then.value("a", day) == fitted.value(day)


def test_a_shift_of_zero_changes_nothing() -> None:
    scenario = load_scenario(SCENARIO)
    same = shifted(scenario, [replace(knob, shift="identity") for knob in KNOBS], np.zeros(len(KNOBS)))
    assert same.digest() == scenario.digest()


def test_standard_errors_of_independent_targets_are_the_inverse_slopes() -> None:
    assert standard_errors(np.diag([2.0, 4.0])) == pytest.approx([0.5, 0.25])


# --- how well the numbers are known ---------------------------------------------------------------------------------

TWO = [Knob("a", "log", (("x", "", ""),), -1.96, 1.96), Knob("b", "log", (("y", "", ""),), -3.92, 3.92)]


def test_what_no_target_speaks_of_is_as_wide_as_its_bounds() -> None:
    held = spread.covariance(np.array([[3.0, 0.0]]), TWO)
    assert held[0, 0] == pytest.approx(1 / (9 + 1))  # slope of 3 allowed errors, and a prior of one standard deviation
    assert held[1, 1] == pytest.approx(4)


def test_what_one_target_says_of_two_knobs_ties_them() -> None:
    held = spread.covariance(np.array([[10.0, 10.0]]), TWO)
    assert held[0, 1] / np.sqrt(held[0, 0] * held[1, 1]) < -0.95


def test_a_spread_is_kept_as_it_was_found(tmp_path: Path) -> None:
    shutil.copy(US / "calibration.toml", tmp_path)
    held = spread.covariance(np.random.default_rng(1).normal(size=(50, len(KNOBS))), KNOBS)
    spread.write(tmp_path, KNOBS, held, "a test")
    found = spread.load(tmp_path)
    assert found is not None
    assert [knob.name for knob in found.knobs] == [knob.name for knob in KNOBS]
    np.testing.assert_allclose(found.root @ found.root, held, rtol=2e-3, atol=1e-6)
    assert (found.shift(np.full(len(KNOBS), 99.0)) <= [knob.high for knob in KNOBS]).all()
    assert not found.shift(np.zeros(len(KNOBS))).any()


@pytest.mark.parametrize("country", ["us", "canada", "australia"])
def test_every_fitted_number_has_its_spread(country: str) -> None:
    found = spread.load(COUNTRIES / country)
    assert found is not None
    assert [knob.name for knob in found.knobs] == [knob.name for knob in load_knobs(COUNTRIES / country)]
    width = np.array([knob.high - knob.low for knob in found.knobs])
    assert (np.sqrt((found.root @ found.root).diagonal()) <= width / 2 / 1.95).all()  # no wider than the prior


def test_a_country_that_was_not_fitted_has_no_spread(tmp_path: Path) -> None:
    assert spread.load(tmp_path) is None


def test_a_missing_file_of_knobs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"calibration\.toml: no such file"):
        load_knobs(tmp_path)


KNOWN = Published(
    active={("img", 2013): 100, ("img", 2014): 120, ("us", 2013): 200, ("us", 2014): 210},
    matched={("img", 2013): 50, ("img", 2014): 66, ("us", 2013): 190, ("us", 2014): 200},
    positions={2014: 260},
)


def test_baselines_by_hand() -> None:
    assert last_known_rate(KNOWN, ["img"], 2014, 2013) == 0.5
    assert previous_year_rate(KNOWN, ["img"], 2014, 2013) == 0.5
    assert seats_left_over(KNOWN, ["us"], ["img"], 2014, 2013) == pytest.approx((260 - 0.95 * 210) / 120)


def test_errors_are_mean_absolute_points() -> None:
    table = pd.DataFrame(
        {"series": "a", "year": [1, 2], "method": "m", "value": [0.5, 0.7], "published": [0.52, 0.66]},
    )
    assert errors(table).loc["a", "m"] == pytest.approx(3.0)
