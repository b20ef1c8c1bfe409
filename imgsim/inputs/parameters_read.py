"""Which parameters a run reads, and how: what is not listed here has no effect, and is refused.

A parameter is read as a plain value, as a rule (with its ratios over traits), or as a duration (with ratios and the
dispersion below it). The names follow from the pathway: its stages and timers, the mechanisms of its rounds, the people
who enter it, their activity status, the costs of its events, and the figures given for comparison.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from imgsim.inputs.kinds.all_kinds import events_of, optional_parameters, required_parameters
from imgsim.inputs.kinds.round import LOTTERY, MATCH, NEEDS, OPTIONAL
from imgsim.inputs.parameters.dispersion import dispersion_of
from imgsim.inputs.parameters.parameter import MONEY, Parameters
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.traits import BY_CHOICE, DRAWN, LIVELIHOODS, UNIT_DRAWN, parameters_drawn

VALUE, RULE, DURATION = "value", "rule", "duration"  # how a parameter is read
BY_UNIT: Final = {
    "days": DURATION, "years": DURATION, "probability": RULE, "rate": RULE, "score": RULE, "amount": RULE,
}  # fmt: skip
# Parameters of stages that are read in another way than their unit lets expect, by the last part of the name.
OTHERWISE: Final = {"late_gap": RULE, "open": VALUE, "gap_limit": VALUE, "least_practice": VALUE}
# What mechanisms read below the name of a round. A Match reads its numbers as plain values, but for some rules; it also
# reads ``second`` and ``first_year.share`` by specialty, ``competitor_wish`` by competitor and ``sponsor`` by sponsor.
MATCH_RULES: Final = (
    "merit", "backup", "applications", "applications.cap", "interviews_attended", "competitor_ability",
    "soap.merit", "soap.takes_part", "first_year.fallback", "first_year.applications", "first_year.interviews_attended",
)  # fmt: skip
LOTTERY_VALUES: Final = ("jurisdictions", "places", "concentration", "growth", "growth.when_used")
VISA_POLICIES: Final = 3  # of the programmes of a Match: sponsors none, one kind of visa, or both
WORKING_STATES: Final = 5  # activity statuses with a starting share of their own; the sixth takes the rest


def needed(pathway: Pathway) -> dict[str, str]:
    """Name and unit of every parameter that a pathway cannot do without."""
    return {
        **dict(required_parameters(pathway)), **needed_by_matches(pathway), **needed_by_competitors(pathway),
        **needed_by_people(pathway),
    }  # fmt: skip


def needed_by_matches(pathway: Pathway) -> dict[str, str]:
    """Name and unit of the shares of visa policies among the programmes of a Match; the last policy takes the rest."""
    matches = [stage.name for stage in pathway.stages.values() if stage.mechanism == MATCH]
    return {name: "probability" for match in matches for name in visa_policies(match, pathway)}


def visa_policies(match: str, pathway: Pathway) -> tuple[str, ...]:
    """The parameters that hold the shares of visa policies among the programmes of a Match, in the pathway's order."""
    return tuple(f"{match}.sponsor.{policy}" for policy in pathway.values("sponsor")[: VISA_POLICIES - 1])


def needed_by_competitors(pathway: Pathway) -> dict[str, str]:
    """What each kind of competitor in a Match wishes for, by specialty."""
    matches = [stage.name for stage in pathway.stages.values() if stage.mechanism == MATCH]
    return {f"{name}.competitor_wish.{kind}": "probability" for name in matches for kind in pathway.competitors}


def needed_by_people(pathway: Pathway) -> dict[str, str]:
    """Name and unit of what the people of a pathway are drawn from.

    A choice needs at least a number for its first category. In a combined pathway the countries draw what they see in
    their own way.
    """
    units = {"population.entrants": "count"}
    units |= dict.fromkeys(durations_of_people(), "years")
    for trait in DRAWN:
        names = parameters_drawn(trait, pathway.categories)
        if not (pathway.parts and trait.seen_by_country):
            units |= dict.fromkeys(names[:1] if trait.drawn == BY_CHOICE else names, UNIT_DRAWN[trait.drawn])
    return units | dict.fromkeys(starting_shares(), "probability")


def durations_of_people() -> list[str]:
    """The durations from which the dates of a person's life before entry follow."""
    return [f"population.{word}" for word in ("age_at_graduation", "entry_before", "entry_after")]


def starting_shares() -> list[str]:
    """The conditional probabilities of the activity status at entry."""
    return [f"livelihood.start.{state}" for state in LIVELIHOODS[:WORKING_STATES]]


