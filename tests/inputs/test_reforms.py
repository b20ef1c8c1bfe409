# ruff: noqa: E501 -- a case of the tables is best read in one line
"""Beliefs about reforms: what their files say, how they compose, what they leave alone, what each shipped one gives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders.paper import Country
from golden import shipped_reforms as golden

from imgsim.base.dates.calendar import to_date
from imgsim.base.errors import InputError
from imgsim.cli.main import main
from imgsim.inputs.parameters.parameter import Parameter, Parameters, Row
from imgsim.inputs.reforms.differences import pathway_differences
from imgsim.inputs.reforms.read import read_reform
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.markets.match.fast.idiosyncratic import Pairs
from imgsim.markets.match.fast.preference_signals import sends_signal
from imgsim.markets.match.fast.rank_lists import RankLists
from imgsim.markets.quota_growth import QuotaGrowth
from imgsim.reports.parameters_text import explain
from imgsim.reports.pathway_diagram import mermaid, svg

NAMES = golden.names()
US = golden.ROOT / "scenarios/us.toml"

HEAD = """\
title = "More passes"
actor = "The council"
document = "A paper"
date = 2009-05-01
reference = ["census"]
base = "paper"
not_modelled = ["much"]

"""
CHANGE = '[[change]]\nparameter = "test.passed"\nfrom = 2010-01-01\nvalue = { lever = "size", plus = 0.1, times = 0.5 }\nwhy = "reform"\n'
LEVER = '[lever.size]\nlabel = "how much"\nunit = "share"\nvalue = 1\nlow = 0.5\nhigh = 1.5\nwhy = "unknown"\n'
WIRE = '[rewire.way]\naway = "extra"\n[stage.extra]\nkind = "choose"\nlabel = "Extra"\nphase = "papers"\nnext = { yes = "post", no = "gone" }\n'
OWN = '[parameter.extra.yes]\nunit = "probability"\nvalue = 0.2\nevidence = "assumed"\nwhy = "w"\nrange = [0, 1]\n'
WHOLE = HEAD + CHANGE + LEVER + WIRE + OWN


@pytest.fixture
def country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Country:
    return Country(tmp_path, monkeypatch)


def write(country: Country, text: str = WHOLE, name: str = "more.toml") -> Path:
    file = country.scenario.parent / name
    file.write_text(text)
    return file


def reformed(country: Country, *files: Path, **levers: float) -> Scenario:
    return load_scenario(country.scenario, reforms=files, levers=levers)


def refusal(country: Country, *files: Path, **levers: float) -> str:
    with pytest.raises(InputError) as caught:
        reformed(country, *files, **levers)
    return str(caught.value).replace(f"{country.scenario.parent}/", "")


# --- the file ------------------------------------------------------------------------------------------------------


def test_a_reform_changes_numbers_and_the_pathway_and_keeps_its_baseline(country: Country) -> None:
    found = reformed(country, write(country))
    assert found.parameters["test.passed"].value(20_000) == pytest.approx(0.6)  # 0.1 + 0.5 x 1
    assert found.parameters["test.passed"].value(0) == 0.5
    assert found.pathway.stages["way"].next == {"straight": "post", "away": "extra"}
    assert found.name == "base+more"
    assert found.baseline is not None
    assert found.baseline.digest() == country.load().digest()
    assert [reform.title for reform in found.reforms] == ["More passes"]


def test_a_lever_moves_what_it_sets(country: Country) -> None:
    found = reformed(country, write(country), size=1.5)
    assert found.parameters["test.passed"].value(20_000) == pytest.approx(0.85)
    assert found.reforms[0].levers["size"].value == 1.5
    assert found.reforms[0].levers["size"].best == 1
    assert found.reforms[0].levers["size"].parameters == ("test.passed",)
    assert reformed(country, write(country), **{"more.size": 1.5}).digest() == found.digest()


def test_an_amount_is_added_to_what_the_baseline_has(country: Country) -> None:
    text = CHANGE.replace('value = { lever = "size", plus = 0.1, times = 0.5 }', "add = -0.1")
    found = reformed(country, write(country, HEAD + text))
    assert [found.parameters["test.passed"].value(day) for day in (14_000, 14_700, 20_000)] == pytest.approx(
        [0.7, 0.6, 0.5]
    )


def test_a_reform_lies_over_what_is_set(country: Country) -> None:
    sets = ["test.passed=0.9"]
    found = load_scenario(country.scenario, sets, reforms=[write(country)])
    assert [found.parameters["test.passed"].value(day) for day in (0, 20_000)] == pytest.approx([0.9, 0.6])


def test_reforms_compose_in_either_order(country: Country) -> None:
    other = write(
        country,
        HEAD
        + CHANGE.replace("test.passed", "way.straight").replace('{ lever = "size", plus = 0.1, times = 0.5 }', "0.9"),
        "other.toml",
    )
    one = write(country)
    both, turned = reformed(country, one, other), reformed(country, other, one)
    assert both.digest() == turned.digest()
    assert both.name == "base+more+other"


# What is changed in the whole file, and what must be said.
WRONG: list[tuple[str, str, str]] = [
    ('title = "More passes"\n', "", "more.toml:1:1: `title` is missing"),
    ('"The council"', '" "', "more.toml:2:1: actor: is empty"),
    ("date = 2009-05-01", "date = 3", 'more.toml:4:1: date: must be a date such as 2025-07-01, or a text such as "2025", not 3'),
    ('["census"]', '["cencus"]', "more.toml:5:1: reference: unknown source `cencus` (did you mean `census`?)"),
    ('base = "paper"', 'base = "papr"', "more.toml:6:1: base: this reform is for `papr`, but base.toml stands for `base` and `paper`"),
    ('not_modelled = ["much"]\n', "", "more.toml:1:1: `not_modelled` is missing: say what the reform leaves out"),
    ("not_modelled", "not_modeled", "more.toml:7:1: not_modeled: unknown key `not_modeled` (did you mean `not_modelled`?)"),
    ('"test.passed"', '"test.pased"', "more.toml:10: test.pased: unknown parameter (did you mean `test.passed`?)"),
    ("from = 2010-01-01\n", "", "more.toml:9:1: change[1]: `from` is missing: a reform's change begins on a day"),
    ("from = 2010-01-01", "from = 1999-12-31", "more.toml:11:1: change[1].from: 1999-12-31 is before 2000-01-01, the first day of base.toml"),
    ('lever = "size"', 'lever = "sise"', "more.toml:12:11: change[1].value.lever: unknown lever `sise` (did you mean `size`?)"),
    ("plus = 0.1", "pluss = 0.1", "more.toml:12:27: change[1].value.pluss: unknown key `pluss` (did you mean `plus`?)"),
    ('{ lever = "size", plus = 0.1, times = 0.5 }', "0.7", "more.toml:14:1: lever.size: no change uses this lever"),
    ("times = 0.5", "times = 5", "more.toml:10: test.passed: 5.1 is outside 0 to 1 (probability)"),
    ("low = 0.5", "low = 1.2", "more.toml:17:1: lever.size.value: must lie between low (1.2) and high (1.5)"),
    ('why = "unknown"', 'why = ""', "more.toml:20:1: lever.size.why: is empty"),
    ('why = "unknown"', 'why = "u"\nvalues = [1, 9]', "more.toml:21:14: lever.size.values[2]: must be a number from 0.5 to 1.5, not 9"),
    ("[rewire.way]", "[rewire.wey]", "more.toml:21:1: rewire.wey: unknown stage `wey` (did you mean `way`?)"),
    ('away = "extra"', 'awya = "extra"', "more.toml:22:1: rewire.way.awya: `way` has no outcome `awya` (did you mean `away`?)"),
    ('away = "extra"', 'away = "extar"', "more.toml:22:1: rewire.way.away: unknown stage `extar` (did you mean `extra`?)"),
    ('[rewire.way]\naway = "extra"\n', "", "more.toml:21:1: stage.extra: this stage cannot be reached"),
    ("[parameter.extra.yes]", "[parameter.extra.yess]", "more.toml:23:1: stage.extra: the pathway needs a parameter `extra.yes` (probability) (did you mean `extra.yess`?)"),
    ("[rewire.way]", '[milestones]\nlicenced = ["extra.yes"]\n[rewire.way]', "more.toml:22:1: milestones.licenced: unknown milestone `licenced` (did you mean `licensed`?)"),
    ("[rewire.way]", '[milestones]\nlicensed = ["extra.yess"]\n[rewire.way]', "more.toml:22:1: milestones.licensed: unknown event `extra.yess` (did you mean `extra.yes`?)"),
    ("[rewire.way]", '[source.census]\ntitle = "Another"\n[rewire.way]', "more.toml:21:1: source.census: another source has this key already"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), WRONG)
def test_a_mistake_in_a_reform_file_is_told_with_its_place(country: Country, old: str, new: str, message: str) -> None:
    assert WHOLE.count(old) == 1
    told = refusal(country, write(country, WHOLE.replace(old, new)))
    assert message in told.split("\n"), told


def test_a_lever_out_of_bounds_unknown_or_shared_is_refused(country: Country) -> None:
    one = write(country)
    assert (
        refusal(country, one, size=2)
        == "--lever: size: 2 is outside 0.5 to 1.5 (share), the range that more.toml gives in line 14"
    )
    assert refusal(country, one, sise=1) == "--lever: sise: no reform here has a lever `sise` (did you mean `size`?)"
    text = (HEAD + CHANGE + LEVER).replace("test.passed", "way.straight")
    other = write(country, text, "other.toml")
    assert refusal(country, one, other, size=1) == "--lever: size: say which: more.size or other.size"


def test_two_reforms_that_set_the_same_value_are_refused_by_the_names_of_both(country: Country) -> None:
    one, other = write(country), write(country, HEAD + CHANGE + LEVER, "other.toml")
    told = refusal(country, one, other)
    assert told == (
        "other.toml:10:1: change[1].parameter: `test.passed` is changed from 2010-01-01 on by more.toml (line 10) too;"
        " reforms that set the same value cannot be combined"
    )
    before = CHANGE.replace("from = 2010-01-01", "from = 2009-01-01\nuntil = 2010-01-01")
    assert reformed(country, one, write(country, HEAD + before + LEVER, "before.toml")).reforms


def test_two_reforms_of_the_same_stage_or_name_are_refused(country: Country) -> None:
    one = write(country)
    other = write(country, HEAD + '[rewire.way]\nstraight = "gone"\n', "other.toml")
    assert refusal(country, one, other) == (
        "other.toml:9:1: rewire.way: more.toml changes this stage too; reforms that rewire the same stage cannot be combined"
    )
    named = write(country, HEAD + OWN, "named.toml")
    assert refusal(country, one, named) == "named.toml:9:1: parameter.extra.yes: more.toml defines this parameter too"


# --- the shipped ones -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_reform_says_what_it_stands_for_and_what_it_leaves_out(name: str) -> None:
    reform = golden.scenario(golden.country_of(name), (name,)).reforms[0]
    assert reform.not_modelled or name == "null"
    assert reform.reference or name in ("null", "bridging_jobs"), "bridging jobs stand for no single document"
    for change in reform.changes:
        assert change.source or change.why
    for lever in reform.levers.values():
        assert lever.low < lever.high
        assert lever.best in lever.values


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_reform_loads_at_every_size_it_names(name: str) -> None:
    country = golden.country_of(name)
    for lever in read_reform(golden.FOLDER / f"{name}.toml").levers.values():
        for size in {lever.low, *lever.values, lever.high}:
            assert golden.scenario(country, (name,), {lever.name: size}).reforms


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_reform_gives_what_it_gave(name: str) -> None:
    message = 'results changed; if they should: `python -m tests.golden --reforms --write "why"`'
    assert golden.found(name) == golden.expected()[name], message


def test_the_null_reform_changes_nothing_person_by_person() -> None:
    null = golden.scenario("us", ("null",))
    assert null.baseline is not None
    assert null.digest() == null.baseline.digest()
    before, after = golden.baseline("us"), golden.lived(null)
    for name, table in before.items():
        assert table.equals(after[name]), name


@pytest.mark.parametrize("name", [name for name in NAMES if name != "null"])
def test_nothing_happens_before_the_first_day_of_a_reform(name: str) -> None:
    found = golden.scenario(golden.country_of(name), (name,))
    first = to_date(min(change.start for change in found.reforms[0].changes if change.start is not None))
    before, after = (
        {number: end for number, end, day in rows if day < np.datetime64(first)}
        for rows in (
            zip(t["people"]["person"], t["people"]["end"], t["people"]["end_date"].to_numpy(), strict=True)
            for t in (golden.baseline(golden.country_of(name)), golden.lived(found))
        )
    )
    assert before == after


@pytest.mark.parametrize(("name", "lever"), [("application_cap", {"cap": 95.0}), ("signals", {"weight": 0.0}), ("bridging_jobs", {"times": 1.0})])  # fmt: skip
def test_a_mechanism_at_its_neutral_size_changes_no_life(name: str, lever: dict[str, float]) -> None:
    after = golden.lived(golden.scenario("us", (name,), lever))
    assert after["people"].equals(golden.baseline("us")["people"])


def test_expected_results_of_reforms_are_not_written_without_a_reason(root: Path) -> None:
    before = golden.FILE.read_bytes()
    command = [sys.executable, "-m", "tests.golden", "--reforms", "--write", " "]
    environment = os.environ | {"PYTHONPATH": str(root)}
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, env=environment)
    assert run.returncode == 2
    assert golden.FILE.read_bytes() == before
    assert len(json.loads(before)["reason"]) > 10


def test_every_shipped_reform_stands_in_the_page_on_reforms() -> None:
    page = (golden.ROOT / "docs/reforms.md").read_text("utf-8")
    assert [file.stem for file in sorted(golden.FOLDER.glob("*.toml")) if f"`{file.stem}`" not in page] == []


@pytest.mark.parametrize("names", [("state_licence", "conrad_35", "application_cap"), ("green_cards", "signals", "j1_fixed_admission")])  # fmt: skip
def test_both_engines_simulate_a_reformed_pathway_alike(names: tuple[str, ...]) -> None:
    from imgsim.engines.equality import prove

    assert prove(golden.scenario("us", names)).difference == ""


# --- what reforms may ask of a round ------------------------------------------------------------------------------------


def numbers(**values: float) -> Parameters:
    held = [Parameter(name.replace("__", "."), "count", None, None, "step", {"": (Row(None, value, "assumed"),)}) for name, value in values.items()]  # fmt: skip
    return Parameters(held, {})


def test_a_quota_grows_after_a_year_in_which_enough_was_used() -> None:
    growth = QuotaGrowth("waiver", numbers(waiver__growth=5, waiver__growth__when_used=0.9))
    told = []
    for year, placed in ((2027, 89), (2028, 90), (2029, 100), (2030, 10)):
        told.append(growth.more(year, 0))
        growth.record(year, 0, 0, placed, 100)
    assert told == [0, 0, 5, 10]
    assert growth.more(2031, 0) == 10
    assert growth.more(2031, 1) == 0, "replications grow apart"
    assert growth.more(2027, 0) == 0, "a replication walked again begins anew"


def test_a_quota_without_the_rule_never_grows() -> None:
    growth = QuotaGrowth("waiver", numbers())
    growth.record(2027, 0, 0, 100, 100)
    assert growth.more(2028, 0) == 0


def test_signals_go_to_the_favourites() -> None:
    pairs = Pairs(np.array([0, 0, 0, 1], np.int32), np.array([5, 6, 7, 5], np.uint16))
    lists = RankLists(np.array([0, 3, 4]), pairs)
    assert sends_signal(lists, np.array([2, 0])).tolist() == [True, True, False, False]


# --- in words and pictures ----------------------------------------------------------------------------------------------


def test_explain_says_old_and_new_and_what_is_left_out(country: Country) -> None:
    told = explain(reformed(country, write(country)))
    for said in (
        "more: More passes", "decided by The council: A paper (2009-05-01)", "source: The census",
        "lever size = 1 share: how much; may lie between 0.5 and 1.5: unknown",
        "new stage extra (choose), Extra -> yes: Post, no: Gone", "Way: away leads to: Gone -> Extra",
        "Test: test.passed (probability)", "0.7 -> 0.6 from 2010-01-01; 0.6 again from 2012-01-01", "new: 0.2", "much",
    ):  # fmt: skip
        assert said in told
    assert all(len(line) <= 100 for line in told.split("\n"))


def test_a_drawing_marks_what_is_added_and_what_is_changed(country: Country) -> None:
    found = reformed(country, write(country))
    told = pathway_differences(found)
    assert told.stages == {"extra"}
    assert told.changed == {"way", "test"}
    assert told.wires == {("way", "away"), ("extra", "yes"), ("extra", "no")}
    text, picture = mermaid(found.pathway, told), svg(found.pathway, told)
    assert text.count("==>") == 3
    assert "classDef added" in text
    assert picture.count('stroke-width="3"') == 5  # three frames, two in the legend
    assert "added by the reform" in picture
    assert "reform" not in svg(found.pathway)


def test_commands_take_reforms_and_levers(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = str(golden.FOLDER / "state_licence.toml")
    assert main(["check", str(US), "--reform", file]) == 0
    assert "reform      state_licence" in capsys.readouterr().out
    assert main(["explain", str(US), "--reform", file, "--lever", "uptake=0.3"]) == 0
    assert "lever uptake = 0.3 probability (best guess 0.15)" in capsys.readouterr().out
    assert main(["draw", "us", "--reform", file, "--out", str(tmp_path / "road.svg")]) == 0
    assert "state_licence.plan" in (tmp_path / "road.svg").read_text()
    assert main(["explain", "us", "--reform", file]) == 2
    assert main(["check", str(US), "--reform", file, "--dose", "uptake=x"]) == 2
    assert main(["draw", "us", "--reform", str(tmp_path / "none.toml")]) == 2


def test_a_run_keeps_which_reforms_it_was_under(tmp_path: Path) -> None:
    from imgsim.runs.results import open_run
    from imgsim.runs.run import run

    file = golden.FOLDER / "conrad_35.toml"
    settings: dict[str, Any] = {"scale": 0.02, "replications": 1, "tables": ["rounds"], "out": tmp_path}
    settings |= {"quiet": True, "figures": False, "workers": 1}
    done = run(US, reforms=[file], sets=["waiver.conrad.concentration=1"], **settings)
    assert open_run(done.folder).scenario.digest() == done.scenario.digest()
    resolved = json.loads((done.folder / "scenario.resolved.json").read_text())
    assert done.folder.parent.name == "us+conrad_35"
    assert [reform["title"] for reform in resolved["reforms"]] == [
        "Conrad waivers: 35 in each state, growing by 5 when 90 percent are used"
    ]
