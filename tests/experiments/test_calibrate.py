"""Beliefs about the fit: what it adjusts, how it writes, and the benchmarks it is judged against."""

from __future__ import annotations

import re
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
from imgsim.experiments.calibrate import posterior_covariance
from imgsim.experiments.calibrate.as_scenario import scenario_text
from imgsim.experiments.calibrate.benchmarks import (
    Published,
    errors,
    last_known_rate,
    previous_year_rate,
    seats_left_over,
)
from imgsim.experiments.calibrate.calibration_parameters import (
    SHIFTED,
    CalibrationParameter,
    Shift,
    load_calibration_parameters,
    row_addresses,
    within_ranges,
)
from imgsim.experiments.calibrate.fit import Fit, Vector, fit, shifted, standard_errors
from imgsim.experiments.calibrate.run import fit_text
from imgsim.experiments.calibrate.selection import discount_older, refuse_nothing_to_fit, targets_within
from imgsim.experiments.calibrate.validate import refuse_without_figures
from imgsim.experiments.calibrate.write_parameters import write_parameters
from imgsim.inputs.countries import COUNTRIES, country_folder
from imgsim.inputs.parameters.changes import apply_changes
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.parameters.read import load_parameters
from imgsim.inputs.published import load_published, load_targets
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.read import change
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.outcomes.outcome_key import target_key

US = COUNTRIES / "us"
SCENARIO = Path(__file__).parents[2] / "scenarios" / "us.toml"
FREE = load_calibration_parameters(US)


@pytest.mark.parametrize("adjusted", FREE, ids=lambda adjusted: adjusted.name)
def test_every_number_a_fit_adjusts_exists_and_is_called_calibrated(adjusted: CalibrationParameter) -> None:
    parameters = load_parameters(US)
    for name, category, start in adjusted.rows:
        series = parameters[name].rows.items()
        rows = [row for group, rows in series for row in rows if category in ("", group)]
        turned = [row for row in rows if not start or (row.start is not None and str(to_date(row.start)) == start)]
        assert turned, (name, category, start)
        assert {row.evidence for row in turned} == {"calibrated"}, (name, category, start)


def test_every_target_cites_a_known_source() -> None:
    sources = load_parameters(US).sources
    assert {target.source for target in load_targets(US)} <= set(sources)


def test_every_published_figure_of_the_match_cites_a_known_source() -> None:
    sources = load_parameters(US).sources
    assert {figure.source for figure in load_published(US)} <= set(sources)


def test_graduates_by_specialty_that_are_kept_back_are_not_among_the_published_figures() -> None:
    """From 2019 on, 2025 is the only year of which is shown who fills what; lists by outcome of 2007 and 2026 only."""
    by_specialty = [f for f in load_published(US) if f.measure == "match_share_of_positions" and f.cohort > "2018"]
    assert {figure.cohort for figure in by_specialty} == {"2025"}
    ranks = {figure.cohort for figure in load_published(US) if figure.measure == "preferred_rate_by_ranks"}
    assert ranks == {"2007"}


def test_no_outcome_of_graduates_in_the_match_after_2018_is_a_target() -> None:
    kept_back = [
        t for t in load_targets(US) if t.measure == "match_rate" and t.group.endswith("_img") and t.cohort > "2018"
    ]
    assert kept_back == []


