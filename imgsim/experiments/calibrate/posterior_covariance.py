"""How well, and how jointly, a fit knows its parameters: their covariance, in a file of the country's folder.

Laplace's approximation: targets err independently by their allowed errors, the bounds of each calibration parameter are
the 95% range of a normal prior around the fit, and the simulation is taken as linear nearby: covariance = (J'J + prior
precision)^-1, with J the Jacobian of the misfit in allowed errors. A parameter that no target depends on keeps the
width of its prior.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from imgsim.base.errors import InputError
from imgsim.base.files.atomic import write_file
from imgsim.base.files.toml import Table, read_toml
from imgsim.experiments.calibrate.calibration_parameters import CalibrationParameter, load_calibration_parameters
from imgsim.experiments.calibrate.fit import Trial, Vector
from imgsim.inputs.published import Target
from imgsim.inputs.renamed import was_renamed
from imgsim.inputs.scenarios.scenario import Scenario

FILE: Final = "calibration_covariance.toml"
FORMER: Final = "spread.toml"  # its name before 0.2
HALF_WIDTH: Final = 1.96  # standard deviations of a normal prior from its middle to a bound
STEP: Final = 0.25  # of a shift, as in the fit: larger than the grain of the simulation

Map = Callable[[Callable[[Vector], Vector], Iterable[Vector]], Iterable[Vector]]


@dataclass(frozen=True, slots=True)
class Posterior:
    """The calibration parameters of a country with the square root of their joint covariance."""

    free: tuple[CalibrationParameter, ...]
    root: Vector  # (parameters, parameters): symmetric, its square is the covariance of the shifts

    def shift(self, z: Vector) -> Vector:
        """The shifts at independent standard normals, one a calibration parameter, cut off at its bounds."""
        bounds = np.array([[adjusted.low, adjusted.high] for adjusted in self.free])
        shift: Vector = np.clip(self.root @ z, *bounds.T)
        return shift


def covariance(jacobian: Vector, free: Sequence[CalibrationParameter]) -> Vector:
    """The joint covariance of the shifts from the Jacobian of the misfit, shape (targets, parameters)."""
    prior: Vector = np.array([(adjusted.high - adjusted.low) / 2 / HALF_WIDTH for adjusted in free], np.float64)
    return np.asarray(np.linalg.inv(jacobian.T @ jacobian + np.diag(prior**-2)), np.float64)


def jacobian(
    scenario: Scenario,
    free: Sequence[CalibrationParameter],
    targets: Sequence[Target],
    replications: Sequence[int],
    over: Map,
) -> Vector:
    """The Jacobian of the misfit at the parameters in use, by central differences."""
    trial = Trial(scenario, free, [target for target in targets if target.use == "fit"], replications)
    steps = [sign * STEP * (np.arange(len(free)) == k) for k in range(len(free)) for sign in (1.0, -1.0)]
    rows = list(over(trial, steps))
    return np.array([(rows[2 * k] - rows[2 * k + 1]) / (2 * STEP) for k in range(len(free))]).T


def write(folder: Path, free: Sequence[CalibrationParameter], matrix: Vector, command: str) -> None:
    """Write a covariance into a country's folder, with the command that estimated it."""
    names = ", ".join(f'"{adjusted.name}"' for adjusted in free)
    rows = ",\n".join("  [" + ", ".join(f"{value:.4g}" for value in row) + "]" for row in matrix)
    text = (
        "# Joint covariance of the shifts of the calibration parameters in calibration.toml.\n"
        f"# Written by `{command}`; see imgsim/experiments/calibrate/posterior_covariance.py for the formula.\n\n"
        f"parameters = [{names}]\ncovariance = [\n{rows},\n]\n"
    )
    write_file(folder / FILE, text.encode())


def load(folder: Path) -> Posterior | None:
    """Read the covariance of a country, without parameters that are no longer calibrated; None if it has no file."""
    file = folder / FILE
    if not file.is_file():
        if (folder / FORMER).is_file():
            raise InputError(
                f"was renamed to {FILE} in 0.2, and its key `knobs` to `parameters`", file=str(folder / FORMER)
            )
        return None
    top = read_toml(file)
    top.only("parameters", "covariance", answers={"knobs": was_renamed("knobs", "parameters")})
    names, matrix = top.texts("parameters"), square(top)
    known = {adjusted.name: adjusted for adjusted in load_calibration_parameters(folder)}
    columns = [column for column, name in enumerate(names) if name in known]
    matrix = matrix[np.ix_(columns, columns)]
    sizes, ways = np.linalg.eigh((matrix + matrix.T) / 2)
    root = (ways * np.sqrt(np.maximum(sizes, 0.0))) @ ways.T
    return Posterior(tuple(known[names[column]] for column in columns), root)


def square(top: Table) -> Vector:
    """The covariance in a file as a matrix with a row and a column for each of its parameters; else InputError."""
    size = len(top.texts("parameters"))
    rows = top.get("covariance", list, "a list of rows of numbers")
    try:
        matrix: Vector = np.array(rows, np.float64)
    except (TypeError, ValueError):
        matrix = np.empty(0)
    if matrix.shape != (size, size) or not np.isfinite(matrix).all():
        top.fail(f"must be {size} rows of {size} numbers, one for each of `parameters`", "covariance")
    return matrix
