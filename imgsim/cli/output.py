"""Output of the commands: results on standard output, or in a file that is then named."""

from __future__ import annotations

from pathlib import Path

from imgsim.base.files.atomic import write_file
from imgsim.base.streams import remark, show


def deliver(text: str, out: Path | None) -> None:
    """Print a text on standard output, or write it to a file and report the file's name."""
    if out is None:
        show(text)
        return
    write_file(out, text.encode("utf-8", "backslashreplace"))
    remark(f"Written: {out}")
