"""Parameter (second-order) uncertainty of a comparison: its differences over many draws of the parameters.

The draws are points of a Latin hypercube (McKay, Beckman and Conover 1979); sensitivity analysis chooses others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from imgsim.base.arrays import Floats
from imgsim.base.errors import ImgsimError, InputError
from imgsim.experiments.compare.differences import denominator_moved
from imgsim.experiments.compare.lead import LINES
from imgsim.experiments.compare.paired_replications import Worlds
from imgsim.experiments.compare.read import read_replications
from imgsim.experiments.uncertainty.false_discoveries import stand_out, two_sided
from imgsim.experiments.uncertainty.parameter_draws import REFUSED, TABLE, Draws, uncertain_parameters
from imgsim.experiments.uncertainty.value_of_information import COLUMNS, value_table
from imgsim.inputs.pathways.pathway import FIRST_POST
from imgsim.outcomes.headline import COUNTED, chosen, lines
from imgsim.runs.checkpoints import Claims
from imgsim.runs.job import Job
from imgsim.runs.replicate import complete_replications
from imgsim.runs.workers import Workers

SWING_COLUMNS: Final = ["reform", "parameter", "swing", "error", "p"]
FEWEST: Final = 2  # draws in which a line must have a value in both worlds
FEWEST_OF_A_RANGE: Final = 40  # draws that the percentiles of a 95% range need
JOB: Final = Job(
    build="imgsim.experiments.uncertainty.parameter_draws.ready",
    pieces="imgsim.experiments.uncertainty.parameter_draws.simulate_draw",
    measures="imgsim.experiments.compare.paired_replications.no_outcomes", tables=(TABLE,),
)  # fmt: skip


@dataclass(frozen=True)
class ParameterUncertainty:
    """The draws of an uncertainty analysis, with the headline measures of every world in each."""

    parameters: tuple[str, ...]
    points: Floats
    table: pd.DataFrame  # draw, world, measure, cohort, group, statistic, value, n
    names: tuple[str, ...]
    first_post: str = FIRST_POST  # the pathway's word for it

    @property
    def refused(self) -> int:
        """How many draws the model refused."""
        return int((self.table["measure"] == REFUSED).sum())

    def summary(self) -> pd.DataFrame:
        """Median and range of every difference over draws, and the share of draws in which the reform helps.

        ``range`` says what ``low`` and ``high`` are the ends of (see ``range_over``).
        ``helps`` is missing where the denominator moved by more than its noise.
        """
        return self._summary.copy()

    @cached_property
    def _summary(self) -> pd.DataFrame:
        rows = []
        for reform, line, difference in self.differences():
            finite = difference[np.isfinite(difference)]
            low, high, what = range_over(finite)
            sign = 1.0 if line["better"] == "more" else -1.0
            helps = np.nan if self.denominator_moved(reform, line) else (sign * finite > 0).mean()
            middle = float(np.median(finite))
            rows.append((reform, line["label"], line["unit"], middle, low, high, what, helps, len(finite)))
        columns = ["reform", "label", "unit", "median", "low", "high", "range", "helps", "draws"]
        return pd.DataFrame(rows, columns=columns)

    def tornado(self, measure: str, group: str = "all") -> pd.DataFrame:
        """How far each parameter swings the difference from one tenth of its range to nine tenths, by least squares.

        ``p`` is that of Student's t with draws - 2 degrees of freedom; ``beyond`` says whether the parameter stands out
        among all parameters and reforms of the table (see ``false_discoveries``).
        """
        tables = [
            swings(reform, self.parameters, self.points, difference)
            for reform, _, difference in self.differences(measure, group)
        ]
        table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=SWING_COLUMNS, dtype=float)
        table["beyond"] = stand_out(table["p"].to_numpy(np.float64))
        return table.sort_values("swing", key=np.abs, ascending=False, ignore_index=True)

    def worth(self, measure: str, group: str = "all") -> pd.DataFrame:
        """Value of knowing a parameter before choosing among the baseline and the reforms, in the measure's unit.

        Zero for parameters that do not stand out from chance (see ``value_of_information``).
        """
        benefit = [
            (1.0 if line["better"] == "more" else -1.0) * difference
            for _, line, difference in self.differences(measure, group)
        ]
        if not benefit:
            return pd.DataFrame(columns=COLUMNS)
        known = np.isfinite(np.array(benefit)).all(axis=0).reshape(-1)
        options = np.column_stack([np.zeros(len(known)), *benefit])[known]
        return value_table(self.parameters, self.points[known], options)

    def lines(self) -> list[Mapping[str, Any]]:
        """The leading lines and those of the headline table in which one direction is better."""
        return [line for line in (*LINES, *lines(self.first_post)) if line.get("better")]

    def denominator_moved(self, reform: str, line: Mapping[str, Any]) -> bool:
        """Whether the denominator of a line differs between the worlds by more than its noise over draws."""
        if line["unit"] in COUNTED or "n" not in self.table:
            return False
        paired = self.by_world(line, "n")[[0, self.names.index(reform)]].dropna().to_numpy(np.float64)
        return denominator_moved(paired[:, 0], paired[:, 1])

    def by_world(self, line: Mapping[str, Any], column: str) -> pd.DataFrame:
        """A column of a line, with a row for each draw and a column for each world."""
        rows = chosen(self.table, dict(line))
        return rows.pivot_table(index="draw", columns="world", values=column).reindex(range(len(self.points)))

    def differences(
        self, measure: str | None = None, group: str = "all"
    ) -> Iterator[tuple[str, Mapping[str, Any], Floats]]:
        """The differences of all draws by reform and line, or of one line; missing where a world has no value."""
        for line in self.lines():
            if measure is not None and (line["measure"], line.get("group", "all")) != (measure, group):
                continue
            wide = self.by_world(line, "value")
            for world, name in enumerate(self.names[1:], start=1):
                if {0, world} <= set(wide):
                    difference = (wide[world] - wide[0]).to_numpy(np.float64)
                    if np.isfinite(difference).sum() >= FEWEST:
                        yield name, line, difference


def range_over(draws: Floats) -> tuple[float, float, str]:
    """The ends of the middle 95% of some draws, or of all of them where they are few, and what to call that range.

    In expectation 1 / (n + 1) of what may be drawn lies below the smallest of n draws, and as much above the largest.
    That is less than 2.5% from 40 draws on; with fewer the percentiles of a 95% range lie where nothing was drawn.
    """
    if len(draws) < FEWEST_OF_A_RANGE:
        return float(draws.min()), float(draws.max()), f"range of {len(draws)} draws"
    low, high = np.quantile(draws, (0.025, 0.975))
    return float(low), float(high), "95% range"


def swings(reform: str, parameters: tuple[str, ...], points: Floats, difference: Floats) -> pd.DataFrame:
    """The swing of every parameter under one reform, with its standard error and p-value."""
    known = np.isfinite(difference)
    size, error = swing(points[known], difference[known])
    p = two_sided(size, error, int(known.sum()) - 2)
    return pd.DataFrame({"reform": reform, "parameter": parameters, "swing": size, "error": error, "p": p})


def swing(points: Floats, difference: Floats) -> tuple[Floats, Floats]:
    """Change of the difference over eight tenths of each parameter's range, and its standard error, by column."""
    x, y = points - points.mean(axis=0), difference - difference.mean()
    spread = (x * x).sum(axis=0)
    spread = np.where(spread > 0, spread, np.inf)  # a parameter that never moved has no slope
    slope = (y @ x) / spread
    rest = y.reshape(-1, *(1,) * (x.ndim - 1)) - slope * x
    error = np.sqrt((rest * rest).sum(axis=0) / max(1, len(x) - 2) / spread)
    return 0.8 * slope, 0.8 * error


