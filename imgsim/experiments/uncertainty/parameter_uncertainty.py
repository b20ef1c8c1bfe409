"""Parameter (second-order) uncertainty of a comparison: its differences over many draws of the parameters.

The draws are points of a Latin hypercube (McKay, Beckman and Conover 1979); sensitivity analysis chooses others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from imgsim.base.arrays import Floats
from imgsim.base.errors import ImgsimError, InputError
from imgsim.base.progress import progress
from imgsim.experiments.compare.paired_replications import Worlds
from imgsim.experiments.compare.read import read_replications
from imgsim.experiments.uncertainty.parameter_draws import REFUSED, TABLE, Draws, uncertain_parameters
from imgsim.inputs.pathways.pathway import FIRST_POST
from imgsim.outcomes.headline import chosen, lines
from imgsim.runs.checkpoints import Claims, complete
from imgsim.runs.job import Job
from imgsim.runs.replicate import run_replications
from imgsim.runs.workers import Workers

FEWEST: Final = 2  # draws in which a line must have a value in both worlds
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
    table: pd.DataFrame  # draw, world, measure, cohort, group, statistic, value
    names: tuple[str, ...]
    first_post: str = FIRST_POST  # the pathway's word for it

    @property
    def refused(self) -> int:
        """How many draws the model refused."""
        return int((self.table["measure"] == REFUSED).sum())

    def summary(self) -> pd.DataFrame:
        """Median and 95% range of every difference over draws, and the share of draws in which the reform helps."""
        rows = []
        for reform, line, difference in self.differences():
            finite = difference[np.isfinite(difference)]
            low, middle, high = np.quantile(finite, (0.025, 0.5, 0.975))
            sign = 1.0 if line["better"] == "more" else -1.0
            rows.append((reform, line["label"], line["unit"], middle, low, high, (sign * finite > 0).mean()))
        columns = ["reform", "label", "unit", "median", "low", "high", "helps"]
        return pd.DataFrame(rows, columns=columns)

    def tornado(self, measure: str, group: str = "all") -> pd.DataFrame:
        """How far each parameter swings the difference from one tenth of its range to nine tenths, by least squares.

        ``beyond`` says whether the slope lies more than two standard errors from zero: with hundreds of parameters one
        in twenty does by chance.
        """
        rows = []
        for reform, line, difference in self.differences():
            if (line["measure"], line.get("group", "all")) == (measure, group):
                known = np.isfinite(difference)
                rows += [
                    (reform, name, *swing(self.points[known, k], difference[known]))
                    for k, name in enumerate(self.parameters)
                ]
        table = pd.DataFrame(rows, columns=["reform", "parameter", "swing", "error"])
        table["beyond"] = table["swing"].abs() > 2 * table["error"]
        return table.sort_values("swing", key=np.abs, ascending=False, ignore_index=True)

    def worth(self, measure: str, group: str = "all") -> pd.DataFrame:
        """Value of knowing a parameter before choosing among the baseline and the reforms, in the measure's unit.

        Expected value of partial perfect information by regression of the differences on each parameter alone (Strong,
        Oakley and Brennan 2014), of second order: mean of the best fitted choice less the best mean choice.
        """
        line = next(
            line for line in lines(self.first_post) if (line["measure"], line.get("group", "all")) == (measure, group)
        )
        sign = 1.0 if line.get("better", "more") == "more" else -1.0
        benefit = [sign * difference for _, other, difference in self.differences() if other == line]
        if not benefit:
            return pd.DataFrame(columns=["parameter", "worth"])
        known = np.isfinite(np.array(benefit)).all(axis=0).reshape(-1)
        options = np.column_stack([np.zeros(len(known)), *benefit])[known]
        best = options.mean(axis=0).max()
        worth = [fitted(self.points[known, k], options).max(axis=1).mean() - best for k in range(len(self.parameters))]
        table = pd.DataFrame({"parameter": self.parameters, "worth": np.maximum(worth, 0.0)})
        return table.sort_values("worth", ascending=False, ignore_index=True)

    def differences(self) -> Iterator[tuple[str, dict[str, Any], Floats]]:
        """The differences of all draws by reform and line of the headline table; missing where a world has none."""
        for line in lines(self.first_post):
            if not line.get("better"):
                continue
            rows = chosen(self.table, line)
            wide = rows.pivot_table(index="draw", columns="world", values="value").reindex(range(len(self.points)))
            for world, name in enumerate(self.names[1:], start=1):
                if {0, world} <= set(wide):
                    difference = (wide[world] - wide[0]).to_numpy(np.float64)
                    if np.isfinite(difference).sum() >= FEWEST:
                        yield name, line, difference


def swing(point: Floats, difference: Floats) -> tuple[float, float]:
    """Change of the difference over eight tenths of a parameter's range, and its standard error."""
    x, y = point - point.mean(), difference - difference.mean()
    slope = float((x * y).sum() / (x * x).sum())
    rest = y - slope * x
    error = float(np.sqrt((rest * rest).sum() / max(1, len(x) - 2) / (x * x).sum()))
    return 0.8 * slope, 0.8 * error


def fitted(point: Floats, options: Floats) -> Floats:
    """The options as a quadratic function of one parameter."""
    basis = np.vander(point, 3)
    values: Floats = basis @ np.linalg.lstsq(basis, options, rcond=None)[0]
    return values


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

    def compute() -> None:
        with progress(len(points), words, quiet=quiet) as tick:
            run_replications(draws, checkpoints, len(points), workers, tick, JOB)

    table = complete(compute, lambda: read_replications(checkpoints, len(points), (TABLE,))[TABLE])
    result = ParameterUncertainty(names, points, table, worlds.names, worlds.scenarios[0].pathway.first_post)
    if result.refused == len(points):
        raise ImgsimError(f"no draw could be run, every one was refused: {table['group'].iloc[0]}")
    return result
