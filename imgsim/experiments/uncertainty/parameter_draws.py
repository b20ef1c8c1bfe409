"""One draw of uncertain parameters: from a point of the unit cube to worlds with other values, and their simulation.

A coordinate belongs to a parameter with evidence `assumed`, or to a lever of a reform to which the user gave no size:
at one half it is the value in use; below it the value moves towards the low end of its range, above it towards the high
end, for all its dates and categories together. Calibrated parameters move together, by the joint covariance of the
country's fit (``posterior_covariance``): each calibration parameter has a coordinate, whose ends are those of the
middle 95% of a standard normal. Every draw runs the same replication, so that draws differ by parameters alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from scipy.special import ndtri

from imgsim.base.arrays import Floats
from imgsim.base.errors import InputError
from imgsim.engines.engine import engine
from imgsim.engines.model import Model, build
from imgsim.engines.records.columns import Columns, columns_of
from imgsim.engines.records.tables import build_tables
from imgsim.experiments.calibrate.fit import shifted
from imgsim.experiments.calibrate.posterior_covariance import Posterior, load
from imgsim.experiments.compare.counterfactual_pairs import Careers, careers_of
from imgsim.experiments.compare.lead import lead_values
from imgsim.experiments.compare.paired_replications import Worlds, headline_of
from imgsim.experiments.compare.shared_rounds import SharedAllocations, share_rounds
from imgsim.inputs.countries import country_folder
from imgsim.inputs.parameters.parameter import Parameter, Parameters, Row
from imgsim.inputs.reforms.reform import Lever
from imgsim.outcomes.all_measures import headline_makers, measures
from imgsim.outcomes.definitions import ALL, MEASURED
from imgsim.runs.keys import key_of

if TYPE_CHECKING:
    from imgsim.inputs.reforms.reform import Reform
    from imgsim.inputs.scenarios.scenario import Scenario


TABLE: Final = "draws"
FIT: Final = "fit."  # before the name of a calibration parameter, where it is drawn
TAIL: Final = 0.025  # of the normal that is cut off at either end
REFUSED: Final = "refused"
COLUMNS: Final = ["measure", "cohort", "group", "statistic", "value", "n"]


@dataclass(frozen=True, slots=True)
class Draws:
    """The points of the unit cube to be simulated in all worlds."""

    worlds: Worlds
    parameters: tuple[str, ...]
    points: Floats  # (draws, parameters), each between 0 and 1

    @property
    def run(self) -> Any:
        """The run settings."""
        return self.worlds.run

    def digest(self) -> str:
        """All that a checkpoint of a draw depends on."""
        return key_of("draws", self.worlds.digest(), self.parameters, self.points.tolist(), uncertainties(self.worlds))


def ready(draws: Draws) -> Draws:
    """The draws themselves: a worker prepares nothing, as every draw is a model of its own."""
    return draws


def simulate_draw(draws: Draws, number: int) -> Iterator[dict[str, Columns]]:
    """Simulate one draw in every world; its table of headline measures."""
    at = dict(zip(draws.parameters, draws.points[number].tolist(), strict=True))
    try:
        scenarios = worlds_at(draws.worlds, at)
        models = share_rounds(scenarios, [build(scenario) for scenario in scenarios], SharedAllocations())
        table = pd.concat(measured(models, draws.worlds.engine), ignore_index=True)
    except InputError as error:  # a combination that the model refuses: counted and reported
        row = {"measure": REFUSED, "cohort": "", "group": str(error)[:200], "statistic": "", "value": np.nan, "n": 0.0}
        table = pd.DataFrame([{"world": 0, **row}])
    table.insert(0, "draw", np.int32(number))
    yield {TABLE: columns_of(table)}


def measured(models: Sequence[Model], engine_name: str) -> Iterator[pd.DataFrame]:
    """The leading and the headline measures of the first replication in every world."""
    baseline: Careers | None = None
    for world, model in enumerate(models):
        tables = build_tables(engine(engine_name).run(model, 0).finished())
        careers = careers_of(tables["people"])
        baseline = baseline or careers
        lead = lead_values(baseline, careers, model.scenario.run.scale).assign(cohort=MEASURED, group=ALL, statistic="")
        headline = headline_of(measures(tables, model.scenario, headline_makers()))
        headline = headline[headline["time"].isna()][COLUMNS].astype(dict.fromkeys(COLUMNS[:4], str))
        yield pd.concat([lead[COLUMNS], headline], ignore_index=True).assign(world=np.int32(world))


def worlds_at(worlds: Worlds, at: Mapping[str, float]) -> Sequence[Scenario]:
    """The worlds with other parameter values: the baseline's are moved, and each reform is laid over them anew."""
    from imgsim.inputs.reforms.overlay import reformed
    from imgsim.inputs.reforms.read import read_reform

    base, posterior = worlds.scenarios[0], posterior_of(worlds)
    if posterior is not None:
        base = refitted(base, posterior, at)
    assumed = {name: u for name, u in at.items() if name in base.parameters}
    moved = replace(base, parameters=moved_parameters(base.parameters, assumed))
    scenarios = [moved]
    for scenario in worlds.scenarios[1:]:
        reforms = [read_reform(reform.file, sizes_at(worlds, reform, at), reform.name) for reform in scenario.reforms]
        scenarios.append(reformed(moved, reforms))
    return scenarios


