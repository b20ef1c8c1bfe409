"""Exams that are held in sessions: a sitting waits for the next one, and a retake for the one that is allowed."""

from __future__ import annotations

from datetime import date

import numpy as np
from builders.synthetic import parameter, small_road
from hypothesis import given
from hypothesis import strategies as st

from imgsim.base.dates.calendar import to_date, to_day
from imgsim.inputs.parameters.parameter import Parameters, Row
from imgsim.inputs.traits import width
from imgsim.persons.compile_rules import compile_rules, sessions_of
from imgsim.persons.risk_equations import Rules
from imgsim.persons.sitting_rules import next_session, session_after

NOBODY = np.zeros(width(()))
EACH, EVERY_OTHER = -1, 3  # quantities: no rule, and one that bars consecutive sessions


def rules() -> Rules:
    """Spring and autumn sessions; from 2019 on a third one in summer, which before repeated that of spring."""
    since = to_day("2019-01-01")
    marks = {"1": [Row(None, 501.0, "")], "2": [Row(None, 1101.0, "")]}
    marks["3"] = [Row(None, 501.0, ""), Row(since, 801.0, "")]
    held = [parameter(f"test.session.{k}", "month-day", {"": rows}) for k, rows in marks.items()]
    held.append(parameter("test.skipped", "count", {"": [Row(None, 2.0, "")]}))
    book = compile_rules(Parameters(held, {}), small_road())
    assert [book.number(name) for name in sessions_of(book.numbers, "test")] == [0, 1, 2]
    assert book.number("test.skipped") == EVERY_OTHER
    return book.rules


def after(wished: int, last: int | None, apart: int = EACH) -> int:
    """The session after a last sitting, if there was one."""
    sat = np.array([last or 0], np.int64)
    return session_after(rules(), 0, 3, apart, wished, wished, NOBODY, sat, 0 if last is None else 1)


def on(text: str) -> int:
    return to_day(text)


def test_a_sitting_waits_for_the_next_session() -> None:
    found = [
        to_date(next_session(rules(), 0, 3, on(text))).isoformat()
        for text in ("2015-05-01", "2015-05-02", "2015-12-24", "2019-05-02")
    ]
    assert found == ["2015-05-01", "2015-11-01", "2016-05-01", "2019-08-01"]


def test_no_consecutive_sessions_means_one_in_between() -> None:
    last = on("2015-05-01")
    assert to_date(after(last + 1, last)) == date(2015, 11, 1)
    assert to_date(after(last + 1, last, EVERY_OTHER)) == date(2016, 5, 1)
    assert to_date(after(last + 1, None, EVERY_OTHER)) == date(2015, 11, 1)


@given(st.integers(10_000, 25_000), st.booleans(), st.integers(0, 900))
def test_a_retake_is_never_before_it_is_wished_nor_before_it_is_allowed(last: int, other: bool, wait: int) -> None:
    held = rules()
    last = next_session(held, 0, 3, last)
    retake = after(last + wait, last, EVERY_OTHER if other else EACH)
    between = [day for day in range(last + 1, retake + 1) if next_session(held, 0, 3, day) == day]
    assert retake >= last + wait
    assert len(between) >= 1 + other
    assert between[-1] == retake
