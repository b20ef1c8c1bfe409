"""A pathway is data: the road through a country as a graph of named stages, wiring and no numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from imgsim.inputs.traits import BY_NAME, values_listed

# The outcomes of each stage kind; None: the pathway names its own options.
OUTCOMES: Final[Mapping[str, tuple[str, ...] | None]] = {
    "exam": ("passed", "exhausted", "lapsed", "failed", "borderline"),
    "wait": ("done", "refused"),
    "choose": None,
    "round": ("placed", "unplaced", "ineligible"),
    "work": ("completed", "left"),
    "end": (),
}
# Those that can come about in every stage of the kind, and so must lead somewhere.
CERTAIN: Final[Mapping[str, tuple[str, ...]]] = {
    "exam": ("passed", "exhausted"),
    "wait": ("done",),
    "round": ("placed", "unplaced", "ineligible"),
    "work": ("left",),
}
PASS_RULES: Final[Mapping[str, Mapping[str, str]]] = {  # richer than one probability: what each reads, with units
    "stations": {
        "station": "probability", "stations": "count", "pass_mark": "count", "compulsory": "count",
        "subject_stations": "count",
    },
    "adaptive": {"performance": "score", "items": "count", "discrimination": "amount", "pass_mark": "score"},
}  # fmt: skip
MERIT: Final = "ranked"  # places by merit
MECHANISMS: Final = ("match", "lottery", MERIT)  # the ways to allocate the places of a round
# Name and unit of the parameters that a mechanism cannot do without; it may read others below the name of its round.
NEEDS_OF_MECHANISM: Final[Mapping[str, Mapping[str, str]]] = {
    "ranked": {"places": "count", "merit": "score", "merit.spread": "number"},
}
# The same of parameters that a stage may leave out; a name that ends in a dot stands for all below it.
OPTIONAL: Final[Mapping[str, Mapping[str, str]]] = {
    "exam": {"session.": "month-day", "apart": "count"},
    "graduation": {"before": "days"},
    "ranked": {"elsewhere": "probability", "closed": "flag", "gap_limit": "years", "least_practice": "years"},
}
END_CLASSES: Final = ("retired", "alternative_career", "gave_up", "left_country", "died")
MARKS: Final = ("opens", "reads", "closes", "allocates", "starts")


FIRST_POST: Final = "residency"  # what the first post under supervision is called, unless a road says otherwise


@dataclass(frozen=True, slots=True)
class Group:
    """A cell of the population: region of school and citizenship."""

    name: str
    label: str
    region: str
    citizen: bool


@dataclass(frozen=True, slots=True)
class Timer:
    """A rival clock: it holds one due day on the person and strikes in the stages named, or everywhere."""

    name: str
    label: str
    starts: str | None  # "birth", "entry" or None (a stage's outcome starts it)
    applies_in: tuple[str, ...] | str
    to: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the road and where each of its outcomes leads."""

    name: str
    kind: str
    label: str
    phase: str
    next: Mapping[str, str]
    starts: Mapping[str, tuple[str, ...]]  # clocks that an outcome starts
    sets: Mapping[str, tuple[str, ...]]  # flags that an outcome raises
    status: Mapping[str, Mapping[str, str]]  # traits that an outcome sets
    adds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # counts that an outcome raises by one
    ready: tuple[str, ...] = ()  # outcomes that complete the papers for a round
    until: str | None = None
    mechanism: str | None = None
    rule: str | None = None  # of an exam: how a sitting becomes a pass
    livelihood: str | None = None
    end_class: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A country in a road composed of several."""

    pathway: Pathway
    become: Mapping[str, str]  # group of the whole -> the group that its people belong to in the country
    instead: Mapping[str, str]  # stage of the country -> stage of the whole to which arrows into it lead instead


@dataclass(frozen=True, slots=True)
class Pathway:
    """A country's road with the traits, groups and clocks it speaks of; or several countries' roads composed."""

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
    parts: Mapping[str, Part] = field(default_factory=dict)  # the countries that the road is composed of, if several
    first_post: str = FIRST_POST  # what the milestone `training` is called
    common: str | None = None  # of these the one whose death rates and second track hold for everybody

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


def required_parameters(pathway: Pathway) -> list[tuple[str, str]]:
    """Name and unit of every parameter that the stages and clocks of a pathway need."""
    stages = [need for stage in pathway.stages.values() for need in needs_of(stage)]
    return [*stages, *((f"clock.{name}", "years") for name in pathway.timers)]


def needs_of(stage: Stage) -> list[tuple[str, str]]:
    """Name and unit of every parameter that one stage needs."""
    units: dict[str, str] = {}
    if stage.kind == "exam":
        units = {"prepare": "days", "result": "days", "attempts": "count"}
        units |= PASS_RULES[stage.rule] if stage.rule else {"passed": "probability"}
        units |= {"borderline": "count"} if "borderline" in stage.next else {}
        units |= {"open": "probability"} if "lapsed" in stage.next else {}
        if "failed" not in stage.next:  # sits again in the same stage
            units |= {"retake": "days", "late_gap": "days", "per_year": "count"}
    elif stage.kind == "wait":
        units = {} if stage.until else {"done": "days"}
        units |= {"refused": "probability"} if "refused" in stage.next else {}
    elif stage.kind == "choose":
        units = dict.fromkeys(list(stage.next)[:-1], "probability")
    elif stage.kind == "work":
        units = {"left": "rate"} | ({"completed": "years"} if "completed" in stage.next else {})
    elif stage.kind == "round":
        units = dict.fromkeys(MARKS, "month-day")
        units |= NEEDS_OF_MECHANISM.get(stage.mechanism or "", {})
    return [(f"{stage.name}.{word}", unit) for word, unit in units.items()]


def optional_parameters(pathway: Pathway) -> list[tuple[str, str]]:
    """Name (or beginning of names) and unit of every parameter that the stages of a pathway may leave out."""
    return [
        (f"{stage.name}.{word}", unit)
        for stage in pathway.stages.values()
        for key in (stage.kind, stage.until, stage.mechanism)
        for word, unit in OPTIONAL.get(key or "", {}).items()
    ]
