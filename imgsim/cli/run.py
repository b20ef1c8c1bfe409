"""`imgsim run`: simulate a scenario and print the headline table."""

from __future__ import annotations

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

if TYPE_CHECKING:
    from imgsim.runs.results import Run

app = typer.Typer()


@app.command(
    short_help="Simulate a scenario and print the headline table.",
    epilog=examples(
        "run scenarios/us.toml",
        "run scenarios/us.toml --scale 0.02 --replications 3",
        "run scenarios/us.toml --set exam.step1.attempts=6",
        "run scenarios/us.toml --reform scenarios/reforms/gme_posts.toml",
        "run scenarios/us.toml --scale 1 --tables rounds,yearly",
        "run scenarios/us.toml --scale 1 --shard 3/40 --out shards",
    ),
)
def run(
    scenario: ScenarioFile,
    replications: Replications = None,
    seed: Seed = None,
    scale: Scale = None,
    workers: Workers = None,
    out: Results = None,
    engine: Engine = "auto",
    sets: Sets = None,
    reform: Reforms = None,
    lever: Levers = None,
    tables: Annotated[
        str | None,
        typer.Option(metavar="NAME,...", help="Tables to write besides people and outcomes (default: all of them)."),
    ] = None,
    shard: Shard = None,
) -> None:
    """Simulate a scenario, write its tables to a results folder, and print the headline table."""
    subjects.need_file(scenario)
    arguments = {
        "path": scenario,
        "replications": replications,
        "seed": seed,
        "scale": scale,
        "engine": engine,
        "sets": tuple(sets or ()),
        "reforms": tuple(reform or ()),
        "levers": sizes(*lever or ()),
        "tables": None if tables is None else [name.strip() for name in tables.split(",") if name.strip()],
    }
    carried_out("run", arguments, shard, out, workers)


def in_words(done: Run) -> str:
    """The headline table of a run, countries compared, and where its results are."""
    from imgsim.outcomes.by_country import beside_text
    from imgsim.outcomes.headline import headline_text  # only now: they load pandas

    text = headline_text(done.summary)
    if parts := done.scenario.pathway.parts:
        text = f"{text}\n\n{beside_text(done.beside, {name: part.pathway.name for name, part in parts.items()})}"
    return f"{text}\n\nResults: {one_line(str(done.folder))}\n"
