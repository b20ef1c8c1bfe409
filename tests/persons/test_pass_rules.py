"""Pass rules give what their closed forms say: binomial tails, the normal curve, and a test sat item by item."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from builders import toy
from builders.toy import count, end, exam, parameter, road, stage
from pandas import DataFrame
from scipy import optimize, stats

from imgsim.base.dates.calendar import to_day
from imgsim.base.errors import InputError
from imgsim.base.files.toml import read_toml
from imgsim.base.randomness.addresses import GRADUATE, actor
from imgsim.inputs.kinds import exam as exams
from imgsim.inputs.parameters.parameter import Parameter
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.pathways.read import stages_of
from imgsim.inputs.traits import COLUMN, FIRST_FLAG
from imgsim.persons.pass_rules import CODE, WORDS, error_left, grade
from imgsim.persons.risk_equations import Who

GRADES = exams.EXAM.outcomes or ()
MANY = 6000
DAY = to_day("2015-06-01")


def grades(rule: str, *given: Parameter, ability: float = 0.0, day: int = DAY, attempt: int = 1) -> list[str]:
    """The grades of many people of one ability in an exam called `test`."""
    book = toy.book(*given)
    numbers = np.array([CODE[rule], *(book.number(f"test.{word}") for word in WORDS[rule])], np.int64)
    row = np.zeros(FIRST_FLAG + 1)
    row[COLUMN["ability"]] = ability
    people = (Who(5, 0, actor(GRADUATE, 2015, 0, n)) for n in range(MANY))
    return [GRADES[grade(book.rules, who, numbers, day, row, attempt)] for who in people]


def share(held: list[str], wanted: str) -> float:
    return held.count(wanted) / len(held)


def near(p: float) -> object:
    """A share of MANY, within four standard errors."""
    return pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / MANY) + 1e-9)


def stations(p: float, marks: toy.Given, total: float = 14, subjects: float = 0, each: float = 3) -> list[Parameter]:
    return [
        parameter("test.station", "probability", p),
        parameter("test.stations", "count", total),
        parameter("test.pass_mark", "count", marks),
        parameter("test.compulsory", "count", subjects),
        parameter("test.subject_stations", "count", each),
    ]


@pytest.mark.parametrize(("p", "mark"), [(0.6, 10), (0.6, 9), (0.7, 11), (0.3, 9), (1.0, 14), (0.0, 0)])
def test_an_exam_by_stations_is_a_binomial_tail(p: float, mark: int) -> None:
    assert share(grades("stations", *stations(p, mark)), "passed") == near(float(stats.binom.sf(mark - 1, 14, p)))


def test_the_mark_of_the_day_of_the_sitting_holds() -> None:
    given = stations(0.65, [(None, 10), ("2015-06-01", 9)])
    before, after = (grades("stations", *given, day=day) for day in (DAY - 1, DAY))
    assert share(before, "passed") == near(float(stats.binom.sf(9, 14, 0.65)))
    assert share(after, "passed") == near(float(stats.binom.sf(8, 14, 0.65)))
    assert all(new == "passed" for old, new in zip(before, after, strict=True) if old == "passed")


def test_each_compulsory_subject_needs_a_pass_of_its_own() -> None:
    p, mark = 0.7, 10
    pmf = stats.binom.pmf
    some = [pmf(a, 3, p) * pmf(b, 3, p) * stats.binom.sf(mark - a - b - 1, 10, p) for a in (1, 2, 3) for b in (1, 2, 3)]
    assert share(grades("stations", *stations(p, mark, 16, 2)), "passed") == near(float(sum(some)))


def test_borderline_is_between_the_marks_where_the_road_has_it() -> None:
    given = [*stations(0.6, 11), parameter("test.borderline", "count", 9)]
    held = grades("stations", *given)
    assert share(held, "borderline") == near(float(stats.binom.cdf(10, 14, 0.6) - stats.binom.cdf(8, 14, 0.6)))
    assert share(held, "passed") == near(float(stats.binom.sf(10, 14, 0.6)))


def test_ability_moves_every_station_by_its_odds() -> None:
    p = 1 / (1 + math.exp(-math.log(2.0) * 0.8))
    given = [*stations(0.5, 8), parameter("test.station.odds.ability", "factor", 2.0)]
    assert share(grades("stations", *given, ability=0.8), "passed") == near(float(stats.binom.sf(7, 14, p)))


def test_another_attempt_is_another_draw() -> None:
    one, two = (grades("stations", *stations(0.6, 10), attempt=k) for k in (1, 2))
    both = sum(a == b == "passed" for a, b in zip(one, two, strict=True)) / MANY
    assert both == near(float(stats.binom.sf(9, 14, 0.6)) ** 2)


def adaptive(items: float, mark: float, discrimination: float = 1.0) -> list[Parameter]:
    return [
        parameter("test.performance", "score", 0),
        parameter("test.performance.plus.ability", "score", 1),
        parameter("test.items", "count", items),
        parameter("test.discrimination", "amount", discrimination),
        parameter("test.pass_mark", "score", mark),
    ]


@pytest.mark.parametrize(("ability", "mark"), [(0.0, 0.0), (0.3, 0.1), (-0.2, 0.1)])
def test_an_adaptive_test_measures_ability_with_the_error_that_its_items_leave(ability: float, mark: float) -> None:
    error = 2 / (1.3 * math.sqrt(120))
    held = grades("adaptive", *adaptive(120, mark, 1.3), ability=ability)
    assert share(held, "passed") == near(float(stats.norm.cdf((ability - mark) / error)))


def test_the_error_left_is_that_of_a_test_sat_item_by_item() -> None:
    """Two-parameter items, each aimed at the estimate so far; ability by maximum likelihood under a wide prior."""
    rng, a, n, theta, sitters = np.random.default_rng(1), 1.2, 120, 0.4, 400
    estimates = []
    for _ in range(sitters):
        difficulty, right, estimate = np.zeros(n), np.zeros(n), 0.0
        for k in range(n):
            difficulty[k] = estimate
            right[k] = rng.random() < 1 / (1 + math.exp(-a * (theta - estimate)))
            estimate = best(a, difficulty[: k + 1], right[: k + 1])
        estimates.append(estimate)
    assert float(np.std(estimates)) == pytest.approx(error_left(n, a), rel=4 / math.sqrt(2 * sitters))
    assert float(np.mean(estimates)) == pytest.approx(theta, abs=4 * error_left(n, a) / math.sqrt(sitters))


def best(a: float, difficulty: np.ndarray, right: np.ndarray) -> float:
    """Where the slope of the log-likelihood (with a normal prior of standard deviation 3) is zero."""

    def slope(theta: float) -> float:
        return float(a * (right - 1 / (1 + np.exp(-a * (theta - difficulty)))).sum() - theta / 9)

    return float(optimize.brentq(slope, -60, 60, xtol=1e-6))


def seats() -> Pathway:
    """A road on which every sitting needs a seat of its own: a failed sitting leads back to the round."""
    return road(
        stage("seat", "round", {"placed": "date", "unplaced": "seat", "ineligible": "seat"}, mechanism="lottery"),
        stage("date", "wait", {"done": "test"}, until="post"),
        replace(
            stage("test", "exam", {"passed": "out", "exhausted": "out", "failed": "seat", "borderline": "half"}),
            rule="stations",
        ),
        stage("half", "wait", {"done": "out"}),
        end("out"),
    )


def on_seats(places: float, meetings: float) -> dict[str, DataFrame]:
    given = [
        *[one for one in exam("test", 1) if one.name.split(".")[1] in ("prepare", "result", "attempts")],
        *stations(0.55, 9),
        *toy.fair("seat", places, closes="01-10", allocates="01-20"),
        parameter("seat.starts", "month-day", 120),
        parameter("seat.meetings", "count", meetings),
        parameter("test.borderline", "count", 8),
        parameter("half.done", "days", 1),
    ]
    held = {one.name: one for one in given}
    return toy.tables(seats(), *held.values(), near=500, start="2000-01-01", end="2006-01-01")


def test_a_failed_sitting_leaves_the_exam_where_the_road_says_so() -> None:
    held = on_seats(10_000, 6)
    sat, passed, failed, half = (count(held, f"test.{word}") for word in ("sat", "passed", "failed", "borderline"))
    assert sat > 3000
    assert sat - 60 <= passed + failed + half <= sat
    tail = stats.binom.sf
    assert passed / sat == pytest.approx(tail(8, 14, 0.55), abs=4 * math.sqrt(0.25 / sat))
    assert half / sat == pytest.approx(stats.binom.pmf(8, 14, 0.55), abs=4 * math.sqrt(0.25 / sat))
    attempts = held["events"].query("event == 'test.sat'").groupby("person", observed=True)["value"]
    assert (attempts.max() == attempts.size()).all()


def test_a_round_that_meets_often_gives_its_places_of_the_year_in_equal_parts() -> None:
    held = on_seats(60, 6)
    rounds = held["rounds"]
    assert list(rounds["year"]) == [2000, 2001, 2002, 2003, 2004, 2005]
    assert (rounds["seats"] == 60).all()
    assert (rounds["placed"] == 60).iloc[1:].all()
    placed = held["events"].query("event == 'seat.placed'").groupby("date", observed=True).size()
    assert (placed == 10).iloc[6:].all()
    assert len(placed) == 36
    assert (rounds["applicants"].iloc[1:] > 6 * 60).all()  # who waits is counted at every meeting


def test_a_sitting_needs_a_place_of_its_own() -> None:
    held = on_seats(60, 6)
    assert count(held, "seat.placed") - 10 <= count(held, "test.sat") <= count(held, "seat.placed")


EXAM = 'kind = "exam"\nlabel = "x"\nphase = "x"\n'


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('rule = "statons"\nnext = { passed = "a", exhausted = "b" }', "unknown pass rule `statons`.*`stations`"),
        ('next = { passed = "a", exhausted = "b", borderline = "c" }', "only an exam by stations can be borderline"),
    ],
)
def test_a_pass_rule_must_be_known_and_fit(tmp_path: object, lines: str, message: str) -> None:
    file = tmp_path / "road.toml"  # type: ignore[operator]
    file.write_text(f"[stage.test]\n{EXAM}{lines}\n")
    with pytest.raises(InputError, match=message):
        stages_of(read_toml(file).table("stage"))


def test_only_an_exam_has_a_pass_rule(tmp_path: object) -> None:
    file = tmp_path / "road.toml"  # type: ignore[operator]
    file.write_text('[stage.test]\nkind = "wait"\nlabel = "x"\nphase = "x"\nrule = "stations"\nnext = { done = "a" }\n')
    with pytest.raises(InputError, match="only a stage of kind exam has `rule`"):
        stages_of(read_toml(file).table("stage"))
