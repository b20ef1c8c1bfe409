"""The application, its commands in the order of help.

Results go to standard output, progress and remarks to standard error. Heavy libraries load only inside the commands
that need them, so that help and checks answer at once.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from imgsim.cli import calibrate, compare, inspect, measures, migrate, new_country, results, run
from imgsim.cli.output import ReaderGone

INTERRUPTED = 130  # what Typer makes of KeyboardInterrupt

app = typer.Typer(
    help="Simulate the careers of international medical graduates, one by one.",
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
    """Simulate the careers of international medical graduates, one by one."""


# A file a command or family, in the order of --help.
for command in (run, inspect, measures, compare, calibrate, results, new_country, migrate):
    app.add_typer(command.app)


def dispatch(argv: list[str] | None) -> int:
    """Run the command that the arguments name; its exit code, which Typer hands over by SystemExit."""
    try:
        app(args=argv, prog_name="imgsim")
    except ReaderGone:
        _silence()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
        if code == INTERRUPTED:
            raise KeyboardInterrupt from None
        return code
    return 0


def _silence() -> None:
    """Send the last flush at exit nowhere, as nobody reads it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
