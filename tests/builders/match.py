"""Small Matches with random numbers: a few specialties, programmes, competitors and graduates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from builders.synthetic import small_road
from builders.toy import Given, parameter
from imgsim.base.dates.day_numbers import day_of
from imgsim.base.randomness.addresses import GRADUATE, actor
from imgsim.inputs.parameters.parameter import Parameter, Parameters
from imgsim.inputs.parameters.read import with_ratios
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.traits import COLUMN, FIRST_FLAG, width
from imgsim.markets.allocation import Allocation, Applicants
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
    one_year: int = 0  # specialties of one-year posts


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
        "letter.programmes": ("probability", float(random.uniform())),
        "letter.required": ("flag", [(None, 1.0), ("2015-01-01", 0.0)]),
        "openness.spread": ("score", float(random.uniform(0, 3))),
        "attraction": ("score", float(random.uniform(0, 2))),
        "wish_bonus": ("score", float(random.uniform(0, 3))),
        "screen.spread": ("score", float(random.uniform(0, 2))),
        "interview.spread": ("score", float(random.uniform(0, 2))),
        "screen.gap.sd_log": ("number", float(random.uniform(0, 1.5))),
        "screen.experience.least": ("years", float(random.uniform(0, 1))),
        "interviews_attended": ("amount", float(random.uniform(0.5, 8))),
        "interviews_attended.times.competitor.locals": ("factor", float(random.uniform(0.5, 2))),
        "interviews_attended.variation": ("number", float(random.uniform(0, 0.6))),
        "outside_seats": ("count", outside),
        "outside_seats.open_share": ("probability", float(random.uniform(0.01, 0.99))),
        "openness.citizen": ("score", float(random.uniform(-1, 1))),
        "merit": ("score", 0.0),
        "interview.least": ("score", float(random.uniform(-4, 0))),
        "interview.manner": ("score", float(random.uniform(0, 1))),
        "merit.spread": ("score", float(random.uniform(0, 1))),
        "merit.plus.needs_visa": ("number", float(random.uniform(-1, 0))),
        "merit.plus.competitor.locals": ("number", float(random.uniform(0, 4))),
        "soap.merit": ("score", 0.0),
        "soap.merit.plus.ability": ("number", 0.5),
        "soap.merit.plus.competitor.returning": ("number", float(random.uniform(-1, 4))),
        "soap.takes_part": ("probability", float(random.uniform(0.6, 1))),
        "soap.takes_part.odds.competitor.locals": ("factor", 0.5),
        "soap.rounds": ("count", float(random.integers(1, 5))),
        "soap.applications": ("count", shape.soap_applications),
        "applications": ("amount", shape.applications),
        "applications.times.competitor.locals": ("factor", float(random.uniform(0.3, 1.5))),
        "second_specialty_every": ("count", shape.second_every),
        "backup": ("probability", float(random.uniform())),
        "backup.odds.competitor.locals": ("factor", 0.5),
        "competitor_ability": ("score", float(random.uniform(-1, 1))),
        **shares("second", some),
    }
    grouped: dict[str, tuple[str, Mapping[str, float]]] = {
        **{f"competitor_wish.{kind}": ("probability", by_specialty(0, 1)) for kind in KINDS},
        "considers": ("probability", by_specialty(0.2, 1)),
        "screen.gap": ("years", by_specialty(3, 12)),
        "screen.failed": ("probability", by_specialty(0, 0.4)),
        "screen.experience": ("probability", by_specialty(0, 0.3)),
        "interviews_per_position": ("count", by_specialty(0, 6)),
        "ability_weight": ("score", by_specialty(-0.2, 1)),
        "soap.appeal": ("probability", by_specialty(0.4, 1)),
        "specialty_share": ("probability", by_specialty(0.1, 1)),
        "programmes": ("count", {name: int(random.integers(0, shape.programmes + 1)) for name in names}),
        "sponsor.none": ("probability", by_specialty(0, 1)),
        "sponsor.guest": ("probability", by_specialty(0, 1)),
        "openness": ("score", by_specialty(-3, 1)),
    }
    if shape.one_year:
        add_one_year_posts(shape, random, names, plain, grouped)
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


def add_one_year_posts(
    shape: Shape, random: np.random.Generator, names: Sequence[str], plain: dict[str, tuple[str, Given]],
    grouped: dict[str, tuple[str, Mapping[str, float]]],
) -> None:  # fmt: skip
    """Some specialties offer one-year posts, others advanced positions that ask for one."""
    short = {name: float(k < shape.one_year) for k, name in enumerate(names)}
    lasting = [name for name in names if not short[name]]

    def each(low: float, high: float) -> Mapping[str, float]:
        return {name: float(random.uniform(low, high)) for name in names}

    plain |= {
        "positions.advanced": ("count", float(random.integers(0, 15))),
        "first_year.fallback": ("probability", float(random.uniform(0, 0.5))),
        "first_year.applications": ("amount", float(random.uniform(1, 6))),
        "first_year.interviews_attended": ("amount", float(random.uniform(1, 4))),
    }
    grouped |= {
        "first_year": ("flag", short),
        "programmes.advanced": ("count", {name: int(random.integers(1, 5)) * (name in lasting) for name in names}),
        "advanced_share": ("probability", {name: 0.1 + 0.8 * (name in lasting) for name in names}),
        "first_year.linked": ("probability", each(0, 1)),
        **{f"first_year.share.{name}": ("probability", each(0, 1)) for name in names if short[name]},
    }


def match_of(
    shape: Shape, changes: Mapping[str, Given | Mapping[str, float]] | None = None, added: Sequence[Parameter] = ()
) -> Match:
    """The small Match; ``changes`` are values by the rest of a parameter's name, for everybody or by specialty."""
    pathway, parameters = pathway_of(shape), parameters_of(shape)
    parameters = Parameters([*parameters.values(), *added], {})
    for name, value in (changes or {}).items():
        parameters = parameters.replacing(with_value(parameters[f"{NAME}.{name}"], value))
    return Match(NAME, parameters, compile_rules(parameters, pathway), pathway, shape.seed % 1000, shape.scale)


