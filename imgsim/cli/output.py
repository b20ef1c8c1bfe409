"""Output of the commands: results on standard output, or in a file that is then named."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from imgsim.base.files.atomic import write_file


class ReaderGone(Exception):
    """Raised when standard output was closed by the program that reads it."""


def show(text: str) -> None:
    """Print a result on standard output."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise ReaderGone from None


def deliver(text: str, out: Path | None) -> None:
    """Print a text on standard output, or write it to a file and report the file's name."""
    if out is None:
        show(text)
        return
    write_file(out, text.encode())
    typer.echo(f"Written: {out}", err=True)
