"""Who may sit an exam, and when again: the rules in force on the day."""

from __future__ import annotations

from collections.abc import Sequence

from imgsim.roadmap import Plan
from imgsim.rules import Row, Rules, base, probability


def barred(rules: Rules, plan: Plan, day: int, row: Row, attempts: int) -> str:
    """The outcome of somebody who may not sit today, or the empty string."""
    given = plan.quantity["open"]
    if given >= 0 and probability(rules, given, day, row) < 0.5:
        return "lapsed"
    return "exhausted" if attempts >= base(rules, plan.quantity["attempts"], day, row) else ""


def earliest_retake(rules: Rules, plan: Plan, day: int, row: Row, sittings: Sequence[int]) -> int:
    """The first day on which the spacing rules allow another sitting.

    At most ``per_year`` sittings in twelve months; from then on, at least a year after the first and ``late_gap`` days
    after the last.
    """
    allowed = int(base(rules, plan.quantity["per_year"], day, row))
    if len(sittings) < allowed:
        return day
    if len(sittings) == allowed:
        return max(sittings[0] + 366, sittings[-1] + round(days(rules, plan.quantity["late_gap"], day, row)))
    return max(sittings[-allowed] + 366, sittings[-1] + round(days(rules, plan.quantity["late_gap"], day, row)))


def days(rules: Rules, quantity: int, day: int, row: Row) -> float:
    """A fixed number of days, from behind its logarithm."""
    import math

    return math.exp(base(rules, quantity, day, row))
