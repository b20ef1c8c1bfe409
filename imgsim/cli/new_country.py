"""`imgsim new-country`: write a small country that runs, to begin one's own with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from imgsim.base.printable import one_line
from imgsim.base.streams import show
from imgsim.cli.options import examples

app = typer.Typer()


@app.command(
    "new-country",
    short_help="Write a small country that runs, to begin your own with.",
    epilog=examples("new-country atlantis", "new-country atlantis --folder countries"),
)
def new_country(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits and _.")],
    folder: Annotated[Path, typer.Option(metavar="DIR", help="Where to write it (default: here).")] = Path(),
) -> None:
    """Write NAME/ (pathway, parameters, sources) and NAME.toml (its scenario): commented, and it runs as it stands."""
    from imgsim.inputs.new_country import new_country as write

    files = write(name, folder)
    listed = "\n".join(f"  {one_line(str(file))}" for file in files)
    scenario = one_line(str(folder / f"{name}.toml"))
    show(f"{listed}\n\nNow: imgsim run {scenario}. docs/add-a-country.md shows how to go on.\n")
