"""The catalogue of measures: name, label, unit, definition, denominator and groups of everything in the outcomes table.

A function that makes outcome rows is registered with ``@measure`` once for each measure that it makes. A name may be a
pattern such as ``age_<milestone>``, of which every pathway has the names that its own stages and milestones give.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Final

import imgsim.outcomes
from imgsim.base.errors import InputError
from imgsim.engines.records.event_codes import families
from imgsim.inputs.kinds.round import MERIT
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.outcomes.definitions import INTERVALS, MARKET, QUEUE, WAITS

if TYPE_CHECKING:
    from imgsim.outcomes.outcome_rows import Rows
    from imgsim.outcomes.people_arrays import View

Maker = Callable[["View", "Rows"], None]
ALWAYS: Final = ("entry", "graduation")  # dates that every pathway has beside its milestones


@dataclass(frozen=True, slots=True)
class Measure:
    """One entry of the catalogue."""

    name: str  # or a pattern
    label: str
    unit: str
    definition: str
    denominator: str  # what the column `n` counts
    by: tuple[str, ...]  # what its groups may be
    statistics: tuple[str, ...]
    needs: tuple[str, ...]  # milestones and features of a pathway, without which it is not measured

    @property
    def placeholder(self) -> str:
        """What the pattern leaves open, such as ``milestone``; empty for a plain name."""
        return self.name.partition("<")[2].partition(">")[0]


_ENTRIES: dict[str, Measure] = {}
_MAKERS: dict[Maker, list[str]] = {}


def measure(
    *, name: str, label: str, unit: str, definition: str, denominator: str, by: Sequence[str] = ("all",),
    statistics: Sequence[str] = ("share",), needs: Sequence[str] = (),
) -> Callable[[Maker], Maker]:  # fmt: skip
    """Register a measure with the function that makes its rows. ValueError if the name is taken."""
    if name in _ENTRIES:
        raise ValueError(f"there are two measures `{name}`")
    _ENTRIES[name] = Measure(name, label, unit, definition, denominator, tuple(by), tuple(statistics), tuple(needs))

    def registered(maker: Maker) -> Maker:
        _MAKERS.setdefault(maker, []).insert(0, name)  # the lowest decorator is applied first
        return maker

    return registered


@cache
def makers() -> Mapping[Maker, tuple[Measure, ...]]:
    """Every function that makes outcome rows, with its measures, once all modules of this room are loaded."""
    for module in iter_modules(imgsim.outcomes.__path__):
        import_module(f"{imgsim.outcomes.__name__}.{module.name}")
    order = sorted(_MAKERS, key=lambda maker: (maker.__module__, maker.__name__))
    return {maker: tuple(_ENTRIES[name] for name in _MAKERS[maker]) for maker in order}


def entries() -> list[Measure]:
    """All measures, patterns unfilled, in the order of their names."""
    return sorted((entry for made in makers().values() for entry in made), key=lambda entry: entry.name)


def catalogue_of(pathway: Pathway) -> dict[str, Measure]:
    """The measures of a pathway by name, patterns filled in."""
    measures: dict[str, Measure] = {}
    for entry in entries():
        if all(has(pathway, need) for need in entry.needs):
            measures |= filled(entry, pathway)
    return dict(sorted(measures.items()))


def filled(entry: Measure, pathway: Pathway) -> dict[str, Measure]:
    """The measures that a pattern stands for on a pathway; a plain name stands for itself."""
    mark = entry.placeholder
    if not mark:
        return {entry.name: entry}
    named = {entry.name.replace(f"<{mark}>", value): words for value, words in PLACEHOLDERS[mark](pathway).items()}
    return {name: replace(entry, name=name, label=entry.label.replace("{}", words)) for name, words in named.items()}


def entry_of(name: str) -> Measure:
    """The entry about a measure, whatever the pathway. InputError with the nearest name if there is none."""
    makers()
    if name in _ENTRIES:
        return _ENTRIES[name]
    fitting = [entry for entry in _ENTRIES.values() if entry.placeholder and re.fullmatch(as_regex(entry.name), name)]
    if not fitting:
        raise InputError(f"there is no measure `{name}`", name=name, known=sorted(_ENTRIES))
    return max(fitting, key=lambda entry: len(entry.name.replace(f"<{entry.placeholder}>", "")))


def as_regex(pattern: str) -> str:
    """The regular expression of a pattern."""
    before, _, rest = pattern.partition("<")
    return re.escape(before) + ".+" + re.escape(rest.partition(">")[2])


def has(pathway: Pathway, need: str) -> bool:
    """Has a pathway a milestone, or a feature?"""
    if need in FEATURES:
        return FEATURES[need](pathway)
    return need in pathway.milestones or need in ALWAYS


def in_words(name: str) -> str:
    """A name of the pathway as words."""
    return name.replace("_", " ").replace(".", ", ")


def milestones(pathway: Pathway) -> dict[str, str]:
    """The milestones in words."""
    return {name: in_words(name) for name in pathway.milestones}


def pairs(pathway: Pathway, chosen: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Pairs of dates that a pathway has: `entry_to_training` and the like."""
    known = [(since, until) for since, until in chosen if has(pathway, since) and has(pathway, until)]
    return {f"{since}_to_{until}": f"{in_words(since)} to {in_words(until)}" for since, until in known}


def stages(pathway: Pathway, kind: str, mechanisms: Sequence[str | None] = (None,)) -> dict[str, str]:
    """The stages of a kind and mechanism with their labels."""
    chosen = (stage for stage in pathway.stages.values() if stage.kind == kind and stage.mechanism in mechanisms)
    return {stage.name: stage.label for stage in chosen}


def seasons(pathway: Pathway) -> dict[str, str]:
    """The seasons of rounds by merit, by what the label of the first round says before a comma."""
    rounds = families(pathway)
    return {name: pathway.stages[first].label.partition(",")[0] for name, (first, *_) in rounds.items()}


FEATURES: Final[Mapping[str, Callable[[Pathway], bool]]] = {
    "a Match": lambda pathway: any(stage.mechanism == MARKET for stage in pathway.stages.values()),
    "visas": lambda pathway: bool(pathway.categories.get("visa")),
    "several countries": lambda pathway: bool(pathway.parts),
}
PLACEHOLDERS: Final[Mapping[str, Callable[[Pathway], dict[str, str]]]] = {
    "milestone": milestones,
    "interval": lambda pathway: pairs(pathway, INTERVALS),
    "wait": lambda pathway: pairs(pathway, WAITS),
    "exam": lambda pathway: stages(pathway, "exam"),
    "round": lambda pathway: stages(pathway, "round", (QUEUE, MERIT)),
    "season": seasons,
}
PLACEHOLDER_WORDS: Final[Mapping[str, str]] = {
    "milestone": "a milestone of the pathway",
    "interval": "a pair of dates: " + ", ".join(f"{since}_to_{until}" for since, until in INTERVALS),
    "wait": "a pair of milestones: " + ", ".join(f"{since}_to_{until}" for since, until in WAITS),
    "exam": "an exam of the pathway",
    "round": "a round that gives out places by lottery or by merit",
    "season": "what the rounds by merit of one season are called, up to the last dot",
}
