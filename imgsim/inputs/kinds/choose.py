"""A choice: one of several options at once, each with a probability; the last option takes the rest."""

from __future__ import annotations

from typing import Final

from imgsim.inputs.kinds.kind import OTHERWISE, Kind, Shape
from imgsim.inputs.pathways.pathway import Stage


def parameters(stage: Stage) -> dict[str, str]:
    """A probability for each option but the last, among those whom the options before have left."""
    return dict.fromkeys(list(stage.next)[:-1], "probability")


CHOOSE: Final = Kind(
    name="choose",
    description="One of several ways, by odds that depend on the person and the date.",
    outcomes=None,
    parameters=parameters,
    sentences={OTHERWISE: "{question} {outcome}"},
    shape=Shape(("{{", "}}"), "#fff6d6", "#b58900", "choice: one of several ways", outline="hexagon"),
    instant=True,
)
