"""The command line: the application, its commands and its exit codes.

Results go to standard output, progress and remarks to standard error.

Exit codes: 0 done, 1 the run failed, 2 bad input, 130 interrupted. Heavy libraries load only inside the commands that
need them, so that help and checks answer at once.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from imgsim.base.errors import ImgsimError
from imgsim.cli import calibrate, compare, inspect, measures, migrate, new_country, run
from imgsim.cli.output import ReaderGone

INTERRUPTED = 130

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
for command in (run, inspect, measures, compare, calibrate, new_country, migrate):
    app.add_typer(command.app)


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code. No failure ends in a traceback unless IMGSIM_DEBUG is set."""
    try:
        return _dispatch(argv)
    except ReaderGone:
        _silence()
        return 0
    except KeyboardInterrupt:
        return _failure("interrupted", INTERRUPTED)
    except ImgsimError as error:
        return _failure(str(error), error.exit_code)
    except OSError as error:
        return _failure(": ".join(str(part) for part in (error.filename, error.strerror or error) if part), 1)
    except Exception as error:
        if os.environ.get("IMGSIM_DEBUG"):
            raise
        kind = type(error).__name__
        return _failure(f"internal error, please report it: {kind}: {error} (IMGSIM_DEBUG=1 shows where)", 1)


def _dispatch(argv: list[str] | None) -> int:
    """Run the command that the arguments name; its exit code, which Typer hands over by SystemExit."""
    try:
        app(args=argv, prog_name="imgsim")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
        if code == INTERRUPTED:
            raise KeyboardInterrupt from None
        return code
    return 0


def _failure(message: str, code: int) -> int:
    print(f"imgsim: {message}", file=sys.stderr)
    return code


def _silence() -> None:
    """Send the last flush at exit nowhere, as nobody reads it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
