"""The result of a comparison: its worlds, the tables of their replications, and what follows from these."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from imgsim.experiments.compare import differences
from imgsim.experiments.compare.lead import lead_table, with_lead
from imgsim.experiments.compare.paired_replications import Worlds
from imgsim.experiments.compare.sweep import COLUMNS, Sweep, switching_points
from imgsim.experiments.uncertainty.parameter_uncertainty import ParameterUncertainty
from imgsim.experiments.uncertainty.sensitivity import Sensitivity
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.outcomes.all_measures import CURVE


@dataclass
class Comparison:
    """A baseline and its reforms, replication by replication, and what follows from them.

    ``differences``, ``gains``, ``places``, ``flows``, ``curves`` and ``switching_points`` are DataFrames;
    ``parameter_uncertainty`` has the draws of parameters and ``sensitivity`` the results of screening, if they were
    asked for. ``folder`` is where the results are written.
    """

    worlds: Worlds
    tables: dict[str, pd.DataFrame]
    replications: int
    precision_text: str = ""  # whether the precision asked for was reached
    parameter_uncertainty: ParameterUncertainty | None = None
    sensitivity: Sensitivity | None = None
    sweep: Sweep | None = None  # the lever whose sizes the reforms are
    folder: Path = field(default_factory=Path)

    @property
    def scenario(self) -> Scenario:
        """The baseline."""
        return self.worlds.scenarios[0]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the baseline and the reforms."""
        return self.worlds.names

    @cached_property
    def differences(self) -> pd.DataFrame:
        """The paired difference of the leading and of every headline line under each reform, with its interval."""
        table = differences.difference_table(self.tables["headline"], self.names, self.scenario.pathway.first_post)
        lead = lead_table(self.tables["counterfactual_pairs"], self.names, self.scenario.run.scale)
        return with_lead(lead, table, self.names)

    @property
    def gains(self) -> pd.DataFrame:
        """Who gains and who loses, by dimension and group, in persons at full size."""
        return differences.gain_table(self.tables["counterfactual_pairs"], self.names, self.scenario.run.scale)

    @property
    def places(self) -> pd.DataFrame:
        """Places a year by round and group in both worlds."""
        return differences.displaced(self.tables["places"], self.names, self.scenario.run.scale)

    @property
    def switching_points(self) -> pd.DataFrame:
        """Sizes of the swept lever at which a sign or a ranking changes; empty without a sweep."""
        if self.sweep is None:
            return pd.DataFrame(columns=COLUMNS)
        return switching_points(self.differences, self.sweep)

    @property
    def drawn(self) -> pd.DataFrame:
        """Median and range of every difference over draws of parameters; empty without draws.

        No ``helps`` where the denominator moved, in the draws or between the worlds as they are.
        """
        if self.parameter_uncertainty is None:
            return pd.DataFrame()
        table, key = self.parameter_uncertainty.summary(), ["reform", "label"]
        moved = self.differences.loc[self.differences["denominator_moved"].astype(bool), key]
        same = pd.MultiIndex.from_frame(table[key]).isin(pd.MultiIndex.from_frame(moved))
        return table.assign(helps=table["helps"].mask(same))

    @property
    def flows(self) -> pd.DataFrame:
        """Persons by their state at the horizon, in both worlds."""
        return differences.flows(self.tables["states"], self.names, self.scenario.run.scale)

    @property
    def curves(self) -> pd.DataFrame:
        """Difference in cumulative incidence of training since entry, by years, reform and replication."""
        return differences.curves(self.tables["headline"], self.names, CURVE)

    def __repr__(self) -> str:
        return f"Comparison({', '.join(self.names)}; {self.replications} replications)"

    def _repr_html_(self) -> str:
        return str(self.differences.to_html(index=False, float_format="{:.4g}".format))
