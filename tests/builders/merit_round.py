"""Rounds by merit over a fair: merit is ability and years since graduation, places come in one pool or in several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from builders.synthetic import parameter, small_road
from imgsim.base.dates.day_numbers import day_of
from imgsim.base.randomness.addresses import GRADUATE, actor
from imgsim.inputs.parameters.parameter import Parameter, Parameters, Ratio, Row
from imgsim.inputs.traits import COLUMN, width
from imgsim.markets.allocation import PLACED, Allocation, Applicants
from imgsim.markets.merit_ranked import MeritRanked
from imgsim.persons.compile_rules import compile_rules

SEED = 11
DAY = day_of(2010, 3, 15)


def numbers(places: Mapping[str, float] | float, spread: float, by: str | None, years: float) -> Parameters:
    """Places (by category), merit by ability and years since graduation, and the spread of the judgement."""
    by_pool = places if isinstance(places, Mapping) else {"": places}
    merit = parameter("fair.merit", "score", {"": [Row(None, 0.0, "measured")]})
    ratios = (
        Ratio("ability", None, "fair.merit.plus.ability", "plus"),
        Ratio("years_since_graduation", None, "fair.merit.plus.years_since_graduation", "plus"),
    )
    return Parameters(
        [
            parameter("fair.places", "count", {k: [Row(None, v, "measured")] for k, v in by_pool.items()}, by),
            replace(merit, ratios=ratios),
            parameter("fair.merit.plus.ability", "score", {"": [Row(None, 1.0, "measured")]}),
            parameter("fair.merit.plus.years_since_graduation", "score", {"": [Row(None, years, "measured")]}),
            parameter("fair.merit.spread", "number", {"": [Row(None, spread, "measured")]}),
        ],
        {},
    )


def ranked(
    places: Mapping[str, float] | float, spread: float = 0.0, by: str | None = None, years: float = 0.0,
    scale: float = 1.0,
) -> MeritRanked:  # fmt: skip
    road, held = small_road(), numbers(places, spread, by, years)
    return MeritRanked("fair", held, compile_rules(held, road), road, SEED, scale)


def people(ability: Sequence[float], **traits: Sequence[float]) -> Applicants:
    """Applicants of these abilities who graduated on the day, in the order of their actors."""
    held = np.zeros((len(ability), width(())))
    held[:, COLUMN["ability"]] = ability
    held[:, COLUMN["graduation"]] = DAY
    for name, values in traits.items():
        held[:, COLUMN[name]] = values
    actors = np.array([actor(GRADUATE, 2009, 0, k) for k in range(len(ability))], np.int64)
    return Applicants(actors, held, DAY)


def placed(allocation: Allocation) -> list[int]:
    return np.flatnonzero(allocation.outcome == PLACED).tolist()


def asking_widely(fair: MeritRanked, **more: Parameter) -> MeritRanked:
    """The same round with some of what it may leave out."""
    held = fair.parameters.replacing(*more.values())
    return MeritRanked("fair", held, compile_rules(held, small_road()), small_road(), SEED, fair.scale)


def always(name: str, unit: str, value: float) -> Parameter:
    return parameter(f"fair.{name}", unit, {"": [Row(None, value, "measured")]})
