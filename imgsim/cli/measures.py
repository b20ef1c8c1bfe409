"""The command that lists the measures of the outcomes table and prints their definitions."""

from __future__ import annotations

from typing import Annotated

import typer

from imgsim.cli.options import Out, examples
from imgsim.cli.output import deliver
from imgsim.inputs import subject as subjects

app = typer.Typer()


@app.command(
    short_help="List the measures, or define one.",
    epilog=examples("measures", "measures --of us", "measures placed_by_year_5", "measures age_certified --of us"),
)
def measures(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="A measure, such as match_rate.")] = None,
    of: Annotated[
        str | None,
        typer.Option("--of", metavar="us|SCENARIO", help="Only what this country or scenario measures, by its names."),
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="All definitions as a page of Markdown.")] = False,
    out: Out = None,
) -> None:
    """List every measure of the table `outcomes` (name, unit, label, denominator), or print the definition of one."""
    from imgsim.base.errors import InputError
    from imgsim.outcomes.catalogue import catalogue_of, entries, entry_of
    from imgsim.reports.measures_text import definition, listing, page

    known = catalogue_of(subjects.pathway_of(of)[0]) if of is not None else {entry.name: entry for entry in entries()}
    if name is None:
        text = page(known.values()) if markdown else listing(list(known.values()))
    elif of is not None and name not in known:
        raise InputError(f"{of} has no measure `{name}`", name=name, known=known)
    else:
        text = definition(known[name] if name in known else entry_of(name))
    deliver(text, out)
