"""Parameters on which the answer depends: Morris screening of all, Sobol indices of the strongest, by SALib.

Both move the coordinates of a draw (see ``parameter_draws``) and analyse the *difference* between the worlds, headline
line by headline line. Screening moves from point to point of a grid, one parameter at a time: ``mu_star`` is the mean
of the absolute effects of a parameter over its whole range, ``sigma`` their standard deviation, large where a parameter
acts through others or not along a line (Morris 1991; Campolongo, Cariboni and Saltelli 2007). Sobol indices divide the
variance of the difference: ``first`` is a parameter's own share, ``total`` includes what it does together with others
(Saltelli and others 2010). Errors are 95% half-widths by bootstrap. All points run the same replication: random numbers
are common to all and do not count as an effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.arrays import Floats
from imgsim.base.errors import ImgsimError, InputError
from imgsim.experiments.compare.paired_replications import Worlds
from imgsim.experiments.uncertainty.false_discoveries import stand_out, two_sided
from imgsim.experiments.uncertainty.parameter_draws import uncertain_parameters
from imgsim.experiments.uncertainty.parameter_uncertainty import FEWEST, ParameterUncertainty, run_at
from imgsim.outcomes.headline import CONFIDENCE
from imgsim.runs.checkpoints import Claims
from imgsim.runs.workers import Workers

LEVELS: Final = 4  # of the grid: the number of Morris (1991)
STRONGEST: Final = 8  # parameters whose Sobol indices are estimated
PACKAGE: Final = "salib"
# ``trajectories``, ``samples``: those in which the model gave a value at every point.
MORRIS_COLUMNS: Final = ["reform", "label", "unit", "trajectories", "parameter", "mu_star", "error", "sigma", "mu"]
SOBOL_COLUMNS: Final = [
    "reform",
    "label",
    "unit",
    "samples",
    "parameter",
    "first",
    "first_error",
    "total",
    "total_error",
]

Names = tuple[str, ...]
Library = Mapping[str, Any]
Analysis = Callable[[Floats, Floats], list[Floats]]  # of points and differences, a value for each parameter


@dataclass(frozen=True)
class Sensitivity:
    """Effects of each parameter on each line of the headline table under each reform, the strongest first.

    ``beyond`` says which of them stand out from chance among all parameters and reforms of a line: by the mean of the
    effects in both directions, which is zero where a parameter only shuffles who gets which place; by the own share.
    """

    morris: pd.DataFrame
    sobol: pd.DataFrame  # empty if not asked for


def sensitivity(worlds: Worlds, claimed: Claims, morris: int, sobol: int, workers: Workers, quiet: bool) -> Sensitivity:
    """Screen uncertain parameters by ``morris`` trajectories; Sobol indices of the strongest by ``sobol`` samples."""
    refuse_sizes(morris, sobol)
    salib, names, seed = library(), uncertain_parameters(worlds), worlds.run.seed
    points = salib["sample.morris"].sample(problem(names), morris, num_levels=LEVELS, seed=seed)
    screened = run_at(worlds, claimed, names, points, workers, quiet, "points of screening")
    table = analysed(screened, len(names) + 1, MORRIS_COLUMNS, lambda x, y: morris_effects(salib, names, x, y, seed))
    table = by_line(table, morris_chance)
    if not sobol:
        return Sensitivity(table, pd.DataFrame(columns=[*SOBOL_COLUMNS, "p", "beyond"]))
    chosen = strongest(table)
    points = salib["sample.sobol"].sample(problem(chosen), sobol, calc_second_order=False, seed=seed)
    divided = run_at(worlds, claimed, chosen, points, workers, quiet, "points of Sobol indices")
    shares = analysed(divided, len(chosen) + 2, SOBOL_COLUMNS, lambda _, y: sobol_indices(salib, chosen, y, seed))
    return Sensitivity(table, by_line(shares, sobol_chance))


def by_line(table: pd.DataFrame, chance: Callable[[pd.DataFrame], Floats]) -> pd.DataFrame:
    """The table with the p-value of every row, and whether it stands out among those of its line."""
    table = table.assign(p=chance(table), beyond=False)
    for _, rows in table.groupby("label"):
        table.loc[rows.index, "beyond"] = stand_out(rows["p"].to_numpy(np.float64))
    return table


def morris_chance(table: pd.DataFrame) -> Floats:
    """P-values of the mean effects by Student's t over trajectories."""
    p = np.full(len(table), np.nan)
    for trajectories in table["trajectories"].unique():
        at = (table["trajectories"] == trajectories).to_numpy(bool)
        mean, sigma = (table.loc[at, word].to_numpy(np.float64) for word in ("mu", "sigma"))
        p[at] = two_sided(mean, sigma / np.sqrt(trajectories), int(trajectories) - 1)
    return p


