"""What every stage kind asks of the rules, for lives walked in bulk: the second half of ``life``, compiled."""

from __future__ import annotations

from imgsim.base.compiled.jit import inline_kernel
from imgsim.base.dates.day_numbers import NEVER
from imgsim.engines.compiled.arrays import MET, POST_START, Career, Journal
from imgsim.engines.compiled.career import World, lasting, note, times, today, tries
from imgsim.engines.compiled.stage_tables import (
    APART,
    ATTEMPTS,
    BEFORE,
    CLOSES,
    COMPLETED,
    DONE,
    ENTERED,
    FAILED,
    GIVEN,
    GRADUATED,
    LATE_GAP,
    LEFT,
    MARK,
    PER_YEAR,
    POST,
    PREPARE,
    REFUSED,
    RESULT,
    RETAKE,
    SAT,
    SESSION,
    STARTED,
    YEAR,
    Road,
)
from imgsim.inputs.traits import GRADUATION
from imgsim.persons.pass_rules import grade
from imgsim.persons.risk_equations import FAILURES, expires_after, happens
from imgsim.persons.sitting_rules import barred, earliest_retake, session_after


@inline_kernel
def first_sitting(world: World, career: Career, stage: int) -> int:
    """The day of the first sitting: after preparation."""
    career.row[FAILURES] = tries(world, career, stage)
    return today(career) + lasting(world, career, world.road.quantity[stage, PREPARE], times(career, stage))


@inline_kernel
def barred_today(world: World, career: Career, stage: int) -> int:
    """Why the person may not sit today: the exam is no longer given, or the attempts are used up."""
    q = world.road.quantity[stage]
    return barred(world.rules, q[GIVEN], q[ATTEMPTS], today(career), career.row, tries(world, career, stage))


@inline_kernel
def sits(world: World, career: Career, log: Journal, stage: int, count: int) -> int:
    """Sit today; what it will be called, if the road says where that leads."""
    career.counts[world.road.tried[stage]] += 1
    log.sat[count % len(log.sat)] = today(career)
    note(world, career, log, world.road.extra[stage, SAT], tries(world, career, stage))
    rule = world.road.pass_rule[stage]
    return grade(world.rules, career.who, rule, today(career), career.row, tries(world, career, stage))


@inline_kernel
def result_day(world: World, career: Career, stage: int) -> int:
    """The day on which today's result comes."""
    return today(career) + lasting(world, career, world.road.quantity[stage, RESULT], tries(world, career, stage))


@inline_kernel
def next_sitting(world: World, career: Career, log: Journal, stage: int, count: int) -> int:
    """After a failed result: the day of the next sitting, not before the spacing rules allow it."""
    note(world, career, log, world.road.extra[stage, FAILED], tries(world, career, stage))
    career.row[FAILURES] = tries(world, career, stage)
    q, day = world.road.quantity[stage], today(career)
    wished = day + lasting(world, career, q[RETAKE], tries(world, career, stage))
    return max(wished, earliest_retake(world.rules, q[PER_YEAR], q[LATE_GAP], day, career.row, log.sat, count))


@inline_kernel
def in_session(world: World, career: Career, log: Journal, stage: int, count: int, day: int) -> int:
    """The day itself, or the day of the next session of an exam that is held in sessions."""
    q, sessions = world.road.quantity[stage], int(world.road.sessions[stage])
    if sessions == 0:
        return day
    return session_after(world.rules, q[SESSION], sessions, q[APART], day, today(career), career.row, log.sat, count)


@inline_kernel
def is_refused(world: World, career: Career, stage: int) -> bool:
    """Will what is waited for be refused?"""
    q = world.road.quantity[stage, REFUSED]
    return q >= 0 and happens(world.rules, career.who, q, today(career), career.row, times(career, stage))


@inline_kernel
def ready_day(world: World, career: Career, stage: int) -> int:
    """The day on which a wait ends."""
    road, day = world.road, today(career)
    what = road.until[stage, 0]
    q = road.quantity[stage, BEFORE if what == GRADUATED else DONE]
    days = lasting(world, career, q, times(career, stage)) if q >= 0 else 0
    if what == GRADUATED:
        return max(day, int(career.row[GRADUATION]) - days)
    if what == POST:
        return max(day, int(career.at[POST_START]))
    if what == MARK:
        meeting = next_meeting(road, road.until[stage, 1], day)
        return max(day, road.end if meeting < 0 else int(road.date[meeting, road.until[stage, 2]]))
    return day + days


@inline_kernel
def begins_work(world: World, career: Career, log: Journal, stage: int) -> tuple[int, int]:
    """Start a position; the days on which it would be completed and left."""
    note(world, career, log, world.road.extra[stage, STARTED], 0)
    q, day, visit = world.road.quantity[stage], today(career), times(career, stage)
    left = expires_after(world.rules, career.who, q[LEFT], day, career.row, visit)
    completes = NEVER if q[COMPLETED] < 0 else day + lasting(world, career, q[COMPLETED], visit)
    return completes, day + left


@inline_kernel
def joins(world: World, career: Career, log: Journal, stage: int) -> int:
    """Register for the next round that is still open: its number among the dates, or -1 if none is scheduled."""
    day = today(career)
    open_from = day + 1 if day == career.at[MET] else day  # tomorrow, once today's have met
    meeting = next_meeting(world.road, world.road.meets[stage], open_from)
    if meeting >= 0:
        note(world, career, log, world.road.extra[stage, ENTERED], world.road.date[meeting, YEAR])
    return meeting


@inline_kernel
def next_meeting(road: Road, number: int, day: int) -> int:
    """The first meeting of a round whose lists close on this day or later; -1 after the last one scheduled."""
    lo, hi = road.first_date[number], road.first_date[number + 1]
    end = hi
    while lo < hi:
        middle = (lo + hi) // 2
        if road.date[middle, CLOSES] < day:
            lo = middle + 1
        else:
            hi = middle
    return int(lo) if lo < end else -1
