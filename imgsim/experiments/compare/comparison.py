"""A comparison: the worlds, what was kept of their replications, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from imgsim.experiments.compare import differences as told
from imgsim.experiments.compare import sweep as sweeps
from imgsim.experiments.compare.paired_replications import Worlds
from imgsim.experiments.uncertainty.parameter_uncertainty import Doubt
from imgsim.experiments.uncertainty.sensitivity import Sensitivity
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.outcomes.all_measures import CURVE


@dataclass
class Comparison:
    """A baseline and its reforms, replication by replication, and what follows from them.

    ``differences``, ``gains``, ``places``, ``flows`` and ``curves`` are DataFrames; ``doubt`` holds the draws of a
    parameter uncertainty analysis and ``sensitivity`` what screening found, if they were asked for. ``folder`` is
    where everything stands.
    """

    worlds: Worlds
    tables: dict[str, pd.DataFrame]
    replications: int
    reached: str = ""  # what was said of the precision asked for
    doubt: Doubt | None = None
    sensitivity: Sensitivity | None = None
    sweep: tuple[str, tuple[float, ...]] | None = None  # the dose whose sizes the reforms are
    folder: Path = field(default_factory=Path)

    @property
    def scenario(self) -> Scenario:
        """The baseline."""
        return self.worlds.scenarios[0]

    @property
    def names(self) -> tuple[str, ...]:
        """The baseline and the reforms."""
        return self.worlds.names

    @property
    def differences(self) -> pd.DataFrame:
        """A row a reform and headline line, with the interval of the paired difference."""
        return told.differences(self.tables["compared"], self.names, self.scenario.pathway.first_post)

    @property
    def gains(self) -> pd.DataFrame:
        """Who gains and who loses, by dimension and group, in persons at full size."""
        return told.gains(self.tables["twins"], self.names, self.scenario.run.scale)

    @property
    def places(self) -> pd.DataFrame:
        """Places a year by round and group in both worlds."""
        return told.displaced(self.tables["places"], self.names, self.scenario.run.scale)

    @property
    def turns(self) -> pd.DataFrame:
        """Where the size of the swept dose turns a sign or a ranking; empty without a sweep."""
        if self.sweep is None:
            return pd.DataFrame(columns=sweeps.COLUMNS)
        return sweeps.turns(self.differences, self.sweep)

    @property
    def flows(self) -> pd.DataFrame:
        """Where people stand in the end, in both worlds."""
        return told.flows(self.tables["states"], self.names, self.scenario.run.scale)

    @property
    def curves(self) -> pd.DataFrame:
        """Difference in cumulative incidence of training since entry, by years, reform and replication."""
        return told.curves(self.tables["compared"], self.names, CURVE)

    def __repr__(self) -> str:
        return f"Comparison({', '.join(self.names)}; {self.replications} replications)"

    def _repr_html_(self) -> str:
        return str(self.differences.to_html(index=False, float_format="{:.4g}".format))
