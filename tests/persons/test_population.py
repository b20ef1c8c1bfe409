"""People come from their own addresses: in the right numbers, with the right traits, whoever else there is."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from builders import toy
from scipy import stats

from imgsim.base.dates.calendar import to_day
from imgsim.base.dates.day_numbers import day_of, year_of
from imgsim.base.randomness.addresses import GRADUATE, actor
from imgsim.engines.model import build
from imgsim.inputs.parameters.parameter import Parameter
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.traits import COLUMN, LIVELIHOODS
from imgsim.persons.population import Population, populate

YEARS = range(2000, 2004)
START, HORIZON = to_day("2000-01-01"), to_day("2004-01-01")


def nowhere(**more: Any) -> Pathway:
    return toy.road(toy.stage("start", "choose", {"only": "over"}), toy.end("over"), **more)


def drawn(
    *given: Parameter, near: toy.Value = 300, far: toy.Value = 200, seed: int = 1, replication: int = 0,
    scale: float = 1.0, start: int = START, horizon: int = HORIZON,
) -> Population:  # fmt: skip
    held = toy.scenario(nowhere(), *given, near=near, far=far)
    book = build(held).book
    return populate(held.parameters, held.pathway, book, range(start, horizon), seed, replication, scale)


def trait(people: Population, name: str) -> np.ndarray[Any, Any]:
    return people.traits[:, COLUMN[name]]


def test_every_cell_holds_as_many_as_enter() -> None:
    people = drawn(near=[(None, 300), ("2002-01-01", 100)])
    cells = {(year, group): 0 for year in YEARS for group in (0, 1)}
    for who in people.actor.tolist():
        cells[1900 + ((who >> 48) & 0xFFF), (who >> 32) & 0xFFFF] += 1
    assert {year: cells[year, 0] for year in YEARS} == {2000: 300, 2001: 300, 2002: 100, 2003: 100}
    assert {year: cells[year, 1] for year in YEARS} == dict.fromkeys(YEARS, 200)


def test_people_stand_in_the_order_of_their_actors_and_each_is_one() -> None:
    people = drawn()
    assert (np.diff(people.actor) > 0).all()
    assert people.actor[0] == actor(GRADUATE, 2000, 0, 0)


def test_everybody_enters_in_the_year_of_the_own_cell_on_any_day_alike() -> None:
    people = drawn(near=1000, far=1000)
    years = np.array([year_of(day) for day in people.entry.tolist()])
    assert (years == 1900 + ((people.actor >> 48) & 0xFFF)).all()
    begins = np.array([day_of(year, 1, 1) for year in years.tolist()])
    assert stats.kstest((people.entry - begins + 0.5) / 365.25, "uniform").pvalue > 0.001


def test_nobody_enters_after_the_horizon() -> None:
    assert drawn(horizon=to_day("2001-07-01")).entry.max() < to_day("2001-07-01")


def test_nobody_enters_before_the_first_day_and_the_others_live_the_same_lives() -> None:
    everybody, later = drawn(), drawn(start=to_day("2001-07-16"))
    late = everybody.entry >= to_day("2001-07-16")
    assert later.entry.min() >= to_day("2001-07-16")
    assert (later.actor == everybody.actor[late]).all()
    assert (later.traits == everybody.traits[late]).all()


def test_no_draw_before_entry_leads_out_of_the_calendar() -> None:
    wide = [
        toy.parameter("population.entry_after", "years", 60.0),
        toy.parameter("population.entry_after.sd_log", "number", 5.0),
    ]
    people = drawn(*wide)
    assert (people.entry - trait(people, "graduation")).max() == 182_625


def test_group_sets_region_and_citizenship() -> None:
    people = drawn()
    group = (people.actor >> 32) & 0xFFFF
    assert (trait(people, "group") == group).all()
    assert (trait(people, "region") == group).all()  # near: north, far: south
    assert (trait(people, "citizen") == (group == 0)).all()


def test_dates_follow_from_one_another() -> None:
    """In at 1 year before graduation at the earliest and half a year after that; graduated at 25."""
    people = drawn(
        toy.parameter("population.entry_before", "years", 1), toy.parameter("population.entry_after", "years", 0.5)
    )
    graduation = trait(people, "graduation")
    assert (graduation == people.entry + 365 - 183).all()
    assert (trait(people, "birth") == graduation - 9131).all()  # 25 x 365.25 = 9131.25
    assert (trait(people, "last_clinical") == graduation).all()


def test_needs_differ_between_groups_as_stated() -> None:
    held = toy.parameter("population.needs_visa", "probability", {"near": 0.1, "far": 0.8}, by="group")
    people = drawn(held, near=1000, far=1000)
    for group, share in ((0, 0.1), (1, 0.8)):
        found = trait(people, "needs_visa")[trait(people, "group") == group]
        assert abs(found.mean() - share) < 4 * math.sqrt(share * (1 - share) / len(found))


def test_ability_is_normal_around_the_mean_of_the_group() -> None:
    held = toy.parameter("population.ability", "score", {"near": 0.5, "far": -0.5}, by="group")
    people = drawn(held, near=1000, far=1000)
    shift = np.where(trait(people, "group") == 0, 0.5, -0.5)
    assert stats.kstest(trait(people, "ability") - shift, "norm").pvalue > 0.001
    assert abs(np.corrcoef(trait(people, "ability") - shift, trait(people, "english"))[0, 1]) < 4 / math.sqrt(8000)


def test_wishes_and_first_livelihoods_are_shared_out_as_stated() -> None:
    chances = {"practising_home": 0.5, "preparing": 0.5, "local_experience": 0.0, "health_adjacent": 0.2}
    people = drawn(
        toy.parameter("population.wish.heart", "probability", 0.25),
        toy.parameter("population.wish.bone", "probability", 1 / 3),
        *(toy.parameter(f"livelihood.start.{name}", "probability", p) for name, p in chances.items()),
        toy.parameter("livelihood.start.survival_job", "probability", 0.5),
        near=1000, far=1000,
    )  # fmt: skip
    n = len(people.actor)
    wishes = np.bincount(trait(people, "wish").astype(int), minlength=3)
    assert stats.chisquare(wishes, n * np.array([0.25, 0.25, 0.5])).pvalue > 0.001
    states = np.bincount(trait(people, "livelihood").astype(int), minlength=len(LIVELIHOODS))
    assert states[[2, 6, 7]].tolist() == [0, 0, 0]
    assert stats.chisquare(states[[0, 1, 3, 4, 5]], n * np.array([0.5, 0.25, 0.05, 0.1, 0.1])).pvalue > 0.001


def test_the_licensed_stand_in_practice_on_the_census_day() -> None:
    counts = {"near": [("2001-03-01", 40)], "far": [("2001-03-01", 60)]}
    stock = toy.parameter("population.stock", "count", counts, by="group")
    people = drawn(stock, toy.parameter("population.stock_age", "years", 48))
    assert people.stock.sum() == 100
    assert set(people.entry[people.stock]) == {to_day("2001-03-01")}
    assert set(trait(people, "birth")[people.stock]) == {to_day("2001-03-01") - 17532}  # 48 x 365.25
    assert set(trait(people, "livelihood")[people.stock]) == {LIVELIHOODS.index("in_practice")}
    assert np.bincount(trait(people, "group")[people.stock].astype(int)).tolist() == [40, 60]


def test_one_more_entrant_leaves_all_others_as_they_were() -> None:
    before, after = drawn(near=300), drawn(near=301)
    same = np.isin(after.actor, before.actor)
    assert (~same).sum() == len(YEARS)
    assert (after.traits[same] == before.traits).all()
    assert (after.entry[same] == before.entry).all()


@pytest.mark.parametrize(("small", "large"), [(0.1, 0.3), (0.3, 1.0)])
def test_a_smaller_scale_keeps_a_subset_of_the_same_people(small: float, large: float) -> None:
    few, many = drawn(scale=small), drawn(scale=large)
    same = np.isin(many.actor, few.actor)
    assert same.sum() == len(few.actor)
    assert (many.traits[same] == few.traits).all()


def test_a_scale_keeps_its_share() -> None:
    share = len(drawn(scale=0.3, near=1000, far=1000).actor) / 8000
    assert abs(share - 0.3) < 4 * math.sqrt(0.21 / 8000)


def test_another_replication_or_seed_draws_other_people() -> None:
    plain = trait(drawn(), "ability")
    for other in (drawn(replication=1), drawn(seed=2)):
        assert abs(np.corrcoef(plain, trait(other, "ability"))[0, 1]) < 4 / math.sqrt(len(plain))