def sobol_chance(table: pd.DataFrame) -> Floats:
    """P-values of the parameters' own shares by the normal distribution, with the errors of their bootstrap."""
    from scipy.special import ndtr, ndtri

    share, half = (table[word].to_numpy(np.float64) for word in ("first", "first_error"))
    with np.errstate(divide="ignore", invalid="ignore"):
        p: Floats = ndtr(-share / (half / ndtri((1 + CONFIDENCE) / 2)))
    return p


def refuse_sizes(morris: int, sobol: int) -> None:
    """InputError for sizes that no analysis can have."""
    if sobol and not morris:
        raise InputError("needs --morris too: indices are estimated of the strongest of a screening", key="--sobol")
    if morris < 2:
        raise InputError("needs at least two trajectories", key="--morris")
    if sobol and (sobol < 2 or sobol & (sobol - 1)):
        raise InputError("must be a power of two (a Sobol sequence is balanced only then)", key="--sobol")


def library() -> Library:
    """The parts of SALib that are used; ImgsimError if it is not installed."""
    try:
        from SALib.analyze import morris as effects_of  # type: ignore[import-untyped]
        from SALib.analyze import sobol as shares_of
        from SALib.sample import morris, sobol  # type: ignore[import-untyped]
    except ImportError as error:
        raise ImgsimError(f"sensitivity analysis needs SALib: pip install {PACKAGE}") from error
    return {
        "sample.morris": morris, "sample.sobol": sobol, "analyze.morris": effects_of, "analyze.sobol": shares_of
    }  # fmt: skip


def problem(names: Names) -> dict[str, Any]:
    """The coordinates in the form that SALib takes."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def analysed(uncertainty: ParameterUncertainty, size: int, columns: list[str], analysis: Analysis) -> pd.DataFrame:
    """Analyse every headline line that moves, of all reforms, into one table.

    ``size`` is the number of points that follow one another in the design: where the model refused one of them, or a
    world has no value, all of them are left out.
    """
    rows = []
    for reform, line, difference in uncertainty.differences():
        known = complete(np.isfinite(difference), size)
        if known.sum() >= FEWEST * size and np.ptp(difference[known]) > 0:
            values = zip(uncertainty.parameters, *analysis(uncertainty.points[known], difference[known]), strict=True)
            rows += [(reform, line["label"], line["unit"], known.sum() // size, *row) for row in values]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["reform", "label", "mu_star" if "mu_star" in columns else "total"], ascending=[True, True, False],
        ignore_index=True,
    )  # fmt: skip


def complete(known: npt.NDArray[np.bool_], size: int) -> npt.NDArray[np.bool_]:
    """Points of trajectories or samples that have a value at every point."""
    return np.repeat(known.reshape(-1, size).all(axis=1), size)


def morris_effects(salib: Library, names: Names, points: Floats, difference: Floats, seed: int) -> list[Floats]:
    """Mean absolute effect of each parameter, its error, the standard deviation of effects, and their mean."""
    result = salib["analyze.morris"].analyze(problem(names), points, difference, num_levels=LEVELS, seed=seed)
    return [np.asarray(result[word], np.float64) for word in ("mu_star", "mu_star_conf", "sigma", "mu")]


def sobol_indices(salib: Library, names: Names, difference: Floats, seed: int) -> list[Floats]:
    """First-order and total Sobol indices of each parameter, with their errors."""
    result = salib["analyze.sobol"].analyze(problem(names), difference, calc_second_order=False, seed=seed)
    return [np.asarray(result[word], np.float64) for word in ("S1", "S1_conf", "ST", "ST_conf")]


def strongest(table: pd.DataFrame) -> Names:
    """The parameters with the greatest effect on any line, each line's effects relative to its own greatest."""
    if not len(table):
        raise ImgsimError("no parameter moves any headline difference: there is no variance to divide")
    scaled = table["mu_star"] / table.groupby(["reform", "label"])["mu_star"].transform("max")
    order = scaled.groupby(table["parameter"]).max().sort_values(ascending=False, kind="stable")
    return tuple(str(name) for name in order.index[:STRONGEST])
