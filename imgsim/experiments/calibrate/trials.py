"""Run the trials of a calibration in parallel; those of a covariance are kept, so that they can be shared out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from imgsim.engines.records.columns import Columns
from imgsim.experiments.calibrate.fit import Trial, Vector
from imgsim.experiments.compare.read import read_replications
from imgsim.runs.checkpoints import Claims
from imgsim.runs.job import Job
from imgsim.runs.keys import key_of
from imgsim.runs.replicate import complete_replications
from imgsim.runs.tasks import in_order
from imgsim.runs.workers import Workers

TABLE: Final = "trials"
JOB: Final = Job(
    build="imgsim.experiments.calibrate.trials.ready",
    pieces="imgsim.experiments.calibrate.trials.run_trial",
    measures="imgsim.experiments.compare.paired_replications.no_outcomes", tables=(TABLE,),
)  # fmt: skip

Map = Callable[[Callable[[Vector], Vector], Iterable[Vector]], Iterable[Vector]]


@dataclass(frozen=True, slots=True)
class Trials:
    """The misfit that is asked for, and the points at which it is."""

    trial: Trial
    points: Vector  # (trials, calibration parameters): shifts

    @property
    def run(self) -> Any:
        """The run settings."""
        return self.trial.scenario.run

    def digest(self) -> str:
        """All that a kept trial depends on."""
        trial = self.trial
        inputs = (trial.scenario.digest(), trial.free, trial.targets, list(trial.replications))
        return key_of("trials", *map(repr, inputs), self.points.tolist())


def ready(trials: Trials) -> Trials:
    """The trials themselves: a worker prepares nothing, as every trial is a model of its own."""
    return trials


def run_trial(trials: Trials, number: int) -> Iterator[dict[str, Columns]]:
    """The misfit at one point, target by target."""
    misfit = trials.trial(trials.points[number])
    yield {TABLE: {"draw": np.full(len(misfit), number), "target": np.arange(len(misfit)), "misfit": misfit}}


def over_workers(workers: Workers) -> Map:
    """A map that runs trials by some workers; those that were lost with a worker are run again."""
    return lambda trial, points: in_order(workers, trial, points)


def over_parts(claimed: Claims, workers: Workers, quiet: bool) -> Map:
    """A map that keeps every trial that is done, so that an interrupted or shared calibration need not run it again."""

    def over(trial: Callable[[Vector], Vector], points: Iterable[Vector]) -> list[Vector]:
        assert isinstance(trial, Trial)
        trials = Trials(trial, np.array(list(points)))
        count = len(trials.points)
        checkpoints = claimed.of(trials.digest(), f"trials of a calibration of {trial.scenario.file}")
        claimed.finish(checkpoints, count)

        def rows() -> list[Vector]:
            if not claimed.portion.writes_results:
                raise checkpoints.nothing_to_write(count)
            return misfits(read_replications(checkpoints, count, (TABLE,))[TABLE], count)

        return complete_replications(trials, checkpoints, count, workers, JOB, rows, words="trials", quiet=quiet)

    return over


def misfits(table: pd.DataFrame, count: int) -> list[Vector]:
    """The misfit of every trial, in the order of trials and targets."""
    ordered = table.sort_values(["draw", "target"])
    rows = ordered["misfit"].to_numpy(np.float64).reshape(count, -1)
    return list(rows)