def test_an_older_figure_is_allowed_more_and_one_pooled_over_years_is_not() -> None:
    known = targets_within(load_targets(US), date(2014, 7, 1), 2014)
    change = {
        target_key(now)[:3]: now.error / then.error
        for then, now in zip(known, discount_older(known, 2014, 2.0), strict=True)
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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--only", "soap"],
            "--only: no figure to fit lies in the window from 2004-01-01 to 2019-07-01: soap_rate 2024, ",
        ),
        (["--only", "soap", "--end", "2026-01-01", "--until", "2020"], "to 2026-01-01, before 2020: soap_rate 2024, "),
        (["--only", "spa"], "no calibration parameters whose names begin with `spa` for the window from 2004-01-01"),
        (["--only", "patience"], "there are no published figures whose names begin with `patience` to fit"),
        (
            ["--until", "2018", "--only", "exam.step1"],
            "names begin with `exam.step1` for the window from 2004-01-01",
        ),
    ],
)
def test_a_fit_without_figures_or_parameters_is_refused_before_anything_is_simulated(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imgsim.experiments.calibrate.fit.simulate_measures", never)
    for more in ([], ["--covariance"]):
        assert main(["calibrate", str(SCENARIO), *options, *more]) == 2
        assert message in capsys.readouterr().err


def never(*_: object) -> None:
    raise AssertionError("nothing may be simulated")


def test_figures_from_before_the_measured_years_are_none_to_fit() -> None:
    (figure, *_) = load_targets(US)
    with pytest.raises(InputError, match=f"no figure to fit lies in the window from here: {figure.measure}"):
        refuse_nothing_to_fit("", FREE, [figure], [figure], (int(figure.cohort) + 1, "from here"))
    refuse_nothing_to_fit("", FREE, [figure], [figure], (int(figure.cohort), "from here"))


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("nowhere/fit.toml", "nowhere/fit.toml: cannot write the fit: No such file or directory"),
        ("folder", "folder: is a folder, not a file"),
        ("file/fit.toml", "file/fit.toml: cannot write the fit: Not a directory"),
        ("loop", "loop: cannot write the fit: Too many levels of symbolic links"),
        ("us.toml", "us.toml: --save: would take the place of the scenario that it extends"),
    ],
)
def test_a_fit_that_cannot_be_saved_is_refused_before_it_is_computed(
    tmp_path: Path, file: str, message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imgsim.experiments.calibrate.fit.simulate_measures", never)
    shutil.copy(SCENARIO, tmp_path / "us.toml")
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    before = sorted(tmp_path.rglob("*"))
    assert main(["calibrate", str(tmp_path / "us.toml"), "--save", str(tmp_path / file)]) != 0
    assert capsys.readouterr().err == f"imgsim: {tmp_path}/{message}\n"
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_that_can_be_saved_is_not_touched_before_the_fit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("imgsim.experiments.calibrate.run.fit", interrupted)
    (tmp_path / "old.toml").write_text("old")
    for name in ("old.toml", "new.toml"):
        assert main(["calibrate", str(SCENARIO), "--save", str(tmp_path / name)]) == 130
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("old.toml", "old")]


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
    within = [within_ranges(adjusted, load_parameters(US)) for adjusted in FREE]
    bounds = np.array([(adjusted.low, adjusted.high) for adjusted in within])
    shift = np.clip(np.linspace(-0.2, 0.2, len(FREE)), *bounds.T)
    write_parameters(tmp_path / "us", FREE, shift)
    written = load_parameters(tmp_path / "us")
    wanted = shifted(load_scenario(SCENARIO), FREE, shift).parameters
    for name, parameter in wanted.items():
        for category, rows in parameter.rows.items():
            values = [row.value for row in written[name].rows[category]]
            assert values == pytest.approx([row.value for row in rows], rel=1e-3, abs=1e-9), name


def test_a_fit_saved_as_a_scenario_is_the_fit_in_memory(tmp_path: Path) -> None:
    shutil.copy(SCENARIO, tmp_path / "us.toml")
    base = load_scenario(tmp_path / "us.toml")
    fitted = shifted(base, FREE, np.full(len(FREE), 0.1)).parameters
    (tmp_path / "then.toml").write_text(scenario_text(fitted, base.parameters, FREE, "us.toml", "then", "fitted"))
    then = load_scenario(tmp_path / "then.toml").parameters
    for name in {name for adjusted in FREE for name, _, _ in adjusted.rows}:
        for category in fitted[name].rows:
            for day in range(0, 23000, 61):
                assert then.value(name, day, category) == pytest.approx(fitted.value(name, day, category), rel=1e-4)


def test_the_fit_on_early_figures_that_ships_joins_its_lines() -> None:
    then = load_scenario(SCENARIO.with_name("us_2013.toml"))
    lines = {made.parameter: then.parameters[made.parameter].between == "linear" for made in then.changes}
    assert lines["population.entrants"]
    assert [made.joins for made in then.changes] == [lines[made.parameter] for made in then.changes]


