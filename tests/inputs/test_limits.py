"""Every number has bounds within which the model obeys it; what lies outside is refused, and shown as it was given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from imgsim.base.errors import InputError
from imgsim.base.files.toml import Table
from imgsim.inputs.countries import COUNTRIES
from imgsim.inputs.kinds.exam import PASS_RULES
from imgsim.inputs.kinds.round import NEEDS, OPTIONAL
from imgsim.inputs.new_country import new_country
from imgsim.inputs.parameters.changes import changed
from imgsim.inputs.parameters.limits import NARROWER, UNITS, limits_of
from imgsim.inputs.parameters.parameter import Parameter, Parameters
from imgsim.inputs.parameters.read import parameter as read_parameter
from imgsim.inputs.parameters.read import read_parameters
from imgsim.inputs.pathways.combined_parameters import load_numbers
from imgsim.inputs.pathways.load import load_pathway
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.read import assignments

ODD = ("0", "-1", "0.5", "2.5", "1e9", "9e99", "1e308")

# Last words of the parameters that are counts of something that has no halves.
WHOLE = [
    "attempts", "per_year", "apart", "stations", "pass_mark", "borderline", "compulsory", "subject_stations", "items",
    "meetings", "jurisdictions", "places", "growth", "positions", "programmes", "least_programmes", "competitors",
    "advanced", "rounds", "applications", "cap", "signals", "second_specialty_every", "stock",
]  # fmt: skip


@cache
def numbers(country: str) -> Parameters:
    """The numbers of a country that ships, or of the small one that `imgsim new-country` writes."""
    folder = COUNTRIES / country
    return load_numbers(folder, load_pathway(folder / "pathway.toml"))


def parameters() -> Iterator[Parameter]:
    """Every parameter of the small country and of the United States."""
    for country in ("template", "us"):
        yield from numbers(country).values()


def attempt(parameter: Parameter, text: str) -> str | Parameter:
    """The parameter set to a value on the command line, or what is said of it."""
    try:
        _, (change,) = assignments([f"{parameter.name}={text}"])
        return changed(parameter, change)
    except InputError as error:
        return str(error)


@pytest.mark.parametrize("text", ODD)
def test_every_parameter_takes_an_odd_value_as_it_is_or_refuses_it_by_name_and_value(text: str) -> None:
    for parameter in parameters():
        result = attempt(parameter, text)
        if isinstance(result, str):
            assert result.startswith(f"--set: {parameter.name}: "), result
            assert "\n" not in result
            assert f" {text} " in result or parameter.unit == "month-day", result
        else:
            assert {row.value for series in result.rows.values() for row in series} == {float(text)}


def test_no_parameter_is_practically_infinite() -> None:
    for parameter in parameters():
        for text in ("9e99", "1e308", "inf", "nan"):
            assert isinstance(attempt(parameter, text), str), parameter.name


def test_only_scores_and_plain_numbers_are_below_nothing() -> None:
    below = {parameter.unit for parameter in parameters() if not isinstance(attempt(parameter, "-1"), str)}
    assert below <= {"score", "number"}
    assert all(limits_of(f"a.{word}", "number").low >= 0 for word in ("sd_log", "scale", "spread", "variation"))
    assert limits_of("interview.manner", "score").low == 0


def test_there_are_no_halves_of_what_is_counted() -> None:
    counts = [p for p in parameters() if p.unit == "count" and p.name.rpartition(".")[2] in WHOLE]
    assert len(counts) >= 25
    for parameter in (*counts, *(p for p in parameters() if p.unit == "flag")):
        told = attempt(parameter, "0.5")
        assert isinstance(told, str), parameter.name
        assert "no whole number" in told or "outside 1 to" in told, parameter.name


def test_every_count_that_a_stage_or_a_round_reads_has_bounds_of_its_own() -> None:
    asked: list[Mapping[str, str]] = [*PASS_RULES.values(), *NEEDS.values(), *OPTIONAL.values()]
    words = [word for each in asked for word, unit in each.items() if unit == "count"]
    for word in (*words, "attempts", "per_year", "apart", "borderline", "meetings", "jurisdictions", "places"):
        assert limits_of(f"exam.{word}", "count") != UNITS["count"], word


def test_narrower_limits_lie_within_those_of_their_unit() -> None:
    for unit, words in NARROWER.items():
        for word, limits in words.items():
            assert UNITS[unit].low <= limits.low < limits.high <= UNITS[unit].high, word


def test_a_scale_may_make_a_fraction_of_what_is_shared_out_but_not_of_attempts(tmp_path: Path) -> None:
    new_country("atlantis", tmp_path)
    scenario = tmp_path / "scaled.toml"

    def scaled(name: str, by: float) -> float:
        change = f'[[change]]\nparameter = "{name}"\nscale = {by}\nwhy = "so"\n'
        scenario.write_text(f'title = "t"\nextends = "atlantis.toml"\n{change}', "utf-8")
        return load_scenario(scenario).parameters.value(name, 0)

    assert scaled("match.places", 1.01) == 151.5
    assert scaled("exam.licensing.attempts", 1.5) == 6
    with pytest.raises(InputError, match=r"exam\.licensing\.attempts: 5\.2 is no whole number \(count\)"):
        scaled("exam.licensing.attempts", 1.3)


# --- plausible ranges -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("country", ["us", "canada", "australia", "world", "template"])
def test_values_of_countries_that_ship_lie_in_their_ranges(country: str) -> None:
    outside = [
        name
        for name, each in numbers(country).items()
        for row in (row for series in each.rows.values() for row in series)
        if row.range and not row.range[0] <= row.value <= row.range[1]
    ]
    assert outside == []


def test_a_value_of_a_country_that_ships_is_refused_outside_its_range_as_ones_own() -> None:
    file = COUNTRIES / "template" / "parameters" / "exams.toml"
    given = {"unit": "probability", "value": 0.9, "range": [0.1, 0.5], "evidence": "assumed", "why": "so"}
    with pytest.raises(InputError, match=r"left\.value: 0\.9 is outside its own `range`, 0\.1 to 0\.5"):
        read_parameter("left", Table(given, file, ("left",)))


def test_a_value_of_ones_own_must_lie_in_its_own_range(tmp_path: Path) -> None:
    new_country("atlantis", tmp_path)
    exams = tmp_path / "atlantis" / "parameters" / "exams.toml"
    exams.write_text(exams.read_text("utf-8").replace("value = 0.6\n", "value = 0.9\n"), "utf-8")
    with pytest.raises(InputError, match=r"exams\.toml:5:1: exam\.licensing\.passed\.value: 0\.9 is outside its own"):
        load_scenario(tmp_path / "atlantis.toml")


def test_a_what_if_may_leave_the_range_of_what_it_replaces(tmp_path: Path) -> None:
    new_country("atlantis", tmp_path)
    scenario = load_scenario(tmp_path / "atlantis.toml", ["exam.licensing.passed=0.9"])
    assert scenario.parameters["exam.licensing.passed"].rows[""][0].range == (0.9, 0.9)


GIVEN = """
[left]
unit = "probability"
by = "region"
evidence = "assumed"
why = "so"
range = RANGE
values = [{ of = { north = 0, south = 0.4 } }, { from = 2010-01-01, of = { south = 0.6 } }]
"""


def read(tmp_path: Path, given: str) -> Parameter:
    """One parameter of a file with this range."""
    file = tmp_path / "numbers.toml"
    file.write_text(GIVEN.replace("RANGE", given), "utf-8")
    (parameter,) = read_parameters([file])
    return parameter


def test_a_range_may_be_given_by_category_and_what_is_certain_has_none(tmp_path: Path) -> None:
    rows = read(tmp_path, "{ south = [0.2, 0.7] }").rows
    assert [row.range for row in rows["south"]] == [(0.2, 0.7), (0.2, 0.7)]
    assert [row.range for row in rows["north"]] == [None]
    shared = read(tmp_path, "[0, 1]").rows
    assert {row.range for series in shared.values() for row in series} == {(0.0, 1.0)}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("{ south = [0.2, 0.5] }", r"left\.values\[2\]\.of\.south: 0\.6 is outside its own `range`, 0\.2 to 0\.5"),
        ("{ west = [0.2, 0.7] }", r"left\.range\.west: a range without a value"),
        ("{ south = 0.2 }", r"left\.range\.south: must be \[low, high\], not 0\.2"),
        ("{ south = [0.2, 1.5] }", r"left\.range: reaches beyond 0 to 1"),
        ("{}", r"left\.range: must be \[low, high\], or that of at least one category"),
    ],
)
def test_a_range_by_category_must_fit_the_values_of_its_categories(tmp_path: Path, given: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path, given)


# --- the page -------------------------------------------------------------------------------------------------------


def test_the_page_of_bounds_names_all_of_them(root: Path) -> None:
    page = (root / "docs" / "bounds.md").read_text("utf-8")
    listed = [("", unit, limits) for unit, limits in UNITS.items()]
    listed += [(unit, word, limits) for unit, words in NARROWER.items() for word, limits in words.items()]
    for unit, name, limits in listed:
        whole = "" if not limits.integer else "whole as written" if limits.divisible else "whole"
        cells = [f"`{name}`", *([unit] if unit else []), f"{limits.low:,.12g}", f"{limits.high:,.12g}", whole]
        assert f"| {' | '.join(cells)} |" in page
