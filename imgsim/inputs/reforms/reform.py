"""Reforms: dated changes to parameters and wiring, with the document they stand for and what they leave out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from imgsim.base.files.toml import Table
from imgsim.inputs.parameters.changes import Change
from imgsim.inputs.parameters.parameter import Source
from imgsim.inputs.pathways.pathway import Stage

ANYWHERE: Final = "any"  # the base of a reform that fits every country


@dataclass(frozen=True, slots=True)
class Lever:
    """A quantity of a reform whose size nobody knows: a best guess, a plausible range and sizes worth trying."""

    name: str
    label: str  # what it is the size of
    unit: str
    value: float  # the size in use
    best: float  # the size that the file gives
    low: float
    high: float
    values: tuple[float, ...]  # sizes for a sweep, from low to high
    why: str
    parameters: tuple[str, ...]  # what it sets
    line: int | None = None
    given: bool = False  # the user asked for the size in use


@dataclass(frozen=True, slots=True)
class Wire:
    """One outcome of a stage that leads to another stage than before."""

    stage: str
    outcome: str
    to: str


@dataclass(frozen=True, slots=True)
class Reform:
    """A reform with its levers at the sizes in use."""

    name: str  # of the file, without its ending; with folders before it where two files have one name
    file: Path
    title: str
    actor: str  # who would decide, or decided
    document: str  # the bill, rule or programme it stands for
    date: str  # of the document, as exactly as it is known
    reference: tuple[str, ...]  # source keys
    where: str  # where in these sources
    base: str  # the country or scenario it is for, or "any"
    not_modelled: tuple[str, ...]
    levers: Mapping[str, Lever] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    stages: Mapping[str, Stage] = field(default_factory=dict)  # added, or put in the place of one of that name
    wires: tuple[Wire, ...] = ()
    milestones: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # events added to those of the pathway
    parameters: Table | None = None  # what stands under [parameter], not yet read
    sources: Mapping[str, Source] = field(default_factory=dict)

    def touched(self) -> set[str]:
        """The stages that the reform adds, replaces or rewires."""
        return {*self.stages, *(wire.stage for wire in self.wires)}

    def as_data(self) -> dict[str, object]:
        """The reform as plain data, for the files of a run."""
        fields = ("name", "title", "actor", "document", "date", "base", "reference", "where", "not_modelled")
        data = {name: getattr(self, name) for name in fields} | {"file": str(self.file)}
        return data | {"levers": {name: lever.value for name, lever in self.levers.items()}}
