"""Beliefs about the ledger: what is kept event by event is what the whole table of events would tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from builders import toy

from imgsim.base.dates.calendar import to_day
from imgsim.base.dates.day_numbers import NEVER
from imgsim.engines.model import Model
from imgsim.engines.records.accumulators import Accumulators, new_accumulators, summed, with_own_tallies
from imgsim.engines.records.activity_years import status_days
from imgsim.engines.records.event_codes import codes_of, state_names
from imgsim.engines.records.exam_sittings import EVER_PASSED
from imgsim.engines.records.record import accumulators_of, close_person, record_event
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.traits import COLUMN, GRADUATION, LIVELIHOODS
from imgsim.persons.population import Population

PREPARING, IN_PRACTICE = LIVELIHOODS.index("preparing"), LIVELIHOODS.index("in_practice")
NO_SPELLS = np.empty((0, 5), np.int64)
Happened = tuple[int, str, str, int]  # person, date, event, value


def road() -> Pathway:
    """An exam, a paper that is the certificate, a stamp that is a visa, and training."""
    return toy.road(
        toy.stage("test", "exam", {"passed": "paper", "exhausted": "gone"}),
        toy.stage("paper", "wait", {"done": "stamp"}),
        toy.stage("stamp", "wait", {"done": "post"}, sets_trait={"done": {"visa": "guest"}}, phase="paper"),
        toy.stage("post", "work", {"completed": "stamp", "left": "gone"}),
        toy.end("gone"),
        milestones={"certified": ("paper.done",), "training": ("post.started",), "seen": ("test.sat", "paper.done")},
    )


def model(**more: str) -> Model:
    """Two far people and one near, who pay 100 a sitting and 150 from 2002 on, and 30 or 40 for the paper."""
    numbers = [
        *toy.exam("test", 0.5),
        toy.parameter("paper.done", "days", 30),
        toy.parameter("stamp.done", "days", 30),
        toy.parameter("post.completed", "years", 3),
        toy.parameter("post.left", "rate", 0),
        toy.parameter("cost.test.sat", "USD", [(None, 100.0), ("2002-01-01", 150.0)]),
        toy.parameter("cost.paper.done", "USD", {"near": 40.0, "far": 30.0}, by="group"),
    ]
    return toy.model(road(), *numbers, **more)


def two_iterations() -> Model:
    """A fair by merit that meets twice a season."""
    out = {"placed": "gone", "unplaced": "gone", "ineligible": "gone"}
    first = toy.stage("fair.first", "round", {**out, "unplaced": "fair.second"}, mechanism="ranked")
    second = toy.stage("fair.second", "round", out, mechanism="ranked")
    numbers = toy.ranked("fair.first", 1) + toy.ranked("fair.second", 1, closes="03-20", allocates="04-17")
    return toy.model(toy.road(first, second, toy.end("gone"), milestones={}), *numbers)


def population(citizens: Sequence[bool] = (False, False, True)) -> Population:
    """People of whom nothing but the citizenship is known."""
    traits = np.zeros((len(citizens), 30))
    traits[:, COLUMN["group"]] = [0 if citizen else 1 for citizen in citizens]  # near are citizens
    people = np.arange(len(citizens), dtype=np.int64)
    return Population(people, traits, np.zeros(len(citizens), np.int64), np.zeros(len(citizens), bool))


def rows(model: Model, happened: Sequence[Happened]) -> npt.NDArray[np.int64]:
    """Events as an engine leaves them: person, sequence, day, event code, value."""
    codes = {name: code for code, name in enumerate(model.stage_plans.events)}
    held = [(person, k, to_day(date), codes[name], value) for k, (person, date, name, value) in enumerate(happened)]
    return np.array(held, np.int64).reshape(-1, 5)


def kept(happened: Sequence[Happened], **more: str) -> Accumulators:
    held = model(**more)
    return accumulators_of(held, population(), rows(held, happened), NO_SPELLS)


LIVES: list[Happened] = [
    (0, "2000-03-01", "entry", 0),
    (0, "2001-12-31", "test.sat", 1),
    (0, "2002-01-20", "test.failed", 1),
    (0, "2002-07-01", "test.sat", 2),
    (0, "2002-07-20", "test.passed", 1),
    (0, "2002-09-01", "paper.done", 1),
    (0, "2002-09-01", "stamp.done", 1),
    (0, "2003-07-01", "post.started", 0),
    (1, "2001-01-01", "entry", 0),
    (1, "2001-05-01", "test.sat", 1),  # no result: the horizon comes first
    (2, "2001-01-01", "entry", 0),
    (2, "2001-05-01", "test.sat", 1),
    (2, "2001-06-30", "test.passed", 1),
    (2, "2001-07-30", "paper.done", 1),
    (2, "2001-08-30", "post.started", 0),
    (2, "2001-08-31", "stamp.done", 2),
]


def test_a_milestone_is_the_first_day_of_any_of_its_events() -> None:
    certified, training, seen = kept(LIVES).milestones.T.tolist()
    assert certified == [to_day("2002-09-01"), NEVER, to_day("2001-07-30")]
    assert training == [to_day("2003-07-01"), NEVER, to_day("2001-08-30")]
    assert seen == [to_day("2001-12-31"), to_day("2001-05-01"), to_day("2001-05-01")]


def test_money_is_in_the_prices_of_the_day_by_category_and_ends_with_the_certificate() -> None:
    after = [(0, "2002-09-01", "test.sat", 3), (0, "2002-09-02", "test.sat", 4)]
    assert kept(LIVES).spent.tolist() == [100 + 150 + 30, 100, 100 + 40]
    assert kept([*LIVES[:8], *after]).spent[0] == 280 + 150  # on the day of the certificate, not after it


def test_the_status_at_training_is_not_one_gained_later() -> None:
    assert kept(LIVES).status.tolist() == [1, 0, 0]
    same_day = [*LIVES[8:15], (2, "2001-08-30", "stamp.done", 2)]
    assert kept(same_day).status[2] == 1


def test_a_sitting_counts_on_its_own_day_and_only_with_its_result() -> None:
    told = kept(LIVES).sittings
    assert told[..., 0].sum() == 3
    assert told[..., 1].sum() == 2
    half_of_2001, half_of_2002 = 2, 5
    assert told[0, half_of_2001 + 1, 1, 0, 1].tolist() == [
        1,
        0,
        1,
    ]  # New Year's Eve, first attempt, passed later
    assert told[0, half_of_2002, 1, 0, 0].tolist() == [1, 1, 0]  # 1 July, second attempt, passed
    assert told[0, half_of_2001, 1, 1, 1].tolist() == [1, 1, 1]  # the citizen


def test_a_measured_window_may_begin_inside_a_half_year() -> None:
    from dataclasses import replace
    from datetime import date

    held = model()
    run = replace(held.scenario.run, measured_from=date(2001, 5, 2))
    late = replace(held, scenario=replace(held.scenario, run=run))
    told = accumulators_of(late, population(), rows(held, LIVES), NO_SPELLS).sittings[..., 0]
    assert told[0, 2].sum(axis=(1, 2)).tolist() == [1, 0]  # sat on 1 May: before it
    assert told[0, :, 1].sum() == 2


def test_a_second_pass_of_an_exam_makes_nobody_pass_twice() -> None:
    again = [*LIVES[:5], (0, "2003-01-01", "test.sat", 3), (0, "2003-01-20", "test.passed", 2)]
    assert kept(again).sittings[..., EVER_PASSED].sum() == 1


def test_iterations_of_a_year_are_one_season_and_later_ones_count_on() -> None:
    held = two_iterations()
    happened = [
        (0, "2001-01-05", "fair.first.entered", 2001), (0, "2001-03-04", "fair.second.entered", 2001),
        (0, "2001-04-17", "fair.second.placed", 2001),
        (2, "2001-01-05", "fair.first.entered", 2001), (2, "2002-01-05", "fair.first.entered", 2002),
        (2, "2002-03-04", "fair.first.placed", 2002),
    ]  # fmt: skip
    people = population()
    people.traits[:, GRADUATION] = [to_day("2000-07-01"), 0, to_day("2000-06-30")]
    told = accumulators_of(held, people, rows(held, happened), NO_SPELLS).applied
    assert told.sum() == 3 + 2
    assert told[0, 1, 0, 1, 0].tolist() == [1, 1]  # a graduate of the year, placed in the first season
    assert told[0, 1, 1, 0, 0].tolist() == [1, 0]  # a citizen who graduated earlier
    assert told[0, 2, 1, 0, 1].tolist() == [1, 1]  # the same, in the second season


def test_days_of_livelihood_count_from_graduation_by_calendar_year() -> None:
    held, people = model(), population()
    people.traits[:, GRADUATION] = to_day("2001-01-01")
    spells = np.array(
        [
            (0, 0, PREPARING, to_day("2000-07-01"), to_day("2002-03-01")),
            (1, 0, PREPARING, to_day("2000-01-01"), to_day("2000-12-31")),  # a student
            (2, 0, IN_PRACTICE, to_day("2001-12-31"), to_day("2002-01-02")),
        ],
        np.int64,
    )
    lived = status_days(accumulators_of(held, people, rows(held, []), spells), codes_of(held).half_year)
    assert lived[:, PREPARING].tolist()[:4] == [0, 365, 31 + 28, 0]
    assert lived[:, IN_PRACTICE].tolist()[:4] == [0, 1, 1, 0]


def test_only_what_a_day_ends_with_is_a_move() -> None:
    held = model()
    accumulators, states = accumulators_of(held, population(), rows(held, LIVES), NO_SPELLS), state_names(held)
    inflow = {state: accumulators.inflow[:, k].tolist()[:4] for k, state in enumerate(states)}
    outflow = {state: accumulators.outflow[:, k].tolist()[:4] for k, state in enumerate(states)}
    assert inflow["test"] == [1, 2, 0, 0]
    assert outflow["test"] == [0, 1, 1, 0]
    assert inflow["paper"] == [0, 1, 1, 0]  # from the pass on; the stamp belongs to the same phase
    assert outflow["paper"] == [0, 1, 1, 0]
    assert inflow["post"] == [0, 1, 1, 0]
    assert accumulators.inflow.sum() - accumulators.outflow.sum() == 3  # everybody who entered stands somewhere


def test_threads_share_people_and_sum_their_tallies() -> None:
    held, everybody = model(), kept(LIVES)
    codes = codes_of(held)
    first = new_accumulators(held, codes, population())
    second = with_own_tallies(first)
    for person, _, day, event, value in rows(held, LIVES):
        record_event(codes, second if person == 1 else first, person, day, event, value)
    for person in range(3):
        close_person(codes, second if person == 1 else first, person)
        close_person(codes, first, person)  # a second time changes nothing
    assert second.inflow.sum() == 1
    pairs: Any = zip(summed([first, second]), everybody, strict=True)
    for mine, theirs in pairs:
        assert np.array_equal(mine, theirs)


def test_a_row_is_small() -> None:
    held = model()
    accumulators = new_accumulators(held, codes_of(held), population([False] * 1000))
    own: list[npt.NDArray[Any]] = [
        accumulators.spent,
        accumulators.status,
        accumulators.sitting,
        accumulators.sat,
        accumulators.is_retake,
        accumulators.state,
        accumulators.previous_state,
    ]
    bytes_a_person = sum(column.itemsize for column in [*own, accumulators.state_day])
    assert bytes_a_person + 6 * accumulators.milestones.itemsize <= 60
