"""What happens in each kind of stage (exam, wait, round, work ...), compiled; its rules stand below each.

``imgsim.engines.simpy.stages`` has functions of the same names that do the same things in the same order. Where a
generator of SimPy waits, a function here moves the person on to the day it waits for, or returns PAUSE: nothing more
happens before the horizon, or before a round allocates its places.
"""

from __future__ import annotations

from typing import Final

from imgsim.base.compiled.jit import called_kernel, inline_kernel
from imgsim.base.dates.day_numbers import NEVER
from imgsim.engines.compiled.arrays import MEETING, MET, POST_START, STATUS, WAITING, Career, Journal
from imgsim.engines.compiled.career import (
    NOTHING,
    PAUSE,
    READY,
    World,
    comes,
    expires_first,
    lasting,
    next_expiry,
    note,
    times,
    today,
    tries,
)
from imgsim.engines.compiled.stage_tables import (
    ALLOCATES,
    APART,
    ATTEMPTS,
    BEFORE,
    BRANCH,
    CHOOSE,
    COMPLETED,
    DONE,
    ENTERED,
    EXAM,
    FAILED,
    FIRST_OPTION,
    GIVEN,
    GRADUATED,
    LATE_GAP,
    LEFT,
    MARK,
    PER_YEAR,
    POST,
    PREPARE,
    READS,
    REFUSED,
    RESULT,
    RETAKE,
    SAT,
    SESSION,
    STARTED,
    WAIT,
    WORK,
    YEAR,
    next_meeting,
)
from imgsim.inputs.traits import GRADUATION, READY_SINCE
from imgsim.persons.branch_rules import first_true
from imgsim.persons.pass_rules import grade
from imgsim.persons.risk_equations import FAILURES, HAS_FAILED, chooses, expires_after, happens
from imgsim.persons.sitting_rules import FREE, barred, earliest_retake, session_after

# --- exam ------------------------------------------------------------------------------------------------------------


@inline_kernel
def exam(world: World, career: Career, log: Journal, stage: int) -> int:
    """Prepare, sit, wait for the result, and sit again while the limit in force allows."""
    sitting = first_sitting(world, career, stage)
    count = 0
    while True:
        expired = stay(world, career, log, stage, in_session(world, career, log, stage, count, sitting))
        if expired != NOTHING:
            return expired
        outcome = barred_today(world, career, stage)
        if outcome != FREE:
            return outcome
        result = sits(world, career, log, stage, count)
        count += 1
        expired = stay(world, career, log, stage, result_day(world, career, stage))
        if expired != NOTHING:
            return expired
        if world.stage_tables.next[stage, result] >= 0:
            return result
        sitting = next_sitting(world, career, log, stage, count)


@inline_kernel
def first_sitting(world: World, career: Career, stage: int) -> int:
    """The day of the first sitting: after preparation."""
    career.row[FAILURES] = tries(world, career, stage)
    return today(career) + lasting(world, career, world.stage_tables.quantity[stage, PREPARE], times(career, stage))


@inline_kernel
def in_session(world: World, career: Career, log: Journal, stage: int, count: int, day: int) -> int:
    """The day itself, or the day of the next session of an exam that is held in sessions."""
    q, sessions = world.stage_tables.quantity[stage], int(world.stage_tables.sessions[stage])
    if sessions == 0:
        return day
    return session_after(world.rules, q[SESSION], sessions, q[APART], day, today(career), career.row, log.sat, count)


@inline_kernel
def barred_today(world: World, career: Career, stage: int) -> int:
    """Why the person may not sit today: the exam is no longer given, or no attempt is allowed any more."""
    q, day = world.stage_tables.quantity[stage], today(career)
    return barred(world.rules, q[GIVEN], q[ATTEMPTS], q[PER_YEAR], day, career.row, tries(world, career, stage))


@inline_kernel
def sits(world: World, career: Career, log: Journal, stage: int, count: int) -> int:
    """Sit today; the grade, which is the outcome if the pathway says where that leads."""
    career.counts[world.stage_tables.tried[stage]] += 1
    log.sat[count % len(log.sat)] = today(career)
    note(world, career, log, world.stage_tables.extra[stage, SAT], tries(world, career, stage))
    rule = world.stage_tables.pass_rule[stage]
    return grade(world.rules, career.who, rule, today(career), career.row, tries(world, career, stage))


@inline_kernel
def result_day(world: World, career: Career, stage: int) -> int:
    """The day on which today's result comes."""
    return today(career) + lasting(
        world, career, world.stage_tables.quantity[stage, RESULT], tries(world, career, stage)
    )


@inline_kernel
def next_sitting(world: World, career: Career, log: Journal, stage: int, count: int) -> int:
    """After a failed result: the day of the next sitting, not before the spacing rules allow it."""
    note(world, career, log, world.stage_tables.extra[stage, FAILED], tries(world, career, stage))
    career.row[HAS_FAILED] = 1.0
    career.row[FAILURES] = tries(world, career, stage)
    q, day = world.stage_tables.quantity[stage], today(career)
    wished = day + lasting(world, career, q[RETAKE], tries(world, career, stage))
    return max(wished, earliest_retake(world.rules, q[PER_YEAR], q[LATE_GAP], day, career.row, log.sat, count))


# --- wait ------------------------------------------------------------------------------------------------------------


@inline_kernel
def wait(world: World, career: Career, log: Journal, stage: int) -> int:
    """Something takes time, and may be refused at its end."""
    refused = is_refused(world, career, stage)
    expired = stay(world, career, log, stage, ready_day(world, career, stage))
    if expired != NOTHING:
        return expired
    return REFUSED if refused else DONE


