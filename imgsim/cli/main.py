"""The command line. Results go to standard output, progress and remarks to standard error.

Exit codes: 0 done, 1 the run failed, 2 bad input, 130 interrupted. Heavy libraries load only inside the commands that
need them, so that help and checks answer at once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from imgsim.base.errors import ImgsimError
from imgsim.cli.compare import register
from imgsim.cli.options import (
    Engine,
    Levers,
    Model,
    Out,
    Reforms,
    Replications,
    Results,
    Scale,
    ScenarioFile,
    Seed,
    Sets,
    Workers,
    examples,
    sizes,
)
from imgsim.cli.output import ReaderGone, deliver, say
from imgsim.inputs import subject as subjects

INTERRUPTED = 130

app = typer.Typer(
    help="Simulate the careers of international medical graduates, one life at a time.",
    epilog="\b\nExamples:\n  imgsim check scenarios/us.toml\n  imgsim run scenarios/us.toml\n  imgsim COMMAND --help",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"imgsim {version('imgsim')}")
        except PackageNotFoundError:
            typer.echo("imgsim (not installed)")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Simulate the careers of international medical graduates, one life at a time."""


@app.command(
    short_help="Simulate a scenario and print the headline table.",
    epilog=examples(
        "run scenarios/us.toml",
        "run scenarios/us.toml --scale 0.02 --replications 3",
        "run scenarios/us.toml --set exam.step1.attempts=6",
        "run scenarios/us.toml --reform scenarios/reforms/gme_posts.toml",
        "run scenarios/us.toml --scale 1 --tables rounds,yearly",
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
        typer.Option(metavar="NAME,...", help="Tables to keep beside people and outcomes (default: all of them)."),
    ] = None,
) -> None:
    """Run a scenario: simulate, keep its tables in a results folder, print the headline table."""
    subjects.need_file(scenario)
    from imgsim.runs.run import run as simulate

    done = simulate(
        scenario,
        replications=replications,
        seed=seed,
        scale=scale,
        workers=workers,
        out=out,
        engine=engine,
        sets=tuple(sets or ()),
        reforms=tuple(reform or ()),
        levers=sizes(*lever or ()),
        tables=None if tables is None else [name.strip() for name in tables.split(",") if name.strip()],
    )
    from imgsim.outcomes.by_country import beside_text
    from imgsim.outcomes.headline import headline_text  # only now: they load pandas

    text = headline_text(done.summary)
    if parts := done.scenario.pathway.parts:
        text = f"{text}\n\n{beside_text(done.beside, {name: part.pathway.name for name, part in parts.items()})}"
    say(f"{text}\n\nResults: {done.folder}\n")


@app.command(
    short_help="Say every parameter: value, source, standing, range.",
    epilog=examples(
        "explain scenarios/us.toml",
        "explain scenarios/us.toml exam.step1",
        'explain scenarios/us.toml "clock.*"',
        "explain scenarios/us.toml --reform scenarios/reforms/gme_posts.toml",
    ),
)
def explain(
    scenario: Model,
    pattern: Annotated[
        str | None, typer.Argument(metavar="[PATTERN]", help="Part of a name, or a wildcard such as 'exam.*'.")
    ] = None,
    sets: Sets = None,
    reform: Reforms = None,
    lever: Levers = None,
) -> None:
    """Say every parameter in use: value, dates, unit, standing, source, range, and what the scenario changes.

    With --reform: what the reform stands for, old -> new of all it changes, and what it leaves out.
    """
    from imgsim.reports.parameters_text import explain as explained

    subject = subjects.subject(scenario, tuple(sets or ()), _reforms(reform, lever))
    say(explained(subject, pattern) + "\n")


@app.command(
    short_help="List the sources behind the numbers.", epilog=examples("sources us", "sources scenarios/us.toml")
)
def sources(model: Model) -> None:
    """List the sources behind the numbers of a country or scenario, and what each is used for."""
    from imgsim.reports.bibliography import bibliography

    subject = subjects.subject(model)
    say(bibliography(subject.parameters, subject.sources) + "\n")


