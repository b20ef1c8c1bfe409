"""The contract of a country, on every one that is found: what must hold whatever its road and its numbers are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from builders.documented import claims, objections

from imgsim.cli.main import main
from imgsim.engines.engine import engine, simulate
from imgsim.engines.equality import persons_at_full_size
from imgsim.engines.model import build
from imgsim.engines.records.tables import build_tables
from imgsim.inputs.countries import COUNTRIES
from imgsim.inputs.countries import shipped_countries as countries
from imgsim.inputs.pathways.combined_parameters import load_numbers
from imgsim.inputs.pathways.load import load_pathway
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.outcomes.all_measures import measures

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 8_000
KEY = ["replication", "measure", "statistic", "cohort", "by", "group", "time"]
Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module", params=countries())
def scenario(request: pytest.FixtureRequest) -> Scenario:
    """The scenario of a country, with a few thousand people."""
    held = load_scenario(ROOT / "scenarios" / f"{request.param}.toml")
    return replace(
        held, run=replace(held.run, scale=min(held.run.scale, max(0.015, PEOPLE / persons_at_full_size(held))))
    )


@pytest.fixture(scope="module")
def tables(scenario: Scenario) -> Tables:
    return simulate("compiled", build(scenario), 0)


def test_every_life_begins_once_and_ends_at_most_once(scenario: Scenario, tables: Tables) -> None:
    events, people = tables["events"], tables["people"]
    ends = {stage.name for stage in scenario.pathway.stages.values() if stage.kind == "end"}
    first = events.groupby("person")["event"].first().astype(str)
    assert (first == "entry").all()
    assert set(first.index) == set(people["person"])
    last = events[events["event"].isin(ends)].groupby("person")["event"]
    assert (last.count() == 1).all()
    ended = people.set_index("person")["end"].astype(str)
    ended = ended[ended != "under_way"]
    assert last.last().astype(str).sort_index().equals(ended.sort_index().rename("event"))
    final = events.groupby("person")["event"].last().astype(str)
    assert (final[ended.index] == ended).all()  # nothing happens after the end


def test_stocks_and_flows_balance(tables: Tables) -> None:
    held = tables["yearly"]
    assert (held["stock_start"] + held["inflow"] - held["outflow"] == held["stock_end"]).all()
    assert (held[["stock_start", "inflow", "outflow", "stock_end"]] >= 0).all(axis=None)


def test_tables_are_as_the_data_dictionary_says(scenario: Scenario, tables: Tables) -> None:
    assert [text for name, table in tables.items() for text in objections(name, table)] == []
    horizon = pd.Timestamp(scenario.run.end)
    assert [claim for claim, holds in claims(tables, horizon) if not holds] == []


def test_no_round_gives_more_places_than_it_has(tables: Tables) -> None:
    held = tables["rounds"][tables["rounds"]["group"] == "all"]
    given = held["placed"].fillna(0) + held["after"].fillna(0)  # places outside a Match are no seats in it
    assert len(held)
    assert (given <= held["seats"]).all()


def test_replications_measured_together_have_the_outcomes_of_each(scenario: Scenario) -> None:
    model = build(scenario)
    each = [build_tables(engine("compiled").run(model, number).finished()) for number in range(2)]
    together = {name: pd.concat([held[name] for held in each], ignore_index=True) for name in each[0]}
    found, alone = measures(together, scenario), pd.concat([measures(held, scenario) for held in each])
    found, alone = (table.astype(dict.fromkeys(KEY[1:6], str)) for table in (found, alone))
    alone = alone.sort_values(KEY).reset_index(drop=True)
    pd.testing.assert_frame_equal(found, alone, check_exact=True)


def test_every_source_that_is_cited_is_in_the_bibliography(scenario: Scenario) -> None:
    for parameter in scenario.parameters.values():
        cited = {row.source for series in parameter.rows.values() for row in series if row.source}
        assert cited <= set(scenario.sources), parameter.name


@pytest.mark.parametrize("name", countries())
def test_people_of_a_composed_road_are_those_of_its_countries(name: str) -> None:
    road = load_pathway(COUNTRIES / name / "pathway.toml")
    whole = load_numbers(COUNTRIES / name, road)
    for country, part in road.parts.items():
        share: dict[str, float] = dict.fromkeys(part.pathway.groups, 0.0)
        for group, cell in part.maps_groups.items():
            share[cell] += whole.value(f"population.cell.{country}", 0, group)
        assert share == pytest.approx(dict.fromkeys(part.pathway.groups, 1.0)), country


@pytest.mark.parametrize("name", countries())
def test_every_question_about_a_country_is_answered(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(ROOT / "scenarios" / f"{name}.toml")
    for words in (["check", file], ["explain", file], ["sources", name], ["describe", name],
                  ["draw", name, "--format", "mermaid"], ["draw", name, "--format", "svg"]):  # fmt: skip
        assert main(words) == 0
        told = capsys.readouterr()
        assert len(told.out) > 200
        assert "Traceback" not in told.err
