"""What commands say: results on standard output, or in a file that is then named."""

from __future__ import annotations

import sys
from pathlib import Path

import typer


class ReaderGone(Exception):
    """Standard output was closed from the other side."""


def say(text: str) -> None:
    """A result on standard output."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise ReaderGone from None


def deliver(text: str, out: Path | None) -> None:
    """Text to standard output, or to a file whose name is then noted."""
    if out is None:
        say(text)
        return
    out.write_text(text, encoding="utf-8")
    typer.echo(f"Written: {out}", err=True)