@app.command(
    short_help="Check a scenario without running it.",
    epilog=examples("check scenarios/us.toml", "check my_reform.toml", "check my_reform.toml --engines"),
)
def check(
    scenario: ScenarioFile,
    engines: Annotated[bool, typer.Option("--engines", help="Prove on a small copy that both engines agree.")] = False,
    sets: Sets = None,
    reform: Reforms = None,
    lever: Levers = None,
) -> None:
    """Check a scenario without running it, and say what was checked."""
    from imgsim.reports.checks_text import report

    subject = subjects.scenario(scenario, tuple(sets or ()), _reforms(reform, lever))
    say(report(subject) + "\n")
    if engines:
        typer.echo("Walking a small copy of the scenario with each engine ...", err=True)
        from imgsim.engines.equality import prove, said

        proof = prove(subject)
        say(said(proof) + "\n")
        if proof.difference:
            raise typer.Exit(1)


@app.command(
    short_help="Draw the road as SVG or Mermaid text.",
    epilog=examples(
        "draw us --out road.svg", "draw us --format mermaid", "draw us --reform scenarios/reforms/state_licence.toml"
    ),
)
def draw(
    model: Model,
    format: Annotated[str | None, typer.Option(metavar="svg|mermaid", help="Default: from FILE, else svg.")] = None,
    out: Out = None,
    reform: Reforms = None,
) -> None:
    """Draw the road: stages by phase, outcomes on the arrows, clocks dashed; what a reform changes in red."""
    from imgsim.reports.pathway_diagram import drawing

    pathway, pathway_differences = subjects.road(model, tuple(reform or ()))
    deliver(drawing(pathway, format, out, pathway_differences), out)


@app.command(
    short_help="Write the description of a model (Markdown).",
    epilog=examples("describe us --out model.md", "describe scenarios/us.toml"),
)
def describe(model: Model, out: Out = None) -> None:
    """Write the description of a model (Markdown) from its road and parameters."""
    from imgsim.reports.model_description import description

    subject = subjects.subject(model)
    deliver(description(subject.pathway, subject.parameters, subject.sources), out)


@app.command(
    short_help="Tell one graduate's whole story.",
    epilog=examples(
        "life scenarios/us.toml --person 100",
        "life scenarios/us.toml --person 100 --replication 2 --scale 0.02",
    ),
)
def life(
    scenario: ScenarioFile,
    person: Annotated[int, typer.Option(min=0, help="Number of the person, from 0.")],
    replication: Annotated[int, typer.Option(min=0, help="Number of the replication, from 0.")] = 0,
    seed: Seed = None,
    scale: Scale = None,
    sets: Sets = None,
    reform: Reforms = None,
    lever: Levers = None,
) -> None:
    """Tell one graduate's whole story in dates and plain words."""
    subject = subjects.scenario(scenario, tuple(sets or ()), _reforms(reform, lever), seed=seed, scale=scale)
    from imgsim.reports.life_story import relive

    typer.echo("Simulating everyone who competes with this person ...", err=True)
    say(relive(subject, replication, person) + "\n")


def _reforms(files: list[Path] | None, levers: list[str] | None) -> subjects.Overlay:
    return subjects.Overlay(tuple(files or ()), sizes(*levers or ()))


register(app)


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code. No failure ends in a traceback unless IMGSIM_DEBUG is set."""
    try:
        return _dispatch(argv)
    except ReaderGone:
        _silence()
        return 0
    except KeyboardInterrupt:
        return _told("interrupted", INTERRUPTED)
    except ImgsimError as error:
        return _told(str(error), error.exit_code)
    except OSError as error:
        return _told(": ".join(str(part) for part in (error.filename, error.strerror or error) if part), 1)
    except Exception as error:
        if os.environ.get("IMGSIM_DEBUG"):
            raise
        kind = type(error).__name__
        return _told(f"internal error, please report it: {kind}: {error} (IMGSIM_DEBUG=1 shows where)", 1)


def _dispatch(argv: list[str] | None) -> int:
    """Exit code of the parsed command; Typer ends with SystemExit whatever happens."""
    try:
        app(args=argv, prog_name="imgsim")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
        if code == INTERRUPTED:
            raise KeyboardInterrupt from None
        return code
    return 0


def _told(message: str, code: int) -> int:
    print(f"imgsim: {message}", file=sys.stderr)
    return code


def _silence() -> None:
    """Let the last flush at exit go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
