"""What a figure needs of a run: its scenario and, asked for by name, its tables."""

from __future__ import annotations

from typing import Any, Protocol


class Run(Protocol):
    """Something with a scenario; tables that it lacks, or refuses, are drawn as nobody to show."""

    @property
    def scenario(self) -> Any:
        """The scenario, as `imgsim.inputs.scenarios.scenario.Scenario`."""
