"""What happens in each kind of stage (exam, wait, round, work ...), as SimPy processes; its rules stand below each.

``imgsim.engines.compiled.stages`` has functions of the same names that do the same things in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Final

import simpy

from imgsim.base.dates.day_numbers import NEVER
from imgsim.engines.clock import Clock
from imgsim.engines.simpy._generated_flat_calls import (
    barred,
    chooses,
    earliest_retake,
    expires_after,
    grade,
    happens,
    session_after,
)
from imgsim.engines.simpy.career import Career
from imgsim.engines.stage_plans import Plan
from imgsim.inputs.kinds.exam import EXAM
from imgsim.inputs.kinds.wait import GRADUATION, POST
from imgsim.inputs.traits import GRADUATION as GRADUATION_DAY
from imgsim.markets.round_dates import RoundDates
from imgsim.persons.branch_rules import first_true
from imgsim.persons.risk_equations import FAILURES, HAS_FAILED
from imgsim.persons.sitting_rules import FREE

Process = Generator[simpy.Event, Any, str]
GRADES: Final = EXAM.outcomes or ()  # the outcomes of an exam, by the number of a grade


# --- exam ------------------------------------------------------------------------------------------------------------


def exam(career: Career, plan: Plan, clock: Clock) -> Process:
    """Prepare, sit, wait for the result, and sit again while the limit in force allows."""
    sitting = first_sitting(career, plan)
    while True:
        if expired := (yield from stay(career, plan, clock, in_session(career, plan, sitting))):
            return expired
        if outcome := barred_today(career, plan):
            return outcome
        result = sits(career, plan)
        if expired := (yield from stay(career, plan, clock, result_day(career, plan))):
            return expired
        if result in plan.next:
            return result
        sitting = next_sitting(career, plan)


def first_sitting(career: Career, plan: Plan) -> int:
    """The day of the first sitting: after preparation."""
    career.times_sat = 0
    career.row[FAILURES] = career.tries(plan)
    return career.day + career.lasting(plan.quantity["prepare"], career.times(plan))


def in_session(career: Career, plan: Plan, day: int) -> int:
    """The day itself, or the day of the next session of an exam that is held in sessions."""
    q, sessions = plan.quantity, plan.sessions
    if sessions == 0:
        return day
    asked = q["session.1"], sessions, q["apart"], day
    return session_after(*career.rules, *asked, career.day, career.row, career.sat, career.times_sat)


def barred_today(career: Career, plan: Plan) -> str:
    """Why the person may not sit today: the exam is no longer given, or no attempt is allowed any more."""
    q = plan.quantity
    asked = q["open"], q["attempts"], q["per_year"]
    outcome = barred(*career.rules, *asked, career.day, career.row, career.tries(plan))
    return "" if outcome == FREE else GRADES[outcome]


def sits(career: Career, plan: Plan) -> str:
    """Sit today; the grade, which is the outcome if the pathway says where that leads."""
    career.attempts[plan.code] += 1
    career.sat[career.times_sat % len(career.sat)] = career.day
    career.times_sat += 1
    career.note(plan.event["sat"], career.tries(plan))
    return GRADES[grade(*career.call, plan.pass_rule, career.day, career.row, career.tries(plan))]


def result_day(career: Career, plan: Plan) -> int:
    """The day on which today's result comes."""
    return career.day + career.lasting(plan.quantity["result"], career.tries(plan))


def next_sitting(career: Career, plan: Plan) -> int:
    """After a failed result: the day of the next sitting, not before the spacing rules allow it."""
    career.note(plan.event["failed"], career.tries(plan))
    career.row[HAS_FAILED] = 1.0
    career.row[FAILURES] = career.tries(plan)
    q, day = plan.quantity, career.day
    wished = day + career.lasting(q["retake"], career.tries(plan))
    spacing = q["per_year"], q["late_gap"]
    return max(wished, earliest_retake(*career.rules, *spacing, day, career.row, career.sat, career.times_sat))


# --- wait ------------------------------------------------------------------------------------------------------------


def wait(career: Career, plan: Plan, clock: Clock) -> Process:
    """Something takes time, and may be refused at its end."""
    refused = is_refused(career, plan)
    expired = yield from stay(career, plan, clock, ready_day(career, plan))
    return expired or ("refused" if refused else "done")


