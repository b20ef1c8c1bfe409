"""The command that rewrites a user's files with the names that keys have today."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from imgsim.base.streams import show
from imgsim.cli.options import examples

app = typer.Typer()


@app.command(
    short_help="Rewrite files with keys that were renamed.",
    epilog=examples("migrate my_reform.toml", "migrate atlantis atlantis.toml --dry-run"),
)
def migrate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="TOML files, or folders of them.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes and write nothing.")] = False,
) -> None:
    """Rewrite TOML files of before 0.2 with the names that keys have today; comments and layout stay."""
    from imgsim.inputs.migrate import migrate as rewrite

    done = rewrite(files, write=not dry_run)
    changes = "".join(migration.diff() for migration in done) if dry_run else ""
    show(changes + "".join(f"{migration.summary()}\n" for migration in done))
