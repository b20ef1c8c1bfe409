"""A pathway and its parameters fit: every one needed is defined, every one defined is used and understood."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from imgsim.base.errors import InputError, Problems
from imgsim.base.files.toml import dotted, locate
from imgsim.base.randomness.addresses import refuse_collisions
from imgsim.inputs.kinds.all_kinds import optional_parameters
from imgsim.inputs.kinds.round import TOGETHER
from imgsim.inputs.parameters.dispersion import DURATIONS, SPREAD, dispersion_of, owner_of
from imgsim.inputs.parameters.parameter import Parameter, Parameters
from imgsim.inputs.parameters.refusals import refuse
from imgsim.inputs.parameters_read import names_read, needed, unread
from imgsim.inputs.pathways.instant_cycles import refuse_standstill
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.plain_values import check_matches, check_plain_values
from imgsim.inputs.published import load_published
from imgsim.inputs.renamed import was_renamed
from imgsim.inputs.traits import (
    BY_CHOICE,
    BY_NAME,
    CATEGORICAL,
    DRAWN,
    LIVELIHOODS,
    YES_NO_TRAITS,
    parameters_drawn,
    trait_names,
)

# The ratios that a unit takes: odds behind the logit, multipliers behind the log, points otherwise.
KIND_OF_RATIO: Final = {"probability": "odds"} | dict.fromkeys(("days", "years", "rate", "amount", "factor"), "times")
FOR_LIFE: Final = ("group", "region")  # traits that no stage changes

SPREAD_UNITS: Final = ("number", "score")  # a dispersion is read as it stands, behind no link


def known_categories(pathway: Pathway) -> dict[str, tuple[str, ...]]:
    """The categories of every trait that values can be given by, in the order of their codes."""
    listed: dict[str, tuple[str, ...]] = dict.fromkeys(CATEGORICAL, ())
    listed |= {name: tuple(values) for name, values in pathway.categories.items()}
    listed |= {"group": tuple(pathway.groups), "livelihood": LIVELIHOODS, "competitor": tuple(pathway.competitors)}
    listed |= {name: listed[BY_NAME[name].values_of] for name in CATEGORICAL if BY_NAME[name].values_of}
    return listed | dict.fromkeys([*YES_NO_TRAITS, *(f"flag.{flag}" for flag in pathway.flags)], ("no", "yes"))


def check_contract(
    parameters: Parameters,
    pathway: Pathway,
    changed: bool = False,
    added: Collection[str] = (),
    file: Path | None = None,
) -> None:
    """One InputError for the first few names or categories that do not fit.

    What a pathway lacks is refused in its ``file``. After a scenario's changes a source of the country may have lost
    its last citation, and a parameter the stage that read it; only the names that the scenario itself ``added`` must
    all be of use.
    """
    problems = Problems()
    required, read = needed(pathway), names_read(parameters, pathway)
    without_effect = set(unread(parameters, read))
    check_required(parameters, pathway, required, problems, file)
    check_matches(pathway, problems, file)
    check_optional(parameters, optional_parameters(pathway), problems)
    check_together(parameters, pathway, problems)
    check_meetings(parameters, pathway, problems)
    check_choices(parameters, pathway, problems)
    check_plain_values(parameters, pathway, problems)
    categories, traits = known_categories(pathway), trait_names(tuple(pathway.flags))
    for parameter in parameters.values():
        with problems:
            check_categories(parameter, categories)
            check_ratios(parameter, parameters, categories, traits)
            check_dispersion(parameter, parameters, required)
            check_width(parameter, parameters)
            if parameter.name in without_effect and (not changed or parameter.name in added):
                refuse(parameter, "nothing uses a parameter of this name", None, parameter.name, read)
    check_sources(parameters, pathway, problems)
    if not changed:
        refuse_uncited(parameters, pathway, file, problems)
    problems.refuse()
    refuse_standstill(parameters, pathway, file)
    refuse_collisions(parameters)


def check_required(
    parameters: Parameters, pathway: Pathway, required: dict[str, str], problems: Problems, file: Path | None
) -> None:
    """Note every parameter that the pathway needs and does not have, or has in another unit."""
    for name, unit in required.items():
        with problems:
            if name not in parameters:
                message = f"the pathway needs a parameter `{name}` ({unit})"
                raise missing_from(pathway, file, stage_in_need(name, pathway), message, name, parameters)
            if parameters[name].unit != unit:
                refuse(parameters[name], f"the pathway needs it in {unit}, not in {parameters[name].unit}", "unit")


def missing_from(
    pathway: Pathway, file: Path | None, path: tuple[str, ...], message: str, name: str, known: Collection[str]
) -> InputError:
    """The error for something that a pathway asks for and nobody gives, in the pathway's file."""
    line, column = locate(file, path) if file and path else (None, None)
    where, key = str(file or f"the pathway of {pathway.country}"), dotted(path) or None
    return InputError(message, file=where, line=line, column=column, key=key, name=name, known=known)


