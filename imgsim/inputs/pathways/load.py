"""The pathway of a file: read, combined with those of its countries if there are several, and checked."""

from __future__ import annotations

from pathlib import Path

from imgsim.inputs.pathways.checks import check_pathway
from imgsim.inputs.pathways.combined import composed
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.pathways.read import read_pathway


def load_pathway(path: Path) -> Pathway:
    """The pathway of a file, checked; InputError if it is not one."""
    pathway = read_pathway(path)
    if pathway.parts:
        pathway = composed(pathway)
    check_pathway(pathway, str(path))
    return pathway
