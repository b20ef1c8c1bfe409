"""A scenario file combined with those it extends, before its consistency is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from imgsim.base.files.toml import Table
from imgsim.inputs.parameters.changes import Change
from imgsim.inputs.parameters.parameter import Source
from imgsim.inputs.pathways.pathway import Stage


@dataclass(frozen=True, slots=True)
class Draft:
    """A scenario file combined with those it extends, before its consistency is checked."""

    title: str
    country: str
    run: Mapping[str, Any]
    changes: tuple[Change, ...] = ()
    stages: Mapping[str, Stage] = field(default_factory=dict)
    parameters: tuple[Table, ...] = ()  # what stands under [parameter], not yet read
    sources: Mapping[str, Source] = field(default_factory=dict)
    chain: tuple[str, ...] = ()
