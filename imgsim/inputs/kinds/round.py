"""A round: people wait for a yearly date, on which scarce places are allocated among all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from imgsim.base.files.toml import Table
from imgsim.inputs.kinds.kind import Kind, Shape
from imgsim.inputs.pathways.pathway import Stage
from imgsim.inputs.renamed import answer_to_value

MARKS: Final = ("opens", "reads", "closes", "allocates", "starts")  # the dates of a round
LOTTERY: Final = "lottery"  # places by lot
MERIT: Final = "ranked"  # places by merit
MATCH: Final = "match"  # places by rank lists of both sides
MECHANISMS: Final = (MATCH, LOTTERY, MERIT)  # the ways to allocate the places of a round
# What a mechanism cannot do without, and what it may have; it may read others below the name of its round.
NEEDS: Final[Mapping[str, Mapping[str, str]]] = {
    MATCH: {
        "values_as_of": "month-day",
        **dict.fromkeys(("positions", "outside_seats", "programmes", "least_programmes", "competitors"), "count"),
        **dict.fromkeys(("interviews_per_position", "soap.rounds", "soap.applications"), "count"),
        **dict.fromkeys(("specialty_share", "considers", "letter.programmes", "backup"), "probability"),
        **dict.fromkeys(("soap.takes_part", "soap.appeal", "screen.failed", "screen.experience"), "probability"),
        **dict.fromkeys(("openness", "openness.citizen", "openness.spread", "attraction", "wish_bonus"), "score"),
        **dict.fromkeys(("screen.spread", "interview.spread", "interview.manner", "interview.least"), "score"),
        **dict.fromkeys(("merit", "merit.spread", "soap.merit", "competitor_ability", "ability_weight"), "score"),
        **dict.fromkeys(("programme.size_spread", "programme.openness_sponsors"), "number"),
        **dict.fromkeys(("screen.gap.sd_log", "interviews_attended.variation"), "number"),
        **dict.fromkeys(("screen.gap", "screen.experience.least"), "years"),
        **dict.fromkeys(("applications", "interviews_attended"), "amount"),
        "outside_seats.open_share": "probability",
        "letter.required": "flag",
        "second_specialty_every": "count",
    },
    MERIT: {"places": "count", "merit": "score", "merit.spread": "number"},
    LOTTERY: {"jurisdictions": "count", "places": "count", "concentration": "number"},
}
OPTIONAL: Final[Mapping[str, Mapping[str, str]]] = {
    MATCH: {
        **dict.fromkeys(("applications.cap", "signals", "programmes.advanced", "positions.advanced"), "count"),
        "signals.weight": "score",
        "advanced_share": "probability",
        # Families: by specialty, for those that give it.
        **dict.fromkeys(("second.", "first_year.share."), "probability"),
        # One-year posts: which specialties they are, who applies for them, and to which of them.
        "first_year": "flag",
        **dict.fromkeys(("first_year.linked", "first_year.fallback"), "probability"),
        **dict.fromkeys(("first_year.applications", "first_year.interviews_attended"), "amount"),
    },
    MERIT: {"elsewhere": "probability", "closed": "flag", "gap_limit": "years", "least_practice": "years"},
    LOTTERY: {"growth": "count", "growth.when_used": "probability"},
}
# What is given together or not at all.
TOGETHER: Final[Mapping[str, Sequence[Sequence[str]]]] = {
    MATCH: (
        ("positions.advanced", "programmes.advanced", "advanced_share"),
        ("first_year", "first_year.fallback", "first_year.applications", "first_year.interviews_attended"),
    ),
}
APPLIED, PLACED = 0, 1  # what an event means for the count of seasons
SEASON: Final = {"entered": APPLIED, "placed": PLACED}


def fields(table: Table, outcomes: Mapping[str, str]) -> dict[str, Any]:
    """How the places of a round are allocated."""
    mechanism = table.text("mechanism")
    if answer := answer_to_value("mechanism", mechanism):
        table.fail(answer, "mechanism")
    if mechanism not in MECHANISMS:
        table.fail(f"unknown mechanism `{mechanism}`", "mechanism", name=mechanism, known=MECHANISMS)
    return {"mechanism": mechanism}


def parameters(stage: Stage) -> dict[str, str]:
    """The dates of a round, and what its mechanism cannot do without."""
    return dict.fromkeys(MARKS, "month-day") | dict(NEEDS.get(stage.mechanism or "", {}))


def optional(stage: Stage) -> Mapping[str, str]:
    """What the mechanism of a round may have."""
    return OPTIONAL.get(stage.mechanism or "", {})


ROUND: Final = Kind(
    name="round",
    description="Places allocated on fixed dates among all who wait for them.",
    outcomes=("placed", "unplaced", "ineligible"),
    certain=("placed", "unplaced", "ineligible"),
    keys=("mechanism",),
    fields=fields,
    parameters=parameters,
    optional=optional,
    events=("entered",),
    sentences={
        "entered": "enters {label}, {value}",
        "placed": "is given a place in {label}",
        "unplaced": "gets no place in {label}",
        "ineligible": "cannot take part in {label}: requirements not met in time",
    },
    shape=Shape(("[/", "/]"), "#efe3f7", "#7a3fa0", "round: places allocated on a date", corner=3, inside="frame"),
)
