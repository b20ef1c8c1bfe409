"""Who may sit an exam, and when again: the rules in force on the day."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from imgsim.roadmap import Plan

Ask = Callable[[int], float]  # a quantity's dated value, behind its link, for the person today


def barred(ask: Ask, plan: Plan, attempts: int) -> str:
    """The outcome of somebody who may not sit today, or the empty string."""
    given = plan.quantity["open"]
    if given >= 0 and ask(given) < 0.0:  # a logit: below one half
        return "lapsed"
    return "exhausted" if attempts >= ask(plan.quantity["attempts"]) else ""


def earliest_retake(ask: Ask, plan: Plan, sittings: Sequence[int]) -> int:
    """The first day on which the spacing rules allow another sitting.

    At most ``per_year`` sittings in twelve months; from then on, at least a year after the first of the last
    ``per_year`` and ``late_gap`` days after the last.
    """
    allowed = int(ask(plan.quantity["per_year"]))
    if len(sittings) < allowed:
        return sittings[-1] + 1
    return max(sittings[-allowed] + 366, sittings[-1] + round(math.exp(ask(plan.quantity["late_gap"]))))
