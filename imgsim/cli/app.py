"""The application, its commands in the order of help.

Results go to standard output, progress and remarks to standard error. Heavy libraries load only inside the commands
that need them, so that help and checks answer at once.
"""

from __future__ import annotations

import logging
import sys
from io import StringIO
from typing import Annotated

import typer

from imgsim.base.printable import clipped
from imgsim.base.streams import ReaderGone, lines, make_usable, show, silence
from imgsim.cli import calibrate, compare, inspect, measures, migrate, new_country, results, run, shards

# What Typer raises for arguments that a command does not take; it has no public name.
USAGE: type[Exception] = typer.BadParameter.__mro__[2]
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
            show(f"imgsim {version('imgsim')}\n")
        except PackageNotFoundError:
            show("imgsim (not installed)\n")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Simulate the careers of international medical graduates, one by one."""


# A file a command or family, in the order of --help.
for command in (run, inspect, measures, compare, calibrate, shards, results, new_country, migrate):
    app.add_typer(command.app)


def dispatch(argv: list[str] | None) -> int:
    """Run the command that the arguments name; its exit code."""
    make_usable()
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it remarks on a home that it cannot write to
    try:
        code = app(args=argv, prog_name="imgsim", standalone_mode=False)
        sys.stdout.flush()
    except ReaderGone:
        return 0
    except USAGE as error:
        return _refused(error)
    except SystemExit:  # by which Typer answers a reader of the help that has gone
        silence(sys.stdout)
        return 0
    except OSError:
        silence(sys.stdout)  # which may be what is full: nothing is left for the interpreter to fail over at its end
        raise
    if code == INTERRUPTED:
        raise KeyboardInterrupt from None
    return code if isinstance(code, int) else 0


def _refused(error: Exception) -> int:
    """Report arguments that a command does not take, unprintable ones written out."""
    text = StringIO()
    error.show(file=text)  # type: ignore[attr-defined]
    lines("\n".join(map(clipped, text.getvalue().removesuffix("\n").split("\n"))))
    return int(error.exit_code)  # type: ignore[attr-defined]
