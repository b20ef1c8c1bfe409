"""Rules of exams and branches, person by person: grades, who may sit and when, and which way a certain rule leads."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from builders import toy
from builders.toy import parameter
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from imgsim.base.arrays import Ints
from imgsim.base.dates.calendar import to_day
from imgsim.base.randomness.addresses import GRADUATE, actor, decision
from imgsim.base.randomness.philox import uniform
from imgsim.inputs.kinds.exam import EXAM
from imgsim.inputs.parameters.parameter import Parameter
from imgsim.inputs.traits import COLUMN, FIRST_FLAG
from imgsim.persons.branch_rules import DATE, first_true
from imgsim.persons.compile_rules import CompiledRules
from imgsim.persons.pass_rules import BORDERLINE, CODE, FAILED, PASSED, WORDS, error_left, grade, stations_passed
from imgsim.persons.risk_equations import Row, Who
from imgsim.persons.sitting_rules import EXHAUSTED, FREE, LAPSED, barred, earliest_retake, next_session, session_after

DAY, ATTEMPT = to_day("2015-06-01"), 3
ACTORS = [actor(GRADUATE, 2015, 0, number) for number in range(80)]
PEOPLE = [Who(5, 2, one) for one in ACTORS]


def person(**traits: float) -> Row:
    row = np.zeros(FIRST_FLAG + 1)
    for name, value in traits.items():
        row[COLUMN[name]] = value
    return row


def asked(book: CompiledRules, rule: str | None) -> Ints:
    """What ``grade`` reads of an exam called `test`."""
    return np.array([CODE[rule], *(book.number(f"test.{word}") for word in WORDS[rule])], np.int64)


def grades(rule: str | None, *numbers: Parameter, **traits: float) -> list[int]:
    book = toy.book(*numbers)
    return [grade(book.rules, who, asked(book, rule), DAY, person(**traits), ATTEMPT) for who in PEOPLE]


def drawn(name: str, partner: int = 0) -> list[float]:
    return [uniform(5, 2, one, decision(name), ATTEMPT, partner) for one in ACTORS]


# --- grades -----------------------------------------------------------------------------------------------------------


def by_stations(p: float, total: int, mark: int, subjects: int, each: int, borderline: int | None) -> list[Parameter]:
    counts = {"stations": total, "pass_mark": mark, "compulsory": subjects, "subject_stations": each}
    numbers = [parameter(f"test.{word}", "count", value) for word, value in counts.items()]
    if borderline is not None:
        numbers.append(parameter("test.borderline", "count", borderline))
    return [parameter("test.station", "probability", p), *numbers]


@pytest.mark.parametrize(
    ("total", "mark", "subjects", "each", "borderline"),
    [(6, 4, 0, 3, None), (7, 4, 2, 2, None), (7, 5, 2, 2, 3), (4, 2, 2, 2, None), (5, 6, 1, 1, 0), (6, 5, 0, 2, 2)],
)
def test_a_grade_by_stations_is_counted_from_the_draw_of_each_station(
    total: int, mark: int, subjects: int, each: int, borderline: int | None
) -> None:
    """Compulsory subjects come first, and one that is failed in all of its stations fails the exam."""
    expected = []
    by_station = [[u < 0.55 for u in drawn("test.station", number)] for number in range(total)]
    for sitter in range(len(PEOPLE)):
        right = [station[sitter] for station in by_station]
        covered = all(any(right[subject * each : (subject + 1) * each]) for subject in range(subjects))
        near = borderline is not None and sum(right) >= borderline
        expected.append(FAILED if not covered else PASSED if sum(right) >= mark else BORDERLINE if near else FAILED)
    assert grades("stations", *by_stations(0.55, total, mark, subjects, each, borderline)) == expected
    assert len(set(expected)) == (2 if borderline is None or mark > total else 3)


def test_stations_are_counted_from_the_first_to_the_one_before_the_last() -> None:
    name = decision("test.station")
    for who, one in zip(PEOPLE[:20], ACTORS, strict=False):
        right = [uniform(5, 2, one, name, ATTEMPT, station) < 0.5 for station in range(2, 6)]
        assert stations_passed(who, name, ATTEMPT, 2, 6, 0.5) == sum(right)
    assert stations_passed(PEOPLE[0], name, ATTEMPT, 3, 3, 1.0) == 0


def test_an_adaptive_grade_is_performance_and_error_against_the_mark() -> None:
    numbers = [
        parameter("test.performance", "score", 0.1), parameter("test.performance.plus.ability", "score", 1),
        parameter("test.items", "count", 64), parameter("test.discrimination", "amount", 0.5),
        parameter("test.pass_mark", "score", 0.4),
    ]  # fmt: skip
    measured = 0.1 + 0.2 + 2 / (0.5 * 8) * stats.norm.ppf(drawn("test.performance"))  # eight is the root of the items
    expected = [PASSED if level >= 0.4 else FAILED for level in measured]
    assert grades("adaptive", *numbers, ability=0.2) == expected
    assert error_left(64.0, 0.5) == 0.5
    assert len(set(expected)) == 2


def test_a_grade_by_one_probability_is_the_draw_below_it() -> None:
    expected = [PASSED if u < 0.3 else FAILED for u in drawn("test.passed")]
    others = [parameter(name, "probability", 0.9) for name in ("test.again", "test.zeal")]
    assert grades(None, parameter("test.passed", "probability", 0.3), *others) == expected


def test_grades_and_bars_are_places_among_the_outcomes_of_an_exam() -> None:
    places = (PASSED, EXHAUSTED, LAPSED, FAILED, BORDERLINE)
    names = ["passed", "exhausted", "lapsed", "failed", "borderline"]
    assert [(EXAM.outcomes or ())[place] for place in places] == names
    assert places == (0, 1, 2, 3, 4)
    assert FREE < 0


# --- who may sit, and when --------------------------------------------------------------------------------------------


def bars(attempts: int, day: int = DAY, **numbers: toy.Given) -> int:
    """Whether somebody of so many attempts, of at most three, may sit an exam with these numbers."""
    units = {"open": "probability", "per_year": "count"}
    last = parameter("test.zeal", "score", -5)  # what an exam without a number might be mistaken for
    given_ = [parameter(f"test.{word}", units[word], value) for word, value in numbers.items()]
    book = toy.book(parameter("test.attempts", "count", 3), last, *given_)
    open_, limit, per_year = (book.number(f"test.{word}") for word in ("open", "attempts", "per_year"))
    return barred(book.rules, open_, limit, per_year, day, person(), attempts)


def test_attempts_are_used_up_at_their_limit() -> None:
    assert [bars(sat) for sat in (0, 2, 3, 4)] == [FREE, FREE, EXHAUSTED, EXHAUSTED]


def test_an_exam_that_is_not_given_has_lapsed_even_for_those_without_attempts() -> None:
    changing = [(None, 1.0), ("2015-06-02", 0.0)]
    assert [bars(2, DAY + late, open=changing) for late in (0, 1)] == [FREE, LAPSED]
    assert [bars(3, DAY + late, open=changing) for late in (0, 1)] == [EXHAUSTED, LAPSED]
    assert [bars(0, open=chance) for chance in (0.49, 0.5, 0.51)] == [LAPSED, FREE, FREE]


def test_no_sitting_a_year_is_none_at_all() -> None:
    assert [bars(0, per_year=most) for most in (0.0, 0.5, 1.0, 2.0)] == [EXHAUSTED, EXHAUSTED, FREE, FREE]
    assert bars(3, per_year=2.0) == EXHAUSTED
    assert bars(0, per_year=0.0, open=0.0) == LAPSED


def retake(sittings: Sequence[int], per_year: float, gap: float, ring: int = 8) -> int:
    """The first day on which somebody who sat on these days may sit again."""
    book = toy.book(parameter("test.per_year", "count", per_year), parameter("test.late_gap", "days", gap))
    sat = np.zeros(ring, np.int64)
    for k, day in enumerate(sittings):
        sat[k % ring] = day
    numbers = book.number("test.per_year"), book.number("test.late_gap")
    return earliest_retake(book.rules, *numbers, sittings[-1], person(), sat, len(sittings))


def test_the_sittings_of_twelve_months_are_limited_and_late_ones_keep_their_distance() -> None:
    assert retake([100], 3, 182) == 101  # the day after
    assert retake([100, 150], 3, 182) == 151
    assert retake([100, 150, 160], 3, 20) == 466  # a year and a day after the first of the last three
    assert retake([100, 150, 160], 3, 400) == 560
    assert retake([100, 150, 160, 500], 3, 20) == 520  # 516 is a year after the second
    assert retake([100, 150, 160, 500], 3, 15) == 516
    assert retake([100], 1, 20) == 466
    assert retake([100], 0, 20) == 466  # at least one a year
    assert retake([100], 1, 400.5) == 501  # half a day counts as a whole one
    assert retake([100], 1, 400.4) == 500
    assert retake(list(range(0, 1000, 100)), 4, 5, ring=4) == 966  # the last four: 600, 700, 800, 900


def sessions(*marks: toy.Value, apart: float = 1.0) -> CompiledRules:
    """An exam with these yearly sessions."""
    numbers = [parameter(f"test.session.{k}", "month-day", mark) for k, mark in enumerate(marks)]
    return toy.book(*numbers, parameter("test.apart", "count", apart))


def test_the_next_session_is_this_years_or_the_first_of_the_next_and_marks_change_with_the_year() -> None:
    moved = [(None, 401.0), ("2016-01-01", 301.0), ("2017-02-01", 201.0), ("2018-01-02", 115.0)]
    # What begins after New Year holds from the next one on.
    book = sessions(901.0, moved)
    first = book.number("test.session.0")
    for day, expected in (
        ("2015-01-01", "2015-04-01"), ("2015-04-01", "2015-04-01"), ("2015-04-02", "2015-09-01"),
        ("2015-09-01", "2015-09-01"), ("2015-09-02", "2016-03-01"), ("2017-01-01", "2017-03-01"),
        ("2017-12-31", "2018-02-01"), ("2018-12-31", "2019-01-15"),
    ):  # fmt: skip
        assert next_session(book.rules, first, 2, to_day(day)) == to_day(expected)
    assert next_session(book.rules, first, 1, to_day("2015-01-01")) == to_day("2015-09-01")
    assert next_session(book.rules, first + 1, 1, to_day("2015-04-02")) == to_day("2016-03-01")


JANUARY, MAY, SEPTEMBER = to_day("2015-01-15"), to_day("2015-05-01"), to_day("2015-09-01")


def after(sittings: Sequence[int], wished: int, apart: float | None) -> int:
    """The session after some sittings, of those in January, May and September."""
    book = sessions(115.0, 501.0, 901.0, apart=apart or 0.0)
    number = -1 if apart is None else book.number("test.apart")
    sat = np.full(4, to_day("2030-01-01"))  # what is not used yet may hold anything
    sat[: len(sittings)] = sittings
    first, count = book.number("test.session.0"), len(sittings)
    return session_after(book.rules, first, 3, number, wished, wished, person(), sat, count)


def test_a_retake_waits_for_as_many_sessions_as_must_lie_between() -> None:
    earlier = to_day("2010-01-15")
    waits = {1.0: MAY, 2.0: SEPTEMBER, 3.0: to_day("2016-01-15"), 0.0: MAY, 1.4: MAY, 1.5: SEPTEMBER}
    for apart, expected in waits.items():
        assert after([JANUARY], JANUARY + 1, apart) == expected
        assert after([earlier, JANUARY], JANUARY + 1, apart) == expected
        assert after([JANUARY], JANUARY, apart) == expected  # never on the day of the last sitting itself
        assert after([JANUARY], to_day("2016-05-02"), apart) == to_day("2016-09-01")  # wished for later than allowed
        assert after([], JANUARY + 1, apart) == MAY  # a first sitting waits for the next session alone
    assert after([JANUARY], JANUARY + 1, None) == after([JANUARY], JANUARY, None) == MAY
    assert after([], JANUARY, None) == JANUARY


def test_sessions_on_days_that_follow_each_other_are_two() -> None:
    book = sessions(501.0, 502.0)
    sat, wished = np.array([MAY]), MAY + 1
    assert session_after(book.rules, book.number("test.session.0"), 2, -1, wished, wished, person(), sat, 1) == MAY + 1


# --- branches ---------------------------------------------------------------------------------------------------------

TESTS = st.tuples(st.sampled_from(["ability", "english", "date"]), st.integers(-2, 1), st.integers(1, 4))
ALTERNATIVES = st.lists(st.tuples(st.integers(0, 2), st.lists(TESTS, min_size=1, max_size=3)), max_size=4)


@given(ALTERNATIVES, st.integers(-2, 2), st.integers(-2, 2), st.integers(-2, 2))
def test_a_branch_takes_the_first_option_of_which_an_alternative_holds_in_full(
    alternatives: list[tuple[int, list[tuple[str, int, int]]]], ability: int, english: int, day: int
) -> None:
    """Each test asks whether a trait or the date is at least the one bound and below the other."""
    values = {"ability": ability, "english": english, "date": day}
    expected = 3
    for option, tests in reversed(alternatives):
        if all(low <= values[name] < low + width for name, low, width in tests):
            expected = option
    rows = [
        (option, k == len(tests) - 1, DATE if name == "date" else COLUMN[name], low, low + width)
        for option, tests in alternatives
        for k, (name, low, width) in enumerate(tests)
    ]
    other = [(1.0, 1.0, COLUMN["ability"], -math.inf, math.inf)]  # of another branch, before and after
    conditions = np.array([*other, *rows, *other], np.float64)
    row = person(ability=ability, english=english)
    assert first_true(conditions, 1, 1 + len(rows), 4, day, row, 101) == expected


def test_an_alternative_that_fails_leaves_the_next_one_to_be_asked() -> None:
    """Option 0 for able citizens, or for those of the south; option 1 for the able, whatever else holds."""
    citizen, region, ability = (COLUMN[name] for name in ("citizen", "region", "ability"))
    conditions = np.array(
        [(0, 0, ability, 1, 9), (0, 1, citizen, 1, 2), (0, 1, region, 1, 2), (1, 1, ability, 1, 9)], np.float64
    )
    people = {
        (2, 1, 0): 0, (2, 0, 1): 0, (0, 1, 1): 0, (2, 0, 0): 1, (0, 1, 0): 2, (0, 0, 0): 2,
        (1, 0, 0): 1, (9, 1, 0): 2,
    }  # fmt: skip
    for (able, citizenship, south), option in people.items():
        row = person(ability=able, citizen=citizenship, region=south)
        assert first_true(conditions, 0, len(conditions), 3, DAY, row, 101) == option