def stage_in_need(name: str, pathway: Pathway) -> tuple[str, ...]:
    """The key of the stage or timer that asks for a parameter; nothing if the people do."""
    stage = name.rpartition(".")[0]
    while stage and stage not in pathway.stages:
        stage = stage.rpartition(".")[0]
    timer = name.removeprefix("clock.")
    return ("stage", stage) if stage else ("clock", timer) if timer in pathway.timers else ()


def check_optional(parameters: Parameters, optional: list[tuple[str, str]], problems: Problems) -> None:
    """Note every optional parameter that is given in another unit."""
    for beginning, unit in optional:
        for name in parameters.family(beginning) if beginning.endswith(".") else [beginning]:
            with problems:
                if name in parameters and parameters[name].unit != unit:
                    refuse(parameters[name], f"the pathway needs it in {unit}, not in {parameters[name].unit}", "unit")


def check_together(parameters: Parameters, pathway: Pathway, problems: Problems) -> None:
    """Note every parameter of a round that is of no use without another one, which is missing."""
    for stage in pathway.stages.values():
        for words in TOGETHER.get(stage.mechanism or "", ()):
            names = [f"{stage.name}.{word}" for word in words]
            given, missing = ([n for n in names if (n in parameters) == there] for there in (True, False))
            with problems:
                if given and missing:
                    refuse(parameters[given[0]], f"needs `{missing[0]}` beside it")


def check_meetings(parameters: Parameters, pathway: Pathway, problems: Problems) -> None:
    """Note every round that is told to meet several times a year and does not share its places out among meetings."""
    for stage in pathway.stages.values():
        held = parameters.get(f"{stage.name}.meetings")
        with problems:
            if held is not None and stage.mechanism != "lottery":
                refuse(held, 'only a round with `mechanism = "lottery"` can meet several times a year')
            if held is not None and held.unit != "count":
                refuse(held, f"the pathway needs it in count, not in {held.unit}", "unit")


def check_choices(parameters: Parameters, pathway: Pathway, problems: Problems) -> None:
    """Note every category of a drawn trait that has a number while one before it, which takes all others, has none."""
    for trait in DRAWN:
        names = parameters_drawn(trait, pathway.categories) if trait.drawn == BY_CHOICE else []
        missing = next((name for name in names if name not in parameters), "")
        for name in names[names.index(missing) :] if missing and names[0] in parameters else []:
            with problems:
                if name in parameters:
                    refuse(parameters[name], f"nobody is left for it: `{missing}`, without a number, takes all others")


def check_categories(parameter: Parameter, categories: dict[str, tuple[str, ...]]) -> None:
    """Refuse an unknown trait or category, and one without a value."""
    if parameter.by is None:
        return
    if parameter.by not in categories:
        refuse(parameter, f"values cannot be given by `{parameter.by}`", "by", parameter.by, categories)
    if parameter.name.startswith("cost.") and parameter.by not in FOR_LIFE:
        refuse(parameter, f"costs can differ by {', '.join(FOR_LIFE)}, not by `{parameter.by}`", "by")
    known = categories[parameter.by]
    for category in parameter.rows:
        if category not in known:
            refuse(parameter, f"unknown {parameter.by} `{category}`", category, category, known)
    for category in known:
        if category not in parameter.rows:
            refuse(parameter, f"no value for {parameter.by} `{category}`", "of")


