"""Beliefs about scenarios: a base plus dated changes, which compose; those that change nothing are nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from builders.paper import Country
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imgsim.base import errors
from imgsim.base.dates.calendar import to_day
from imgsim.inputs.parameters.changes import Change, apply_changes
from imgsim.inputs.parameters.parameter import Parameter, Parameters, Row
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.persons.compile_rules import compile_rules
from imgsim.persons.risk_equations import SERIES, dated


@pytest.fixture
def country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Country:
    return Country(tmp_path, monkeypatch)


def change(name: str, **keys: object) -> str:
    """One change as TOML."""
    given = {"parameter": f'"{name}"', "why": '"reform"'} | {key.rstrip("_"): value for key, value in keys.items()}
    return "[[change]]\n" + "".join(f"{key} = {value}\n" for key, value in given.items())


def passed(scenario: Scenario, *days: str) -> list[float]:
    return [scenario.parameters.value("test.passed", to_day(day)) for day in days]


AROUND = ("2009-12-31", "2010-01-01", "2011-12-31", "2012-01-01", "2013-12-31", "2014-01-01")
BASE = [0.7, 0.7, 0.7, 0.6, 0.6, 0.6]  # what the numbers on paper say on these days


# --- what ships -----------------------------------------------------------------------------------------------------


def test_every_scenario_that_ships_loads(scenarios: Path) -> None:
    files = sorted(scenarios.glob("*.toml"))
    assert files
    for file in files:
        loaded = load_scenario(file)
        assert loaded.run.start < loaded.run.measured_from < loaded.run.end, file.name
        assert loaded.run.replications >= (4 if loaded.run.scale == 1 else 10), file.name  # a sample needs more


def test_reading_a_scenario_loads_nothing_heavy(scenarios: Path) -> None:
    code = "import sys, imgsim; imgsim.load_scenario(sys.argv[1]); print(*sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", code, scenarios / "us.toml"], capture_output=True, text=True, check=True
    )
    heavy = {"numba", "numpy", "pandas", "matplotlib", "simpy", "tree_sitter", "pydantic"}
    assert heavy & set(told.stdout.split()) == set()


def test_a_file_says_how_to_run(country: Country) -> None:
    run = country.load().run
    assert (run.start, run.measured_from, run.end) == (date(2000, 1, 1), date(2005, 1, 1), date(2020, 1, 1))
    assert (run.replications, run.seed, run.scale) == (2, 7, 0.5)


def test_settings_given_in_the_call_win_over_the_file(country: Country) -> None:
    loaded = load_scenario(country.scenario, ["run.seed=9"], seed=8, scale=1, replications=3)
    assert (loaded.run.seed, loaded.run.scale, loaded.run.replications) == (8, 1, 3)


# --- changes --------------------------------------------------------------------------------------------------------


def test_a_change_holds_from_its_day_for_good(country: Country) -> None:
    reform = country.load(change("test.passed", from_="2010-01-01", value=0.9))
    assert passed(reform, *AROUND) == [0.7, 0.9, 0.9, 0.9, 0.9, 0.9]


def test_a_change_ends_with_what_the_base_says_then(country: Country) -> None:
    reform = country.load(change("test.passed", from_="2010-01-01", until="2014-01-01", value=0.9))
    assert passed(reform, *AROUND) == [0.7, 0.9, 0.9, 0.9, 0.9, 0.6]


def test_a_scale_multiplies_every_value_in_force(country: Country) -> None:
    reform = country.load(change("test.passed", from_="2010-01-01", until="2014-01-01", scale=0.5))
    assert passed(reform, *AROUND) == [0.7, 0.35, 0.35, 0.3, 0.3, 0.6]


def test_a_change_without_dates_holds_since_ever(country: Country) -> None:
    assert passed(country.load(change("test.passed", value=0.9)), "1900-01-01", *AROUND) == [0.9] * 7


def test_a_change_before_the_first_date_leaves_what_was_before_it(country: Country) -> None:
    reform = country.load(change("test.attempts", from_="1990-01-01", until="1995-01-01", value=3))
    days = [to_day(day) for day in ("1980-01-01", "1990-01-01", "1994-12-31", "1995-01-01", "2021-07-01")]
    assert [reform.parameters.value("test.attempts", day) for day in days] == [6, 3, 3, 6, 4]


def test_a_change_for_one_group_leaves_the_others(country: Country) -> None:
    reform = country.load(change("paper.refused", of='"near"', from_="2010-01-01", value=0.4))
    day = to_day("2010-01-01")
    assert [reform.parameters.value("paper.refused", day, group) for group in ("near", "far")] == [0.4, 0.2]


def test_a_change_without_a_group_is_for_all(country: Country) -> None:
    reform = country.load(change("paper.refused", value=0.4))
    assert [reform.parameters.value("paper.refused", 0, group) for group in ("near", "far")] == [0.4, 0.4]


def test_a_change_of_a_calendar_is_a_month_and_day(country: Country) -> None:
    assert country.load(change("test.session.1", value='"07-01"')).parameters.value("test.session.1", 0) == 701


def test_a_changed_value_carries_the_grounds_of_the_change(country: Country) -> None:
    text = change("test.passed", from_="2010-01-01", value=0.9, source='"bill"', where='"section 2"')
    reform = country.load(text + '[source.bill]\ntitle = "A bill"\n')
    row = reform.parameters["test.passed"].rows[""][-1]
    assert (row.evidence, row.source, row.where, row.why, row.range) == (
        "assumed",
        "bill",
        "section 2",
        "reform",
        (0.9, 0.9),
    )
    assert reform.sources["bill"].title == "A bill"


def test_changes_of_base_and_reform_compose_base_first(country: Country) -> None:
    country.overlay(change("test.passed", from_="2010-01-01", value=0.8), "first.toml")
    second = country.overlay(change("test.passed", from_="2012-01-01", scale=0.5), "second.toml")
    second.write_text(second.read_text().replace("base.toml", "first.toml"))
    reform = load_scenario(second)
    assert passed(reform, *AROUND) == [0.7, 0.8, 0.8, 0.4, 0.4, 0.4]
    assert passed(load_scenario(country.scenario), *AROUND) == BASE
    assert [held.value for held in reform.changes] == [0.8, None]


def test_a_reform_keeps_the_settings_of_its_base_that_it_does_not_name(country: Country) -> None:
    run = country.load("[run]\nseed = 1\n[population]\nscale = 1\n").run
    assert (run.seed, run.scale, run.replications, run.end) == (1, 1, 2, date(2020, 1, 1))


def test_the_base_keeps_its_numbers_beside_those_of_the_reform(country: Country) -> None:
    reform = country.load(change("test.passed", value=0.9))
    assert reform.base_parameters.value("test.passed", 0) == 0.5


def test_a_number_set_for_all_time_and_one_for_a_group(country: Country) -> None:
    reform = country.load(
        sets=["test.passed=0.9", "paper.refused[far]=0.4", "run.end=2019-01-01", "population.scale=0.25"]
    )
    assert passed(reform, "1900-01-01", *AROUND) == [0.9] * 7
    assert [reform.parameters.value("paper.refused", 0, group) for group in ("near", "far")] == [0.1, 0.4]
    assert (reform.run.end, reform.run.scale) == (date(2019, 1, 1), 0.25)


def test_a_change_of_no_category_is_refused_as_it_would_change_all(country: Country) -> None:
    with pytest.raises(errors.InputError, match=r"of: name a category, or leave it out"):
        country.load(change("paper.refused", of='""', value=0.3))


def test_a_scenario_cannot_give_a_key_of_its_country_to_another_source(country: Country) -> None:
    with pytest.raises(errors.InputError, match=r"source\.census: the country cites another source by this key"):
        country.load('[source.census]\ntitle = "Another census"\n')


def test_setting_the_only_number_of_a_source_does_not_complain_of_the_source(country: Country) -> None:
    country.files["sources.toml"][0].write_text('[census]\ntitle = "Census"\n[other]\ntitle = "Other"\n')
    country.spoil(
        "numbers.toml",
        'value = 0.05\nevidence = "measured"\nsource = "census"',
        'value = 0.05\nevidence = "measured"\nsource = "other"',
    )
    assert country.load(sets=["post.left=0.1"]).parameters.value("post.left", 0) == 0.1


# --- changes of the road --------------------------------------------------------------------------------------------

ASSUMED = 'evidence = "assumed"\nwhy = "reform"\nrange = [0, 100]\n'
BYPASS = f"""\
[stage.paper]
kind = "wait"
label = "Paper"
phase = "papers"
next = {{ done = "bypass", refused = "gone" }}
[stage.bypass]
kind = "work"
label = "Bypass"
phase = "papers"
next = {{ completed = "way", left = "gone" }}
[parameter.bypass.completed]
unit = "years"
value = 2
{ASSUMED}[parameter.bypass.left]
same_as = "post.left"
"""


def test_a_reform_may_add_a_stage_with_its_numbers(country: Country) -> None:
    reform = country.load(BYPASS)
    assert reform.pathway.stages["paper"].next["done"] == "bypass"
    assert [reform.parameters.value(f"bypass.{word}", 0) for word in ("completed", "left")] == [2, 0.05]
    assert "bypass" not in country.load().pathway.stages


def test_a_number_that_a_reform_adds_can_be_changed_on_top_of_it(country: Country) -> None:
    assert country.load(BYPASS, ["bypass.completed=5"]).parameters.value("bypass.completed", 0) == 5


def test_a_reform_may_leave_a_number_of_the_country_unused(country: Country) -> None:
    rewired = BYPASS.replace('next = { done = "bypass", refused = "gone" }', 'next = { done = "bypass" }')
    assert "refused" not in country.load(rewired).pathway.stages["paper"].next


def test_a_ratio_that_a_reform_adds_acts_on_the_number_of_the_country(country: Country) -> None:
    reform = country.load(f"[parameter.test.passed.odds.english]\nvalue = 2\n{ASSUMED}")
    assert [ratio.trait for ratio in reform.parameters["test.passed"].ratios] == ["ability", "region", "english"]


# --- the fingerprint ------------------------------------------------------------------------------------------------

NOTHING = [
    "",
    change("test.passed", from_="2007-01-01", until="2012-01-01", value=0.7),
    change("test.passed", from_="2008-01-01", until="2011-01-01", value=0.7),
    change("test.passed", from_="2012-01-01", value=0.6),
    change("test.passed", scale=1.0),
    change("test.passed", from_="2010-01-01", until="2014-01-01", scale=1),
    change("population.entrants", from_="2005-01-01", until="2006-01-01", scale=1.0),
    change("paper.refused", of='"far"', from_="2005-01-01", value=0.2),
    change("test.session.1", from_="2005-01-01", value='"09-15"'),
    change("test.attempts", from_="1990-01-01", until="1995-01-01", value=6),
    change("population.entrants", of='"near"', from_="1990-01-01", until="2000-01-02", value=10),
    change("population.entrants", of='"near"', from_="2010-01-01", value=20),
    change("population.entrants", of='"near"', from_="2010-01-01", value=20, join='"linear"'),
]


@pytest.mark.parametrize("text", NOTHING)
def test_a_reform_that_changes_nothing_is_the_base(country: Country, text: str) -> None:
    assert country.load(text).canonical() == country.load().canonical()


SOMETHING = [
    (change("test.passed", from_="2008-01-01", until="2008-01-02", value=0.7000000001), ()),
    ("[run]\nseed = 8\n", ()),
    ("[run]\nend = 2019-12-31\n", ()),
    ("", ("population.scale=0.4",)),
    (BYPASS, ()),
    (f"[parameter.test.passed.odds.english]\nvalue = 2\n{ASSUMED}", ()),
]


@pytest.mark.parametrize(("text", "sets"), SOMETHING)
def test_a_reform_that_changes_something_has_another_fingerprint(
    country: Country, text: str, sets: tuple[str, ...]
) -> None:
    assert country.load(text, sets).digest() != country.load().digest()


def test_how_often_a_scenario_runs_is_no_part_of_what_one_replication_is(country: Country) -> None:
    assert load_scenario(country.scenario, replications=99).digest() == country.load().digest()


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("pathway.toml", '{ straight = "post", away = "gone" }', '{ away = "gone", straight = "post" }'),
        ("pathway.toml", '["north", "south"]', '["south", "north"]'),
    ],
)
def test_order_that_decides_results_is_part_of_the_fingerprint(country: Country, file: str, old: str, new: str) -> None:
    before = country.load().digest()
    country.spoil(file, old, new)
    if "straight" in old:  # the last option takes what the others leave, so another one needs a number
        country.spoil("numbers.toml", "[way.straight]", "[way.away]")
    assert country.load().digest() != before


def test_grounds_are_no_part_of_the_fingerprint(country: Country) -> None:
    before = country.load().digest()
    country.spoil("numbers.toml", '"abler people pass"', '"they prepare better"')
    assert country.load().digest() == before


def test_the_canonical_text_is_json_and_the_same_in_every_process(country: Country) -> None:
    assert json.loads(country.load().canonical())["run"]["seed"] == 7
    code = (
        "import sys, imgsim, imgsim.inputs.countries as c; from pathlib import Path; c.COUNTRIES = Path(sys.argv[2]);"
        "print(imgsim.load_scenario(sys.argv[1]).digest())"
    )
    command = [sys.executable, "-c", code, str(country.scenario), str(country.folder.parent)]
    told = {
        subprocess.run(command, env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout.strip()
        for seed in ("1", "2")
    }
    assert told == {country.load().digest()}


# --- changes in general ---------------------------------------------------------------------------------------------

DAYS = st.integers(0, 40)


@st.composite
def series(draw: st.DrawFn) -> tuple[Row, ...]:
    """A few dated values; the first one has a date or none."""
    starts: list[int | None] = sorted(draw(st.sets(DAYS, min_size=1, max_size=5)))  # type: ignore[assignment]
    if draw(st.booleans()):
        starts[0] = None
    return tuple(Row(start, float(draw(st.integers(0, 3))), "assumed") for start in starts)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=400)
@given(
    series(),
    st.none() | DAYS,
    st.none() | DAYS,
    st.none() | st.integers(0, 3),
    st.sampled_from([0.0, 0.5, 1.0, 2.0]),
    st.sampled_from(["step", "linear"]),
)
def test_a_change_moves_exactly_the_days_it_names(
    rows: tuple[Row, ...], start: int | None, until: int | None, value: int | None, scale: float, between: str
) -> None:
    if start is not None and until is not None and until <= start:
        start, until = until, start + 1
    if between == "linear" and len(rows) > 1 and rows[0].start is None:
        rows = rows[1:]  # a line has dates
    base = Parameter("a", "count", None, None, between, {"": rows})
    given = Change(
        "a", start, until, None if value is None else float(value), None if value is not None else scale, "why"
    )
    after = apply_changes(Parameters([base], {}), [given])["a"]
    for day in range(-5, 60):
        named = (start is None or start <= day) and (until is None or day < until)
        moved = given.value if given.value is not None else base.value(day) * scale
        assert after.value(day) == pytest.approx(moved if named else base.value(day), abs=1e-12), day
    starts = [row.start for row in after.rows[""]]
    assert all(b is not None and (a is None or a < b) for a, b in pairwise(starts))
    assert between == "step" or len(starts) == 1 or starts[0] is not None


def entrants(scenario: Scenario, *days: str) -> list[float]:
    return [scenario.parameters.value("population.entrants", to_day(day), "near") for day in days]


@pytest.mark.parametrize("day", ["1999-01-01", "2000-01-01", "2004-06-30", "2004-12-31", "2006-01-01", "2008-01-01"])
def test_a_change_of_a_linear_number_leaves_the_days_before_and_after_it(country: Country, day: str) -> None:
    reform = country.load(change("population.entrants", from_="2005-01-01", until="2006-01-01", value=500))
    assert entrants(reform, day) == pytest.approx(entrants(country.load(), day), rel=1e-12)


def test_a_change_of_a_linear_number_holds_on_all_its_days(country: Country) -> None:
    days = ("2005-01-01", "2005-07-01", "2005-12-31")
    reform = country.load(change("population.entrants", from_="2005-01-01", until="2006-01-01", value=500))
    assert entrants(reform, *days) == [500, 500, 500]
    reform = country.load(change("population.entrants", from_="2005-01-01", until="2006-01-01", scale=2))
    assert entrants(reform, *days) == pytest.approx([2 * held for held in entrants(country.load(), *days)], rel=1e-12)


@pytest.mark.parametrize("name", ["population.entrants", "test.attempts"])
def test_a_change_from_the_first_date_on_leaves_the_days_before_it(country: Country, name: str) -> None:
    reform = country.load(change(name, from_="2000-01-01", value=3))
    day, group = to_day("1999-12-31"), "near" if name == "population.entrants" else ""
    assert reform.parameters.value(name, day, group) == country.load().parameters.value(name, day, group)
    assert reform.parameters.value(name, day + 1, group) == 3


def test_rules_read_a_changed_line_as_the_parameters_say(country: Country) -> None:
    reform = country.load(change("population.entrants", from_="2005-01-01", until="2006-01-01", value=500))
    book = compile_rules(reform.parameters, reform.pathway)
    q = book.number("population.entrants")
    for day in range(to_day("1999-01-01"), to_day("2012-01-01"), 13):
        held = dated(book.rules, book.rules.head[q, SERIES], day, 1)
        assert held == pytest.approx(reform.parameters.value("population.entrants", day, "near"), rel=1e-12)


def test_a_knot_takes_the_place_of_the_knots_on_its_days_and_joins_its_neighbours(country: Country) -> None:
    """Near has 10 entrants from 2000 and 20 from 2010; a knot of 50 lies 1827 days after the first one."""
    knot = change("population.entrants", from_="2005-01-01", until="2010-01-01", value=50, join='"linear"')
    days = ("1999-01-01", "2000-01-01", "2002-07-02", "2005-01-01", "2007-07-03", "2010-01-01", "2015-01-01")
    half = 10 + 40 * (to_day("2002-07-02") - to_day("2000-01-01")) / 1827
    later = 50 - 30 * (to_day("2007-07-03") - to_day("2005-01-01")) / 1826
    assert entrants(country.load(knot), *days) == pytest.approx([10, 10, half, 50, later, 20, 20])


def test_a_knot_for_good_ends_the_line(country: Country) -> None:
    knot = change("population.entrants", from_="2005-01-01", value=50, join='"linear"')
    assert entrants(country.load(knot), "2000-01-01", "2005-01-01", "2010-01-01", "2020-01-01") == [10, 50, 50, 50]


# --- a country of one's own ----------------------------------------------------------------------------------------


def test_a_scenario_may_name_a_folder_beside_it_as_its_country(tmp_path: Path, root: Path) -> None:
    shutil.copytree(root / "benchmarks" / "img_lite", tmp_path / "mine")
    lite = (tmp_path / "mine" / "img_lite.toml").read_text("utf-8")
    (tmp_path / "here.toml").write_text(lite.replace('country = "."', 'country = "./mine"'), "utf-8")
    here, there = (
        load_scenario(tmp_path / "here.toml"),
        load_scenario(root / "benchmarks" / "img_lite" / "img_lite.toml"),
    )
    assert here.pathway == there.pathway
    assert "mine" in here.canonical()
    assert str(tmp_path) not in here.canonical()


def test_a_folder_without_a_pathway_is_no_country(tmp_path: Path) -> None:
    file = tmp_path / "here.toml"
    file.write_text('title = "T"\ncountry = "./nowhere"\n', "utf-8")
    with pytest.raises(errors.InputError, match=r"here\.toml:2:1: country: no `pathway.toml` in .*nowhere"):
        load_scenario(file)
