"""Commands that show what is in a scenario or a country: parameters, sources, checks, pathway, one career."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from imgsim.base.streams import remark, show
from imgsim.cli.options import Levers, Model, Out, Reforms, Scale, ScenarioFile, Seed, Sets, examples, sizes
from imgsim.cli.output import deliver
from imgsim.inputs import subject as subjects

app = typer.Typer()


@app.command(
    short_help="List every parameter: value, source, evidence, range.",
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
    """List every parameter in use: value, dates, unit, evidence, source, range, and what the scenario changes.

    With --reform: what the reform stands for, old -> new of all it changes, and what it leaves out.
    """
    from imgsim.reports.parameters_text import explain as explained

    subject = subjects.subject(scenario, tuple(sets or ()), _reforms(reform, lever))
    show(explained(subject, pattern) + "\n")


@app.command(
    short_help="List the sources behind the numbers.", epilog=examples("sources us", "sources scenarios/us.toml")
)
def sources(model: Model) -> None:
    """List the sources behind the numbers of a country or scenario, and what each is used for."""
    from imgsim.reports.bibliography import bibliography

    subject = subjects.subject(model)
    show(bibliography(subject.parameters, subject.sources, subject.pathway.stages.values()) + "\n")


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
    """Check a scenario without running it, and report what was checked."""
    from imgsim.inputs.without_effect import remarks
    from imgsim.reports.checks_text import report

    subject = subjects.scenario(scenario, tuple(sets or ()), _reforms(reform, lever))
    show(report(subject) + "\n")
    for line in remarks(subject):
        remark(line)
    if engines:
        remark("Simulating a small copy of the scenario with each engine ...")
        from imgsim.engines.equality import proof_text, prove

        proof = prove(subject)
        show(proof_text(proof) + "\n")
        if proof.difference:
            raise typer.Exit(1)


@app.command(
    short_help="Draw the pathway as SVG or Mermaid text.",
    epilog=examples(
        "draw us --out pathway.svg", "draw us --format mermaid", "draw us --reform scenarios/reforms/state_licence.toml"
    ),
)
def draw(
    model: Model,
    format: Annotated[str | None, typer.Option(metavar="svg|mermaid", help="Default: from FILE, else svg.")] = None,
    out: Out = None,
    reform: Reforms = None,
) -> None:
    """Draw the pathway: stages by phase, outcomes on arrows, timers dashed; what a reform changes in red."""
    from imgsim.reports.pathway_diagram import drawing

    pathway, pathway_differences = subjects.pathway_of(model, tuple(reform or ()))
    deliver(drawing(pathway, format, out, pathway_differences), out)


@app.command(
    short_help="Write the description of a model (Markdown).",
    epilog=examples("describe us --out model.md", "describe scenarios/us.toml", "describe us --story"),
)
def describe(
    model: Model,
    story: Annotated[bool, typer.Option("--story", help="The pathway alone, as indented text.")] = False,
    out: Out = None,
) -> None:
    """Write the description of a model (Markdown) from its pathway and parameters, or its pathway as indented text."""
    from imgsim.reports.model_description import description
    from imgsim.reports.pathway_story import story as pathway_story

    subject = subjects.subject(model)
    text = description(subject.pathway, subject.parameters, subject.sources)
    deliver(pathway_story(subject.pathway) if story else text, out)


@app.command(
    short_help="Print the story of one graduate's career.",
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
    """Print the story of one graduate's career in dates and plain words."""
    subject = subjects.scenario(scenario, tuple(sets or ()), _reforms(reform, lever), seed=seed, scale=scale)
    from imgsim.reports.life_story import relive

    remark("Simulating everyone who competes with this person ...")
    show(relive(subject, replication, person) + "\n")


def _reforms(files: list[Path] | None, levers: list[str] | None) -> subjects.Overlay:
    return subjects.Overlay(tuple(files or ()), sizes(*levers or ()))
