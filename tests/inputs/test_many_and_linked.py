"""Beliefs about scenarios of thousands of changes, chains of scenarios and links: bounded work, one line of refusal."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from builders.paper import Country

from imgsim.base.errors import InputError
from imgsim.base.files import toml_positions
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.read import LONGEST_CHAIN

CHANGE = '[[change]]\nparameter = "test.passed"\nfrom = {}\nvalue = {}\nwhy = "many"\n'


@pytest.fixture
def country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Country:
    return Country(tmp_path, monkeypatch)


def test_the_places_of_a_file_are_looked_for_once_however_many_changes_it_has(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[bytes] = []
    search = toml_positions.locations

    def counted(content: bytes) -> dict[toml_positions.Path, tuple[int, int]]:
        searched.append(content)
        return search(content)

    monkeypatch.setattr(toml_positions, "locations", counted)
    years = range(2001, 2019)
    scenario = country.load("".join(CHANGE.format(f"{year}-01-01", 0.5 + year / 1e5) for year in years))
    assert [change.line for change in scenario.changes] == [4 + 5 * k for k in range(len(years))]
    assert len(searched) == 1


def test_thousands_of_changes_give_each_day_the_value_of_its_last_one(country: Country) -> None:
    days = [f"{2001 + k // 336}-{1 + k // 28 % 12:02d}-{1 + k % 28:02d}" for k in range(2000)]
    scenario = country.load("".join(CHANGE.format(day, k / 1e4) for k, day in enumerate(days)))
    dated = {str(row.start): row.value for row in scenario.parameters["test.passed"].rows[""] if row.source == ""}
    assert list(dated.values())[-2000:] == [k / 1e4 for k in range(2000)]


def test_changes_that_multiply_one_another_without_end_are_refused(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imgsim.inputs.parameters.changes.MOST_RECOMPUTED", 20)
    scales = "".join(
        CHANGE.format(f"{year}-01-01", 0).replace("value = 0", "scale = 0.9") for year in range(2019, 2001, -1)
    )
    assert country.refusal(scales).endswith("test.passed: too many changes scale, or add to, the values of others")


def test_a_scenario_may_extend_few_dozen_others(country: Country) -> None:
    for k in range(LONGEST_CHAIN + 2):
        base = f"s{k - 1}.toml" if k else "base.toml"
        (country.scenario.parent / f"s{k}.toml").write_text(f'title = "S"\nextends = "{base}"\n')
    assert load_scenario(country.scenario.parent / f"s{LONGEST_CHAIN - 2}.toml").title == "S"
    with pytest.raises(InputError, match=f"base.toml:1:1: more than {LONGEST_CHAIN} scenarios extend one another"):
        load_scenario(country.scenario.parent / f"s{LONGEST_CHAIN - 1}.toml")


def test_a_link_to_a_scenario_works_like_the_scenario(country: Country, tmp_path: Path) -> None:
    file = country.overlay(CHANGE.format("2010-01-01", 0.9))
    desk = tmp_path / "desk"
    desk.mkdir()
    (desk / "linked.toml").symlink_to(os.path.relpath(file, desk))
    (desk / "base.toml").write_text('title = "Another of this name"\n')
    linked, own = load_scenario(desk / "linked.toml"), load_scenario(file)
    assert (linked.digest(), linked.name) == (own.digest(), "linked")


def test_a_file_name_that_is_no_text_names_a_scenario_all_the_same(country: Country) -> None:
    file = Path(os.fsdecode(os.fsencode(country.scenario.parent) + b"/la\xff\n.toml"))
    country.scenario.rename(file)
    assert load_scenario(file).name == "la__"


def test_a_linked_file_may_extend_what_lies_beside_the_link(country: Country, tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    file = country.overlay("")
    link = country.scenario.parent / "linked.toml"
    link.symlink_to(file.rename(store / "5f3a"))
    assert load_scenario(link).title == "Reform"


def test_a_base_that_is_nowhere_is_refused_with_both_places(country: Country, tmp_path: Path) -> None:
    file = country.overlay("")
    file.write_text(file.read_text().replace("base.toml", "bass.toml"))
    (tmp_path / "desk").mkdir()
    link = tmp_path / "desk" / "linked.toml"
    link.symlink_to(file)
    with pytest.raises(InputError) as refused:
        load_scenario(link)
    real = file.resolve().parent
    looked = f"no such file: {real}/bass.toml, nor {link.parent}/bass.toml, where a link to it lies"
    assert str(refused.value) == f"{link}:2:1: extends: {looked} (did you mean `base.toml`?)"


@pytest.mark.parametrize("kind", ["country", "extends"])
def test_what_a_scenario_stands_on_is_a_regular_file(country: Country, kind: str) -> None:
    home = country.scenario.parent
    (home / "own").mkdir()
    os.mkfifo(home / "own" / "pathway.toml")
    named = {"country": "./own", "extends": "own/pathway.toml"}[kind]
    country.scenario.write_text(
        f'title = "T"\n{kind} = "{named}"\n[run]\nstart = 2000-01-01\nmeasured_from = 2005-01-01\nend = 2020-01-01\n'
    )
    assert country.refusal().endswith("own/pathway.toml: is a pipe, not a file on a disk")
