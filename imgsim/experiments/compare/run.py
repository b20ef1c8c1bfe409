"""Compare a scenario with reforms of it: simulate all worlds in pairs until the precision is reached."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from imgsim.base.errors import InputError
from imgsim.base.progress import progress
from imgsim.engines.engine import AUTO, choose
from imgsim.experiments.compare.comparison import Comparison
from imgsim.experiments.compare.paired_replications import JOB, TABLES, Worlds, refuse_unpaired, window, within
from imgsim.experiments.compare.read import read_replications
from imgsim.experiments.compare.sweep import sizes_of, world_of
from imgsim.experiments.compare.write import write_comparison
from imgsim.experiments.uncertainty.parameter_uncertainty import parameter_uncertainty
from imgsim.experiments.uncertainty.sensitivity import sensitivity
from imgsim.inputs.arguments import check_arguments
from imgsim.inputs.reforms.lever_sizes import lever_sizes
from imgsim.inputs.reforms.read import read_reform
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.runs.checkpoints import Checkpoints, Claims, claims, complete
from imgsim.runs.manifest import Call
from imgsim.runs.replicate import run_replications
from imgsim.runs.store import CHECKPOINTS
from imgsim.runs.workers import Workers, chosen_workers

RESULTS: Final = "results"
YEARS: Final = 12  # measured from the first change of a reform on: five-year cohorts and a few ten-year ones
AT_MOST: Final = 100  # replications, if precision is asked for

Path_ = str | os.PathLike[str]


def compare(
    base: Path_,
    reforms: Sequence[Path_] = (),
    *,
    together: bool = False,
    replications: int | None = None,
    precision: float | None = None,
    most: int = AT_MOST,
    years: int = YEARS,
    sweep: str | None = None,
    uncertainty: int = 0, morris: int = 0, sobol: int = 0,
    levers: Mapping[str, float] | None = None,
    doses: Mapping[str, float] | None = None,
    sets: Sequence[str] = (),
    seed: int | None = None, scale: float | None = None, workers: int | None = None,
    engine: str = AUTO,
    out: Path_ | None = None,
    quiet: bool = False, figures: bool = True,
    executor: Executor | None = None,
) -> Comparison:  # fmt: skip
    """Compare a scenario with reforms of it, person by person; each reform is a world of its own.

    With ``together`` all reforms make one world. Everything is measured from the first change on, for ``years``.
    ``precision`` adds replications, up to ``most``, until the 95% interval of every share is so small; ``sweep`` makes
    a world of each size of a lever; ``uncertainty``, ``morris`` and ``sobol`` draw parameters so many times. An
    ``executor`` computes instead of ``workers`` (see docs/clusters.md).
    """
    check_arguments(locals())
    given = {"sets": sets, "seed": seed, "scale": scale}
    start, by, root = datetime.now(UTC), chosen_workers(workers, executor, quiet), Path(out or RESULTS)
    sizes = lever_sizes(levers, doses)
    files = [Path(file) for file in reforms]
    worlds = worlds_of(Path(base), files, together, years, sweep, sizes, engine, given)
    call = Call(start, by.described, tuple(sets), worlds.engine, "compared")
    with claims(root / CHECKPOINTS) as claimed:  # all of them stay until the comparison is written
        result = replicated(worlds, claimed, replications, precision, most, by, quiet)
        result.sweep = sizes_of(sweep) if sweep else None
        analyse_parameters(result, claimed, uncertainty, morris, sobol, by, quiet)
        result.folder = write_comparison(result, root, call, figures)
    return result


def analyse_parameters(
    result: Comparison, claimed: Claims, uncertainty: int, morris: int, sobol: int, workers: Workers, quiet: bool
) -> None:
    """Add the analyses of parameter uncertainty that were asked for to a comparison."""
    if uncertainty:
        result.parameter_uncertainty = parameter_uncertainty(result.worlds, claimed, uncertainty, workers, quiet)
    if morris or sobol:
        result.sensitivity = sensitivity(result.worlds, claimed, morris, sobol, workers, quiet)


def worlds_of(
    base: Path, reforms: list[Path], together: bool, years: int, sweep: str | None, levers: Mapping[str, float],
    engine: str, given: dict[str, Any],
) -> Worlds:  # fmt: skip
    """The baseline and the worlds to compare with it."""
    if not reforms:
        raise InputError("nothing to compare: name at least one reform", key="--reform")
    refuse_levers(reforms, levers)
    baseline = load_scenario(base, **given)
    if sweep is not None:
        others = swept(base, reforms, together, sweep, levers, given)
    else:
        sets = [reforms] if together else [[file] for file in reforms]
        others = {
            name_of(files): load_scenario(base, reforms=files, levers=own_levers(files, levers), **given)
            for files in sets
        }
    begin, end = window(baseline, list(others.values()), years)
    scenarios = tuple(within(scenario, begin, end) for scenario in (baseline, *others.values()))
    names = (baseline.name, *others)
    refuse_unpaired(names, scenarios)
    return Worlds(names, scenarios, choose(engine).name)


def name_of(files: Sequence[Path]) -> str:
    """The name of a world, from its reforms."""
    return "+".join(file.stem for file in files)


def refuse_levers(reforms: Sequence[Path], levers: Mapping[str, float]) -> None:
    """InputError for a lever that no reform has, or that several have."""
    from imgsim.inputs.reforms.overlay import read_reforms

    read_reforms(reforms, levers)


def own_levers(files: Sequence[Path], levers: Mapping[str, float]) -> dict[str, float]:
    """The levers that these reforms have."""
    known = {name for file in files for lever in read_reform(file).levers for name in (lever, f"{file.stem}.{lever}")}
    return {name: value for name, value in levers.items() if name in known} if len(files) == 1 else dict(levers)


def swept(
    base: Path, reforms: list[Path], together: bool, sweep: str, levers: Mapping[str, float], given: dict[str, Any]
) -> dict[str, Scenario]:
    """A world for each size of a lever, and one for each reform without that lever, to be ranked among them."""
    name, sizes = sizes_of(sweep)
    having = [file for file in reforms if own_levers([file], {name: sizes[0]})]
    moved = reforms if together or not having else having
    by_size = {
        world_of(name, size): load_scenario(
            base, reforms=moved, levers={**own_levers(moved, levers), name: size}, **given
        )
        for size in sizes
    }
    others = [file for file in reforms if file not in moved]
    return by_size | {
        name_of([file]): load_scenario(base, reforms=[file], levers=own_levers([file], levers), **given)
        for file in others
    }


def replicated(
    worlds: Worlds, claimed: Claims, asked: int | None, precision: float | None, most: int, workers: Workers,
    quiet: bool,
) -> Comparison:  # fmt: skip
    """Simulate all worlds, replication by replication, until the precision is reached; checkpoints are used again."""
    count = asked or worlds.run.replications
    refuse_counts(count, precision, most)
    checkpoints = claimed.of(worlds.digest(), f"comparison of {', '.join(worlds.names)}")
    while True:
        tables = tables_of(worlds, checkpoints, count, workers, quiet)
        result = Comparison(worlds, tables, count)
        half = widest(result.differences)
        if precision is None or half <= precision or count >= most:
            result.precision_text = precision_text(precision, half, count)
            claimed.finish(checkpoints, count)
            return result
        count = min(most, 2 * count)


def tables_of(
    worlds: Worlds, checkpoints: Checkpoints, count: int, workers: Workers, quiet: bool
) -> dict[str, pd.DataFrame]:
    """The tables of the first so many replications in all worlds, computed as far as they are not there."""

    def compute() -> None:
        with progress(count, "replications of all worlds", quiet=quiet) as tick:
            run_replications(worlds, checkpoints, count, workers, tick, JOB)

    return complete(compute, lambda: read_replications(checkpoints, count, TABLES))


def refuse_counts(count: int, precision: float | None, most: int) -> None:
    """InputError for a precision that no number of replications can reach."""
    if precision is not None and not precision > 0:
        raise InputError("must be above 0", key="--precision")
    if precision is not None and count < 2:
        raise InputError("precision needs at least two replications to begin with", key="--replications")
    if most < count and precision is not None:
        raise InputError(f"must be at least the {count} replications to begin with", key="--most")


def widest(table: pd.DataFrame) -> float:
    """Half the widest interval among differences of shares; 0 if nothing differs."""
    shares = table[table["unit"] == "share"]
    half = (shares["high"] - shares["low"]).to_numpy(np.float64) / 2
    return float(np.nanmax(half)) if np.isfinite(half).any() else 0.0


def precision_text(precision: float | None, half: float, count: int) -> str:
    """A sentence on whether the precision asked for was reached."""
    if precision is None:
        return ""
    if half <= precision:
        return f"All shares known to {100 * half:.2g} points after {count} replications ({100 * precision:.2g} asked)."
    return (
        f"Stopped at {count} replications: the widest interval is {100 * half:.2g} points, not {100 * precision:.2g}."
    )