def names_read(parameters: Parameters, pathway: Pathway) -> dict[str, str]:
    """Every name that a run on the pathway reads, with the way in which it does; not all of them need be given."""
    read: dict[str, str] = {}
    for name, unit in (*required_parameters(pathway), *with_units(parameters, optional_parameters(pathway))):
        read[name] = OTHERWISE.get(name.rpartition(".")[2], BY_UNIT.get(unit, VALUE))
    return read | dict((*of_rounds(pathway), *of_people(pathway), *of_livelihood(), *of_results(parameters, pathway)))


def with_units(parameters: Parameters, names: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Names with their units; a beginning that ends in a dot stands for those that are given."""
    for name, unit in names:
        yield from ((each, unit) for each in (parameters.family(name) if name.endswith(".") else (name,)))


def of_rounds(pathway: Pathway) -> Iterator[tuple[str, str]]:
    """What the mechanisms of rounds read."""
    specialties = pathway.values("specialty")
    for stage in pathway.stages.values():
        if stage.mechanism is not None:
            yield f"{stage.name}.meetings", VALUE
        if stage.mechanism == LOTTERY:
            yield from ((f"{stage.name}.{word}", VALUE) for word in LOTTERY_VALUES)
        if stage.mechanism == MATCH:
            words = [word for word in (*NEEDS[MATCH], *OPTIONAL[MATCH]) if not word.endswith(".")]
            yield from ((f"{stage.name}.{word}", VALUE) for word in words)
            yield from ((f"{stage.name}.{word}", RULE) for word in MATCH_RULES)
            yield from ((name, VALUE) for name in visa_policies(stage.name, pathway))
            yield from ((f"{stage.name}.second.{specialty}", RULE) for specialty in specialties)
            yield from ((f"{stage.name}.first_year.share.{specialty}", VALUE) for specialty in specialties)
            yield from ((f"{stage.name}.competitor_wish.{kind}", VALUE) for kind in pathway.competitors)


def of_people(pathway: Pathway) -> Iterator[tuple[str, str]]:
    """What the people of a pathway are counted and drawn from."""
    yield from ((f"population.{word}", VALUE) for word in ("entrants", "stock"))
    yield "academic_year.begins", VALUE
    yield from ((f"population.cell.{country}", VALUE) for country in pathway.parts)
    yield from ((name, DURATION) for name in (*durations_of_people(), "population.stock_age"))
    for trait in DRAWN:
        unit = UNIT_DRAWN[trait.drawn]
        yield from ((name, BY_UNIT[unit]) for name in parameters_drawn(trait, pathway.categories))


def of_livelihood() -> Iterator[tuple[str, str]]:
    """Starting shares and rates of change of the activity statuses, and which of them count as clinical work."""
    yield from ((name, RULE) for name in starting_shares())
    for state in LIVELIHOODS:
        yield from ((f"livelihood.{state}.{other}", RULE) for other in LIVELIHOODS)
        yield from ((f"livelihood.{word}.{state}", VALUE) for word in ("clinical", "experience"))


def of_results(parameters: Parameters, pathway: Pathway) -> Iterator[tuple[str, str]]:
    """Costs of events, in money, and figures that stand beside results: ages at milestones, and others for readers."""
    for event in event_names(pathway):
        name = f"cost.{event}"
        if name not in parameters or parameters[name].unit in MONEY:
            yield name, VALUE
    yield from ((f"comparison.age_{milestone}", VALUE) for milestone in pathway.milestones)
    yield from ((name, VALUE) for name in parameters.family("comparison.") if not name.startswith("comparison.age_"))


def event_names(pathway: Pathway) -> list[str]:
    """Every event that a person can have: of the outcomes and steps of stages, of timers, and the ends."""
    steps = [f"{stage.name}.{word}" for stage in pathway.stages.values() for word in events_of(stage)]
    ends = (stage.name for stage in pathway.stages.values() if stage.kind == "end")
    return ["entry", *steps, *(f"clock.{name}" for name in pathway.timers), *ends]


def unread(parameters: Parameters, read: Mapping[str, str]) -> list[str]:
    """The names of the parameters that nothing reads, in their order: no stage, no rule, no ratio of a rule."""
    known = {name for name in parameters if name in read}
    known |= {
        ratio.parameter
        for name, parameter in parameters.items()
        for ratio in parameter.ratios
        if read.get(name, VALUE) != VALUE
    }
    for name in parameters:
        if read.get(name) == DURATION:
            known.add(dispersion_of(name, parameters[name].distribution) or name)
    return [name for name in parameters if name not in known]
