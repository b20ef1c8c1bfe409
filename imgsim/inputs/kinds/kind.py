"""What makes a stage kind: its outcomes, its keys and parameters, its events, and how it is worded and drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from imgsim.base.files.toml import Table
from imgsim.inputs.pathways.pathway import Stage

OTHERWISE = ""  # key of the sentence for outcomes without one of their own


@dataclass(frozen=True, slots=True)
class Shape:
    """How a stage of the kind is drawn: Mermaid's brackets; outline, colours and legend of the SVG picture."""

    brackets: tuple[str, str]
    fill: str
    line: str
    legend: str
    outline: str = "rectangle"  # or "pill", "hexagon", "octagon"
    corner: float = 2  # radius of a rectangle's corners
    inside: str = ""  # "bars" or "frame" drawn inside the outline


def no_fields(table: Table, outcomes: Mapping[str, str]) -> dict[str, Any]:
    """A kind without keys of its own fills no fields of a stage."""
    return {}


def no_parameters(stage: Stage) -> dict[str, str]:
    """A kind that reads no parameters."""
    return {}


def no_details(stage: Stage) -> str:
    """A kind about which nothing more is to be said."""
    return ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A stage kind. Parameters are named by their last word, after the stage's name."""

    name: str
    description: str  # one sentence of the model description
    outcomes: tuple[str, ...] | None  # None: the pathway names its own options
    shape: Shape
    certain: tuple[str, ...] = ()  # outcomes that can occur in every stage of the kind, and so must lead somewhere
    keys: tuple[str, ...] = ()  # TOML keys that only this kind has
    fields: Callable[[Table, Mapping[str, str]], dict[str, Any]] = no_fields  # what these keys say, by field of Stage
    parameters: Callable[[Stage], Mapping[str, str]] = no_parameters  # last word and unit of what a stage needs
    optional: Callable[[Stage], Mapping[str, str]] = no_parameters  # and may have; a trailing dot names a family
    quantities: tuple[str, ...] = ()  # what engines look up, in their columns' order; else the first option
    events: tuple[str, ...] = ()  # logged besides the outcomes
    sentences: Mapping[str, str] = field(default_factory=dict)  # of a life story, by outcome or event
    details: Callable[[Stage], str] = no_details  # what the description adds about one stage
    instant: bool = False  # no time passes in it, so that no timer can expire there