@pytest.mark.parametrize("between", ["step", "linear"])
def test_a_fit_of_dated_values_holds_before_between_and_after_its_dates(between: str) -> None:
    base = toy.parameter("a", "count", [("2000-01-01", 1.0), ("2004-01-01", 2.0)], between=between)
    fitted = toy.parameter("a", "count", [("2000-01-01", 5.0), ("2004-01-01", 9.0)], between=between)
    adjusted = CalibrationParameter("a", "identity", (("a", "", ""),), -1.0, 1.0)
    text = scenario_text(Parameters([fitted], {}), Parameters([base], {}), [adjusted], "us.toml", "then", "fitted")
    given = [change(entry) for entry in Table(tomli.loads(text), Path("then.toml")).tables("change")]
    then = apply_changes(Parameters([base], {}), given)
    for day in range(10000, 14000):
        assert then.value("a", day) == fitted.value(day)


def in_range(value: float, low: float, high: float) -> Parameters:
    """A parameter of one value and its plausible range."""
    one = toy.parameter("a", "probability", value)
    return Parameters([replace(one, rows={"": (one.rows[""][0]._replace(range=(low, high)),)})], {})


@pytest.mark.parametrize(
    ("shift", "value", "span", "bounds"),
    [
        ("logit", 0.5, (0.25, 0.9), (-np.log(3), 2.0)),  # odds from a third to nine times those of one half: 2 is less
        ("logit", 0.5, (0.0, 0.75), (-2.0, np.log(3))),
        ("log", 0.5, (0.25, 1.0), (-np.log(2), np.log(2))),
        ("identity", 0.5, (0.4, 0.8), (-0.1, 0.3)),
        ("identity", 0.9, (0.4, 0.8), (-0.5, -0.1)),  # outside its range: a fit begins at the nearest end of it
        ("log", 0.0, (0.0, 0.8), (-2.0, 2.0)),  # nothing times anything is nothing
        ("log", -0.5, (-1.0, -0.25), (-np.log(2), np.log(2))),
        ("log", -0.5, (-1.0, 1.0), (-2.0, np.log(2))),  # no factor makes it positive
    ],
)
def test_a_fit_shifts_a_value_to_the_ends_of_its_range_at_most(
    shift: Shift, value: float, span: tuple[float, float], bounds: tuple[float, float]
) -> None:
    adjusted = CalibrationParameter("a", shift, (("a", "", ""),), -2.0, 2.0)
    within = within_ranges(adjusted, in_range(value, *span))
    assert (within.low, within.high) == pytest.approx(bounds)


def test_a_calibration_parameter_without_room_in_the_ranges_of_its_rows_is_refused() -> None:
    adjusted = CalibrationParameter("a", "identity", (("a", "", ""),), -2.0, 2.0)
    with pytest.raises(
        InputError, match=r"calibration\.toml: a: no shift of `a` within its bounds leaves all its rows"
    ):
        within_ranges(adjusted, in_range(0.5, 0.5, 0.5))


def test_all_bounds_together_leave_the_values_of_the_united_states_in_their_ranges() -> None:
    """Several shifts may move one value: they are bounded one by one, so that their sum must be, too."""
    parameters = load_parameters(US)
    within = [within_ranges(adjusted, parameters) for adjusted in FREE]
    for ends in ([one.low for one in within], [one.high for one in within]):
        moved = shifted(load_scenario(SCENARIO), FREE, np.array(ends)).parameters
        for name in {name for adjusted in FREE for name, _, _ in adjusted.rows}:
            for row in (row for series in moved[name].rows.values() for row in series):
                low, high = row.range or (-np.inf, np.inf)
                assert low - 1e-9 <= row.value <= high + 1e-9, (name, row)


class Straight:
    """A misfit that is zero at (-1, 0.5, 0.25) and grows by one for every shift by one."""

    def __init__(self, *_: object) -> None: ...

    def __call__(self, shift: Vector) -> Vector:
        off: Vector = shift - np.array([-1.0, 0.5, 0.25])
        return off

    def outcomes(self, _: object) -> dict[str, float]:
        return {}


