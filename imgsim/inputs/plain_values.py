"""Parameters that are read without a person: for whom and how often they may differ, and what a mechanism needs.

A round's dates and places, a Match's openness, or the number of entrants are read once for everybody, or once for each
category of one trait; given by another trait, or on other days, they could not be read, or would be read wrongly.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from imgsim.base.errors import InputError, Problems
from imgsim.inputs.kinds.round import LOTTERY, MARKS, MATCH, MERIT, NEEDS, OPTIONAL
from imgsim.inputs.parameters.parameter import Parameter, Parameters
from imgsim.inputs.parameters.refusals import refuse
from imgsim.inputs.parameters_read import LOTTERY_VALUES, MATCH_RULES, VISA_POLICIES
from imgsim.inputs.pathways.pathway import Pathway, Stage
from imgsim.inputs.traits import COLUMN, LIVELIHOODS

EVERYBODY: Final[tuple[str, ...]] = ()
BY_SPECIALTY: Final = (  # of a Match, besides the families below
    "specialty_share", "advanced_share", "programmes", "programmes.advanced", "interviews_per_position", "signals",
    "openness", "ability_weight", "considers", "screen.gap", "screen.failed", "screen.experience",
    "soap.appeal", "first_year", "first_year.linked",
)  # fmt: skip
FAMILIES_BY_SPECIALTY: Final = ("sponsor", "competitor_wish", "first_year.share")
POOLS: Final = ("places", "closed")  # of a round by merit: one for each category of one trait


def check_plain_values(parameters: Parameters, pathway: Pathway, problems: Problems) -> None:
    """Note every parameter that differs by a trait, or from day to day, where one value is read."""
    for name, traits in given_by(parameters, pathway):
        with problems:
            if name in parameters:
                check_trait(parameters[name], traits)
    for name in constant():
        with problems:
            if name in parameters:
                check_constant(parameters[name])
    for name in drawn_once(pathway):
        with problems:
            if name in parameters:
                check_undated(parameters[name])


def check_trait(parameter: Parameter, traits: tuple[str, ...]) -> None:
    """Refuse a parameter that is given by another trait than these."""
    if parameter.by is not None and parameter.by not in traits:
        otherwise = f", or given by `{'` or `'.join(traits)}`" if traits else ""
        refuse(parameter, f"must be one value for everybody{otherwise}, not given by `{parameter.by}`", "by")


def check_constant(parameter: Parameter) -> None:
    """Refuse a parameter that differs between people or days."""
    if parameter.by is not None or parameter.is_dated:
        refuse(parameter, "must be one value for everybody and every day")


def check_undated(parameter: Parameter) -> None:
    """Refuse a parameter that differs between days, where programmes are drawn once for all of them."""
    if parameter.is_dated:
        refuse(parameter, "must be the same on every day: the programmes of a Match are drawn once", "values")


def constant() -> list[str]:
    """The parameters that have one value for everybody and every day."""
    states = [f"livelihood.{word}.{state}" for word in ("clinical", "experience") for state in LIVELIHOODS]
    return ["academic_year.begins", *states]


def drawn_once(pathway: Pathway) -> list[str]:
    """The parameters of which the programmes of a Match are drawn, whatever the day."""
    matches = [stage.name for stage in pathway.stages.values() if stage.mechanism == MATCH]
    words = [word for word in NEEDS[MATCH] if word.startswith("programme.")]
    return [f"{name}.{word}" for name in matches for word in words]


def given_by(parameters: Parameters, pathway: Pathway) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every parameter that is read without a person, with the traits by which it may be given."""
    yield from ((f"population.{word}", ("group",)) for word in ("entrants", "stock"))
    yield from ((f"population.cell.{country}", ("group",)) for country in pathway.parts)
    for stage in pathway.stages.values():
        if stage.mechanism is not None:
            yield from ((f"{stage.name}.{word}", EVERYBODY) for word in (*MARKS, "meetings"))
            yield from of_round(stage, parameters, pathway)
        yield from ((name, EVERYBODY) for name in parameters.family(f"{stage.name}.session."))


def of_round(stage: Stage, parameters: Parameters, pathway: Pathway) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What the mechanism of a round reads without a person."""
    name = stage.name
    if stage.mechanism == LOTTERY:
        yield from ((f"{name}.{word}", EVERYBODY) for word in LOTTERY_VALUES)
    if stage.mechanism == MERIT:
        places = parameters.get(f"{name}.places")
        yield f"{name}.places", tuple(trait for trait in COLUMN if pathway.values(trait))
        yield f"{name}.closed", (places.by,) if places is not None and places.by else EVERYBODY
        yield from ((f"{name}.{word}", EVERYBODY) for word in ("merit.spread", "gap_limit", "least_practice"))
    if stage.mechanism == MATCH:
        yield f"{name}.competitors", ("competitor",)
        yield from ((f"{name}.{word}", ("specialty",)) for word in BY_SPECIALTY)
        for family in FAMILIES_BY_SPECIALTY:
            yield from ((each, ("specialty",)) for each in parameters.family(f"{name}.{family}."))
        other = {*NEEDS[MATCH], *OPTIONAL[MATCH]} - {*BY_SPECIALTY, *MATCH_RULES, "competitors"}
        yield from ((f"{name}.{word}", EVERYBODY) for word in sorted(other) if not word.endswith("."))


def check_matches(pathway: Pathway, problems: Problems, file: Path | None) -> None:
    """Note what the traits of a pathway lack for its Match: specialties, and three visa policies of programmes."""
    for stage in pathway.stages.values():
        if stage.mechanism != MATCH:
            continue
        for trait, least in (("specialty", 1), ("sponsor", VISA_POLICIES)):
            if len(pathway.values(trait)) < least:
                message = f"a Match (`{stage.name}`) needs at least {least} categories of `{trait}`"
                problems.add(InputError(message, file=str(file or pathway.country), key=f"categories.{trait}"))
