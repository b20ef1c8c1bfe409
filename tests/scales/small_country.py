"""A made-up country of scarce places of every kind, small enough to be simulated hundreds of times."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from builders import toy

from imgsim.inputs.parameters.parameter import Parameter
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.scenarios.scenario import Scenario

ROUNDS: Final = ("states", "queue", "provinces")


def small_country(scale: float, seed: int) -> Scenario:
    """Two hundred and eighty people a year, of whom few get what they ask for first; measured once they fill it.

    A hundred and twenty places in twenty states, on some of which demand leans; a queue with fifteen places a year; and
    two provinces, one with far more applicants than places, one with nearly as many.
    """
    made = toy.scenario(
        pathway(), *numbers(), near=240, far=40, start="2000-01-01", end="2026-01-01", seed=seed, scale=scale
    )
    return replace(made, run=replace(made.run, measured_from=date(2010, 1, 1)))


def pathway() -> Pathway:
    """Whoever gets no place in a state stands in the queue, and then applies in the own province, again and again."""
    home = {"placed": "post", "ineligible": "gone"}
    return toy.road(
        toy.stage("states", "round", home | {"unplaced": "queue"}, mechanism="lottery"),
        toy.stage("queue", "round", home | {"unplaced": "provinces"}, mechanism="lottery"),
        toy.stage("provinces", "round", home | {"unplaced": "again"}, mechanism="ranked"),
        toy.stage("again", "choose", {"again": "provinces", "stop": "gone"}),
        toy.stage("post", "wait", {"done": "settled"}),
        toy.end("settled", "practised"),
        toy.end("gone"),
        milestones={"training": ("post.done",)},
    )


def numbers() -> list[Parameter]:
    """Places, and how many try again."""
    return [
        *toy.fair("states", 6),
        toy.parameter("states.jurisdictions", "count", 20),
        toy.parameter("states.concentration", "number", 2),
        *toy.fair("queue", 15, allocates="05-15"),
        *toy.ranked("provinces", {"north": 9, "south": 24}, spread=0.5, by="region", allocates="09-15"),
        toy.parameter("again.again", "probability", 0.3),
        toy.parameter("post.done", "days", 30),
    ]
