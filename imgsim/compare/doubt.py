"""Doubt about parameters, apart from chance: assumed numbers drawn from their plausible ranges, in both worlds alike.

Each draw is a point of a Latin hypercube (McKay, Beckman and Conover 1979), one coordinate a parameter of standing
`assumed` or dose of a reform. A coordinate of one half is the number in use; below it the number moves towards the low
end of its range, above it towards the high end, for all its dates and categories together. Calibrated numbers move
together, by the joint spread of the country's fit (``imgsim.calibrate.spread``): a coordinate a knob, its ends those of
the middle 95% of a standard normal. Every draw runs the same replication, so that what differs between draws is the
parameters.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from imgsim.calibrate.fit import shifted
from imgsim.calibrate.spread import Spread, load
from imgsim.compare.kept import read
from imgsim.compare.worlds import Worlds, headline_of
from imgsim.engines import engine
from imgsim.errors import ImgsimError, InputError
from imgsim.manifest import code_digest
from imgsim.model import build
from imgsim.outcomes import measures
from imgsim.outcomes.headline import lines
from imgsim.parameters import Parameter, Parameters, Row
from imgsim.parts import claimed
from imgsim.pathway import FIRST_POST
from imgsim.progress import progress
from imgsim.replicate import Recipe, run_replications
from imgsim.scenario import COUNTRIES
from imgsim.store import PARTS
from imgsim.tables import build_tables

if TYPE_CHECKING:
    from imgsim.scenario import Scenario

Floats = npt.NDArray[np.float64]

NAMES_TABLE: Final = "draws"
FIT: Final = "fit."  # before the name of a knob, where it is drawn
TAIL: Final = 0.025  # of the normal that is cut off at either end
REFUSED: Final = "refused"
FEWEST: Final = 2  # draws in which a line must have a value in both worlds
RECIPE: Final = Recipe(
    build="imgsim.compare.doubt.ready", pieces="imgsim.compare.doubt.pieces",
    measures="imgsim.compare.worlds.nothing", tables=(NAMES_TABLE,),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draws:
    """The points to be run."""

    worlds: Worlds
    parameters: tuple[str, ...]
    points: Floats  # (draws, parameters), each between 0 and 1

    @property
    def run(self) -> Any:
        """The run settings."""
        return self.worlds.run

    def digest(self) -> str:
        """What a kept draw depends on."""
        text = json.dumps([self.worlds.digest(), self.parameters, code_digest()])
        return hashlib.sha256(text.encode() + self.points.tobytes()).hexdigest()


@dataclass(frozen=True)
class Doubt:
    """The draws of an uncertainty analysis."""

    parameters: tuple[str, ...]
    points: Floats
    table: pd.DataFrame  # draw, world, measure, group, value
    names: tuple[str, ...]
    first_post: str = FIRST_POST  # what the road calls it

    @property
    def refused(self) -> int:
        """How many points the model refused."""
        return int((self.table["measure"] == REFUSED).sum())

    def summary(self) -> pd.DataFrame:
        """A row a reform and headline line: median and 95% range of the difference over draws, share that helps."""
        found = []
        for reform, line, difference in self.each():
            difference = difference[np.isfinite(difference)]
            low, middle, high = np.quantile(difference, (0.025, 0.5, 0.975))
            sign = 1.0 if line["better"] == "more" else -1.0
            found.append((reform, line["label"], line["unit"], middle, low, high, (sign * difference > 0).mean()))
        columns = ["reform", "label", "unit", "median", "low", "high", "helps"]
        return pd.DataFrame(found, columns=columns)

    def tornado(self, measure: str, group: str = "all") -> pd.DataFrame:
        """How far each parameter swings the difference from one tenth of its range to nine tenths, by least squares.

        ``beyond`` says whether the slope lies more than two standard errors from nought: with hundreds of parameters
        one in twenty does by chance.
        """
        found = []
        for reform, line, difference in self.each():
            if (line["measure"], line.get("group", "all")) == (measure, group):
                known = np.isfinite(difference)
                found += [
                    (reform, name, *swing(self.points[known, k], difference[known]))
                    for k, name in enumerate(self.parameters)
                ]
        table = pd.DataFrame(found, columns=["reform", "parameter", "swing", "error"])
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
        benefit = [sign * d for _, held, d in self.each() if held is line or held == line]
        if not benefit:
            return pd.DataFrame(columns=["parameter", "worth"])
        known = np.isfinite(np.array(benefit)).all(axis=0).reshape(-1)
        options = np.column_stack([np.zeros(len(known)), *benefit])[known]
        best = options.mean(axis=0).max()
        worth = [fitted(self.points[known, k], options).max(axis=1).mean() - best for k in range(len(self.parameters))]
        table = pd.DataFrame({"parameter": self.parameters, "worth": np.maximum(worth, 0.0)})
        return table.sort_values("worth", ascending=False, ignore_index=True)

    def each(self) -> Iterator[tuple[str, dict[str, Any], Floats]]:
        """Reform, headline line, and the differences of all draws in their order, missing where a world has none."""
        for line in lines(self.first_post):
            if not line.get("better"):
                continue
            held = self.table[
                (self.table["measure"] == line["measure"]) & (self.table["group"] == line.get("group", "all"))
            ]
            wide = held.pivot_table(index="draw", columns="world", values="value").reindex(range(len(self.points)))
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
    """The options as a function of one parameter, by a parabola."""
    basis = np.vander(point, 3)
    found: Floats = basis @ np.linalg.lstsq(basis, options, rcond=None)[0]
    return found


def drawn(held: Worlds, root: Path, draws: int, workers: int, quiet: bool) -> Doubt:
    """The draws of a Latin hypercube over all open numbers, each run in all worlds."""
    from scipy.stats import qmc

    if draws < 2:
        raise InputError("needs at least two draws", key="--uncertainty")
    names = open_numbers(held)
    points = qmc.LatinHypercube(len(names), seed=held.run.seed).random(draws)
    return run_at(held, root, names, points, workers, quiet, "draws of all worlds")


def run_at(
    held: Worlds, root: Path, names: tuple[str, ...], points: Floats, workers: int, quiet: bool, words: str
) -> Doubt:
    """Run all points, those left by an interrupted analysis first; what was finished is not done again."""
    asked = Draws(held, names, points)
    with claimed(root / PARTS, asked.digest()) as parts:
        with progress(len(points), words, quiet=quiet) as tick:
            run_replications(asked, parts, len(points), workers, tick, RECIPE)  # type: ignore[arg-type]
        table = read(parts, len(points), (NAMES_TABLE,))[NAMES_TABLE]
        parts.remove()
    found = Doubt(names, points, table, held.names, held.scenarios[0].pathway.first_post)
    if found.refused == len(points):
        raise ImgsimError(f"no draw could be run, every one was refused: {table['group'].iloc[0]}")
    return found


def open_numbers(held: Worlds) -> tuple[str, ...]:
    """Every number that a draw may move: the assumed ones with a range, and the doses of the reforms."""
    fitted = spread_of(held)
    knobs = tuple(f"{FIT}{knob.name}" for knob in fitted.knobs) if fitted else ()
    return drawable(held.scenarios[0].parameters) + knobs + tuple(sorted(doses_of(held)))


def spread_of(held: Worlds) -> Spread | None:
    """How well the fit of the country knows its numbers, if that is on file."""
    return load(COUNTRIES / held.scenarios[0].country)


def refitted(base: Scenario, spread: Spread, at: Mapping[str, float]) -> Scenario:
    """The baseline with its calibrated numbers at these coordinates; knobs that have none stay as fitted."""
    u = np.array([at.get(f"{FIT}{knob.name}", 0.5) for knob in spread.knobs])
    return shifted(base, spread.knobs, spread.shift(ndtri(TAIL + (1 - 2 * TAIL) * u)))


def drawable(parameters: Parameters) -> tuple[str, ...]:
    """The parameters with an assumed number that has a range."""
    return tuple(name for name, parameter in parameters.items() if any(is_open(row) for row in rows_of(parameter)))


def rows_of(parameter: Parameter) -> Iterator[Row]:
    """All rows of a parameter."""
    return (row for series in parameter.rows.values() for row in series)


def is_open(row: Row) -> bool:
    """Is the number assumed, with room to move?"""
    return row.standing == "assumed" and row.range is not None and row.range[0] < row.range[1]


def doses_of(held: Worlds) -> dict[str, tuple[float, float, float]]:
    """Low, value and high of every dose of every reform, by ``<reform>.<dose>``."""
    return {
        f"{reform.name}.{name}": (dose.low, dose.value, dose.high)
        for scenario in held.scenarios
        for reform in scenario.reforms
        for name, dose in reform.doses.items()
    }


def between(u: float, low: float, value: float, high: float) -> float:
    """The number at a coordinate: the one in use at one half, the ends of its range at nought and one."""
    if u < 0.5:
        return value - (1 - 2 * u) * max(0.0, value - low)
    return value + (2 * u - 1) * max(0.0, high - value)


def moved(parameters: Parameters, at: Mapping[str, float]) -> Parameters:
    """The parameters with the assumed numbers of some of them at these coordinates."""
    return parameters.replacing(*(moved_one(parameters[name], u) for name, u in at.items()))


def moved_one(parameter: Parameter, u: float) -> Parameter:
    """One parameter with its assumed numbers at a coordinate."""
    low, high = parameter.bounds
    rows = {
        category: tuple(
            row._replace(value=float(np.clip(between(u, row.range[0], row.value, row.range[1]), low, high)))
            if is_open(row) and row.range is not None else row
            for row in series
        )
        for category, series in parameter.rows.items()
    }  # fmt: skip
    return replace(parameter, rows=rows)


def ready(draws: Draws) -> Draws:
    """A worker needs nothing made ready: every draw is a model of its own."""
    return draws


def pieces(draws: Draws, number: int) -> Iterator[dict[str, pd.DataFrame]]:
    """One draw in every world."""
    at = dict(zip(draws.parameters, draws.points[number].tolist(), strict=True))
    try:
        found = [headline_in(world, scenario, draws) for world, scenario in enumerate(worlds_at(draws.worlds, at))]
        table = pd.concat(found, ignore_index=True)
    except InputError as error:  # a combination that the model refuses: counted, and said
        table = pd.DataFrame([{"world": 0, "measure": REFUSED, "group": str(error)[:200], "value": np.nan}])
    table.insert(0, "draw", np.int32(number))
    yield {NAMES_TABLE: table}


def headline_in(world: int, scenario: Scenario, draws: Draws) -> pd.DataFrame:
    """The headline measures of one world."""
    tables = build_tables(engine(draws.worlds.engine).run(build(scenario), 0).finished())
    held = headline_of(measures(tables, scenario))
    return held[held["time"].isna()][["measure", "group", "value"]].assign(world=np.int32(world))


def worlds_at(held: Worlds, at: Mapping[str, float]) -> Sequence[Scenario]:
    """The worlds with other numbers: the baseline's are moved, and each reform is laid over them anew."""
    from imgsim.reform_overlay import read_reforms, reformed

    base, spread = held.scenarios[0], spread_of(held)
    if spread is not None:
        base = refitted(base, spread, at)
    numbers = {name: u for name, u in at.items() if name in base.parameters}
    other = replace(base, parameters=moved(base.parameters, numbers))
    sizes = {name: between(at[name], *bounds) for name, bounds in doses_of(held).items()}
    found = [other]
    for scenario in held.scenarios[1:]:
        mine = {
            name: size for name, size in sizes.items() if name.partition(".")[0] in {r.name for r in scenario.reforms}
        }
        found.append(reformed(other, read_reforms([reform.file for reform in scenario.reforms], mine)))
    return found


def sizes_of(sweep: str) -> tuple[str, tuple[float, ...]]:
    """Name and sizes of ``NAME=a,b,c``."""
    name, equals, listed = sweep.partition("=")
    try:
        sizes = tuple(float(part) for part in listed.split(","))
    except ValueError:
        sizes = ()
    if not name.strip() or not equals or len(sizes) < 2:
        raise InputError(f"`{sweep}` is no NAME=a,b,c with at least two sizes", key="--sweep")
    return name.strip(), sizes
