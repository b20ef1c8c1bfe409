"""`imgsim compare`: simulate a scenario with and without reforms, person by person."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

import typer

from imgsim.base.printable import one_line
from imgsim.cli.options import (
    Engine,
    Levers,
    Reforms,
    Replications,
    Results,
    Scale,
    ScenarioFile,
    Seed,
    Sets,
    Shard,
    Workers,
    examples,
    sizes,
)
from imgsim.cli.shards import carried_out
from imgsim.inputs import subject as subjects
from imgsim.inputs.parameters.limits import number_text

if TYPE_CHECKING:
    from imgsim.experiments.compare.comparison import Comparison

app = typer.Typer()


def _points(value: float | None) -> float | None:
    if value is not None and not 0 < value < math.inf:
        raise typer.BadParameter(f"{number_text(value)} is no number of percentage points above 0.")
    return value


@app.command(
    short_help="Compare a scenario with reforms of it.",
    epilog=examples(
        "compare scenarios/us.toml --reform scenarios/reforms/gme_posts.toml",
        "compare scenarios/us.toml --reform scenarios/reforms/gme_posts.toml --precision 0.5 --most 40",
        "compare scenarios/us.toml --reform scenarios/reforms/gme_posts.toml --sweep entries=150,610,2000",
        "compare scenarios/us.toml --reform scenarios/reforms/gme_posts.toml --uncertainty 200 --scale 0.1",
        "compare scenarios/us.toml --reform scenarios/reforms/gme_posts.toml --morris 10 --sobol 64 --scale 0.02",
    ),
)
def compare(
    scenario: ScenarioFile,
    reform: Reforms = None,
    lever: Levers = None,
    together: Annotated[bool, typer.Option("--together", help="All reforms make one world.")] = False,
    replications: Replications = None,
    precision: Annotated[
        float | None,
        typer.Option(
            metavar="POINTS", callback=_points, help="Add replications until shares are known to these points."
        ),
    ] = None,
    most: Annotated[int, typer.Option(min=2, help="Replications at most, with --precision.")] = 100,
    years: Annotated[int, typer.Option(min=1, help="Years measured from the first change on.")] = 12,
    sweep: Annotated[str | None, typer.Option(metavar="NAME=a,b,c", help="A world for each size of a lever.")] = None,
    uncertainty: Annotated[int, typer.Option(min=0, help="Draws of the uncertain parameters (0: none).")] = 0,
    morris: Annotated[int, typer.Option(min=0, help="Trajectories of a screening of the same.")] = 0,
    sobol: Annotated[int, typer.Option(min=0, help="Samples for Sobol indices of the strongest (with --morris).")] = 0,
    seed: Seed = None,
    scale: Scale = None,
    workers: Workers = None,
    out: Results = None,
    engine: Engine = "auto",
    sets: Sets = None,
    shard: Shard = None,
) -> None:
    """Compare a scenario with reforms of it, person by person: who gains, who loses, and how sure that is."""
    subjects.need_file(scenario)
    points = None if precision is None else precision / 100
    asked = {
        "base": scenario, "reforms": list(reform or []), "together": together, "replications": replications,
        "precision": points, "most": most, "years": years, "sweep": sweep, "uncertainty": uncertainty,
        "morris": morris, "sobol": sobol, "levers": sizes(*lever or ()), "sets": tuple(sets or ()),
        "seed": seed, "scale": scale, "engine": engine,
    }  # fmt: skip
    carried_out("compare", asked, shard, out, workers)


def in_words(comparison: Comparison) -> str:
    """The answer of a comparison, and where its results are."""
    from imgsim.experiments.compare.text import table_text

    return f"{table_text(comparison)}\n\nResults: {one_line(str(comparison.folder))}\n"
