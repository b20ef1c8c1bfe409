"""Compare a scenario with reforms of it: simulate all worlds in pairs until the precision is reached."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NoReturn

import numpy as np
import pandas as pd

from imgsim.base.errors import InputError
from imgsim.engines.engine import AUTO
from imgsim.experiments.compare.comparison import Comparison
from imgsim.experiments.compare.paired_replications import JOB, TABLES, Worlds
from imgsim.experiments.compare.read import read_replications
from imgsim.experiments.compare.reform_worlds import worlds_of
from imgsim.experiments.compare.sweep import sizes_of
from imgsim.experiments.compare.write import write_comparison
from imgsim.experiments.uncertainty.parameter_uncertainty import parameter_uncertainty
from imgsim.experiments.uncertainty.sensitivity import sensitivity
from imgsim.inputs.arguments import check_arguments
from imgsim.inputs.reforms.lever_sizes import lever_sizes
from imgsim.runs.checkpoints import Checkpoints, Claims, claims
from imgsim.runs.folders import CHECKPOINTS, results_folder
from imgsim.runs.manifest import Call
from imgsim.runs.portions import ALL, Portion, carry_out
from imgsim.runs.replicate import complete_replications
from imgsim.runs.workers import Workers, chosen_workers

YEARS: Final = 12  # measured from the first change of a reform on: five-year cohorts and a few ten-year ones
AT_MOST: Final = 100  # replications, if precision is asked for

Path_ = str | os.PathLike[str]


def compare(
    base: Path_,
    reforms: Sequence[Path_] = (),
    *,
    together: bool = False,
    replications: int | None = None,
    precision: float | None = None, most: int = AT_MOST,
    years: int = YEARS, sweep: str | None = None,
    uncertainty: int = 0, morris: int = 0, sobol: int = 0,
    levers: Mapping[str, float] | None = None,
    doses: Mapping[str, float] | None = None,
    sets: Sequence[str] = (),
    seed: int | None = None, scale: float | None = None, workers: int | None = None,
    engine: str = AUTO,
    out: Path_ | None = None,
    quiet: bool = False, figures: bool = True,
    executor: Executor | None = None, portion: Portion | None = None,
) -> Comparison:  # fmt: skip
    """Compare a scenario with reforms of it, person by person; each reform is a world of its own.

    With ``together`` all reforms make one world. Everything is measured from the first change on, for ``years``.
    ``precision`` adds replications, up to ``most``, until the 95% interval of every share is so small; ``sweep`` makes
    a world of each size of a lever; ``uncertainty``, ``morris`` and ``sobol`` draw parameters so many times. An
    ``executor`` computes instead of ``workers`` (see docs/clusters.md); ``portion`` a shard, or what shards computed.
    """
    check_arguments(locals())
    given = {"sets": sets, "seed": seed, "scale": scale}
    start, by, root = datetime.now(UTC), chosen_workers(workers, executor, quiet), results_folder(out)
    sizes = lever_sizes(levers, doses)
    files = [Path(file) for file in reforms]
    worlds = worlds_of(Path(base), files, together, years, sweep, sizes, engine, given)
    call = Call(start, by.described, tuple(sets), worlds.engine, "compared")
    with claims(root / CHECKPOINTS, portion or ALL) as claimed:  # all of them stay until the comparison is written
        if not claimed.portion.writes_results:
            left_to_gather(worlds, claimed, replications, precision, uncertainty, morris, sobol, by, quiet)
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


def left_to_gather(
    worlds: Worlds, claimed: Claims, replications: int | None, precision: float | None, uncertainty: int, morris: int,
    sobol: int, workers: Workers, quiet: bool,
) -> NoReturn:  # fmt: skip
    """Compute a shard of everything that a comparison needs; this ends with Incomplete, as others gather it.

    Sobol indices are of the parameters that the screening finds strongest, so they wait for all of its shards.
    """
    if precision is not None:
        raise InputError("shards need a given number of replications instead", key="--precision")
    count = replications or worlds.run.replications
    checkpoints = checkpoints_of(worlds, claimed)
    steps: list[Callable[[], object]] = [lambda: tables_of(worlds, checkpoints, count, workers, quiet)]
    if uncertainty:
        steps.append(lambda: parameter_uncertainty(worlds, claimed, uncertainty, workers, quiet))
    if morris or sobol:
        steps.append(lambda: sensitivity(worlds, claimed, morris, sobol, workers, quiet))
    carry_out(steps)
    raise checkpoints.nothing_to_write(count)


def checkpoints_of(worlds: Worlds, claimed: Claims) -> Checkpoints:
    """The checkpoints of the replications of a comparison."""
    return claimed.of(worlds.digest(), f"comparison of {', '.join(worlds.names)}")


def replicated(
    worlds: Worlds, claimed: Claims, asked: int | None, precision: float | None, most: int, workers: Workers,
    quiet: bool,
) -> Comparison:  # fmt: skip
    """Simulate all worlds, replication by replication, until the precision is reached; checkpoints are used again."""
    count = asked or worlds.run.replications
    refuse_counts(count, precision, most)
    checkpoints = checkpoints_of(worlds, claimed)
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
    return complete_replications(
        worlds, checkpoints, count, workers, JOB, lambda: read_replications(checkpoints, count, TABLES),
        words="replications of all worlds", quiet=quiet,
    )  # fmt: skip


def refuse_counts(count: int, precision: float | None, most: int) -> None:
    """InputError for a precision that no number of replications can reach."""
    if precision is not None and count < 2:
        raise InputError("precision needs at least two replications to begin with", key="--replications")
    if most < count and precision is not None:
        raise InputError(f"must be at least the {count} replications to begin with", key="--most")


def widest(table: pd.DataFrame) -> float:
    """Half the widest interval among differences of shares; 0 if nothing differs.

    Infinite where all of several replications differ by the same: from them nothing is known of chance.
    """
    shares = table[(table["unit"] == "share") & (table["replications"] > 1)]
    half = (shares["high"] - shares["low"]).to_numpy(np.float64) / 2
    return float(np.nan_to_num(half, nan=np.inf, posinf=np.inf).max(initial=0.0))


def precision_text(precision: float | None, half: float, count: int) -> str:
    """A sentence on whether the precision asked for was reached."""
    if precision is None:
        return ""
    if half <= precision:
        return f"All shares known to {100 * half:.2g} points after {count} replications ({100 * precision:.2g} asked)."
    known = f"the widest interval is {100 * half:.2g} points, not {100 * precision:.2g}"
    return (
        f"Stopped at {count} replications: {known if half < np.inf else 'a share differs by the same in all of them'}."
    )
