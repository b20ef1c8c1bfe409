"""Combine the pathways of several countries: stages under each country's name, one population, ways between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from imgsim.base.errors import InputError
from imgsim.inputs.kinds.round import MATCH
from imgsim.inputs.pathways.pathway import Condition, Criterion, Part, Pathway, Scope, Stage, Timer
from imgsim.inputs.pathways.reachability import reachable
from imgsim.inputs.traits import BY_NAME, DRAWN, YES_NO, Trait

ENTERING: Final = "entering"  # below a country's name: the stages where its own traits are given to a newcomer
TRIED: Final = "tried"  # below a country's name: the flag of those who have set out for it
UNNAMED: Final = ("graduation", "post")  # what a wait may last until that belongs to no stage
DRAWN_BY_COUNTRY: Final = tuple(trait for trait in DRAWN if trait.seen_by_country)


def composed(whole: Pathway) -> Pathway:
    """The combined pathway with those of its countries in it, without the stages that nothing leads to any more."""
    stages, timers = dict(whole.stages), dict(whole.timers)
    for name, part in whole.parts.items():
        stages |= entering(name, part.pathway) | {
            below(name, stage.name): stage_below(name, stage, part) for stage in part.pathway.stages.values()
        }
        timers |= {
            below(name, timer.name): timer_below(name, timer, part.redirects) for timer in own_timers(part.pathway)
        }
    pathway = replace(
        whole,
        stages=stages,
        timers=timers,
        categories=categories_of(whole),
        flags={**whole.flags, **flags_of(whole)},
        milestones=milestones_of(whole),
        applicant_groups={k: g for part in whole.parts.values() for k, g in part.pathway.applicant_groups.items()},
        competitors={key: label for part in whole.parts.values() for key, label in part.pathway.competitors.items()},
    )
    reached = reachable(pathway)
    return replace(pathway, stages={k: v for k, v in stages.items() if k in reached or k in whole.stages})


def entering_stage(country: str, word: str = "") -> str:
    """The name of a stage that gives a newcomer to a country one trait."""
    return below(country, f"{ENTERING}.{word}" if word else ENTERING)


def below(country: str, name: str) -> str:
    """The name, in the combined pathway, of something of a country."""
    return f"{country}.{name}"


def stage_below(country: str, stage: Stage, part: Part) -> Stage:
    """A country's stage as one of the combined pathway; arrows into redirected stages lead to their replacements."""
    following = {k: part.redirects.get(to, below(country, to)) for k, to in stage.next.items()}
    until = stage.until if stage.until in (None, *UNNAMED) else below(country, str(stage.until))
    return replace(
        stage,
        name=below(country, stage.name),
        next=following,
        starts_timer={outcome: all_below(country, timers) for outcome, timers in stage.starts_timer.items()},
        sets_flag={outcome: all_below(country, flags) for outcome, flags in stage.sets_flag.items()},
        until=until,
        when={option: condition_below(country, condition, part) for option, condition in stage.when.items()},
        source=below(country, stage.source) if stage.source else "",
    )


def condition_below(country: str, condition: Condition, part: Part) -> Condition:
    """A country's condition in the combined pathway, without alternatives that none of its groups can meet."""
    alternatives = [tuple(criterion_below(country, one, part) for one in criteria) for criteria in condition]
    return tuple(criteria for criteria in alternatives if None not in criteria)  # type: ignore[misc]


def criterion_below(country: str, criterion: Criterion, part: Part) -> Criterion | None:
    """A country's criterion in the combined pathway: its own flags, and groups that stand for its regions."""
    if criterion.trait.startswith("flag."):
        return replace(criterion, trait=f"flag.{below(country, criterion.trait.removeprefix('flag.'))}")
    if criterion.trait not in ("group", "region"):
        return criterion
    cells = {group: part.pathway.groups[cell] for group, cell in part.maps_groups.items()}
    own = {group: cell.name if criterion.trait == "group" else cell.region for group, cell in cells.items()}
    groups = tuple(group for group, value in own.items() if value in criterion.values)
    return Criterion("group", groups) if groups else None


def all_below(country: str, names: Iterable[str]) -> tuple[str, ...]:
    """The names, in the combined pathway, of things of a country."""
    return tuple(below(country, name) for name in names)


def own_timers(pathway: Pathway) -> list[Timer]:
    """The timers that a country does not share with all others, as they share death."""
    return [timer for timer in pathway.timers.values() if not timer.applies_in.everywhere]


def timer_below(country: str, timer: Timer, instead: Mapping[str, str]) -> Timer:
    """A country's timer in the combined pathway; a start at entry becomes the day of setting out for the country."""
    return replace(
        timer,
        name=below(country, timer.name),
        starts=None if timer.starts == "entry" else timer.starts,
        applies_in=scope_below(country, timer.applies_in),
        to=instead.get(timer.to, below(country, timer.to)),
    )


def scope_below(country: str, scope: Scope) -> Scope:
    """The stages of the combined pathway in which a country's timer can expire."""
    excluded, stages = all_below(country, scope.excluded), all_below(country, scope.stages)
    return replace(scope, excluded=excluded, stages=stages, country=country)


