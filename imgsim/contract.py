"""The contract between a road and its numbers: every one used is defined, every one defined is used and understood."""

from __future__ import annotations

from imgsim.addresses import refuse_collisions
from imgsim.errors import InputError
from imgsim.parameters import Parameter, Parameters
from imgsim.pathway import Pathway, required_parameters
from imgsim.traits import CATEGORICAL, LIVELIHOODS, YES_NO, trait_names


def known_categories(pathway: Pathway) -> dict[str, tuple[str, ...]]:
    """The categories of every trait that values can be given by, in the order of their codes."""
    listed: dict[str, tuple[str, ...]] = dict.fromkeys(CATEGORICAL, ())
    listed |= {name: tuple(values) for name, values in pathway.categories.items()}
    listed |= {"group": tuple(pathway.groups), "livelihood": LIVELIHOODS, "competitor": tuple(pathway.competitors)}
    listed |= {"wish": listed["specialty"]}
    return listed | dict.fromkeys([*YES_NO, *(f"flag.{flag}" for flag in pathway.flags)], ("no", "yes"))


def check_contract(parameters: Parameters, pathway: Pathway, changed: bool = False) -> None:
    """InputError at the first name or category that does not fit.

    After a scenario's changes a source of the country may have lost its last citation.
    """
    categories = known_categories(pathway)
    traits = trait_names(tuple(pathway.flags))
    required = dict(required_parameters(pathway))
    for name, unit in required.items():
        if name not in parameters:
            raise InputError(f"the road needs a parameter `{name}` ({unit})", name=name, known=parameters)
        if parameters[name].unit != unit:
            refuse(parameters[name], f"the road needs it in {unit}, not in {parameters[name].unit}")
    used = used_prefixes(pathway)
    for parameter in parameters.values():
        check_categories(parameter, categories)
        check_ratios(parameter, categories, traits)
        if not is_used(parameter.name, parameters, required, used):
            refuse(parameter, "nothing uses a parameter of this name", parameter.name, required)
    check_sources(parameters, all_cited=not changed)
    refuse_collisions(parameters)


def refuse(parameter: Parameter, message: str, name: str | None = None, known: object = ()) -> None:
    """Refuse a parameter where it stands."""
    raise InputError(message, file=parameter.file or None, key=parameter.name, name=name, known=list(known))  # type: ignore[call-overload]


def used_prefixes(pathway: Pathway) -> tuple[str, ...]:
    """Families of names that mechanisms, the population, livelihood and the outcomes read."""
    rounds = [f"{stage.name}." for stage in pathway.stages.values() if stage.kind == "round"]
    return (*rounds, "population.", "livelihood.", "cost.", "comparison.")


def is_used(name: str, parameters: Parameters, required: dict[str, str], prefixes: tuple[str, ...]) -> bool:
    """Is a parameter read by the road, by a family, or as a ratio or spread of one that is?"""
    if name in required or name.startswith(prefixes):
        return True
    if name.endswith(".spread"):
        return is_used(name.removesuffix(".spread"), parameters, required, prefixes)
    owners = [owner for kind in (".odds.", ".times.", ".plus.") for owner in [name.partition(kind)[0]] if owner != name]
    return any(owner in parameters and is_used(owner, parameters, required, prefixes) for owner in owners)


def check_categories(parameter: Parameter, categories: dict[str, tuple[str, ...]]) -> None:
    """Refuse an unknown trait or category, and one without a value."""
    if parameter.by is None:
        return
    if parameter.by not in categories:
        refuse(parameter, f"values cannot be given by `{parameter.by}`", parameter.by, categories)
    known = categories[parameter.by]
    for category in parameter.rows:
        if category not in known:
            refuse(parameter, f"unknown {parameter.by} `{category}`", category, known)
    for category in known:
        if category not in parameter.rows:
            refuse(parameter, f"no value for {parameter.by} `{category}`")


def check_ratios(parameter: Parameter, categories: dict[str, tuple[str, ...]], traits: list[str]) -> None:
    """Refuse ratios over traits or categories that do not exist."""
    for ratio in parameter.ratios:
        if ratio.trait not in traits:
            refuse(parameter, f"unknown trait `{ratio.trait}` in `{ratio.parameter}`", ratio.trait, traits)
        if ratio.category is not None and ratio.category not in categories[ratio.trait]:
            refuse(parameter, f"unknown {ratio.trait} `{ratio.category}`", ratio.category, categories[ratio.trait])


def check_sources(parameters: Parameters, all_cited: bool) -> None:
    """Refuse citations that lead nowhere and sources nobody cites."""
    cited = set()
    for parameter in parameters.values():
        for row in (row for series in parameter.rows.values() for row in series if row.source):
            cited.add(row.source)
            if row.source not in parameters.sources:
                refuse(parameter, f"unknown source `{row.source}`", row.source, parameters.sources)
    for key in parameters.sources:
        if all_cited and key not in cited:
            raise InputError("nothing cites this source", file="sources.toml", key=key, name=key, known=cited)
