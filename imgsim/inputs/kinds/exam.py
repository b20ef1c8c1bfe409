"""An exam: prepare, sit, wait for the result, and sit again after a failure while the attempt limit allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from imgsim.base.files.toml import Table
from imgsim.inputs.kinds.kind import Kind, Shape
from imgsim.inputs.pathways.pathway import Stage

# Pass rules richer than one probability: the parameters each reads, with units.
PASS_RULES: Final[Mapping[str, Mapping[str, str]]] = {
    "stations": {
        "station": "probability", "stations": "count", "pass_mark": "count", "compulsory": "count",
        "subject_stations": "count",
    },
    "adaptive": {"performance": "score", "items": "count", "discrimination": "amount", "pass_mark": "score"},
}  # fmt: skip
DETAILS: Final = {
    None: "",
    "stations": "Passed station by station: the stations passed count against a mark.",
    "adaptive": "An adaptive test: ability measured with error, against a mark.",
}
SAT, PASSED, NOT_PASSED = 0, 1, 2  # what an event means for the count of sittings
RESULTS: Final = {"sat": SAT, "passed": PASSED, "failed": NOT_PASSED, "borderline": NOT_PASSED}


def fields(table: Table, outcomes: Mapping[str, str]) -> dict[str, Any]:
    """The pass rule of an exam; only an exam by stations can end in a borderline result."""
    rule = table.text("rule", None)
    if rule is not None and rule not in PASS_RULES:
        table.fail(f"unknown pass rule `{rule}`", "rule", name=rule, known=PASS_RULES)
    if "borderline" in outcomes and rule != "stations":
        table.table("next").fail("only an exam by stations can be borderline", "borderline")
    return {"rule": rule}


def parameters(stage: Stage) -> dict[str, str]:
    """What an exam needs; the spacing of sittings only where a failure leads to another sitting in the same stage."""
    units = {"prepare": "days", "result": "days", "attempts": "count"}
    units |= PASS_RULES[stage.rule] if stage.rule else {"passed": "probability"}
    units |= {"borderline": "count"} if "borderline" in stage.next else {}
    units |= {"open": "probability"} if "lapsed" in stage.next else {}
    units |= {} if "failed" in stage.next else {"retake": "days", "late_gap": "days", "per_year": "count"}
    return units


def optional(stage: Stage) -> dict[str, str]:
    """Yearly sessions, and how many of them must pass between two sittings."""
    return {"session.": "month-day", "apart": "count"}


EXAM: Final = Kind(
    name="exam",
    description="An exam, sat after preparation and again after a failure, up to the attempt limit in force.",
    outcomes=("passed", "exhausted", "lapsed", "failed", "borderline"),
    certain=("passed", "exhausted"),
    keys=("rule",),
    fields=fields,
    parameters=parameters,
    optional=optional,
    quantities=(
        "prepare", "retake", "result", "attempts", "per_year", "late_gap", "open", "apart", "session.1",
    ),
    events=("sat", "failed"),
    sentences={
        "sat": "sits {label}, attempt {value}",
        "failed": "fails {label} (attempt {value})",
        "passed": "passes {label}",
        "borderline": "comes close in {label}: borderline",
        "exhausted": "may not sit {label} again: the attempts are used up",
        "lapsed": "can no longer sit {label}: it is not given any more",
    },
    details=lambda stage: DETAILS[stage.rule],
    shape=Shape(("[[", "]]"), "#e3ecfa", "#2f5fa8", "exam: sat until passed or attempts run out", inside="bars"),
)  # fmt: skip
