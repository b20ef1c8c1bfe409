"""Work: a position held until it is completed, or left at a yearly rate."""

from __future__ import annotations

from typing import Final

from imgsim.inputs.kinds.kind import Kind, Shape
from imgsim.inputs.pathways.pathway import Stage


def parameters(stage: Stage) -> dict[str, str]:
    """The yearly rate of leaving, and the length of a position that can be completed."""
    return {"left": "rate"} | ({"completed": "years"} if "completed" in stage.next else {})


WORK: Final = Kind(
    name="work",
    description="A position held for a time, with a yearly risk of leaving.",
    outcomes=("completed", "left"),
    certain=("left",),
    parameters=parameters,
    quantities=("completed", "left"),
    events=("started",),
    sentences={"started": "begins: {label}", "completed": "completes: {label}", "left": "leaves: {label}"},
    shape=Shape(("[", "]"), "#e2f3e6", "#2e7d46", "work: a position held for a time"),
)
