"""Beliefs about numbers: named, dated, sourced; read from files as they are written there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from builders.paper import Country
from hypothesis import given
from hypothesis import strategies as st

from imgsim.base.dates.calendar import month_day, to_date, to_day
from imgsim.base.errors import InputError
from imgsim.base.randomness.addresses import COMPETITOR, GRADUATE, actor, decision, refuse_collisions
from imgsim.inputs.consistency import check_contract
from imgsim.inputs.countries import COUNTRIES
from imgsim.inputs.countries import shipped_countries as countries
from imgsim.inputs.kinds.all_kinds import required_parameters
from imgsim.inputs.parameters.limits import UNITS
from imgsim.inputs.parameters.parameter import Parameter, Parameters, Row
from imgsim.inputs.parameters.read import load_parameters
from imgsim.inputs.pathways.combined_parameters import load_numbers
from imgsim.inputs.pathways.load import load_pathway

NAMES = countries()


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Parameters:
    return load_parameters(Country(tmp_path, monkeypatch).folder)


def numbers(name: str) -> Parameters:
    """The numbers of a country that ships, or of all countries that its pathway combines."""
    return load_numbers(COUNTRIES / name, load_pathway(COUNTRIES / name / "pathway.toml"))


# --- the countries that ship ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_number_that_is_used_is_defined_and_every_one_defined_is_used(name: str) -> None:
    file = COUNTRIES / name / "pathway.toml"
    check_contract(numbers(name), load_pathway(file), file=file)


@pytest.mark.parametrize("name", NAMES)
def test_the_pathway_gets_every_number_in_the_unit_it_asks_for(name: str) -> None:
    parameters = numbers(name)
    wanted = required_parameters(load_pathway(COUNTRIES / name / "pathway.toml"))
    assert [(need, parameters[need].unit) for need, _ in wanted] == wanted


def has_range_elsewhere(parameter: Parameter, row: Row) -> bool:
    """Is a range given for other categories from the same day on, so that this one is left out on purpose?"""
    return any(other.range for series in parameter.rows.values() for other in series if other.start == row.start)


@pytest.mark.parametrize("name", NAMES)
def test_every_number_that_ships_has_its_grounds(name: str) -> None:
    parameters = load_parameters(COUNTRIES / name)  # of a composed road: what it adds to its countries'
    for parameter in parameters.values():
        for row in (row for series in parameter.rows.values() for row in series):
            if row.evidence in ("measured", "derived"):
                assert row.source in parameters.sources, parameter.name
            if row.evidence == "assumed":
                assert row.why, parameter.name
                assert row.range or (row.value == 0 and has_range_elsewhere(parameter, row)), parameter.name
            if row.evidence == "calibrated":
                assert row.range, parameter.name
                assert row.why or row.source, parameter.name


@pytest.mark.parametrize("name", NAMES)
def test_no_two_names_of_a_country_share_their_draws(name: str) -> None:
    refuse_collisions(numbers(name))


# --- from a file ----------------------------------------------------------------------------------------------------


def test_a_value_holds_from_its_day_until_the_next_and_the_first_since_ever(paper: Parameters) -> None:
    days = ["1900-01-01", "2006-12-31", "2007-01-01", "2011-12-31", "2012-01-01", "2100-01-01"]
    assert [paper.value("test.passed", to_day(day)) for day in days] == [0.5, 0.5, 0.7, 0.7, 0.6, 0.6]


def test_the_first_value_holds_before_its_own_date(paper: Parameters) -> None:
    assert paper.value("test.attempts", to_day("1950-01-01")) == 6


def test_linear_values_lie_on_the_line_between_two_dates_and_flat_outside(paper: Parameters) -> None:
    start, end = to_day("2000-01-01"), to_day("2010-01-01")
    quarter = start + (end - start) // 4
    assert paper.value("population.entrants", start - 1000, "near") == 10
    assert paper.value("population.entrants", end + 1000, "far") == 40
    assert paper.value("population.entrants", quarter, "far") == pytest.approx(
        20 + 20 * (quarter - start) / (end - start)
    )


def test_grounds_of_a_row_win_over_those_of_its_parameter(paper: Parameters) -> None:
    first, second, _ = paper["test.passed"].rows[""]
    assert (first.where, second.where, second.source, second.evidence) == ("", "table 2", "census", "measured")


def test_a_number_by_group_has_a_series_for_each(paper: Parameters) -> None:
    assert (paper.value("paper.refused", 0, "near"), paper.value("paper.refused", 0, "far")) == (0.1, 0.2)


def test_ratios_belong_to_the_number_they_stand_below(paper: Parameters) -> None:
    ratios = [(ratio.trait, ratio.category, ratio.kind, ratio.parameter) for ratio in paper["test.passed"].ratios]
    assert ratios == [
        ("ability", None, "odds", "test.passed.odds.ability"),
        ("region", "north", "odds", "test.passed.odds.region.north"),
    ]
    assert paper["test.passed.odds.ability"].unit == "factor"
    assert paper["test.prepare.sd_log"].unit == "number"


def test_a_number_may_be_the_same_as_another_but_keeps_its_name(paper: Parameters) -> None:
    assert paper["test.retake"].name == "test.retake"
    assert paper["test.retake"].rows == paper["test.prepare"].rows
    assert paper["test.retake"].distribution == "lognormal"


def test_a_month_and_day_is_kept_as_a_number(paper: Parameters) -> None:
    assert paper.value("test.session.1", 0) == 915


def test_families_and_unknown_names(paper: Parameters) -> None:
    assert paper.family("paper.") == ["paper.done", "paper.refused"]
    with pytest.raises(KeyError):
        paper.value("paper.absent", 0)


def test_replacing_a_number_leaves_the_others_and_the_original(paper: Parameters) -> None:
    other = Parameter("post.left", "rate", None, None, "step", {"": (Row(None, 0.5, "assumed"),)})
    changed = paper.replacing(other)
    assert (changed.value("post.left", 0), paper.value("post.left", 0)) == (0.5, 0.05)
    assert list(changed) == list(paper)


def test_the_bounds_of_every_unit_hold_for_its_parameters(paper: Parameters) -> None:
    for parameter in paper.values():
        unit, own = UNITS[parameter.unit], parameter.limits
        assert unit.low <= own.low < own.high <= unit.high


@given(st.lists(st.integers(-20_000, 60_000), min_size=1, max_size=6, unique=True), st.integers(-30_000, 70_000))
def test_a_dated_value_is_that_of_the_last_row_begun(starts: list[int], day: int) -> None:
    rows = tuple(Row(start, float(k), "assumed") for k, start in enumerate(sorted(starts)))
    held = Parameter("a", "count", None, None, "step", {"": rows}).value(day)
    begun = [row.value for row in rows if row.start is not None and row.start <= day]
    assert held == (begun[-1] if begun else 0.0)


# --- days and addresses ---------------------------------------------------------------------------------------------


def test_days_count_from_1970() -> None:
    assert [to_day(date) for date in ("1970-01-01", "1969-12-31", "2000-03-01")] == [0, -1, 11_017]


@given(st.dates())
def test_a_day_is_its_date(date: object) -> None:
    assert to_date(to_day(date)) == date  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["02-29", "02-30", "13-01", "7-1", "07-1", "", "0701", "07-01 "])
def test_a_month_and_day_that_no_year_has_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"no month and day|day is out of range|month must be"):
        month_day(text)


def test_an_actor_is_four_numbers_in_one() -> None:
    # domain (4 bits), year since 1900 (12), group (16), number (32), worked out by hand
    assert actor(GRADUATE, 2006, 3, 7) == 0x1_06A_0003_00000007
    assert actor(COMPETITOR, 1900, 0, 0) == 2 << 60


@pytest.mark.parametrize(
    "parts", [(16, 2000, 0, 0), (1, 1899, 0, 0), (1, 2000, 2**16, 0), (1, 2000, 0, 2**32), (1, 2000, 0, -1)]
)
def test_an_actor_that_does_not_fit_is_refused(parts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="no such actor"):
        actor(*parts)


Part = st.tuples(st.integers(0, 15), st.integers(1900, 5995), st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1))


@given(Part, Part)
def test_two_actors_never_share_an_address(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    assert (actor(*one) == actor(*other)) == (one == other)


def test_a_decision_is_known_by_its_name_alone_in_every_process() -> None:
    # blake2b with four bytes, little-endian, by the reference implementation `b2sum -l 32`
    code = "from imgsim.base.randomness.addresses import decision; print(decision('exam.passed'))"
    told = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONHASHSEED": "5"}, capture_output=True, text=True, check=True
    )
    assert int(told.stdout) == decision("exam.passed") == DECISION


DECISION = int.from_bytes(bytes.fromhex("789ef05c"), "little")


def test_names_without_collisions_pass() -> None:
    refuse_collisions(["a", "b", "a"])
    assert InputError("x").exit_code == 2