def check_ratios(
    parameter: Parameter, parameters: Parameters, categories: dict[str, tuple[str, ...]], traits: list[str]
) -> None:
    """Refuse ratios of the wrong kind, and those over traits or categories that do not exist."""
    wanted = KIND_OF_RATIO.get(parameter.unit, "plus")
    for ratio in parameter.ratios:
        own, trait = parameters[ratio.parameter], ratio.trait
        if ratio.kind != wanted:
            refuse(own, f"a parameter in {parameter.unit} takes `{wanted}`, not `{ratio.kind}`")
        if trait not in traits:
            like = trait if trait.startswith("flag.") else trait.partition(".")[0]
            refuse(own, f"unknown trait `{trait}`", None, like, traits)
        if ratio.category is None and trait in CATEGORICAL:
            refuse(own, f"needs a category of `{trait}`: one of {', '.join(categories[trait])}")
        if ratio.category is not None and ratio.category not in categories[trait]:
            refuse(own, f"unknown {trait} `{ratio.category}`", None, ratio.category, categories[trait])


def check_dispersion(parameter: Parameter, parameters: Parameters, required: Mapping[str, str]) -> None:
    """Refuse a dispersion whose name does not fit the distribution of its owner, and one that a link would distort."""
    owner = owner_of(parameter.name)
    if owner is None or (owner in required and owner not in parameters):  # a missing owner is noted elsewhere
        return
    unit = parameters[owner].unit if owner in parameters else "score"
    if unit in DURATIONS:
        refuse_other_name(parameter, parameters[owner])
    elif unit != "score" or not parameter.name.endswith(f".{SPREAD}"):
        refuse(parameter, f"only days and years have a `sd_log` or `scale`, and only scores a `{SPREAD}`")
    if parameter.unit not in SPREAD_UNITS:
        refuse(parameter, f"a dispersion is given in {' or '.join(SPREAD_UNITS)}, not in {parameter.unit}", "unit")


def check_width(parameter: Parameter, parameters: Parameters) -> None:
    """Refuse a Gompertz duration without the width of its distribution: of a width of 0 there is none."""
    if parameter.distribution == "gompertz":
        width = dispersion_of(parameter.name, parameter.distribution)
        if width not in parameters:
            refuse(parameter, f"a gompertz duration needs `{width}`, the width of its distribution", "distribution")


def refuse_other_name(parameter: Parameter, duration: Parameter) -> None:
    """Refuse the dispersion of a duration by another name than that of its distribution."""
    distribution = duration.distribution or "lognormal"
    right = dispersion_of(duration.name, distribution)
    if parameter.name == right:
        return
    if right is None:
        refuse(parameter, f"an {distribution} duration has no parameter but its mean")
    if parameter.name.endswith(f".{SPREAD}"):
        refuse(parameter, was_renamed(parameter.name, right))
    refuse(parameter, f"a {distribution} duration has `{right}`")


def check_sources(parameters: Parameters, pathway: Pathway, problems: Problems) -> None:
    """Note citations that lead nowhere."""
    for parameter in parameters.values():
        for source in sources_of(parameter):
            with problems:
                if source not in parameters.sources:
                    refuse(parameter, f"unknown source `{source}`", "source", source, parameters.sources)
    for stage in pathway.stages.values():
        if stage.source and stage.source not in parameters.sources:
            key = f"stage.{stage.name}.source"
            problems.add(
                InputError(f"unknown source `{stage.source}`", key=key, name=stage.source, known=parameters.sources)
            )


def sources_of(parameter: Parameter) -> list[str]:
    """The sources that a parameter cites, each once."""
    return list(dict.fromkeys(row.source for rows in parameter.rows.values() for row in rows if row.source))


def refuse_uncited(parameters: Parameters, pathway: Pathway, file: Path | None, problems: Problems) -> None:
    """Note sources that no parameter, stage or published figure cites."""
    cited = {source for parameter in parameters.values() for source in sources_of(parameter)}
    cited |= {stage.source for stage in pathway.stages.values()}
    if file is not None and not cited.issuperset(parameters.sources):  # reading the figures takes a while
        cited |= {figure.source for figure in load_published(file.parent)}
    for key in parameters.sources:
        if key not in cited:
            problems.add(InputError("nothing cites this source", file="sources.toml", key=key, name=key, known=cited))
