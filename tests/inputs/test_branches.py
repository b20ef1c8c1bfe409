"""Beliefs about branches: a certain rule is read as it is written, and leads everybody where it says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from builders import toy
from builders.paper import Country
from builders.random_pathways import CRITERIA
from hypothesis import given
from hypothesis import strategies as st

from imgsim.base.dates.calendar import to_day
from imgsim.engines.model import build
from imgsim.inputs.countries import COUNTRIES
from imgsim.inputs.kinds.branch import condition, words
from imgsim.inputs.pathways.load import load_pathway
from imgsim.inputs.pathways.pathway import Criterion
from imgsim.inputs.traits import COLUMN, FIRST_FLAG, width
from imgsim.persons.branch_rules import first_true

CHANGED = to_day(date(2005, 1, 1))
WAY = 'kind = "choose"\nlabel = "Way"\nphase = "papers"\n'


@pytest.fixture
def country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Country:
    return Country(tmp_path, monkeypatch)


def test_a_condition_is_alternatives_of_criteria() -> None:
    assert condition("flag.a and not citizen or visa == j1 or from 2005-01-01 and seasons >= 3") == (
        (Criterion("flag.a", ("yes",)), Criterion("citizen", ("no",))),
        (Criterion("visa", ("j1",)),),
        (Criterion("today", (), CHANGED, None), Criterion("seasons", (), 3.0, None)),
    )
    assert condition("region in north, south") == ((Criterion("region", ("north", "south")),),)
    assert condition("before 2005-01-01") == ((Criterion("today", (), None, CHANGED),),)


@given(st.lists(st.lists(st.sampled_from(CRITERIA), min_size=1), min_size=1))
def test_a_condition_is_worded_as_it_was_written(alternatives: list[list[str]]) -> None:
    text = " or ".join(" and ".join(criteria) for criteria in alternatives)
    assert words(condition(text)) == text


@pytest.mark.parametrize(
    "text", ["", "flag.a or", "visa = j1", "seasons >= three", "from 2005-13-01", "not visa == j1"]
)
def test_what_is_no_condition_is_no_value(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        condition(text)


# Condition, then for four people (citizen, marked, seasons) whether it holds before and from 2005 on.
PEOPLE = [(0, 0, 0), (1, 0, 2), (0, 1, 3), (1, 1, 9)]
HOLDS = [
    ("citizen", [0, 1, 0, 1], [0, 1, 0, 1]),
    ("not flag.marked", [1, 1, 0, 0], [1, 1, 0, 0]),
    ("citizen and flag.marked", [0, 0, 0, 1], [0, 0, 0, 1]),
    ("citizen or flag.marked", [0, 1, 1, 1], [0, 1, 1, 1]),
    ("seasons >= 3", [0, 0, 1, 1], [0, 0, 1, 1]),
    ("seasons < 3", [1, 1, 0, 0], [1, 1, 0, 0]),
    ("from 2005-01-01", [0, 0, 0, 0], [1, 1, 1, 1]),
    ("before 2005-01-01 and citizen", [0, 1, 0, 1], [0, 0, 0, 0]),
    ("visa in none, guest", [1, 1, 1, 1], [1, 1, 1, 1]),
    ("visa == none", [0, 0, 0, 0], [0, 0, 0, 0]),
    ("visa == none or flag.marked and from 2005-01-01", [0, 0, 0, 0], [0, 0, 1, 1]),
]


@pytest.mark.parametrize(("text", "before", "since"), HOLDS)
def test_a_branch_leads_where_its_condition_says(text: str, before: list[int], since: list[int]) -> None:
    fork = toy.stage("fork", "branch", {"yes": "over", "no": "over"}, when={"yes": condition(text)})
    model = build(toy.scenario(toy.road(fork, toy.end("over"), flags={"marked": "marked"})))
    tests = model.stage_plans.plans["fork"].conditions
    for day, wanted in ((CHANGED - 1, before), (CHANGED, since)):
        for (citizen, marked, seasons), holds in zip(PEOPLE, wanted, strict=True):
            row = np.zeros(width(["marked"]))
            row[COLUMN["visa"]] = 1.0  # guest
            row[COLUMN["citizen"]], row[FIRST_FLAG], row[COLUMN["seasons"]] = citizen, marked, seasons
            assert first_true(tests, 0, len(tests), 2, day, row, 701) == (0 if holds else 1)


def test_the_first_option_that_holds_is_taken_and_the_last_one_otherwise() -> None:
    when = {"own": condition("visa == guest"), "other": condition("visa == guest or citizen")}
    fork = toy.stage("fork", "branch", {"own": "over", "other": "over", "none": "over"}, when=when)
    tests = build(toy.scenario(toy.road(fork, toy.end("over")))).stage_plans.plans["fork"].conditions
    row = np.zeros(width([]))
    taken = []
    for visa, citizen in ((1, 1), (0, 1), (0, 0), (-1, 0)):
        row[COLUMN["visa"]], row[COLUMN["citizen"]] = visa, citizen
        taken.append(first_true(tests, 0, len(tests), 3, CHANGED, row, 701))
    assert taken == [0, 1, 2, 2]


def test_a_branch_is_logged_like_a_choice_and_takes_no_time() -> None:
    pathway = toy.road(
        toy.stage("fork", "branch", {"yes": "wait", "no": "over"}, when={"yes": condition("citizen")}),
        toy.stage("wait", "wait", {"done": "over"}), toy.end("over"),
    )  # fmt: skip
    tables = toy.tables(pathway, toy.parameter("wait.done", "days", 5), near=20, far=30)
    assert (toy.count(tables, "fork.yes"), toy.count(tables, "fork.no")) == (200, 300)  # in ten years
    entered, left = toy.days_of(tables, "entry"), toy.days_of(tables, "fork.yes")
    assert (entered.loc[left.index] == left).all()


MISTAKES = [
    ('when = "marked"', "stage.way.when: unknown trait `marked` (did you mean `flag.marked`?)"),
    ('when = "flag.marcked"', "stage.way.when: unknown trait `flag.marcked` (did you mean `flag.marked`?)"),
    ('when = "region == nroth"', "stage.way.when: unknown region `nroth` (did you mean `north`?)"),
    ('when = "region >= 3"', "stage.way.when: `region` is one of north, south: `region >= 3` cannot be asked"),
    ('when = "not seasons"', "stage.way.when: `seasons` is a number: `not seasons` cannot be asked"),
    ('when = "flag.marked &"', "stage.way.when: `flag.marked &` is no condition for `straight`; write "),
    ('when = { away = "citizen" }', "stage.way.when.away: unknown key `away`"),
    ("when = 1", "stage.way.when: must be a condition, or one for each option but the last, not 1"),
    ("", "stage.way: `when` is missing"),
    ('when = "citizen"\nsource = "cencus"', "stage.way.source: unknown source `cencus` (did you mean `census`?)"),
    ('when = "from 2005-01-01"', "stage.way.when: a rule that changes on a day needs a `source`"),
    ('when = "citizen"\nuntil = "post"', "stage.way.until: only a stage of kind wait has `until`"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_a_mistake_in_a_branch_is_told_with_its_place(country: Country, text: str, message: str) -> None:
    country.spoil("pathway.toml", WAY, f'kind = "branch"\nlabel = "Way"\nphase = "papers"\n{text}\n')
    country.spoil("numbers.toml", "[way.straight]", "[cost.way.straight]")
    assert any(message in line for line in country.refusal().split("\n")), country.refusal()


def test_an_option_without_a_condition_is_refused(country: Country) -> None:
    way = 'kind = "branch"\nlabel = "Way"\nphase = "papers"\nwhen = "citizen"\n'
    country.spoil("pathway.toml", WAY, way)
    file = country.folder / "pathway.toml"
    text = file.read_text().replace('{ straight = "post", away', '{ straight = "post", aside = "gone", away')
    file.write_text(text)
    assert "`when` does not say when `aside` is taken" in country.refusal()


def test_only_a_branch_has_conditions(country: Country) -> None:
    country.spoil("pathway.toml", WAY, f'{WAY}when = "citizen"\n')
    assert "stage.way.when: only a stage of kind branch has `when`" in country.refusal()


def test_a_rule_of_a_country_asks_in_the_world_for_the_groups_and_flags_it_means() -> None:
    world = load_pathway(COUNTRIES / "world" / "pathway.toml")
    assert words(world.stages["us.counts_as_img"].when["not_img"]) == (
        "group in north_america, canadian_schools, csa_us_do and before 2025-07-01"
    )
    assert words(world.stages["us.visa.h1b.step3"].when["yes"]) == "flag.us.step3"
    assert world.stages["us.visa.exit"].source == "us.j1_rules"


def test_the_certain_rules_of_the_three_countries_are_branches() -> None:
    found = {name: load_pathway(COUNTRIES / name / "pathway.toml").stages for name in ("us", "canada", "australia")}
    branches = {name: sum(stage.kind == "branch" for stage in stages.values()) for name, stages in found.items()}
    assert branches == {"us": 7, "canada": 7, "australia": 3}
    assert all(stage.source for stages in found.values() for stage in stages.values() if stage.kind == "branch")
