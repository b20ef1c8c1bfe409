"""Least squares under common random numbers: every trial simulates the same people, so the misfit is nearly smooth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.errors import InputError
from imgsim.engines.engine import AUTO, choose, engine
from imgsim.engines.model import build
from imgsim.engines.records.tables import build_tables
from imgsim.experiments.calibrate.calibration_parameters import SHIFTED, CalibrationParameter, is_at
from imgsim.inputs.parameters.parameter import Parameter
from imgsim.inputs.published import Target
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.outcomes.all_measures import measures
from imgsim.outcomes.outcome_key import Outcomes, means, target_key

Vector = npt.NDArray[np.float64]
NEAR: Final = 0.01  # of the way between its bounds: a shift that close to one of them has stopped there
SHARES: Final = (1.0, 0.5, 0.25, 0.125)  # of a step, that are tried
WORST: Final = 30.0  # a target missed by more counts no more: far from the fit it would drown the others


@dataclass(frozen=True, slots=True)
class Fit:
    """The result of a fit: shifts with standard errors from the Jacobian, and the misfit target by target.

    The bounds of ``free`` are those within which all values stay in their ranges.
    """

    free: Sequence[CalibrationParameter]
    shift: Vector
    error: Vector
    table: pd.DataFrame  # measure, cohort, group, published, simulated, allowed error, use

    def at_bounds(self) -> list[str]:
        """By calibration parameter: the bound at which its shift has stopped, "low" or "high", or nothing."""
        near = [NEAR * (adjusted.high - adjusted.low) for adjusted in self.free]
        return [
            "low" if shift <= adjusted.low + by else "high" if shift >= adjusted.high - by else ""
            for adjusted, shift, by in zip(self.free, self.shift.tolist(), near, strict=True)
        ]


def shifted(scenario: Scenario, free: Sequence[CalibrationParameter], shift: Vector) -> Scenario:
    """The scenario with the rows of every calibration parameter shifted."""
    parameters = scenario.parameters
    for adjusted, amount in zip(free, shift, strict=True):
        for name, category, start in adjusted.rows:
            parameters = parameters.replacing(shift_rows(parameters[name], adjusted, float(amount), category, start))
    return replace(scenario, parameters=parameters)


def shift_rows(
    parameter: Parameter, adjusted: CalibrationParameter, amount: float, category: str, start: str
) -> Parameter:
    """One parameter with its rows of a category and date shifted behind the link of a calibration parameter."""
    rows = {
        group: tuple(
            row._replace(value=SHIFTED[adjusted.shift](row.value, amount))
            if is_at((category, start), group, row)
            else row
            for row in series
        )
        for group, series in parameter.rows.items()
    }
    return replace(parameter, rows=rows)


def simulate_measures(scenario: Scenario, replications: Sequence[int]) -> Outcomes:
    """Simulate a scenario; its outcomes averaged over replications."""
    model = build(scenario)
    simulator = engine(choose(AUTO).name)
    outcomes = pd.concat(
        [measures(build_tables(simulator.run(model, number).finished()), scenario) for number in replications]
    )
    return means(outcomes)


def misfit(outcomes: Outcomes, targets: Sequence[Target]) -> Vector:
    """Simulated minus published, in allowed errors; InputError if a target has no simulated counterpart."""
    keys = [target_key(target) for target in targets]
    missing = [key for key in keys if key not in outcomes]
    if missing:
        raise InputError(f"no outcome answers to the target {tuple(missing[0])}")
    errors = np.array(
        [(outcomes[key] - target.value) / target.error for key, target in zip(keys, targets, strict=True)]
    )
    bounded: Vector = np.clip(np.nan_to_num(errors, nan=WORST), -WORST, WORST)
    return bounded


def fit(
    scenario: Scenario,
    free: Sequence[CalibrationParameter],
    targets: Sequence[Target],
    *,
    replications: Sequence[int] = (0,),
    step: float = 0.25,
    rounds: int = 8,
    spread: Callable[[Callable[[Vector], Vector], Iterable[Vector]], Iterable[Vector]] = map,
    report: Callable[[str], object] = lambda _: None,
) -> Fit:
    """Fit the shifts by Gauss-Newton steps within their bounds, beginning at zero.

    ``spread`` runs the trials of a Jacobian in parallel; steps are larger than the grain of the simulation. A step goes
    as far as the misfit falls most, of some shares of it; a fit ends where it falls at none of them.
    """
    trial = Trial(scenario, free, [target for target in targets if target.use == "fit"], replications)
    bounds = np.array([[adjusted.low, adjusted.high] for adjusted in free]).T
    shift: Vector = np.clip(np.zeros(len(free)), *bounds)
    for _ in range(rounds):
        points = [shift, *(shift + step * (np.arange(len(free)) == k) for k in range(len(free)))]
        rows = list(spread(trial, points))
        report(f"misfit {np.sqrt(np.mean(rows[0] ** 2)):.3f} allowed errors at {np.round(shift, 3).tolist()}")
        jacobian = np.array([(row - rows[0]) / step for row in rows[1:]]).T
        way = step_within(jacobian, rows[0], bounds - shift)
        tried = [rows[0], *spread(trial, [shift + share * way for share in SHARES])]
        best = int(np.argmin([row @ row for row in tried]))
        if not best:
            break
        shift = shift + SHARES[best - 1] * way
    return Fit(free, shift, standard_errors(jacobian), target_table(trial.outcomes(shift), targets))


def step_within(jacobian: Vector, misfit: Vector, room: Vector) -> Vector:
    """The step that leaves the least misfit if that is linear, within the room below and above each shift.

    A step by half the room of a shift counts as one allowed error, so that what no target depends on stays.
    """
    from scipy.optimize import lsq_linear

    damping = np.diag(2.0 / (room[1] - room[0]))
    slopes, zeros = np.vstack((jacobian, damping)), np.zeros(len(damping))
    way: Vector = lsq_linear(slopes, np.concatenate((-misfit, zeros)), bounds=room, method="bvls").x
    return way


@dataclass(frozen=True, slots=True)
class Trial:
    """One evaluation of the misfit, as a plain object that can be sent to worker processes."""

    scenario: Scenario
    free: Sequence[CalibrationParameter]
    targets: Sequence[Target]
    replications: Sequence[int]

    def outcomes(self, shift: Vector) -> Outcomes:
        """The outcomes at these shifts."""
        return simulate_measures(shifted(self.scenario, self.free, shift), self.replications)

    def __call__(self, shift: Vector) -> Vector:
        """The misfit at these shifts."""
        return misfit(self.outcomes(shift), self.targets)


def standard_errors(jacobian: Vector) -> Vector:
    """Standard errors of the shifts if the targets err independently by their allowed errors."""
    return np.sqrt(np.diag(np.linalg.pinv(jacobian.T @ jacobian)))


def target_table(outcomes: Outcomes, targets: Sequence[Target]) -> pd.DataFrame:
    """Every target with its published and its simulated value."""
    keys = {target_key(target): target for target in targets}
    rows = [
        (key.series, key.cohort, key.group, target.value, outcomes.get(key, float("nan")), target.error, target.use)
        for key, target in keys.items()
    ]
    columns = ["measure", "cohort", "group", "published", "simulated", "allowed", "use"]
    return pd.DataFrame(rows, columns=columns)
