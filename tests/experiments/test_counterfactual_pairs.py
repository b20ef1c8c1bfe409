"""Counterfactual pairs: what becomes of the same person in two worlds, counted by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from builders.synthetic import day_number, people

from imgsim.base.dates.day_numbers import NEVER
from imgsim.experiments.compare.counterfactual_pairs import (
    COUNTS,
    Careers,
    careers_of,
    in_order,
    matched,
    pairs_table,
    states_table,
)

ENTRY = day_number("2004-01-01")


def careers(start: Sequence[int], applied: Sequence[int] | None = None, actors: Sequence[int] | None = None) -> Careers:
    """Careers that reach practice on the day of their start, and live there for a year."""
    n = len(start)
    day = np.array(applied or [5] * n, np.int32)
    state = pd.Categorical(["started" if s < NEVER else "not" for s in start])
    actor = np.array(actors or range(n), np.uint64)
    practised = np.array([1.0 if s < NEVER else 0.0 for s in start])
    first, everybody = np.array(start, np.int32), {"all": pd.Categorical(["all"] * n)}
    return Careers(actor, first, day, day, everybody, first, practised, state, np.ones(n, bool))


def simulated(rows: Sequence[Mapping[str, Any]], actors: Sequence[int] | None = None) -> Careers:
    """The careers of a people table; actors are numbered as they stand unless said otherwise."""
    table = people(rows)
    table["actor"] = np.array(actors or range(len(rows)), np.uint64)
    return careers_of(table)


def counts_of(before: Careers, after: Careers) -> dict[str, float]:
    """What is counted of everybody together."""
    table = pairs_table(before, after)
    return {str(name): value for name, value in table[table["group"] == "all"].iloc[0].items()}


def test_a_counterfactual_pair_is_counted_by_what_becomes_of_the_same_person() -> None:
    before = careers([NEVER, 100, 100, 100, NEVER, 100], [5, 5, 5, 5, 5, 5])
    after = careers([100, NEVER, 60, 130, NEVER, NEVER], [5, 5, 5, 5, 5, 9])
    row = counts_of(before, after)
    assert row["persons"] == 6
    assert (row["gained"], row["gained_places"]) == (1, 1)
    assert (row["lost"], row["lost_places"]) == (2, 1)  # the last one's own path changed: another day of applying
    assert (row["sooner"], row["days_sooner"], row["later"], row["days_later"]) == (1, 40, 1, 30)
    assert (row["practising"], row["practising_no_more"], row["practice_years"]) == (1, 2, -1)


def test_whoever_starts_on_an_earlier_day_starts_sooner_and_on_a_later_day_later() -> None:
    """Three start sooner, by 1, 2 and 4 days, one later by 8; one starts on the same day in both worlds."""
    before, after = careers([100, 100, 100, 100, 100]), careers([99, 98, 96, 108, 100])
    row = counts_of(before, after)
    assert (row["sooner"], row["days_sooner"]) == (3, 7)
    assert (row["later"], row["days_later"]) == (1, 8)
    turned = counts_of(after, before)
    assert (turned["sooner"], turned["days_sooner"], turned["later"], turned["days_later"]) == (1, 8, 3, 7)
    assert (row["gained"], row["lost"], row["gained_places"], row["lost_places"]) == (0, 0, 0, 0)
    assert (row["practising"], row["practising_no_more"], row["practice_years"]) == (0, 0, 0)


def test_gains_and_losses_of_two_worlds_change_sides_with_the_worlds() -> None:
    """Three gain, one loses, two practise in both worlds; the other way round one gains and three lose."""
    before = careers([NEVER, NEVER, NEVER, 50, 50, 50, NEVER])
    after = careers([70, 80, 90, NEVER, 50, 50, NEVER])
    row, turned = counts_of(before, after), counts_of(after, before)
    assert (row["gained"], row["lost"], row["practising"], row["practising_no_more"]) == (3, 1, 3, 1)
    assert (row["gained_places"], row["lost_places"], row["practice_years"]) == (3, 1, 2)
    assert (turned["gained"], turned["lost"], turned["practising"], turned["practising_no_more"]) == (1, 3, 1, 3)
    assert (turned["gained_places"], turned["lost_places"], turned["practice_years"]) == (1, 3, -2)
    assert (row["sooner"], row["later"], row["days_sooner"], row["days_later"]) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("certified", "applied", "by_places"), [(5, 5, 1), (6, 5, 0), (5, 6, 0), (6, 6, 0), (NEVER, 5, 0)]
)
def test_only_an_unchanged_certificate_and_application_make_it_a_matter_of_places(
    certified: int, applied: int, by_places: int
) -> None:
    with_place, without = careers([100]), careers([NEVER])
    other = without._replace(certified=np.array([certified], np.int32), applied=np.array([applied], np.int32))
    lost, gained = counts_of(with_place, other), counts_of(other, with_place)
    assert (lost["lost"], lost["lost_places"], lost["gained_places"]) == (1, by_places, 0)
    assert (gained["gained"], gained["gained_places"], gained["lost_places"]) == (1, by_places, 0)


def test_somebody_is_counted_for_any_one_difference() -> None:
    """One practises for longer, one starts another day, two practise in one world only; nothing else differs."""
    before = careers([100, 100, 100, 100])
    after = before._replace(
        practised=np.array([3.5, 1.0, 1.0, 1.0]),
        start=np.array([100, 90, 100, 100], np.int32),
        practice=np.array([100, 100, NEVER, NEVER], np.int32),
    )
    row, turned = counts_of(before, after), counts_of(after, before)
    assert (row["practice_years"], row["sooner"], row["later"], row["practising_no_more"]) == (2.5, 1, 0, 2)
    assert (row["practising"], row["gained"], row["lost"]) == (0, 0, 0)
    assert (turned["practice_years"], turned["sooner"], turned["later"], turned["practising"]) == (-2.5, 0, 1, 2)
    assert turned["practising_no_more"] == 0


def test_who_never_practises_in_either_world_neither_begins_nor_ceases_to() -> None:
    never = np.array([NEVER, NEVER], np.int32)
    row = counts_of(careers([100, NEVER])._replace(practice=never), careers([NEVER, 100])._replace(practice=never))
    assert (row["gained"], row["lost"], row["practising"], row["practising_no_more"]) == (1, 1, 0, 0)


def test_only_those_who_live_in_both_worlds_are_pairs() -> None:
    before, after = careers([10, 20], actors=[1, 3]), careers([10, 5, NEVER], actors=[1, 2, 3])
    row = counts_of(before, after)
    assert (row["persons"], row["gained"], row["lost"], row["sooner"]) == (2, 0, 1, 0)
    states = states_table(before, after).set_index(["before", "after"])["persons"].to_dict()
    assert states == {("started", "started"): 1, ("started", "not"): 1}


def test_pairs_are_matched_by_the_person_and_not_by_the_place_in_a_table() -> None:
    before, after = careers([10, 20, 30], actors=[1, 2, 3]), careers([7, 20, 30], actors=[2, 3, 4])
    mine, theirs = matched(before, after)
    assert (mine.tolist(), theirs.tolist()) == ([1, 2], [0, 1])
    row = counts_of(before, after)
    assert (row["persons"], row["sooner"], row["days_sooner"], row["later"]) == (2, 2, 13 + 10, 0)


@pytest.mark.parametrize("actors", [[1, 2, 3], [1, 2, 3, 4]])
def test_who_was_in_practice_from_the_beginning_is_no_pair(actors: list[int]) -> None:
    before = careers([10, NEVER, NEVER], actors=[1, 2, 3])._replace(entrant=np.array([True, False, True]))
    after = careers([10, 20, 30, 40][: len(actors)], actors=actors)
    row = counts_of(before, after)
    assert (row["persons"], row["gained"]) == (2, 1)
    mine, theirs = matched(before, after)
    assert (mine.tolist(), theirs.tolist()) == ([0, 2], [0, 2])
    assert states_table(before, after)["persons"].sum() == 2


def test_every_count_is_a_column_of_the_table() -> None:
    table = pairs_table(careers([10]), careers([20]))
    assert tuple(table.columns) == ("dimension", "group", *COUNTS)


# --- from tables of people --------------------------------------------------------------------------------------------


def test_a_career_starts_with_the_first_of_training_and_practice_and_not_with_a_licence_alone() -> None:
    dates = ["2010-07-01", "2009-01-01", "2012-03-04"]
    milestones = ("training_date", "licensed_date", "practice_date")
    for turn in range(3):
        turned = [*dates[turn:], *dates[:turn]]
        career = simulated([dict(zip(milestones, turned, strict=True)), {}])
        first = min(turned[0], turned[2])  # dates of one form are in the order of their letters
        assert career.start.tolist() == [day_number(first), NEVER]
        assert career.practice.tolist() == [day_number(turned[2]), NEVER]
    assert simulated([{"licensed_date": "2009-01-01"}]).start.tolist() == [NEVER]


def test_the_careers_of_a_table_stand_in_the_order_of_actors_each_with_its_own_dates() -> None:
    rows: list[dict[str, Any]] = [
        {"certified_date": "2006-02-03", "applied_date": "2007-09-01", "years_in_practice": 2.5, "citizen": True},
        {"stock": True, "practice_date": "1999-01-01", "years_in_practice": 7.0},
    ]
    for order in ([0, 1], [1, 0]):
        career = simulated([rows[k] for k in order], actors=[(20, 30)[k] for k in order])
        assert career.actor.tolist() == [20, 30]
        assert career.certified.tolist() == [day_number("2006-02-03"), NEVER]
        assert career.applied.tolist() == [day_number("2007-09-01"), NEVER]
        assert career.practised.tolist() == [2.5, 7.0]
        assert career.entrant.tolist() == [True, False]
        assert list(career.dimensions["citizenship"]) == ["citizen", "noncitizen"]


def test_a_milestone_that_the_pathway_has_not_never_comes() -> None:
    table = people([{}, {}]).drop(columns=["applied_date", "licensed_date"]).assign(actor=[1, 2])
    career = careers_of(table)
    assert career.applied.tolist() == [NEVER, NEVER]
    assert career.start.tolist() == [NEVER, NEVER]


def groups_by(dimension: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [str(group) for group in simulated(rows).dimensions[dimension]]


def before_entry(days: int) -> str:
    return str(np.datetime64(ENTRY - days, "D"))


def test_people_are_grouped_by_citizenship_region_and_visa() -> None:
    rows: list[dict[str, Any]] = [{"citizen": True, "region": "north", "needs_visa": False}, {"region": "south"}]
    assert groups_by("citizenship", rows) == ["citizen", "noncitizen"]
    assert groups_by("region", rows) == ["north", "south"]
    assert groups_by("visa", rows) == ["needs none", "needs a visa"]
    assert groups_by("all", rows) == ["all", "all"]


def test_ages_at_entry_fall_into_bands_that_hold_their_lower_bound() -> None:
    """Twenty-five years are 9131.25 days, thirty 10957.5, thirty-five 12783.75, forty 14610."""
    days = [9131, 9132, 10957, 10958, 12783, 12784, 14609, 14610]
    bands = ["under 25", "25-29", "25-29", "30-34", "30-34", "35-39", "35-39", "40 and over"]
    assert groups_by("age at entry", [{"birth_date": before_entry(day)} for day in days]) == bands


def test_years_since_graduation_fall_into_bands_that_hold_their_lower_bound() -> None:
    """Two years are 730.5 days, five 1826.25, ten 3652.5; who enters before graduating has a band of their own."""
    days = [-1, 0, 730, 731, 1826, 1827, 3652, 3653]
    bands = ["before graduation", "0-1", "0-1", "2-4", "2-4", "5-9", "5-9", "10 and over"]
    rows = [{"graduation_date": before_entry(day)} for day in days]
    assert groups_by("years since graduation", rows) == bands


def test_the_state_at_the_horizon_is_the_end_and_whether_there_was_a_start() -> None:
    start = {"training_date": "2010-07-01"}
    ends = ["died", "gave_up", "under_way"]
    career = simulated([{"end_class": end, **more} for end in ends for more in ({}, start)])
    assert list(career.state) == [
        "died", "started, then died", "gave_up", "started, then gave_up", "not started, under way",
        "started, under way",
    ]  # fmt: skip


def test_gains_are_counted_in_the_group_of_the_person_for_every_dimension() -> None:
    """A citizen of the north gains, one of the south loses; the noncitizen of the south has the same life twice."""
    traits: list[dict[str, Any]] = [
        {"citizen": True, "region": "north"},
        {"citizen": True, "region": "south"},
        {"region": "south"},
    ]
    placed = {"practice_date": "2010-07-01", "years_in_practice": 3.0}
    before = simulated([traits[0], traits[1] | placed, traits[2] | placed])
    after = simulated([traits[0] | placed, traits[1], traits[2] | placed])
    table = pairs_table(before, after)
    assert table.index.tolist() == list(range(len(table)))
    own = table.set_index(["dimension", "group"])[["persons", "gained", "lost", "practice_years"]]
    assert {key: tuple(row) for key, row in own.T.items()} == {
        ("all", "all"): (3, 1, 1, 0),
        ("citizenship", "citizen"): (2, 1, 1, 0),
        ("citizenship", "noncitizen"): (1, 0, 0, 0),
        ("region", "north"): (1, 1, 0, 3),
        ("region", "south"): (2, 0, 1, -3),
        ("visa", "needs a visa"): (3, 1, 1, 0),  # nobody needs none: no row
        ("age at entry", "under 25"): (3, 1, 1, 0),  # born in 1980, in since 2004
        ("years since graduation", "0-1"): (3, 1, 1, 0),
    }
    first = {(row.dimension, row.group): (row.started, row.practised) for row in table.itertuples()}
    assert [first["region", region] for region in ("north", "south")] == [(0, 0), (2, 6)]
    assert [first["citizenship", group] for group in ("citizen", "noncitizen")] == [(1, 3), (1, 3)]


def test_bands_stand_in_the_order_of_their_numbers_with_the_open_one_first() -> None:
    ages = [14610, 9000, 11000, 9500, 13000]
    table = pairs_table(*[simulated([{"birth_date": before_entry(age)} for age in ages])] * 2)
    bands = table[table["dimension"] == "age at entry"]["group"].tolist()
    assert bands == ["under 25", "25-29", "30-34", "35-39", "40 and over"]
    assert sorted(["5-9", "10 and over", "before graduation", "0-1"], key=in_order) == [
        "before graduation", "0-1", "5-9", "10 and over",
    ]  # fmt: skip
    assert sorted(["south", "north", "west coast"], key=in_order) == ["north", "south", "west coast"]


def test_flows_count_the_persons_of_each_pair_of_states_and_no_others() -> None:
    """Two categories before and three after: died and gave_up, then with under_way too."""
    before = simulated([{"end_class": end} for end in ("gave_up", "died", "gave_up", "gave_up")])
    after = simulated([{"end_class": end} for end in ("under_way", "died", "gave_up", "under_way")])
    flows = states_table(before, after)
    assert list(flows.columns) == ["before", "after", "persons"]
    assert [tuple(row) for row in flows.itertuples(index=False)] == [
        ("died", "died", 1), ("gave_up", "gave_up", 1), ("gave_up", "not started, under way", 2),
    ]  # fmt: skip
