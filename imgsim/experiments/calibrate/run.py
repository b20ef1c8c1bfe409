"""A calibration from a scenario file to fitted numbers or to their covariance, and both as text."""

from __future__ import annotations

import datetime
import math
import os
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from imgsim.base.errors import InputError
from imgsim.base.files.atomic import refused_in_one_line, try_to_write, write_file
from imgsim.experiments.calibrate import posterior_covariance
from imgsim.experiments.calibrate.as_scenario import scenario_text
from imgsim.experiments.calibrate.calibration_parameters import (
    CalibrationParameter,
    load_calibration_parameters,
    within_ranges,
)
from imgsim.experiments.calibrate.fit import Fit, Vector, fit, shifted
from imgsim.experiments.calibrate.known_then import known_then, load_foresight
from imgsim.experiments.calibrate.selection import (
    discount_older,
    in_family,
    knowledge,
    known_before,
    refuse_nothing_to_fit,
    refuse_odd_window,
    targets_within,
    up_to,
    window,
)
from imgsim.experiments.calibrate.trials import Map, over_parts, over_workers
from imgsim.experiments.calibrate.write_parameters import write_parameters
from imgsim.inputs.countries import country_folder
from imgsim.inputs.published import Target, load_targets
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.outcomes.check_targets import check_targets
from imgsim.runs.checkpoints import claims
from imgsim.runs.folders import CHECKPOINTS, results_folder
from imgsim.runs.portions import ALL, Portion
from imgsim.runs.workers import Workers, chosen_workers

HORIZON = datetime.date(2019, 7, 1)


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices of one calibration: its horizon, the figures it may use, and how long it searches."""

    scale: float = 0.05
    end: datetime.date = HORIZON
    until: int | None = None  # only figures before this year are fitted
    half_life: float = math.inf  # years in which a figure loses half its weight, with until
    only: str = ""  # family of parameters and targets; "" those of no family, "all" every one
    rounds: int = 6  # steps of the fit at most
    replications: int = 2  # of every trial of a covariance
    workers: int | None = None  # all cores
    executor: Executor | None = None  # computes instead of workers

    def by(self) -> Workers:
        """Who runs the trials."""
        return chosen_workers(self.workers, self.executor)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A scenario made ready for a fit, with what the fit adjusts and aims at."""

    file: str
    folder: Path  # of the country
    scenario: Scenario
    free: list[CalibrationParameter]
    targets: list[Target]
    settings: Settings


def prepare(file: str, settings: Settings) -> Calibration:
    """Read a scenario and its country's calibration parameters and targets, cut to what the settings allow."""
    scenario = load_scenario(Path(file), scale=settings.scale)
    folder, only, until = country_folder(scenario.country), settings.only, settings.until
    refuse_odd_window(scenario, settings.end, until)
    check_targets(folder, scenario.pathway)
    figures = in_family(load_targets(folder), only)
    targets = targets_within(figures, settings.end, until)
    scenario = as_known(scenario, folder, until)
    free = known_before(in_family(load_calibration_parameters(folder), only), scenario.parameters, until)
    refuse_nothing_to_fit(only, free, figures, targets, window(scenario, settings.end, until))
    return Calibration(
        file,
        folder,
        up_to(scenario, settings.end),
        free,
        discount_older(targets, until, settings.half_life),
        settings,
    )


def as_known(scenario: Scenario, folder: Path, until: int | None) -> Scenario:
    """The scenario as it was known before a year, if there is one."""
    if until is None:
        return scenario
    parameters = scenario.parameters
    return replace(scenario, parameters=known_then(parameters, load_foresight(folder, parameters), until))


def fitted(made: Calibration, report: Callable[[str], object]) -> Fit:
    """Fit the calibration parameters to the targets within the ranges of their values, with trials on all workers."""
    spread, rounds = over_workers(made.settings.by()), made.settings.rounds
    free = [within_ranges(adjusted, made.scenario.parameters) for adjusted in made.free]
    return fit(made.scenario, free, made.targets, rounds=rounds, spread=spread, report=report)


