"""How well a fit knows its numbers, jointly: the covariance of its knobs, kept in the country's folder.

Laplace's approximation: the targets err independently by what they are allowed, each knob's bounds hold 95% of a normal
prior around the fit, and the simulation is taken as linear nearby: covariance = (J'J + prior precision)^-1, with J the
Jacobian of the misfit in allowed errors. What no target speaks of keeps the width of its prior.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from imgsim.experiments.calibrate.fit import Trial, Vector
from imgsim.experiments.calibrate.knobs_and_targets import Knob, load_knobs
from imgsim.inputs.published import Target
from imgsim.inputs.scenarios.scenario import Scenario

FILE: Final = "spread.toml"
HALF_WIDTH: Final = 1.96  # standard deviations of a normal prior from its middle to a bound
STEP: Final = 0.25  # of a shift, as in the fit: larger than the grain of the simulation

Map = Callable[[Callable[[Vector], Vector], Iterable[Vector]], Iterable[Vector]]


@dataclass(frozen=True, slots=True)
class Spread:
    """The knobs of a country and how they err together."""

    knobs: tuple[Knob, ...]
    root: Vector  # (knobs, knobs): symmetric, its square is the covariance of the shifts

    def shift(self, z: Vector) -> Vector:
        """The shifts at independent standard normals, one a knob, within the knobs' bounds."""
        bounds = np.array([[knob.low, knob.high] for knob in self.knobs])
        moved: Vector = np.clip(self.root @ z, *bounds.T)
        return moved


def covariance(jacobian: Vector, knobs: Sequence[Knob]) -> Vector:
    """The joint covariance of the shifts, from the Jacobian of the misfit at the fit, shape (targets, knobs)."""
    prior: Vector = np.array([(knob.high - knob.low) / 2 / HALF_WIDTH for knob in knobs], np.float64)
    return np.asarray(np.linalg.inv(jacobian.T @ jacobian + np.diag(prior**-2)), np.float64)


def jacobian(
    scenario: Scenario, knobs: Sequence[Knob], targets: Sequence[Target], replications: Sequence[int], over: Map
) -> Vector:
    """The Jacobian of the misfit where the numbers stand, by differences to both sides."""
    trial = Trial(scenario, knobs, [target for target in targets if target.use == "fit"], replications)
    steps = [sign * STEP * (np.arange(len(knobs)) == k) for k in range(len(knobs)) for sign in (1.0, -1.0)]
    rows = list(over(trial, steps))
    return np.array([(rows[2 * k] - rows[2 * k + 1]) / (2 * STEP) for k in range(len(knobs))]).T


def write(folder: Path, knobs: Sequence[Knob], held: Vector, how: str) -> None:
    """Keep a covariance beside the knobs."""
    names = ", ".join(f'"{knob.name}"' for knob in knobs)
    rows = ",\n".join("  [" + ", ".join(f"{value:.4g}" for value in row) + "]" for row in held)
    text = (
        "# How well the fit knows its numbers: joint covariance of the shifts of the knobs in calibration.toml.\n"
        f"# Written by `{how}`; see imgsim/experiments/calibrate/posterior_spread.py for the formula.\n\n"
        f"knobs = [{names}]\ncovariance = [\n{rows},\n]\n"
    )
    (folder / FILE).write_text(text, "utf-8")


def load(folder: Path) -> Spread | None:
    """The spread of a country; None if it has none on file. Knobs that are no longer turned are left out."""
    file = folder / FILE
    if not file.is_file():
        return None
    held = tomllib.loads(file.read_text("utf-8"))
    known = {knob.name: knob for knob in load_knobs(folder)}
    places = [place for place, name in enumerate(held["knobs"]) if name in known]
    matrix = np.array(held["covariance"])[np.ix_(places, places)]
    sizes, ways = np.linalg.eigh((matrix + matrix.T) / 2)
    root = (ways * np.sqrt(np.maximum(sizes, 0.0))) @ ways.T
    return Spread(tuple(known[held["knobs"][place]] for place in places), root)
