"""Beliefs about what a fit to earlier figures, and the forecast that it is saved as, may know of later days."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import tomli
from builders import toy

from imgsim.base.dates.calendar import to_day
from imgsim.base.errors import InputError
from imgsim.base.files.toml import Table
from imgsim.experiments.calibrate.as_scenario import scenario_text
from imgsim.experiments.calibrate.calibration_parameters import CalibrationParameter, load_calibration_parameters
from imgsim.experiments.calibrate.known_then import Foresight, known_then, load_foresight
from imgsim.experiments.calibrate.run import Settings, prepare
from imgsim.inputs.countries import COUNTRIES
from imgsim.inputs.parameters.changes import apply_changes
from imgsim.inputs.parameters.parameter import Parameter, Parameters
from imgsim.inputs.parameters.read import load_parameters
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.read import change

US = COUNTRIES / "us"
SCENARIOS = Path(__file__).parents[2] / "scenarios"
KNOWN = Foresight(frozenset({"seats"}), {("wish", "", "2008-01-01"): 2025})
Dated = Sequence[tuple[str | None, float]]
YEARS: Dated = [("2000-01-01", 1.0), ("2008-01-01", 2.0), ("2014-01-01", 3.0), ("2020-01-01", 4.0)]


def dated(name: str, evidence: str = "assumed", between: str = "step", years: Dated = YEARS) -> Parameter:
    """A parameter whose values all have one kind of evidence."""
    one = toy.parameter(name, "count", years, between=between)
    return replace(one, rows={"": tuple(row._replace(evidence=evidence) for row in one.rows[""])})


def values_then(parameter: Parameter, until: int = 2014) -> list[float]:
    then = known_then(Parameters([parameter], {}), KNOWN, until)
    return [row.value for row in then[parameter.name].rows[""]]


@pytest.mark.parametrize("evidence", ["measured", "derived", "calibrated", "assumed"])
def test_what_is_no_rule_ends_with_the_last_value_before_the_year(evidence: str) -> None:
    assert values_then(dated("merit", evidence)) == [1, 2]
    assert values_then(dated("merit", evidence), 2015) == [1, 2, 3]


def test_rules_stay_as_they_were_to_become() -> None:
    assert values_then(dated("limit", "rule")) == [1, 2, 3, 4]


def test_what_a_forecast_is_given_stays_as_it_was_to_become() -> None:
    assert values_then(dated("seats", "measured")) == [1, 2, 3, 4]


def test_a_value_that_rests_on_later_figures_is_not_known_by_its_date() -> None:
    assert values_then(dated("wish", "calibrated")) == [1]
    assert values_then(dated("wish", "calibrated"), 2026) == [1, 2, 3, 4]  # whoever knows the figures of 2025


def test_a_parameter_that_begins_later_keeps_its_first_value() -> None:
    assert values_then(dated("fee", "measured", years=[("2016-01-01", 5.0), ("2018-01-01", 6.0)])) == [5]


@pytest.mark.parametrize("between", ["step", "linear"])
@pytest.mark.parametrize("rule", [None, 3])  # which of the values is a rule, and so is known
def test_a_forecast_that_is_saved_carries_the_last_known_values_on(between: str, rule: int | None) -> None:
    before = dated("merit", "derived", between)
    rows = tuple(row._replace(evidence="rule") if place == rule else row for place, row in enumerate(before.rows[""]))
    base = Parameters([replace(before, rows={"": rows})], {})
    known = known_then(base, KNOWN, 2014)
    text = scenario_text(known, base, [], "us.toml", "then", "fitted")
    given = [change(entry) for entry in Table(tomli.loads(text), Path("then.toml")).tables("change")]
    then = apply_changes(base, given)["merit"]
    last = 4 if rule else 2
    assert then.value(to_day("2025-01-01")) == last
    assert then.value(to_day("2013-12-31")) == pytest.approx(2 + (between == "linear" and rule is not None), abs=0.01)
    for day in range(to_day("1999-01-01"), to_day("2025-01-01"), 17):
        assert then.value(day) == pytest.approx(known["merit"].value(day))


def test_nothing_is_carried_on_where_everything_is_known() -> None:
    base = Parameters([dated("limit", "rule"), dated("seats", "measured")], {})
    assert "change" not in scenario_text(known_then(base, KNOWN, 2014), base, [], "us.toml", "then", "fitted")


def test_a_fit_to_earlier_figures_adjusts_no_value_that_it_does_not_know() -> None:
    made = prepare(str(SCENARIOS / "us.toml"), Settings(0.02, date(2014, 7, 1), 2014))
    assert max(start for one in made.free for _, _, start in one.rows) < "2014"
    names = {one.name for one in made.free}
    assert "us_do_2013" in names
    assert not names & {"us_do_2016", "us_md_2019", "citizen_2018", "interviews_attended_2020"}


def test_a_forecast_is_saved_as_it_was_fitted(tmp_path: Path) -> None:
    shutil.copy(SCENARIOS / "us.toml", tmp_path)
    base = load_scenario(tmp_path / "us.toml").parameters
    free = load_calibration_parameters(US)
    known = known_then(base, load_foresight(US, base), 2014)
    (tmp_path / "then.toml").write_text(scenario_text(known, base, free, "us.toml", "then", "fitted"))
    saved = load_scenario(tmp_path / "then.toml").parameters
    for name, parameter in known.items():
        for category in parameter.rows:
            for day in range(9000, 22000, 97):
                expected = pytest.approx(parameter.value(day, category), rel=1e-4)
                assert saved[name].value(day, category) == expected, (name, category, day)


def test_the_forecast_that_ships_is_given_seats_and_rules_and_nothing_else_of_later_years() -> None:
    now, then = (load_scenario(SCENARIOS / f"{name}.toml").parameters for name in ("us", "us_2013"))
    before, later = to_day("2013-12-31"), [to_day(f"{year}-12-31") for year in range(2014, 2030)]
    for name in load_foresight(US, now).given - {"ecfmg.timing.season"}:
        for category in now[name].rows:
            assert [then[name].value(day, category) for day in later] == [
                now[name].value(day, category) for day in later
            ]
    for name in set(now) - load_foresight(US, now).given:
        for category, series in now[name].rows.items():
            if all(row.evidence != "rule" for row in series):
                values = {then[name].value(day, category) for day in (before, *later)}
                assert len(values) == 1, (name, category)


TOP = """given = ["match.positions"]
[[rests_on]]
year = 2025
rows = ["match.positions@2013-01-01"]
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('["match.positions"]', '["match.position"]', ":1:1: given: unknown parameter `match.position` (did"),
        ("match.positions@", "match.position@", ":4:1: rests_on[1].rows: unknown parameter `match.position`"),
        ("@2013-01-01", "@2013-01-02", ":4:1: rests_on[1].rows: `match.positions` has no value of 2013-01-02"),
        ("year = 2025", "years = 2025", ":3:1: rests_on[1].years: unknown key `years`"),
    ],
)
def test_what_a_forecast_cannot_be_given_is_refused_where_it_stands(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    parameters = load_parameters(US)
    (tmp_path / "calibration.toml").write_text(TOP)
    assert load_foresight(tmp_path, parameters).rests_on == {("match.positions", "", "2013-01-01"): 2025}
    (tmp_path / "calibration.toml").write_text(TOP.replace(old, new))
    with pytest.raises(InputError) as refused:
        load_foresight(tmp_path, parameters)
    assert f"calibration.toml{message}" in str(refused.value)


@pytest.mark.parametrize("country", ["us", "canada", "australia"])
def test_what_forecasts_of_a_country_may_know_can_be_read(country: str) -> None:
    folder = COUNTRIES / country
    load_foresight(folder, load_parameters(folder))
    assert all(isinstance(one, CalibrationParameter) for one in load_calibration_parameters(folder))
