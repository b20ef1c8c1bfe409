"""What counts as read is read: a parameter that the contract accepts is looked up by a run, and no other one is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from builders import toy

from imgsim.base.errors import InputError
from imgsim.engines.compiled.replication import run
from imgsim.engines.model import build
from imgsim.engines.records.tables import build_tables
from imgsim.inputs.parameters.parameter import Parameter, Parameters
from imgsim.inputs.parameters_read import names_read
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.inputs.traits import LIVELIHOODS
from imgsim.persons.compile_rules import CompiledRules

SCALE = {"us": 0.02, "canada": 0.02, "australia": 0.02, "world": 0.02}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of all parameters and rules that were asked for by name."""
    names: set[str] = set()
    value, number, largest = Parameters.value, CompiledRules.number, CompiledRules.largest

    def noted_value(self: Parameters, name: str, *more: Any) -> float:
        names.add(name)
        return value(self, name, *more)

    def noted_number(self: CompiledRules, name: str) -> int:
        names.add(name)
        return number(self, name)

    def noted_largest(self: CompiledRules, name: str) -> float:
        names.add(name)
        return largest(self, name)

    monkeypatch.setattr(Parameters, "value", noted_value)
    monkeypatch.setattr(CompiledRules, "number", noted_number)
    monkeypatch.setattr(CompiledRules, "largest", noted_largest)
    return names


@pytest.mark.parametrize("name", SCALE)
def test_every_parameter_that_counts_as_read_is_looked_up_by_a_run(name: str, asked: set[str], root: Path) -> None:
    scenario = load_scenario(root / "scenarios" / f"{name}.toml", scale=SCALE[name], replications=1)
    asked.clear()
    build_tables(run(build(scenario), 0).finished())
    read = names_read(scenario.parameters, scenario.pathway)
    shown = [each for each in scenario.parameters if each.startswith("comparison.")]  # stand beside the results
    sessions = [each for each in scenario.parameters if ".session." in each]  # the first is asked for, they follow it
    later = [f"{stage}.{option}" for stage, option in later_options(scenario.pathway)]
    later += [f"livelihood.start.{state}" for state in LIVELIHOODS[1:]]
    cells = [f"population.cell.{country}" for country in scenario.pathway.parts]  # read when countries are combined
    alone = [each for each in scenario.parameters if each.endswith(".concentration") and one_line(scenario, each)]
    unread = {each for each in scenario.parameters if each in read} - asked
    assert unread <= {*shown, *sessions, *later, *cells, *alone}


def one_line(scenario: Scenario, name: str) -> bool:
    """Do all applicants of a lottery stand in one line, so that nobody chooses among jurisdictions?"""
    return scenario.parameters.value(name.replace("concentration", "jurisdictions"), 0) == 1


def later_options(pathway: Pathway) -> list[tuple[str, str]]:
    """Options of choices whose rules follow that of the first one, which alone is asked for by name."""
    return [(s.name, option) for s in pathway.stages.values() if s.kind == "choose" for option in list(s.next)[1:]]


def nowhere(**more: Any) -> Pathway:
    return toy.road(toy.stage("start", "choose", {"only": "over"}), toy.end("over"), **more)


UNREAD = [
    toy.parameter("population.hight", "score", 0),
    toy.parameter("population.ability.sd_log", "number", 1),
    toy.parameter("population.area.east", "probability", 0.5),  # the toy knows no areas
    toy.parameter("livelihood.start.unemployed", "probability", 0.5),  # the last status takes the rest
    toy.parameter("livelihood.preparing.preparng", "rate", 0.5),
    toy.parameter("cost.start.onyl", "USD", 100),
    toy.parameter("comparison.age_aplied", "years", 30),
    toy.parameter("start.only", "probability", 0.5),  # so does the only option
    toy.parameter("population.entrants.times.citizen", "factor", 2),  # entrants are a plain count
]


@pytest.mark.parametrize("parameter", UNREAD, ids=lambda parameter: parameter.name)
def test_a_parameter_without_effect_is_refused_by_name(parameter: Parameter) -> None:
    with pytest.raises(InputError, match=parameter.name):
        toy.scenario(nowhere(), parameter)


@pytest.mark.parametrize("name", ["cost.over", "cost.entry", "cost.start.only"])
def test_every_event_can_have_a_cost_in_money(name: str) -> None:
    toy.scenario(nowhere(), toy.parameter(name, "USD", 100))
    with pytest.raises(InputError, match=f"{name}: nothing uses"):
        toy.scenario(nowhere(), toy.parameter(name, "count", 100))


def test_the_nearest_name_that_is_read_is_shown() -> None:
    with pytest.raises(InputError, match=r"livelihood.preparng.unemployed.*did you mean `livelihood.preparing.unempl"):
        toy.scenario(nowhere(), toy.parameter("livelihood.preparng.unemployed", "rate", 1))


@pytest.mark.parametrize("missing", ["population.ability", "population.wish.heart", "livelihood.start.preparing"])
def test_what_people_are_drawn_from_is_asked_for(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    people = toy.population()
    monkeypatch.setattr(toy, "population", lambda near, far: {k: v for k, v in people.items() if k != missing})
    with pytest.raises(InputError, match=f"needs a parameter `{missing}`"):
        toy.scenario(nowhere())


def test_a_category_for_which_nobody_is_left_is_refused() -> None:
    """Heart and bone have numbers, skin takes the rest; with a fourth, skin would take the rest before it."""
    categories = toy.CATEGORIES | {"specialty": ("heart", "bone", "skin", "eye", "ear")}
    with pytest.raises(InputError, match=r"wish.eye: nobody is left for it: `population.wish.skin`, without a number"):
        toy.scenario(nowhere(categories=categories), toy.parameter("population.wish.eye", "probability", 0.5))