def with_value(old: Parameter, value: Given | Mapping[str, float]) -> Parameter:
    """A parameter with another value, the same for all categories unless it is given by them."""
    by_category = value if isinstance(value, Mapping) or old.by is None else dict.fromkeys(old.rows, value)
    return replace(parameter(old.name, old.unit, by_category, by=old.by), ratios=old.ratios)


# A Match without chance: ability alone decides, nobody is refused unread, everybody applies and interviews everywhere.
PLAIN: Mapping[str, Given | Mapping[str, float]] = {
    **dict.fromkeys(("screen.spread", "interview.spread", "merit.spread", "interview.manner", "openness.spread"), 0),
    **dict.fromkeys(("openness", "openness.citizen", "attraction", "competitors", "outside_seats", "backup"), 0),
    **dict.fromkeys(("interviews_attended.variation", "screen.gap.sd_log", "screen.failed", "screen.experience"), 0),
    **dict.fromkeys(("letter.programmes", "sponsor.none", "sponsor.guest", "programme.size_spread"), 0),
    **dict.fromkeys(("considers", "soap.appeal", "soap.takes_part", "ability_weight", "wish_bonus"), 1),
    **dict.fromkeys(("second_specialty_every", "letter.required"), 1),
    **dict.fromkeys(("applications", "interviews_attended", "interviews_per_position", "soap.applications"), 50),
    **{
        "values_as_of": 301,
        "soap.merit.plus.ability": 0,
        "interview.least": -100,
        "screen.gap": 100,
        "screen.experience.least": 0.08,
        "soap.rounds": 4,
    },
}
ADVANCED: Mapping[str, Given | Mapping[str, float]] = {
    **dict.fromkeys(("first_year.applications", "first_year.interviews_attended"), 50),
    **{"first_year.fallback": 0, "first_year.linked": 1, "first_year.share.heart": 1},
}


def plain_match(
    changes: Mapping[str, Given | Mapping[str, float]],
    one_year: int = 0,
    signals: int | None = None,
    cap: int | None = None,
    second: float | None = None,
) -> Match:
    """A Match of two specialties that can be worked out by hand; with ``one_year`` the first offers one-year posts.

    It has no signals, cap of applications or rule for the first as a second specialty unless they are given.
    """
    shape = Shape(1, 2, 1, 0, 0, 0, 50.0, cap, signals, 50, 1, 2018, 1.0, one_year)
    added = [] if second is None else [parameter(f"{NAME}.second.heart", "probability", second)]
    return match_of(shape, {**PLAIN, **(ADVANCED if one_year else {}), **changes}, added)


def able(abilities: Sequence[float], **traits: float) -> Applicants:
    """Applicants of 2018 of these abilities who graduated two years ago and lack nothing; every trait can be given."""
    n, day = len(abilities), day_of(2018, 3, 18)
    rows = np.zeros((n, width(("letter",))))
    rows[:, COLUMN["ability"]], rows[:, [COLUMN["ready"], FIRST_FLAG]] = abilities, 1.0
    rows[:, COLUMN["experience"]], rows[:, COLUMN["competitor"]] = 1.0, -1.0
    rows[:, [COLUMN["graduation"], COLUMN["last_clinical"]]] = day - 730
    for name, value in traits.items():
        rows[:, FIRST_FLAG if name == "letter" else COLUMN[name]] = value
    return Applicants(np.array([actor(GRADUATE, 2017, 0, k) for k in range(n)], np.int64), rows, day)


def graduates_of(shape: Shape) -> Applicants:
    """Graduates of random ability, citizenship, need of a visa, letter and wish; one in ten wishes for nothing."""
    random, n = np.random.default_rng(shape.seed + 1), shape.graduates
    traits, day = np.zeros((n, width(("letter",)))), day_of(shape.year, 3, 18)
    traits[:, COLUMN["ability"]] = random.normal(size=n)
    traits[:, COLUMN["experience"]] = random.exponential(0.5, n)
    for name in ("citizen", "needs_visa", "ready", "has_failed"):
        traits[:, COLUMN[name]] = random.integers(0, 2, n)
    traits[:, COLUMN["competitor"]] = -1
    traits[:, COLUMN["wish"]] = random.integers(0, shape.specialties, n)
    traits[9::10, COLUMN["wish"]] = -1
    traits[:, [COLUMN["graduation"], COLUMN["last_clinical"]]] = day - random.integers(200, 4000, n)[:, np.newaxis]
    traits[:, FIRST_FLAG] = random.integers(0, 2, n)
    return Applicants(np.array([actor(GRADUATE, shape.year - 1, 0, k) for k in range(n)], np.int64), traits, day)


def assert_same(one: Allocation, other: Allocation) -> None:
    """Every array and every row of tallies."""
    assert one.rows == other.rows
    assert list(one.details) == list(other.details)
    for table, columns in one.details.items():
        assert {name: list(column) for name, column in columns.items()} == {
            name: list(column) for name, column in other.details[table].items()
        }, table
    for field in fields(Allocation):
        if field.name not in ("rows", "details"):
            assert np.asarray(getattr(one, field.name)).tolist() == np.asarray(getattr(other, field.name)).tolist()
