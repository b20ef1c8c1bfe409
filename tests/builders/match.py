"""Small Matches with random numbers: a few specialties, programmes, competitors and graduates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from builders.synthetic import small_road
from builders.toy import Given, parameter
from imgsim.base.dates.day_numbers import day_of
from imgsim.base.randomness.addresses import GRADUATE, actor
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.parameters.read import with_ratios
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.traits import COLUMN, FIRST_FLAG, width
from imgsim.markets.allocation import Applicants
from imgsim.markets.match.match import Match
from imgsim.persons.compile_rules import compile_rules

NAME = "fair"
SPECIALTIES = ("heart", "bone", "skin", "bridge")
KINDS = ("locals", "returning")


@dataclass(frozen=True)
class Shape:
    """What makes a small Match easy or hard: how many there are of everything, and which rules it has."""

    seed: int
    specialties: int  # 1 to 4
    programmes: int  # at most so many a specialty
    positions: int
    competitors: int  # at most so many a kind
    graduates: int
    applications: float
    cap: int | None
    signals: int | None  # at most so many by specialty
    soap_applications: int
    second_every: int
    year: int
    scale: float


def pathway_of(shape: Shape) -> Pathway:
    """A pathway with as many specialties, two kinds of competitors and a letter."""
    categories = {"region": ("north", "south"), "visa": ("none", "guest"), "sponsor": ("none", "guest", "both")}
    categories |= {"specialty": SPECIALTIES[: shape.specialties]}
    kinds = {kind: kind.title() for kind in KINDS}
    return replace(small_road(), categories=categories, competitors=kinds, flags={"letter": "Letter"})


def parameters_of(shape: Shape) -> Parameters:
    """All numbers of the Match, those that the shape leaves open drawn at random."""
    random, names = np.random.default_rng(shape.seed), SPECIALTIES[: shape.specialties]

    def by_specialty(low: float, high: float) -> Mapping[str, float]:
        return {name: float(random.uniform(low, high)) for name in names}

    def shares(family: str, ruled: int) -> dict[str, tuple[str, Given]]:
        chosen = sorted(random.choice(shape.specialties, ruled, replace=False).tolist())
        return {f"{family}.{names[k]}": ("probability", float(random.uniform())) for k in chosen}

    some = int(random.integers(0, shape.specialties))  # at least one specialty is left without a rule
    outside = [(None, float(random.integers(0, 4))), ("2013-01-01", float(random.integers(0, 2)))]
    plain: dict[str, tuple[str, Given]] = {
        "values_as_of": ("month-day", float(random.choice([102, 301, 1231]))),
        "positions": ("count", shape.positions),
        "programme.size_spread": ("number", float(random.uniform(0, 1))),
        "programme.openness_sponsors": ("number", float(random.uniform(-1, 1))),
        "least_programmes": ("count", 0),
        "considers": ("probability", float(random.uniform(0.2, 0.99))),
        "letter.programmes": ("probability", float(random.uniform())),
        "letter.required": ("flag", [(None, 1.0), ("2015-01-01", 0.0)]),
        "openness.spread": ("score", float(random.uniform(0, 3))),
        "attraction": ("score", float(random.uniform(0, 2))),
        "wish_bonus": ("score", float(random.uniform(0, 3))),
        "screen.spread": ("score", float(random.uniform(0, 2))),
        "interview.spread": ("score", float(random.uniform(0, 2))),
        "interviews_per_position": ("count", float(random.uniform(0, 6))),
        "interviews_attended": ("count", float(random.integers(1, 8))),
        "outside_seats": ("count", outside),
        "outside_seats.open_share": ("probability", float(random.uniform(0.01, 0.99))),
        "merit": ("score", 0.0),
        "merit.plus.ability": ("number", 1.0),
        "merit.plus.needs_visa": ("number", float(random.uniform(-1, 0))),
        "merit.plus.competitor.locals": ("number", float(random.uniform(0, 4))),
        "after_merit": ("score", 0.0),
        "after_merit.plus.ability": ("number", 0.5),
        "after_merit.plus.competitor.returning": ("number", float(random.uniform(-1, 4))),
        "after_applications": ("count", shape.soap_applications),
        "applications": ("amount", shape.applications),
        "applications.times.competitor.locals": ("factor", float(random.uniform(0.3, 1.5))),
        "second_specialty_every": ("count", shape.second_every),
        "backup": ("probability", float(random.uniform())),
        "backup.odds.competitor.locals": ("factor", 0.5),
        "competitor_ability": ("score", float(random.uniform(-1, 1))),
        **shares("second", some),
        **shares("competitor_wish", some),
    }
    grouped: dict[str, tuple[str, Mapping[str, float]]] = {
        "specialty_share": ("probability", by_specialty(0.1, 1)),
        "programmes": ("count", {name: int(random.integers(0, shape.programmes + 1)) for name in names}),
        "sponsor.none": ("probability", by_specialty(0, 1)),
        "sponsor.guest": ("probability", by_specialty(0, 1)),
        "openness": ("score", by_specialty(-3, 1)),
    }
    if shape.cap is not None:
        plain["applications.cap"] = ("count", shape.cap)
    if shape.signals is not None:
        grouped["signals"] = ("count", {name: int(random.integers(0, shape.signals + 1)) for name in names})
        plain["signals.weight"] = ("score", float(random.uniform(0, 3)))
    kinds = {kind: int(random.integers(0, shape.competitors + 1)) for kind in KINDS}
    listed = [parameter(f"{NAME}.{name}", *given) for name, given in plain.items()]
    listed += [parameter(f"{NAME}.{name}", *given, by="specialty") for name, given in grouped.items()]
    listed.append(parameter(f"{NAME}.competitors", "count", kinds, by="competitor"))
    return Parameters(with_ratios({one.name: one for one in listed}), {})


def match_of(shape: Shape) -> Match:
    """The small Match."""
    pathway, parameters = pathway_of(shape), parameters_of(shape)
    return Match(NAME, parameters, compile_rules(parameters, pathway), pathway, shape.seed % 1000, shape.scale)


def graduates_of(shape: Shape) -> Applicants:
    """Graduates of random ability, citizenship, need of a visa, letter and wish."""
    random, n = np.random.default_rng(shape.seed + 1), shape.graduates
    traits, day = np.zeros((n, width(("letter",)))), day_of(shape.year, 3, 18)
    traits[:, COLUMN["ability"]] = random.normal(size=n)
    for name in ("citizen", "needs_visa", "ready"):
        traits[:, COLUMN[name]] = random.integers(0, 2, n)
    traits[:, COLUMN["competitor"]] = -1
    traits[:, COLUMN["wish"]] = random.integers(0, shape.specialties, n)
    traits[:, [COLUMN["graduation"], COLUMN["last_clinical"]]] = day - 700
    traits[:, FIRST_FLAG] = random.integers(0, 2, n)
    return Applicants(np.array([actor(GRADUATE, shape.year - 1, 0, k) for k in range(n)], np.int64), traits, day)