@inline_kernel
def is_refused(world: World, career: Career, stage: int) -> bool:
    """Will what is waited for be refused?"""
    q = world.stage_tables.quantity[stage, REFUSED]
    return q >= 0 and happens(world.rules, career.who, q, today(career), career.row, times(career, stage))


@inline_kernel
def ready_day(world: World, career: Career, stage: int) -> int:
    """The day on which a wait ends."""
    stage_tables, day = world.stage_tables, today(career)
    what = stage_tables.until[stage, 0]
    q = stage_tables.quantity[stage, BEFORE if what == GRADUATED else DONE]
    days = lasting(world, career, q, times(career, stage)) if q >= 0 else 0
    if what == GRADUATED:
        return max(day, int(career.row[GRADUATION]) - days)
    if what == POST:
        return max(day, int(career.at[POST_START]))
    if what == MARK:
        meeting = next_meeting(stage_tables, stage_tables.until[stage, 1], day)
        return max(
            day, stage_tables.end if meeting < 0 else int(stage_tables.date[meeting, stage_tables.until[stage, 2]])
        )
    return day + days


# --- choice ----------------------------------------------------------------------------------------------------------


@inline_kernel
def choose(world: World, career: Career, log: Journal, stage: int) -> int:
    """One of several ways, at once."""
    first, options = world.stage_tables.quantity[stage, FIRST_OPTION], world.stage_tables.options[stage]
    return chooses(world.rules, career.who, first, options, today(career), career.row, times(career, stage))


# --- branch ----------------------------------------------------------------------------------------------------------


@inline_kernel
def branch(world: World, career: Career, log: Journal, stage: int) -> int:
    """The option of a certain rule, at once."""
    stage_tables = world.stage_tables
    first, end = stage_tables.first_condition[stage], stage_tables.first_condition[stage + 1]
    tests, options = stage_tables.condition, stage_tables.options[stage]
    return first_true(tests, first, end, options, today(career), career.row, world.rules.academic_year)


# --- work ------------------------------------------------------------------------------------------------------------


@inline_kernel
def work(world: World, career: Career, log: Journal, stage: int) -> int:
    """Hold a position until it is completed or left."""
    completes, leaves = begins_work(world, career, log, stage)
    expired = stay(world, career, log, stage, min(completes, leaves))
    if expired != NOTHING:
        return expired
    return COMPLETED if completes <= leaves else LEFT


@inline_kernel
def begins_work(world: World, career: Career, log: Journal, stage: int) -> tuple[int, int]:
    """Start a position; the days on which it would be completed and left."""
    note(world, career, log, world.stage_tables.extra[stage, STARTED], 0)
    q, day, visit = world.stage_tables.quantity[stage], today(career), times(career, stage)
    left = expires_after(world.rules, career.who, q[LEFT], day, career.row, visit)
    completes = NEVER if q[COMPLETED] < 0 else day + lasting(world, career, q[COMPLETED], visit)
    return completes, day + left


# --- round -----------------------------------------------------------------------------------------------------------


@inline_kernel
def round_(world: World, career: Career, log: Journal, stage: int) -> int:
    """Wait for the next date and be allocated a place, or not: nothing else happens to the person up to that day."""
    meeting = joins(world, career, log, stage)
    expired, due = next_expiry(world, career, stage)
    if meeting < 0 or due <= world.stage_tables.date[meeting, ALLOCATES]:
        return expired if comes(world, career, log, due) else PAUSE
    if comes(world, career, log, world.stage_tables.date[meeting, ALLOCATES]):
        waits_for(world, career, meeting)
    return PAUSE


@inline_kernel
def joins(world: World, career: Career, log: Journal, stage: int) -> int:
    """Register for the next round that is still open; none if none is scheduled any more."""
    day = today(career)
    open_from = day + 1 if day == career.at[MET] else day  # tomorrow, once today's have met
    meeting = next_meeting(world.stage_tables, world.stage_tables.meets[stage], open_from)
    if meeting >= 0:
        note(world, career, log, world.stage_tables.extra[stage, ENTERED], world.stage_tables.date[meeting, YEAR])
    return meeting


@inline_kernel
def waits_for(world: World, career: Career, meeting: int) -> None:
    """Wait among all who are to be allocated places on that date."""
    career.at[STATUS], career.at[MEETING] = WAITING, meeting
    career.row[READY] = 1.0 if career.row[READY_SINCE] <= world.stage_tables.date[meeting, READS] else 0.0


# --- all kinds -------------------------------------------------------------------------------------------------------


@called_kernel
def stay(world: World, career: Career, log: Journal, stage: int, day: int) -> int:
    """Stay until the day, unless a timer expires before; the outcome is then that timer."""
    expired, due = next_expiry(world, career, stage)
    if not expires_first(world, expired, due, day):
        expired, due = NOTHING, day
    if due > today(career) and not comes(world, career, log, due):
        return PAUSE
    return expired


# By kind, for readers and for the test that no kind is missing; ``visit`` asks for them in the same order.
PROCESSES: Final = {"exam": exam, "wait": wait, "choose": choose, "branch": branch, "round": round_, "work": work}


@inline_kernel
def visit(world: World, career: Career, log: Journal, stage: int) -> int:
    """The outcome of a stage of any kind."""
    kind = world.stage_tables.kind[stage]
    if kind == EXAM:
        return exam(world, career, log, stage)
    if kind == WAIT:
        return wait(world, career, log, stage)
    if kind == CHOOSE:
        return choose(world, career, log, stage)
    if kind == BRANCH:
        return branch(world, career, log, stage)
    if kind == WORK:
        return work(world, career, log, stage)
    return round_(world, career, log, stage)