def test_a_fit_that_begins_at_the_end_of_a_range_moves_all_other_shifts_in_one_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("imgsim.experiments.calibrate.fit.Trial", Straight)
    bounds = [(0.0, 1.0), (-1.0, 1.0), (-1.0, 1.0)]
    free = [CalibrationParameter(str(k), "log", (), *ends) for k, ends in enumerate(bounds)]
    result = fit(load_scenario(SCENARIO), free, [], rounds=2)
    damped = [0.0, 0.25, 0.125]  # half their room counts as one allowed error: the first step goes half of the way
    assert result.shift == pytest.approx([0.0, *(first + first / 2 for first in damped[1:])])
    assert result.at_bounds() == ["low", "", ""]


def test_a_fit_says_at_which_bound_a_shift_has_stopped() -> None:
    free = [CalibrationParameter(name, "log", (), -1.0, 1.0) for name in ("down", "between", "up")]
    result = Fit(free, np.array([-0.999, 0.9, 1.0]), np.zeros(3), pd.DataFrame({"measure": ["m"]}))
    assert result.at_bounds() == ["low", "", "high"]
    assert [line.split()[3:] for line in fit_text(result).splitlines()[1:4]] == [["low"], [], ["high"]]


def test_a_shift_of_zero_changes_nothing() -> None:
    scenario = load_scenario(SCENARIO)
    same = shifted(scenario, [replace(adjusted, shift="identity") for adjusted in FREE], np.zeros(len(FREE)))
    assert same.digest() == scenario.digest()


def test_standard_errors_of_independent_targets_are_the_inverse_slopes() -> None:
    assert standard_errors(np.diag([2.0, 4.0])) == pytest.approx([0.5, 0.25])


# --- how well the numbers are known ---------------------------------------------------------------------------------

TWO = [
    CalibrationParameter("a", "log", (("x", "", ""),), -1.96, 1.96),
    CalibrationParameter("b", "log", (("y", "", ""),), -3.92, 3.92),
]


def test_a_parameter_that_no_target_depends_on_is_as_uncertain_as_its_bounds() -> None:
    matrix = posterior_covariance.covariance(np.array([[3.0, 0.0]]), TWO)
    assert matrix[0, 0] == pytest.approx(1 / (9 + 1))  # slope of 3 allowed errors, prior of one SD
    assert matrix[1, 1] == pytest.approx(4)


def test_two_parameters_that_one_target_depends_on_are_correlated() -> None:
    matrix = posterior_covariance.covariance(np.array([[10.0, 10.0]]), TWO)
    assert matrix[0, 1] / np.sqrt(matrix[0, 0] * matrix[1, 1]) < -0.95


def test_a_covariance_is_read_as_it_was_written(tmp_path: Path) -> None:
    shutil.copy(US / "calibration.toml", tmp_path)
    matrix = posterior_covariance.covariance(np.random.default_rng(1).normal(size=(50, len(FREE))), FREE)
    posterior_covariance.write(tmp_path, FREE, matrix, "a test")
    found = posterior_covariance.load(tmp_path)
    assert found is not None
    assert [adjusted.name for adjusted in found.free] == [adjusted.name for adjusted in FREE]
    np.testing.assert_allclose(found.root @ found.root, matrix, rtol=2e-3, atol=1e-6)
    assert (found.shift(np.full(len(FREE), 99.0)) <= [adjusted.high for adjusted in FREE]).all()
    assert not found.shift(np.zeros(len(FREE))).any()


@pytest.mark.parametrize("country", ["us", "canada", "australia"])
def test_every_calibration_parameter_has_its_covariance(country: str) -> None:
    found = posterior_covariance.load(COUNTRIES / country)
    assert found is not None
    assert [adjusted.name for adjusted in found.free] == [
        adjusted.name for adjusted in load_calibration_parameters(COUNTRIES / country)
    ]
    width = np.array([adjusted.high - adjusted.low for adjusted in found.free])
    assert (np.sqrt((found.root @ found.root).diagonal()) <= width / 2 / 1.95).all()  # no wider than the prior