def is_refused(career: Career, plan: Plan) -> bool:
    """Will what is waited for be refused?"""
    q = plan.quantity["refused"]
    return q >= 0 and bool(happens(*career.call, q, career.day, career.row, career.times(plan)))


def ready_day(career: Career, plan: Plan) -> int:
    """The day on which a wait ends."""
    until, day = plan.until, career.day
    q = plan.quantity["before" if until == GRADUATION else "done"]
    days = career.lasting(q, career.times(plan)) if q >= 0 else 0
    if until == GRADUATION:
        return max(day, int(career.row[GRADUATION_DAY]) - days)
    if until == POST:
        return max(day, career.post_start)
    if until is not None:
        return max(day, career.model.next_mark(until, day))
    return day + days


# --- choice ----------------------------------------------------------------------------------------------------------


def choose(career: Career, plan: Plan, clock: Clock) -> Process:
    """One of several ways, at once."""
    yield from ()
    first, options = plan.quantity[plan.options[0]], len(plan.options)
    return plan.options[chooses(*career.call, first, options, career.day, career.row, career.times(plan))]


# --- branch ----------------------------------------------------------------------------------------------------------


def branch(career: Career, plan: Plan, clock: Clock) -> Process:
    """The option of a certain rule, at once."""
    yield from ()
    tests, options = plan.conditions, len(plan.options)
    return plan.options[first_true(tests, 0, len(tests), options, career.day, career.row, career.rules.academic_year)]


# --- work ------------------------------------------------------------------------------------------------------------


def work(career: Career, plan: Plan, clock: Clock) -> Process:
    """Hold a position until it is completed or left."""
    completes, leaves = begins_work(career, plan)
    expired = yield from stay(career, plan, clock, min(completes, leaves))
    return expired or ("completed" if completes <= leaves else "left")


def begins_work(career: Career, plan: Plan) -> tuple[int, int]:
    """Start a position; the days on which it would be completed and left."""
    career.note(plan.event["started"])
    q, day, visit = plan.quantity, career.day, career.times(plan)
    left = expires_after(*career.call, q["left"], day, career.row, visit)
    completes = NEVER if q["completed"] < 0 else day + career.lasting(q["completed"], visit)
    return completes, day + left


# --- round -----------------------------------------------------------------------------------------------------------


def round_(career: Career, plan: Plan, clock: Clock) -> Process:
    """Wait for the next date and be allocated a place, or not: nothing else happens to the person up to that day."""
    dates = joins(career, plan, clock)
    expired, due = career.next_expiry(plan)
    if dates is None or due <= dates.allocates:
        yield clock.wait_for(due)
        career.advance_to(due)
        return expired
    outcome = yield waits_for(career, plan, dates)
    return str(outcome[career.person])


def joins(career: Career, plan: Plan, clock: Clock) -> RoundDates | None:
    """Register for the next round that is still open; none if none is scheduled any more."""
    dates = career.model.schedules[plan.name].next(clock.first_open_day(career.day))
    if dates is not None:
        career.note(plan.event["entered"], dates.year)
    return dates


def waits_for(career: Career, plan: Plan, dates: RoundDates) -> simpy.Event:
    """Wait among all who are to be allocated places on that date."""
    return career.waiting[plan.name].join(career, dates)


# --- all kinds -------------------------------------------------------------------------------------------------------


def stay(career: Career, plan: Plan, clock: Clock, day: int) -> Process:
    """Stay until the day, unless a timer expires before; the outcome is then that timer."""
    expired, due = career.next_expiry(plan)
    if not career.expires_first(expired, due, day):
        expired, due = "", day
    if due > career.day:
        yield clock.wait_for(due)
        career.advance_to(due)
    return expired


PROCESSES: Final[dict[str, Callable[[Career, Plan, Clock], Process]]] = {
    "exam": exam,
    "wait": wait,
    "choose": choose,
    "branch": branch,
    "round": round_,
    "work": work,
}


def visit(career: Career, plan: Plan, clock: Clock) -> Process:
    """The outcome of a stage of any kind."""
    return PROCESSES[plan.kind](career, plan, clock)
