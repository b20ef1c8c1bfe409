"""Least squares under common random numbers: the same people live every trial, so the misfit is nearly smooth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.experiments.calibrate.knobs_and_targets import SHIFTED, Knob
from imgsim.inputs.parameters.parameter import Parameter, Parameters
from imgsim.inputs.published import Target
from imgsim.inputs.scenarios.scenario import Scenario

Vector = npt.NDArray[np.float64]
WORST: Final = 30.0  # a target missed by more counts no more: far from the fit it would drown the others


@dataclass(frozen=True, slots=True)
class Fit:
    """The outcome of a fit: shifts with standard errors from the Jacobian, and the misfit target by target."""

    knobs: Sequence[Knob]
    shift: Vector
    error: Vector
    table: pd.DataFrame  # measure, cohort, group, published, simulated, allowed error, use


def shifted(scenario: Scenario, knobs: Sequence[Knob], shift: Vector) -> Scenario:
    """The scenario with every knob's rows moved."""
    parameters = scenario.parameters
    for knob, amount in zip(knobs, shift, strict=True):
        for name, category, start in knob.rows:
            moved = move_rows(parameters[name], knob, float(amount), category, start)
            parameters = parameters.replacing(moved)
    return replace(scenario, parameters=parameters)


def move_rows(parameter: Parameter, knob: Knob, amount: float, category: str, start: str) -> Parameter:
    """One parameter with the rows a knob names moved behind the knob's link."""
    from imgsim.base.dates.calendar import to_day

    day = to_day(start) if start else None
    rows = {
        held: tuple(
            row._replace(value=SHIFTED[knob.shift](row.value, amount))
            if category in ("", held) and (day is None or row.start == day)
            else row
            for row in series
        )
        for held, series in parameter.rows.items()
    }
    return replace(parameter, rows=rows)


def simulate_measures(scenario: Scenario, replications: Sequence[int]) -> dict[tuple[str, str, str], float]:
    """The outcomes of a scenario, averaged over replications, by (measure, cohort, group)."""
    from imgsim.engines.engine import AUTO, choose, engine
    from imgsim.engines.model import build
    from imgsim.engines.records.tables import build_tables
    from imgsim.outcomes.all_measures import measures

    model = build(scenario)
    walker = engine(choose(AUTO).name)
    found = pd.concat(
        [measures(build_tables(walker.run(model, number).finished()), scenario) for number in replications]
    )
    means = found.groupby(["measure", "cohort", "group"], observed=True)["value"].mean().reset_index()
    keys = zip(means["measure"].astype(str), means["cohort"].astype(str), means["group"].astype(str), strict=True)
    return dict(zip(keys, means["value"].astype(float), strict=True))


def misfit(found: dict[tuple[str, str, str], float], targets: Sequence[Target]) -> Vector:
    """Simulated minus published, in allowed errors; InputError if a target has no simulated counterpart."""
    missing = [target.key for target in targets if target.key not in found]
    if missing:
        from imgsim.base.errors import InputError

        raise InputError(f"no outcome answers to the target {missing[0]}")
    errors = np.array([(found[target.key] - target.value) / target.error for target in targets])
    bounded: Vector = np.clip(np.nan_to_num(errors, nan=WORST), -WORST, WORST)
    return bounded


def fit(
    scenario: Scenario,
    knobs: Sequence[Knob],
    targets: Sequence[Target],
    *,
    replications: Sequence[int] = (0,),
    step: float = 0.25,
    rounds: int = 8,
    spread: Callable[[Callable[[Vector], Vector], Iterable[Vector]], Iterable[Vector]] = map,
    report: Callable[[str], object] = lambda _: None,
) -> Fit:
    """Gauss-Newton with bounds (SciPy's trust-region reflective) over the shifts, from zero.

    ``spread`` runs the trials of a Jacobian side by side; steps are larger than the grain of the simulation.
    """
    from scipy.optimize import least_squares

    aims = [target for target in targets if target.use == "fit"]
    trial = Trial(scenario, knobs, aims, replications)

    def jacobian(shift: Vector) -> Vector:
        points = [shift, *(shift + step * (np.arange(len(knobs)) == k) for k in range(len(knobs)))]
        rows = list(spread(trial, points))
        report(f"misfit {np.sqrt(np.mean(rows[0] ** 2)):.3f} allowed errors at {np.round(shift, 3).tolist()}")
        return np.array([(row - rows[0]) / step for row in rows[1:]]).T

    bounds = np.array([[knob.low, knob.high] for knob in knobs]).T
    start: Vector = np.clip(np.zeros(len(knobs)), bounds[0] + 1e-6, bounds[1] - 1e-6)
    result: Any = least_squares(trial, start, jac=jacobian, bounds=bounds, x_scale=1.0, max_nfev=rounds, xtol=1e-3)
    shift: Vector = result.x
    return Fit(knobs, shift, standard_errors(result.jac), compare(trial.found(shift), targets))


@dataclass(frozen=True, slots=True)
class Trial:
    """One evaluation of the misfit; a plain object, so that it travels to worker processes."""

    scenario: Scenario
    knobs: Sequence[Knob]
    targets: Sequence[Target]
    replications: Sequence[int]

    def found(self, shift: Vector) -> dict[tuple[str, str, str], float]:
        """The outcomes at these shifts."""
        return simulate_measures(shifted(self.scenario, self.knobs, shift), self.replications)

    def __call__(self, shift: Vector) -> Vector:
        """The misfit at these shifts."""
        return misfit(self.found(shift), self.targets)


def standard_errors(jacobian: Vector) -> Vector:
    """Standard errors of the shifts if the targets err independently by what they are allowed."""
    return np.sqrt(np.diag(np.linalg.pinv(jacobian.T @ jacobian)))


def compare(found: dict[tuple[str, str, str], float], targets: Sequence[Target]) -> pd.DataFrame:
    """Every target beside what was simulated."""
    rows = [
        (*target.key, target.value, found.get(target.key, float("nan")), target.error, target.use) for target in targets
    ]
    columns = ["measure", "cohort", "group", "published", "simulated", "allowed", "use"]
    return pd.DataFrame(rows, columns=columns)


def refit_parameters(parameters: Parameters, knobs: Sequence[Knob]) -> list[str]:
    """The parameters that knobs turn: those that must carry the standing ``calibrated``."""
    return sorted({name for knob in knobs for name, _, _ in knob.rows if name in parameters})
