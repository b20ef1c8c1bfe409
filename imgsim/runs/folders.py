"""The folder that results are written to, and the one in it for work that is not finished yet."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from imgsim.base.errors import InputError
from imgsim.base.files.source import is_text

RESULTS: Final = "results"  # where no folder is named
CHECKPOINTS: Final = ".checkpoints"  # in it: finished parts of work under way


def results_folder(out: str | os.PathLike[str] | None) -> Path:
    """The folder for results: the one that is named, or the usual one; InputError for one that cannot hold tables."""
    folder = Path(out or RESULTS)
    if not is_text(complete := folder.absolute()):
        raise InputError("cannot write results: its name is no UTF-8; name another with --out", file=str(complete))
    return folder