def parameter_uncertainty(
    worlds: Worlds, claimed: Claims, draws: int, workers: Workers, quiet: bool
) -> ParameterUncertainty:
    """Draw a Latin hypercube over all uncertain parameters and simulate each draw in all worlds."""
    from scipy.stats import qmc

    if draws < 2:
        raise InputError("needs at least two draws", key="--uncertainty")
    names = uncertain_parameters(worlds)
    points = qmc.LatinHypercube(len(names), seed=worlds.run.seed).random(draws)
    return run_at(worlds, claimed, names, points, workers, quiet, "draws of all worlds")


def run_at(
    worlds: Worlds, claimed: Claims, names: tuple[str, ...], points: Floats, workers: Workers, quiet: bool, words: str
) -> ParameterUncertainty:
    """Simulate all points in all worlds; checkpoints of an interrupted analysis are used again."""
    draws = Draws(worlds, names, points)
    checkpoints = claimed.of(draws.digest(), f"{words}: {', '.join(worlds.names)}")
    claimed.finish(checkpoints, len(points))
    table = complete_replications(
        draws, checkpoints, len(points), workers, JOB,
        lambda: read_replications(checkpoints, len(points), (TABLE,))[TABLE], words=words, quiet=quiet,
    )  # fmt: skip
    result = ParameterUncertainty(names, points, table, worlds.names, worlds.scenarios[0].pathway.first_post)
    if result.refused == len(points):
        raise ImgsimError(f"no draw could be run, every one was refused: {table['group'].iloc[0]}")
    return result