def write_fit(made: Calibration, result: Fit, write: bool, save: Path | None) -> None:
    """Write a fit into the country's parameter files, or as a scenario, or both, as was asked for."""
    if write:
        write_into_country(made, result)
    if save:
        write_as_scenario(made, result, save)


def write_into_country(made: Calibration, result: Fit) -> None:
    """Replace the numbers in the country's parameter files by the fitted ones."""
    write_parameters(made.folder, made.free, result.shift)


def write_as_scenario(made: Calibration, result: Fit, file: Path) -> None:
    """Write a fit as a scenario that extends the one it was fitted to."""
    known = knowledge(made.settings.until, made.settings.half_life)
    parameters = shifted(made.scenario, made.free, result.shift).parameters
    title = f"{made.scenario.title}; {known}"
    base = load_scenario(Path(made.file)).parameters
    text = scenario_text(parameters, base, made.free, Path(made.file).name, title, known)
    write_file(file, text.encode("utf-8", "backslashreplace"))


def refuse_unwritable(made: Calibration, write: bool, save: Path | None) -> None:
    """Refuse what the fit could not be written to before it is computed, not after; nothing is left behind."""
    if save is not None and save.exists() and save.samefile(made.file):
        raise InputError("would take the place of the scenario that it extends", file=str(save), key="--save")
    files = sorted((made.folder / "parameters").glob("*.toml")) if write else []
    for file in [*files, *([save] if save else [])]:
        with refused_in_one_line(f"{file}: cannot write the fit"):
            try_to_write(file)


def covariance(
    path: str | os.PathLike[str],
    *,
    scale: float = 0.05,
    end: str = f"{HORIZON}",
    until: int | None = None,
    half_life: float = math.inf,
    only: str = "",
    replications: int = 2,
    workers: int | None = None,
    executor: Executor | None = None,
    out: str | os.PathLike[str] | None = None,
    quiet: bool = False,
    portion: Portion | None = None,
) -> tuple[Calibration, Vector]:
    """Estimate the joint covariance of a country's calibration parameters, and write it to the country's folder.

    Trials that are done are kept below ``out`` until all are; `portion` runs a shard of them only, or gathers them.
    """
    settings = Settings(
        scale, datetime.date.fromisoformat(end), until, half_life, only,
        replications=replications, workers=workers, executor=executor,
    )  # fmt: skip
    made = prepare(str(path), settings)
    root, part = results_folder(out), portion or ALL
    if part.writes_results:
        with refused_in_one_line(f"{made.folder / posterior_covariance.FILE}: cannot write the covariance"):
            try_to_write(made.folder / posterior_covariance.FILE)
    with claims(root / CHECKPOINTS, part) as claimed:
        return made, write_covariance(made, over_parts(claimed, settings.by(), quiet))


def write_covariance(made: Calibration, over: Map) -> Vector:
    """Estimate the joint covariance of the calibration parameters, write it to the country's folder, and return it."""
    asked = made.settings
    slopes = posterior_covariance.jacobian(made.scenario, made.free, made.targets, range(asked.replications), over)
    matrix = posterior_covariance.covariance(slopes, made.free)
    sizes = f"--scale {asked.scale:g} --end {asked.end} --replications {asked.replications}"
    how = f"imgsim calibrate {made.file} --covariance{f' --only {asked.only}' if asked.only else ''} {sizes}"
    posterior_covariance.write(made.folder, made.free, matrix, how)
    return matrix


def fit_text(result: Fit) -> str:
    """A fit as text: shifts with standard errors and the bound that stopped them, then every target and its outcome."""
    names = [adjusted.name for adjusted in result.free]
    shifts = pd.DataFrame({"parameter": names, "shift": result.shift, "se": result.error, "bound": result.at_bounds()})
    return shifts.round(3).to_string(index=False) + "\n\n" + result.table.round(4).to_string(index=False)


def covariance_text(made: Calibration, matrix: Vector) -> str:
    """Standard errors of the calibration parameters as text."""
    errors = pd.DataFrame({"parameter": [adjusted.name for adjusted in made.free], "se": matrix.diagonal() ** 0.5})
    return errors.round(3).to_string(index=False)
