"""A wait: something takes time, or lasts until a date, and may be refused at its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from imgsim.base.files.toml import Table
from imgsim.inputs.kinds.kind import Kind, Shape
from imgsim.inputs.pathways.pathway import Stage

GRADUATION, POST = "graduation", "post"  # what a wait may last until, besides a date of a round
UNTIL: Final = (GRADUATION, POST)


def fields(table: Table, outcomes: Mapping[str, str]) -> dict[str, Any]:
    """The date that a wait lasts until, if it has one."""
    return {"until": table.text("until", None)}


def parameters(stage: Stage) -> dict[str, str]:
    """How long the wait takes, unless it ends on a date, and the probability of a refusal where one is wired."""
    units = {} if stage.until else {"done": "days"}
    return units | ({"refused": "probability"} if "refused" in stage.next else {})


def optional(stage: Stage) -> dict[str, str]:
    """How long before graduation a wait until graduation ends."""
    return {"before": "days"} if stage.until == GRADUATION else {}


WAIT: Final = Kind(
    name="wait",
    description="Something that takes time.",
    outcomes=("done", "refused"),
    certain=("done",),
    keys=("until",),
    fields=fields,
    parameters=parameters,
    optional=optional,
    quantities=("done", "refused", "before"),
    sentences={"done": "{label}: done", "refused": "{label}: REFUSED"},
    shape=Shape(("(", ")"), "#f4f1ea", "#8a7a55", "wait: something takes time", outline="pill"),
)