def sizes_at(worlds: Worlds, reform: Reform, at: Mapping[str, float]) -> dict[str, float]:
    """The sizes of a reform's levers in a draw: those that the user gave as given, all others as drawn.

    A lever that is not drawn, because it is none of those analysed, has the size in use.
    """
    levers, parameters = open_levers(worlds), worlds.scenarios[0].parameters
    keys = {name: lever_key(worlds, reform, name) for name in reform.levers}
    drawn = {name: sized(levers[key], at.get(key, 0.5), parameters) for name, key in keys.items() if key in levers}
    return {name: lever.value for name, lever in reform.levers.items()} | drawn


def uncertain_parameters(worlds: Worlds) -> tuple[str, ...]:
    """Everything that a draw may move: assumed parameters with a range, calibration parameters, levers of reforms."""
    posterior = posterior_of(worlds)
    calibrated = tuple(f"{FIT}{adjusted.name}" for adjusted in posterior.free) if posterior else ()
    return drawable(worlds.scenarios[0].parameters) + calibrated + tuple(sorted(open_levers(worlds)))


def posterior_of(worlds: Worlds) -> Posterior | None:
    """The calibration parameters of the country with their covariance, if that was estimated."""
    return load(country_folder(worlds.scenarios[0].country))


def refitted(base: Scenario, posterior: Posterior, at: Mapping[str, float]) -> Scenario:
    """The baseline with its calibrated parameters at these coordinates; those without one stay as fitted.

    The covariance is that of a linear model: a value that it would take out of its plausible range stops there.
    """
    u = np.array([at.get(f"{FIT}{adjusted.name}", 0.5) for adjusted in posterior.free])
    moved = shifted(base, posterior.free, posterior.shift(ndtri(TAIL + (1 - 2 * TAIL) * u)))
    within = [in_ranges(base.parameters[name], moved.parameters[name]) for name in shifted_names(posterior)]
    return replace(moved, parameters=moved.parameters.replacing(*within))


def shifted_names(posterior: Posterior) -> list[str]:
    """The parameters that a country's calibration parameters shift."""
    return sorted({name for adjusted in posterior.free for name, _, _ in adjusted.rows})


def in_ranges(before: Parameter, after: Parameter) -> Parameter:
    """A parameter that was moved, with its values no further than the ends of their ranges.

    What a scenario sets has no range to stop in.
    """
    rows = {group: tuple(map(stopped, before.rows[group], series)) for group, series in after.rows.items()}
    return replace(after, rows=rows)


def stopped(before: Row, after: Row) -> Row:
    """A row that was moved, at the end of its range if it is beyond."""
    if before.range is None or before.range[0] >= before.range[1]:
        return after
    low, high = min(before.range[0], before.value), max(before.range[1], before.value)
    return after._replace(value=min(max(after.value, low), high))