def test_a_country_that_was_not_fitted_has_no_covariance(tmp_path: Path) -> None:
    assert posterior_covariance.load(tmp_path) is None


def test_a_missing_file_of_calibration_parameters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"calibration\.toml: no such file"):
        load_calibration_parameters(tmp_path)


PARAMETER = """[[parameter]]
name = "one"
shift = "log"
rows = ["exam.step1.retake"]
low = -1
high = 1
"""


AGAIN = 'high = 1\n\n[[parameter]]\nname = "one"\nshift = "log"\nrows = ["exam.step2.retake"]\nlow = -1\nhigh = 1'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[[parameter]]", "[[knob]]", "calibration.toml:1:1: knob: `knob` was renamed to `parameter` in 0.2"),
        ('"log"', '"lag"', "calibration.toml:3:1: parameter[1].shift: unknown link `lag` (did you mean `log`?)"),
        ("low = -1", "law = -1", "calibration.toml:5:1: parameter[1].law: unknown key `law` (did you mean `low`?)"),
        ("low = -1", "low = 1", "calibration.toml:5:1: parameter[1].low: must be below `high` (1), not 1"),
        ('["exam.step1.retake"]', "[]", "calibration.toml:1:1: parameter[1]: `rows` is missing"),
        ("high = 1", AGAIN, "calibration.toml:9:1: parameter[2].name: `one` stands here twice"),
    ],
)
def test_a_wrong_calibration_parameter_is_refused_where_it_stands(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    (tmp_path / "calibration.toml").write_text(PARAMETER)
    assert [adjusted.name for adjusted in load_calibration_parameters(tmp_path)] == ["one"]
    (tmp_path / "calibration.toml").write_text(PARAMETER.replace(old, new))
    with pytest.raises(InputError) as refused:
        load_calibration_parameters(tmp_path)
    assert message in str(refused.value)


def test_a_covariance_under_its_former_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "spread.toml").write_text("knobs = []")
    with pytest.raises(InputError, match=r"spread\.toml: was renamed to calibration_covariance\.toml in 0\.2"):
        posterior_covariance.load(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('knobs = ["one"]\ncovariance = [[1.0]]', ":1:1: knobs: `knobs` was renamed to `parameters` in 0.2"),
        ('parameters = ["one"]', ":1:1: `covariance` is missing"),
        ('parameters = ["one"]\ncovariance = [[1.0, 0.0]]', ":2:1: covariance: must be 1 rows of 1 numbers"),
        ('parameters = ["one"]\ncovariance = [["a"]]', ":2:1: covariance: must be 1 rows of 1 numbers"),
        ('parameters = ["one"]\ncovariance = [[nan]]', ":2:1: covariance: must be 1 rows of 1 numbers"),
    ],
)
def test_a_wrong_covariance_is_refused_where_it_stands(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "calibration.toml").write_text(PARAMETER)
    (tmp_path / "calibration_covariance.toml").write_text(text)
    with pytest.raises(InputError) as refused:
        posterior_covariance.load(tmp_path)
    assert f"calibration_covariance.toml{message}" in str(refused.value)


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


def shipped(name: str) -> Scenario:
    return load_scenario(Path(__file__).parents[2] / "scenarios" / f"{name}.toml", scale=0.05)


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        (2014, 2013, "the first year forecast (2014) comes after the last (2013)"),
        (2004, 2010, "years from 2004 to 2010 are not all simulated: only from 2005 to 2030"),
        (2025, 10**30, "are not all simulated"),
        (2025, 2030, "no published figure of match_rate citizen_img 2024"),
    ],
)
def test_a_forecast_of_years_without_figures_is_refused_before_anything_is_simulated(
    first: int, last: int, message: str
) -> None:
    targets, us = load_targets(country_folder("us")), shipped("us")
    refuse_without_figures(targets, (us,), 2014, 2018)
    with pytest.raises(InputError, match=re.escape(message)):
        refuse_without_figures(targets, (us,), first, last)


def test_a_country_without_a_match_has_no_forecast_to_judge() -> None:
    with pytest.raises(InputError, match="only a Match named `match` has forecasts to be judged"):
        refuse_without_figures([], (shipped("australia"),), 2014, 2018)