# --- entering a country: its own view of the person --------------------------------------------------------------


def entering(country: str, pathway: Pathway) -> dict[str, Stage]:
    """The stages, passed in no time, that give a newcomer the traits which a country sees in its own way.

    Citizenship follows from the group, the other traits that differ between countries are drawn by the country's own
    numbers; its clocks of entry start.
    """
    begun = all_below(country, (timer.name for timer in own_timers(pathway) if timer.starts == "entry"))
    steps: list[tuple[str, dict[str, dict[str, str]]]] = [
        ("", {"citizen": {"citizen": "yes"}, "other": {"citizen": "no"}}),
        *((trait.seen_by_country, written(trait.name, options_of(trait, pathway))) for trait in DRAWN_BY_COUNTRY),
    ]
    steps = [(word, status) for word, status in steps if len(status) > 1]
    names = [entering_stage(country, word) for word, _ in steps] + [below(country, pathway.entry)]
    refuse_taken(country, pathway, names[:-1])
    return {
        name: Stage(
            name, "choose", f"Newcomer to {country}: {word or 'citizen or permanent resident'}?",
            pathway.stages[pathway.entry].phase, dict.fromkeys(status, after),
            {} if word else dict.fromkeys(status, begun),
            {} if word else dict.fromkeys(status, (below(country, TRIED),)), status,
        )
        for name, after, (word, status) in zip(names, names[1:], steps, strict=False)
    }  # fmt: skip


def options_of(trait: Trait, pathway: Pathway) -> tuple[str, ...]:
    """The options of the choice that gives a newcomer a trait, those with numbers first: yes before no."""
    return pathway.values(trait.name)[::-1] if trait.kind == YES_NO else pathway.values(trait.name)


def written(trait: str, values: Iterable[str]) -> dict[str, dict[str, str]]:
    """What each option of a choice of a trait writes."""
    return {value: {trait: value} for value in values}


def refuse_taken(country: str, pathway: Pathway, names: Iterable[str]) -> None:
    """InputError if a country has a stage of its own by such a name."""
    for name in names:
        own = name.removeprefix(f"{country}.")
        if own in pathway.stages:
            raise InputError(
                f"the pathway of {country} has a stage `{own}`, a name that combined pathways need", key=name
            )


# --- what the countries bring along ------------------------------------------------------------------------------


def categories_of(whole: Pathway) -> dict[str, tuple[str, ...]]:
    """The categories of the combined pathway: its own, then those of its countries, each once, in their order."""
    found = {trait: list(values) for trait, values in whole.categories.items()}
    for part in whole.parts.values():
        for trait, values in part.pathway.categories.items():
            if trait not in whole.categories:
                held = found.setdefault(trait, [])
                held += [value for value in values if value not in held]
    return {trait: tuple(values) for trait, values in found.items()}


def flags_of(whole: Pathway) -> dict[str, str]:
    """The flags of all countries, and one for those who have set out for each."""
    found: dict[str, str] = {}
    for name, part in whole.parts.items():
        found[below(name, TRIED)] = f"has set out for {name}"
        found |= {below(name, flag): label for flag, label in part.pathway.flags.items()}
    return found


def milestones_of(whole: Pathway) -> dict[str, tuple[str, ...]]:
    """Each milestone reached in any country, in each country, and setting out for it."""
    anywhere: dict[str, tuple[str, ...]] = dict(whole.milestones)
    inside: dict[str, tuple[str, ...]] = {}
    for name, part in whole.parts.items():
        inside[below(name, ENTERING)] = tuple(below(name, f"{ENTERING}.{k}") for k in ("citizen", "other"))
        for milestone, events in part.pathway.milestones.items():
            inside[below(name, milestone)] = all_below(name, events)
            anywhere[milestone] = (*anywhere.get(milestone, ()), *all_below(name, events))
    return anywhere | inside


def seen_from(whole: Pathway, stage: str, file: str | None = None) -> Pathway:
    """The combined pathway as the country of a stage sees it: with its own categories, competitors and names of flags.

    The codes of a country's categories must be those of the whole, which holds where no other country stands before
    it in the whole with other values; a country that a mechanism asks for codes and that breaks this is refused
    in the ``file`` of the whole.
    """
    country = next((name for name in whole.parts if stage.startswith(f"{name}.")), None)
    if country is None:
        return whole
    own = whole.parts[country].pathway
    shared = {trait: values for trait, values in whole.categories.items() if BY_NAME[trait].by_group}
    for trait, values in own.categories.items():
        if trait in shared:
            continue
        if whole.stages[stage].mechanism == MATCH and whole.categories.get(trait, ())[: len(values)] != values:
            message = f"a country with a Match must come first among those combined: its `{trait}`"
            raise InputError(message, file=file, key=country)
    flags = {flag.removeprefix(f"{country}."): label for flag, label in whole.flags.items()}
    categories = {**whole.categories, **own.categories, **shared}
    return replace(whole, flags=flags, categories=categories, competitors=own.competitors)