def uncertainties(worlds: Worlds) -> list[object]:
    """How far a draw may move anything, which is no part of a scenario's own digest."""
    base, posterior = worlds.scenarios[0], posterior_of(worlds)
    moved = [*drawable(base.parameters), *(shifted_names(posterior) if posterior else [])]
    ranges = {name: [row.range for row in rows_of(base.parameters[name])] for name in moved}
    fit = [] if posterior is None else [repr(posterior.free), posterior.root.tolist()]
    reforms = [[reform.as_data() for reform in scenario.reforms] for scenario in worlds.scenarios]
    levers = {name: (lever.low, lever.value, lever.high) for name, lever in open_levers(worlds).items()}
    return [ranges, fit, levers, reforms]


def drawable(parameters: Parameters) -> tuple[str, ...]:
    """The parameters with an assumed value that has a range."""
    return tuple(name for name, parameter in parameters.items() if any(is_open(row) for row in rows_of(parameter)))


def rows_of(parameter: Parameter) -> Iterator[Row]:
    """All rows of a parameter, of every category and date."""
    return (row for series in parameter.rows.values() for row in series)


def is_open(row: Row) -> bool:
    """Whether a value is assumed and has room to move."""
    return row.evidence == "assumed" and row.range is not None and row.range[0] < row.range[1]


def open_levers(worlds: Worlds) -> dict[str, Lever]:
    """Every lever of every reform, by ``<reform>.<lever>``, but those to which the user gave a size.

    What is asked about one size, or about several, must not be answered about another.
    """
    return {
        lever_key(worlds, reform, name): lever
        for scenario in worlds.scenarios
        for reform in scenario.reforms
        for name, lever in reform.levers.items()
        if not lever.given
    }


def lever_key(worlds: Worlds, reform: Reform, lever: str) -> str:
    """The name of a lever among the coordinates, told from a parameter of the same name."""
    key = f"{reform.name}.{lever}"
    return f"lever.{key}" if key in worlds.scenarios[0].parameters or key.startswith(FIT) else key


def sized(lever: Lever, u: float, parameters: Parameters) -> float:
    """The size of a lever at a coordinate; whole where it sets a whole number."""
    size = between(u, lever.low, lever.value, lever.high)
    return (
        nearest(size) if any(is_integer(parameters[name]) for name in lever.parameters if name in parameters) else size
    )


def is_integer(parameter: Parameter) -> bool:
    """Is a fraction of the parameter never simulated?"""
    return parameter.limits.integer and not parameter.limits.divisible


def nearest(value: float) -> float:
    """The nearest whole number; halves go up."""
    return math.floor(value + 0.5)


def between(u: float, low: float, value: float, high: float) -> float:
    """The value at a coordinate: the one in use at one half, the ends of its range at zero and one."""
    if u < 0.5:
        return value - (1 - 2 * u) * max(0.0, value - low)
    return value + (2 * u - 1) * max(0.0, high - value)


def moved_parameters(parameters: Parameters, at: Mapping[str, float]) -> Parameters:
    """The parameters with the assumed values of some of them at these coordinates."""
    return parameters.replacing(*(moved_parameter(parameters[name], u) for name, u in at.items()))


def moved_parameter(parameter: Parameter, u: float) -> Parameter:
    """One parameter with its assumed values at a coordinate, whole where fractions are never simulated."""
    rows = {
        category: tuple(row._replace(value=moved_value(parameter, row, u)) for row in series)
        for category, series in parameter.rows.items()
    }
    return replace(parameter, rows=rows)


def moved_value(parameter: Parameter, row: Row, u: float) -> float:
    """The value of a row at a coordinate, within the limits of its parameter; as it is if it has no room to move."""
    if row.range is None or not is_open(row):
        return row.value
    low, high, *_ = parameter.limits
    value = float(np.clip(between(u, row.range[0], row.value, row.range[1]), low, high))
    return nearest(value) if is_integer(parameter) else value
