"""A pathway through a country as data: a graph of named stages, without parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from imgsim.inputs.traits import BY_NAME, values_listed

TODAY: Final = "today"  # the date, as a trait that conditions may test
FIRST_POST: Final = "residency"  # what the first post under supervision is called, unless a pathway says otherwise
GRADUATES: Final = ("citizen_img", "noncitizen_img")  # groups of a Match of which careers are simulated
TOGETHER: Final = ("img", "all")  # all graduates from abroad, all applicants


@dataclass(frozen=True, slots=True)
class Group:
    """A cell of the population: region of school and citizenship."""

    name: str
    label: str
    region: str
    citizen: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """The stages in which a timer can expire: those of some phases but a few, some by name, or all."""

    everywhere: bool = False
    phases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()  # stages of these phases in which it cannot
    stages: tuple[str, ...] = ()  # stages of other phases in which it can
    country: str = ""  # in a combined pathway: the country whose phases are meant

    def covers(self, stage: Stage) -> bool:
        """Does the timer run in this stage, if time passes there?"""
        if self.everywhere or stage.name in self.stages:
            return True
        is_own = not self.country or stage.name.startswith(f"{self.country}.")
        return is_own and stage.phase in self.phases and stage.name not in self.excluded


@dataclass(frozen=True, slots=True)
class Timer:
    """A competing timer: due on one day of a person's career, it ends the stage in which that day finds the person."""

    name: str
    label: str
    starts: str | None  # "birth", "entry" or None (a stage's outcome starts it)
    applies_in: Scope
    to: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """Part of a condition: a trait has one of some values, or it (or the date) lies between two limits."""

    trait: str  # or TODAY
    values: tuple[str, ...] = ()
    low: float | None = None  # the smallest value, or the first day
    high: float | None = None  # the first value, or the first day, that is too large


Condition = tuple[tuple[Criterion, ...], ...]  # alternatives, each of criteria that must all hold


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the pathway and where each of its outcomes leads."""

    name: str
    kind: str
    label: str
    phase: str
    next: Mapping[str, str]
    starts_timer: Mapping[str, tuple[str, ...]]  # timers that an outcome starts
    sets_flag: Mapping[str, tuple[str, ...]]  # flags that an outcome raises
    sets_trait: Mapping[str, Mapping[str, str]]  # traits that an outcome sets
    increments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # counts that an outcome raises by one
    completes_file: tuple[str, ...] = ()  # outcomes that complete the file that a round asks for
    until: str | None = None
    mechanism: str | None = None
    rule: str | None = None  # of an exam: how a sitting becomes a pass
    livelihood: str | None = None
    end_class: str | None = None
    when: Mapping[str, Condition] = field(
        default_factory=dict
    )  # of a branch: the condition of each option but the last
    source: str = ""  # of a branch: where its rule comes from
    where: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A country in a pathway combined of several."""

    pathway: Pathway
    maps_groups: Mapping[str, str]  # group of the whole -> the group that its people belong to in the country
    redirects: Mapping[str, str]  # stage of the country -> stage of the whole to which arrows into it lead instead


@dataclass(frozen=True, slots=True)
class ApplicantGroup:
    """Kinds of applicants in a Match that published tables count together."""

    label: str
    of: tuple[str, ...]  # kinds of competitors, and of graduates


@dataclass(frozen=True, slots=True)
class Pathway:
    """The pathway of a country with its traits, groups and timers; or those of several countries combined."""

    country: str
    title: str
    entry: str
    stock_entry: str | None
    categories: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, Group]
    flags: Mapping[str, str]
    milestones: Mapping[str, tuple[str, ...]]
    competitors: Mapping[str, str]
    timers: Mapping[str, Timer]
    stages: Mapping[str, Stage]
    parts: Mapping[str, Part] = field(default_factory=dict)  # the countries that the pathway combines, if several
    first_post: str = FIRST_POST  # what the milestone `training` is called
    applicant_groups: Mapping[str, ApplicantGroup] = field(default_factory=dict)
    common: str | None = None  # of these the one whose death rates and activity status hold for everybody

    @property
    def name(self) -> str:
        """The country in words: its title up to the colon."""
        return self.title.partition(":")[0]

    def values(self, trait: str) -> tuple[str, ...]:
        """The values of a yes-or-no or categorical trait in the order of their codes; none if it has no list here."""
        return values_listed(BY_NAME[trait], self.categories) if trait in BY_NAME else ()

    def settable(self, trait: str) -> tuple[str, ...]:
        """The values that a stage may set a trait to, in the order of their codes; none if it may not."""
        return self.values(trait) if trait in BY_NAME and BY_NAME[trait].set_by_stages else ()
