"""`imgsim calibrate` and `imgsim validate`: fit unknown parameters, and judge the model by its forecasts."""

from __future__ import annotations

import datetime
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imgsim.base.streams import remark, show
from imgsim.cli.options import Fraction, ScenarioFile, Shard, examples
from imgsim.cli.shards import carried_out
from imgsim.inputs import subject as subjects
from imgsim.inputs.parameters.limits import number_text

if TYPE_CHECKING:
    from imgsim.experiments.calibrate.fit import Vector
    from imgsim.experiments.calibrate.run import Calibration

app = typer.Typer()

HORIZON = datetime.datetime(2019, 7, 1)


def _years(value: float) -> float:
    if not value > 0:
        raise typer.BadParameter(f"must be a number of years above 0, or inf, not `{number_text(value)}`")
    return value


def _refuse_shard(shard: str | None) -> None:
    if shard is not None:
        raise typer.BadParameter("only the trials of --covariance can be shared out: those of a fit follow one another")


Processes = Annotated[int, typer.Option(min=1, help="Processes.")]
End = Annotated[
    datetime.datetime,
    typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Horizon of the fit.", show_default="2019-07-01"),
]
Until = Annotated[
    int | None, typer.Option(metavar="YEAR", help="Fit only figures before this year, as a forecaster then could.")
]
HalfLife = Annotated[
    float, typer.Option(metavar="YEARS", callback=_years, help="Time in which a figure loses half its weight.")
]
Only = Annotated[str, typer.Option(metavar="NAME", help="Only parameters and measures whose names begin so; or all.")]
TrialsFolder = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Where trials are kept, with --covariance (default: results)."),
]
Save = Annotated[Path | None, typer.Option(metavar="FILE", help="Write the fit as a scenario that extends this one.")]


@app.command(
    short_help="Fit a country's unknown parameters to published figures.",
    epilog=examples(
        "calibrate scenarios/us.toml --end 2027-01-01",
        "calibrate scenarios/us.toml --only exam --end 2025-01-01 --scale 0.5 --write",
        "calibrate scenarios/us.toml --until 2014 --end 2014-07-01 --half-life 2 --save scenarios/us_2013.toml",
        "calibrate scenarios/us.toml --covariance --only all --scale 0.5 --end 2027-01-01",
    ),
)
def calibrate(
    scenario: ScenarioFile,
    scale: Fraction = 0.05,
    end: End = HORIZON,
    rounds: Annotated[int, typer.Option(min=1, help="Steps of the fit at most.")] = 6,
    workers: Processes = 2,
    until: Until = None,
    half_life: HalfLife = math.inf,
    only: Only = "",
    write: Annotated[bool, typer.Option("--write", help="Replace the numbers in the parameter files.")] = False,
    covariance: Annotated[
        bool,
        typer.Option("--covariance", "--spread", help="Do not fit: estimate how well, and how jointly, the fit knows."),
    ] = False,
    replications: Annotated[int, typer.Option(min=1, help="Of every trial, with --covariance.")] = 2,
    save: Save = None,
    out: TrialsFolder = None,
    shard: Shard = None,
) -> None:
    """Fit a country's unknown parameters to published figures, by least squares under common random numbers.

    Prints the shift of every parameter with its standard error, and every target with what is simulated. With --write
    the numbers in the country's parameter files are replaced by the fitted ones.
    """
    subjects.need_file(scenario)
    from imgsim.experiments.calibrate import run as calibration

    if covariance:
        asked = {"scale": scale, "end": f"{end.date()}", "until": until, "half_life": half_life, "only": only}
        carried_out("calibrate", {"path": scenario, **asked, "replications": replications}, shard, out, workers)
        return
    _refuse_shard(shard)
    settings = calibration.Settings(scale, end.date(), until, half_life, only, rounds, replications, workers)
    made = calibration.prepare(scenario, settings)
    calibration.refuse_unwritable(made, write, save)
    result = calibration.fitted(made, remark)
    show(calibration.fit_text(result) + "\n")
    calibration.write_fit(made, result, write, save)


def in_words(done: tuple[Calibration, Vector]) -> str:
    """The standard errors of the calibration parameters."""
    from imgsim.experiments.calibrate.run import covariance_text

    return covariance_text(*done) + "\n"


@app.command(
    short_help="Compare forecasts and fit with published figures.",
    epilog=examples(
        "validate scenarios/us.toml scenarios/us_2013.toml --scale 1",
        "validate scenarios/us.toml then.toml --first 2011 --last 2013 --scale 0.5",
    ),
)
def validate(
    scenario: ScenarioFile,
    forecast: Annotated[
        str,
        typer.Argument(metavar="FORECAST", help="The scenario fitted on figures before --first (calibrate --save)."),
    ],
    first: Annotated[int, typer.Option(metavar="YEAR", help="First year forecast.")] = 2014,
    last: Annotated[int, typer.Option(metavar="YEAR", help="Last year forecast.")] = 2018,
    scale: Fraction = 0.1,
    replications: Annotated[int, typer.Option(min=1, help="Replications of each scenario.")] = 4,
    workers: Processes = 2,
) -> None:
    """Print how well the model forecasts and fits, as the tables of docs/validation.md."""
    subjects.need_file(scenario)
    subjects.need_file(forecast)
    from imgsim.experiments.calibrate.validate import validation

    show(validation(scenario, forecast, first, last, scale=scale, replications=replications, workers=workers) + "\n")
