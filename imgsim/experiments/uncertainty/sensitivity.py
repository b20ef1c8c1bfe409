"""Which numbers the answer turns on: Morris screening of all of them, Sobol indices of the strongest, by SALib.

Both move the coordinates that a draw of parameters moves (see ``doubt``), and ask of the *difference* between the
worlds, headline line by headline line. Screening walks from point to point of a grid, one number at a time: ``mu_star``
is the mean of the absolute effects of a number over its whole range, ``sigma`` their standard deviation, large where a
number acts through others or not along a line (Morris 1991; Campolongo, Cariboni and Saltelli 2007). Sobol indices
divide the variance of the difference: ``first`` is a number's own share, ``total`` includes what it does together with
others (Saltelli and others 2010). Errors are 95% half-widths by bootstrap. All points run the same replication: chance
is common to all and does not count as an effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.errors import ImgsimError, InputError
from imgsim.experiments.compare.paired_replications import Worlds
from imgsim.experiments.uncertainty.parameter_draws import open_numbers
from imgsim.experiments.uncertainty.parameter_uncertainty import FEWEST, Doubt, run_at

Floats = npt.NDArray[np.float64]

LEVELS: Final = 4  # of the grid that is walked: the number of Morris (1991)
STRONGEST: Final = 8  # numbers whose Sobol indices are estimated
EXTRA: Final = "sensitivity"
# ``walks``: trajectories or samples that count, those in which the model gave a value everywhere.
MORRIS_COLUMNS: Final = ["reform", "label", "unit", "walks", "parameter", "mu_star", "error", "sigma"]
SOBOL_COLUMNS: Final = ["reform", "label", "unit", "walks", "parameter", "first", "first_error", "total", "total_error"]

Names = tuple[str, ...]
Library = Mapping[str, Any]
Analysis = Callable[[Floats, Floats], list[Floats]]  # of points and differences, a value a number each


@dataclass(frozen=True)
class Sensitivity:
    """What was found, a row a reform, headline line and number; the strongest first."""

    morris: pd.DataFrame
    sobol: pd.DataFrame  # empty if not asked for


def sensitivity(held: Worlds, root: Path, morris: int, sobol: int, workers: int, quiet: bool) -> Sensitivity:
    """Screen every open number with ``morris`` trajectories; Sobol indices of the strongest from ``sobol`` samples."""
    refuse(morris, sobol)
    salib, names, seed = library(), open_numbers(held), held.run.seed
    points = salib["sample.morris"].sample(problem(names), morris, num_levels=LEVELS, seed=seed)
    screened = run_at(held, root, names, points, workers, quiet, "points of screening")
    table = analysed(screened, len(names) + 1, MORRIS_COLUMNS, lambda x, y: effects(salib, names, x, y, seed))
    if not sobol:
        return Sensitivity(table, pd.DataFrame(columns=SOBOL_COLUMNS))
    chosen = strongest(table)
    points = salib["sample.sobol"].sample(problem(chosen), sobol, calc_second_order=False, seed=seed)
    divided = run_at(held, root, chosen, points, workers, quiet, "points of Sobol indices")
    shares = analysed(divided, len(chosen) + 2, SOBOL_COLUMNS, lambda _, y: indices(salib, chosen, y, seed))
    return Sensitivity(table, shares)


def refuse(morris: int, sobol: int) -> None:
    """InputError for sizes that no analysis can have."""
    if sobol and not morris:
        raise InputError("needs --morris too: indices are estimated of the numbers that screening finds", key="--sobol")
    if morris < 2:
        raise InputError("needs at least two trajectories", key="--morris")
    if sobol and (sobol < 2 or sobol & (sobol - 1)):
        raise InputError("must be a power of two (a Sobol sequence is balanced only then)", key="--sobol")


def library() -> Library:
    """The parts of SALib that are used."""
    try:
        from SALib.analyze import morris as effects_of  # type: ignore[import-untyped]
        from SALib.analyze import sobol as shares_of
        from SALib.sample import morris, sobol  # type: ignore[import-untyped]
    except ImportError as error:
        raise ImgsimError(f"sensitivity analysis needs SALib: pip install 'imgsim[{EXTRA}]'") from error
    return {
        "sample.morris": morris, "sample.sobol": sobol, "analyze.morris": effects_of, "analyze.sobol": shares_of
    }  # fmt: skip


def problem(names: Names) -> dict[str, Any]:
    """The coordinates as SALib wants them."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def analysed(doubt: Doubt, size: int, columns: list[str], analysis: Analysis) -> pd.DataFrame:
    """One table for all reforms and headline lines that move.

    ``size`` is the number of points that follow one another in the design: where the model refused one of them, or a
    world has no value, all of them are left out.
    """
    found = []
    for reform, line, difference in doubt.each():
        kept = whole(np.isfinite(difference), size)
        if kept.sum() >= FEWEST * size and np.ptp(difference[kept]) > 0:
            values = zip(doubt.parameters, *analysis(doubt.points[kept], difference[kept]), strict=True)
            found += [(reform, line["label"], line["unit"], kept.sum() // size, *row) for row in values]
    return pd.DataFrame(found, columns=columns).sort_values(
        ["reform", "label", "mu_star" if "mu_star" in columns else "total"], ascending=[True, True, False],
        ignore_index=True,
    )  # fmt: skip


def whole(known: npt.NDArray[np.bool_], size: int) -> npt.NDArray[np.bool_]:
    """Points of which all that belong together are known."""
    return np.repeat(known.reshape(-1, size).all(axis=1), size)


def effects(salib: Library, names: Names, points: Floats, difference: Floats, seed: int) -> list[Floats]:
    """Mean absolute effect, its error, and the spread of effects, by number."""
    found = salib["analyze.morris"].analyze(problem(names), points, difference, num_levels=LEVELS, seed=seed)
    return [np.asarray(found[word], np.float64) for word in ("mu_star", "mu_star_conf", "sigma")]


def indices(salib: Library, names: Names, difference: Floats, seed: int) -> list[Floats]:
    """First-order and total indices with their errors, by number."""
    found = salib["analyze.sobol"].analyze(problem(names), difference, calc_second_order=False, seed=seed)
    return [np.asarray(found[word], np.float64) for word in ("S1", "S1_conf", "ST", "ST_conf")]


def strongest(table: pd.DataFrame) -> Names:
    """The numbers with the greatest effect on any line, each line's effects measured by its own greatest."""
    if not len(table):
        raise ImgsimError("no number moves any headline difference: there is nothing to divide")
    scaled = table["mu_star"] / table.groupby(["reform", "label"])["mu_star"].transform("max")
    order = scaled.groupby(table["parameter"]).max().sort_values(ascending=False, kind="stable")
    return tuple(str(name) for name in order.index[:STRONGEST])
