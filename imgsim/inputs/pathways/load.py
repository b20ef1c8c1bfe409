"""The pathway of a file: read, combined with those of its countries if there are several, and checked."""

from __future__ import annotations

from pathlib import Path

from imgsim.inputs.countries import pathway_file
from imgsim.inputs.pathways.checks import check_pathway
from imgsim.inputs.pathways.combined import composed, seen_from
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.pathways.read import read_pathway


def load_pathway(path: Path) -> Pathway:
    """The pathway of a file, checked; InputError if it is not one."""
    pathway = read_pathway(path)
    if pathway.parts:
        for name, part in pathway.parts.items():
            check_pathway(part.pathway, str(pathway_file(path.parent.parent, name)))
        pathway = composed(pathway)
    check_pathway(pathway, str(path))
    for stage in pathway.stages.values():
        if stage.mechanism is not None:
            seen_from(pathway, stage.name, str(path))
    return pathway
