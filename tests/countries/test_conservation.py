"""Nobody is lost and nothing happens twice: what must hold in any run of the United States, whatever its numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imgsim.engines.model import Model, build
from imgsim.engines.records.tables import build_tables
from imgsim.engines.simpy.processes import run as walk
from imgsim.engines.simpy.processes import simulate
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.outcomes.all_measures import measures

Tables = dict[str, pd.DataFrame]
START, END = date(1998, 1, 1), date(2013, 1, 1)
YEARS = range(START.year, END.year)


@pytest.fixture(scope="module")
def model(scenarios: Path) -> Model:
    scenario = load_scenario(scenarios / "us.toml", scale=0.02)
    run = replace(scenario.run, start=START, measured_from=date(2004, 1, 1), end=END)
    return build(replace(scenario, run=run))


@pytest.fixture(scope="module")
def run(model: Model) -> Tables:
    return simulate(model, 0)


def of_events(run: Tables, *names: str) -> pd.DataFrame:
    held = run["events"]
    return held[held["event"].isin(names)]


def test_everybody_who_has_entered_stands_in_one_state_every_new_year(run: Tables) -> None:
    evidence = run["yearly"].groupby("year")["stock_end"].sum()
    for year in YEARS:
        assert evidence[year] == (run["people"]["entry_date"] < f"{year + 1}-01-01").sum()


def test_stocks_and_flows_balance_in_every_state_and_year(run: Tables) -> None:
    held = run["yearly"]
    assert (held["stock_start"] + held["inflow"] - held["outflow"] == held["stock_end"]).all()
    assert (held[["stock_start", "inflow", "outflow", "stock_end"]] >= 0).all(axis=None)
    stock = held.pivot(index="state", columns="year", values=["stock_start", "stock_end"])
    for year in YEARS[1:]:
        assert (stock["stock_start"][year] == stock["stock_end"][year - 1]).all()


def test_the_ends_of_people_are_the_stocks_of_ends(run: Tables) -> None:
    last = run["yearly"].query(f"year == {END.year - 1}").set_index("state")["stock_end"]
    for name, count in run["people"]["end_class"].value_counts().items():
        if name != "under_way":
            assert last[str(name)] == count


def test_entrants_are_as_many_as_the_parameters_say(run: Tables, model: Model) -> None:
    parameters = model.scenario.parameters
    expected = sum(
        parameters.value("population.entrants", (date(year, 7, 1) - date(1970, 1, 1)).days, group) * model.scale
        for year in YEARS
        for group in model.scenario.pathway.groups
    )
    entrants = int((~run["people"]["stock"]).sum())
    assert abs(entrants - expected) < 4 * np.sqrt(expected)


def test_no_round_gives_more_places_than_it_has(run: Tables) -> None:
    everybody = run["rounds"].query("group == 'all'")
    # places outside the Match came on top of its positions, so they are not taken from them
    assert (everybody["placed"] + everybody["after"] <= everybody["seats"]).all()
    assert (everybody["active"] <= everybody["applicants"]).all()
    assert set(everybody["year"]) == set(YEARS)


def test_groups_of_applicants_sum_to_all(run: Tables) -> None:
    match = run["rounds"].query("round == 'match'")
    columns = ["applicants", "active", "placed", "outside", "after"]
    groups = match[match["group"] != "all"].groupby("year")[columns].sum()
    pd.testing.assert_frame_equal(groups, match[match["group"] == "all"].set_index("year")[columns])


def test_rounds_seasons_and_events_count_the_same_people(run: Tables) -> None:
    rounds = run["rounds"].query("round == 'match' and group in ('citizen_img', 'noncitizen_img')").groupby("year")
    columns = {"placed": "match", "outside": "outside", "after": "soap"}

    def by_year(rows: pd.DataFrame, year: str = "year") -> pd.Series[int]:
        return rows.groupby(year).size().reindex(YEARS, fill_value=0)

    seasons = run["seasons"]
    assert (rounds["applicants"].sum() == by_year(seasons)).all()
    assert (rounds["active"].sum() == by_year(seasons[seasons["active"]])).all()
    for column, channel in columns.items():
        assert (rounds[column].sum() == by_year(seasons[seasons["channel"] == channel])).all()
    assert (by_year(of_events(run, "match.placed"), "value") == rounds[list(columns)].sum().sum(axis=1)).all()


def test_the_match_by_specialty_adds_up_to_the_rounds(run: Tables) -> None:
    key, columns = ["year", "group"], ["placed", "outside", "after"]
    rounds = run["rounds"].query("round == 'match'").astype({"group": str}).set_index(key).sort_index()
    begins_this_year = run["round_specialties"].query("level == 1").astype({"group": str})
    summed = begins_this_year.groupby(key)[[*columns, "seats"]].sum()
    assert summed[columns].to_dict() == rounds[columns].to_dict()
    everybody = run["round_specialties"].query("group == 'all'")
    seats = everybody.query("level == 1").groupby("year")["seats"].sum()
    assert (seats == rounds.xs("all", level="group")["seats"]).all()
    assert (everybody["unfilled"] == everybody["seats"] - everybody["placed"]).all()
    assert (everybody["unfilled"] >= 0).all()
    assert (run["round_specialties"]["interviews"] <= run["round_specialties"]["applications"]).all()
    assert (run["round_specialties"]["ranked"] <= run["round_specialties"]["interviews"]).all()


def test_rank_lists_and_exam_abilities_count_the_active_applicants(run: Tables) -> None:
    groups = run["rounds"].query("round == 'match' and group != 'all' and active > 0").astype({"group": str})
    active = groups.set_index(["year", "group"])["active"]
    for name in ("rank_lists", "exam_abilities"):
        table = run[name].astype({"group": str})
        persons = table.groupby(["year", "group"])["persons"].sum()
        assert persons.to_dict() == active.to_dict()
        assert (table["placed"] <= table["persons"]).all()
        assert (table["as_wished"] <= table["persons"]).all()


def test_every_life_is_told_without_gaps_in_the_order_of_its_days(run: Tables) -> None:
    events = run["events"]
    person, sequence = events["person"].to_numpy(), events["sequence"].to_numpy()
    first = np.r_[True, person[1:] != person[:-1]]
    assert (sequence[first] == 0).all()
    assert (np.diff(sequence)[~first[1:]] == 1).all()
    assert (events["date"].diff()[~first].dt.days >= 0).all()
    assert (events["event"][first] == "entry").all()
    assert person[first].tolist() == run["people"]["person"].tolist()


def test_every_life_ends_at_most_once_and_with_its_last_event(run: Tables, model: Model) -> None:
    ends = [stage.name for stage in model.scenario.pathway.stages.values() if stage.kind == "end"]
    ended = of_events(run, *ends).set_index("person")
    assert ended.index.is_unique
    people = run["people"].set_index("person")
    over = people[people["end"] != "under_way"]
    assert (over["end"].astype(str) == ended["event"].astype(str)).all()
    assert (over["end_date"] == ended["date"]).all()
    assert people.loc[people["end"] == "under_way", "end_date"].isna().all()
    last = run["events"].groupby("person")["sequence"].max()
    assert (last[ended.index] == ended["sequence"]).all()


def test_livelihood_fills_every_life_from_entry_to_end_or_horizon(run: Tables) -> None:
    people = run["people"].set_index("person")
    until = people["end_date"].fillna(pd.Timestamp(END))
    spells = run["livelihood"]
    joined = spells["person"].to_numpy()[1:] == spells["person"].to_numpy()[:-1]
    assert (spells["end"] > spells["start"]).all()
    assert (spells["start"].to_numpy()[1:][joined] == spells["end"].to_numpy()[:-1][joined]).all()
    state = spells["state"].astype(str).to_numpy()
    assert (state[1:][joined] != state[:-1][joined]).all()
    lived = people.index[until > people["entry_date"]]
    own = spells.groupby("person")
    assert (own["start"].min().reindex(lived) == people.loc[lived, "entry_date"]).all()
    assert (own["end"].max().reindex(lived) == until[lived]).all()
    years = people[[name for name in people.columns if name.startswith("years_")]].sum(axis=1)
    assert np.allclose(years * 365.25, (until - people["entry_date"]).dt.days)


def test_training_after_a_match_starts_on_the_first_of_july_or_later_when_a_visa_is_late(run: Tables) -> None:
    """A place is taken up on the first of July of the year it was given for, never before."""
    events = run["events"]
    placed = events["event"] == "match.placed"
    given = events["value"].where(placed).groupby(events["person"]).ffill()
    starts = events[events["event"].isin(["preliminary.started", "residency.started"])]
    first = pd.to_datetime(given[starts.index].astype(int).astype(str) + "-07-01")
    assert len(starts) > 500
    assert (starts["date"] >= first).all()
    assert (starts["date"] == first).mean() > 0.8
    assert ((starts["date"] - first).dt.days < 366).all()


def test_nobody_is_placed_without_a_certificate_but_those_the_rule_of_the_day_does_not_call_img(run: Tables) -> None:
    placed = of_events(run, "match.placed").groupby("person")["date"].min()
    certified = run["people"].set_index("person")["certified_date"].reindex(placed.index)
    exempt = set(of_events(run, "counts_as_img.not_img")["person"])
    ordinary = ~placed.index.isin(list(exempt))
    assert (certified[ordinary] <= placed[ordinary]).all()  # a missing date is never before another
    assert certified[~ordinary].isna().all()
    assert (~ordinary).sum() > 0


def test_between_graduation_and_residency_lies_half_a_year_or_at_the_least_the_time_since_the_rank_deadline(
    run: Tables, model: Model
) -> None:
    """Who graduates before the lists close in February can start in July; hardly anybody is as quick as that."""
    people = run["people"]
    trained = people[people["training_date"].notna() & ~people["stock"]]
    days = (trained["training_date"] - trained["graduation_date"]).dt.days
    least = min(dates.starts - dates.closes for dates in model.schedules["match"].dates)
    assert len(trained) > 500
    assert days.min() >= least > 120
    assert (days >= 182).mean() > 0.99


def test_milestones_come_in_their_order(run: Tables) -> None:
    people = run["people"]
    for earlier, later in (("applied", "placed"), ("placed", "training"), ("training", "licensed")):
        both = people[people[f"{later}_date"].notna() & ~people["stock"]]
        assert (both[f"{earlier}_date"] <= both[f"{later}_date"]).all()


def test_all_seats_are_scaled_alike(run: Tables, model: Model) -> None:
    seats = run["rounds"].query("round == 'match' and group == 'all'").set_index("year")["seats"]
    for year in YEARS:
        day = (date(year, 3, 1) - date(1970, 1, 1)).days
        positions = model.scenario.parameters.value("match.positions", day)
        # every class of programmes rounds its seats by a uniform of its own: less than one seat each
        assert abs(seats[year] - positions * model.scale) < 4 * np.sqrt(13 * 3 * 2 / 12)


def test_milestones_are_the_first_dates_of_their_events(run: Tables, model: Model) -> None:
    people = run["people"].set_index("person")
    for milestone, names in model.scenario.pathway.milestones.items():
        first = of_events(run, *names).groupby("person")["date"].min().reindex(people.index)
        pd.testing.assert_series_equal(people[f"{milestone}_date"], first, check_names=False, check_dtype=False)


def test_sittings_told_are_those_followed_by_a_result(run: Tables, model: Model) -> None:
    people, told = run["people"].set_index("person"), run["exams"]
    for exam, held in told.groupby("exam", observed=True):
        events = of_events(run, *(f"{exam}.{word}" for word in ("sat", "passed", "failed")))
        word = events["event"].astype(str).str.rpartition(".")[2]
        follows = word.groupby(events["person"]).shift(-1)
        sat = events[(word == "sat") & follows.isin(["passed", "failed"])]
        assert held["told"].sum() == len(sat)
        assert held["passed"].sum() == (word == "passed").sum()
        assert held.loc[held["first"], "told"].sum() == (sat["value"] == 1).sum()
        assert held.loc[held["citizen"], "told"].sum() == people.loc[sat["person"], "citizen"].sum()
        assert held.loc[held["measured"], "told"].sum() == (sat["date"] >= "2004-01-01").sum()
        by_half = sat.groupby([sat["date"].dt.year, 1 + (sat["date"].dt.month > 6)]).size()
        assert held.groupby(["year", "half"])["told"].sum().tolist() == by_half.tolist()


def test_money_spent_is_every_price_of_its_day_up_to_the_certificate(run: Tables, model: Model) -> None:
    people, parameters = run["people"].set_index("person"), model.scenario.parameters
    until = people["certified_date"].fillna(pd.Timestamp(END))
    spent = pd.Series(0.0, people.index)
    for name in parameters.family("cost."):
        events = of_events(run, name.removeprefix("cost."))
        events = events[(events["date"] <= until[events["person"]].to_numpy()).to_numpy()]
        days = events["date"].to_numpy().astype("datetime64[D]").astype(int)
        price = pd.Series([parameters[name].value(int(day)) for day in days], events["person"].to_numpy(), float)
        spent = spent.add(price.groupby(level=0).sum(), fill_value=0.0)
    assert spent.max() > 2000
    assert (people["spent_to_certificate"] == spent).all()


def test_the_visa_at_training_is_the_last_one_given_by_then(run: Tables) -> None:
    people = run["people"].set_index("person")
    given = of_events(run, "visa.j1.done", "visa.h1b.done")
    before = given[(given["date"] <= people.loc[given["person"], "training_date"].to_numpy()).to_numpy()]
    last = before.groupby("person")["event"].last().astype(str).str.split(".").str[1]
    expected = last.reindex(people.index).fillna("none").where(people["training_date"].notna())
    assert people["visa_at_training"].astype(object).equals(expected.astype(object))


def test_people_and_outcomes_need_no_table_of_events(model: Model, run: Tables) -> None:
    finished = replace(walk(model, 0).finished(), events=None, spells=None)
    tables = build_tables(finished)
    assert set(run) - set(tables) == {"events", "livelihood"}
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, run[name])
    pd.testing.assert_frame_equal(measures(tables, model.scenario), measures(run, model.scenario))


def test_those_who_leave_after_training_were_trained(run: Tables) -> None:
    practice = run["people"].query("~stock and practice_date.notna()", engine="python")
    assert practice["training_date"].notna().all()
