"""A pathway as a diagram, made from the file that the engines simulate, so that it cannot go stale.

`mermaid` gives text that GitHub and many editors show as a flow chart; `svg` gives a picture for a page or a slide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgsim.base.errors import InputError
from imgsim.inputs.kinds.all_kinds import KINDS, can_expire
from imgsim.reports.pathway_layout import ENDS, phase_of
from imgsim.reports.pathway_svg import NO_DIFFERENCES, REFORM_INK, spaced_words, svg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imgsim.inputs.pathways.pathway import Pathway, Stage, Timer
    from imgsim.inputs.reforms.differences import PathwayDifferences

NEW = f"fill:#fde3ec,stroke:{REFORM_INK},stroke-width:3px"
CHANGED = f"stroke:{REFORM_INK},stroke-width:3px,stroke-dasharray:6 3"

__all__ = ["FORMATS", "drawing", "mermaid", "svg"]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;") + '"'


def _node(key: str, stage: Stage) -> str:
    left, right = KINDS[stage.kind].shape.brackets
    return f"{key}{left}{_quoted(stage.label)}{right}"


def _phases(pathway: Pathway, keys: dict[str, str]) -> Iterator[str]:
    """One subgraph per phase, the ends last."""
    phases = dict.fromkeys(phase_of(pathway, name) for name in pathway.stages)
    for number, phase in enumerate(sorted(phases, key=lambda name: name == ENDS)):
        yield f"  subgraph phase{number}[{_quoted(spaced_words(phase).capitalize())}]"
        for name, stage in pathway.stages.items():
            if phase_of(pathway, name) == phase:
                yield f"    {_node(keys[name], stage)}"
        yield "  end"


def _strokes(pathway: Pathway, keys: dict[str, str], timer: Timer) -> Iterator[str]:
    """Dashed arrows of one timer; one that applies everywhere gets one arrow, from a box that says so."""
    label = _quoted(timer.label)
    if timer.applies_in.everywhere:
        yield f"  everywhere[{_quoted('every stage')}] -. {label} .-> {keys[timer.to]}"
        return
    for name, stage in pathway.stages.items():
        if can_expire(timer, stage):
            yield f"  {keys[name]} -. {label} .-> {keys[timer.to]}"


def _links(pathway: Pathway, keys: dict[str, str], pathway_differences: PathwayDifferences) -> Iterator[str]:
    """The arrows of outcomes; the ones that a reform draws are thick."""
    for name, stage in pathway.stages.items():
        for out, to in stage.next.items():
            line = ("==", "==>") if (name, out) in pathway_differences.wires else ("--", "-->")
            yield f"  {keys[name]} {line[0]} {_quoted(spaced_words(out))} {line[1]} {keys[to]}"


def _marked(pathway: Pathway, keys: dict[str, str], pathway_differences: PathwayDifferences) -> Iterator[str]:
    """The classes that colour what a reform adds and changes."""
    for css, names, style in (
        ("added", pathway_differences.stages, NEW),
        ("changed", pathway_differences.changed, CHANGED),
    ):
        marked = [keys[name] for name in pathway.stages if name in names]
        if marked:
            yield f"  classDef {css} {style}"
            yield f"  class {','.join(marked)} {css}"


def mermaid(pathway: Pathway, pathway_differences: PathwayDifferences = NO_DIFFERENCES) -> str:
    """The pathway as a Mermaid flow chart (text); what a reform changes stands out."""
    keys = {name: f"s{number}" for number, name in enumerate(pathway.stages)}
    lines = ["---", f"title: {_quoted(pathway.title)}", "---", "flowchart TD"]
    lines += _phases(pathway, keys)
    lines += _links(pathway, keys, pathway_differences)
    for timer in pathway.timers.values():
        lines += _strokes(pathway, keys, timer)
    lines += _marked(pathway, keys, pathway_differences)
    return "\n".join(lines) + "\n"


FORMATS = {"mermaid": mermaid, "svg": svg}
SUFFIXES = {".mmd": "mermaid", ".mermaid": "mermaid", ".svg": "svg"}


def drawing(
    pathway: Pathway,
    form: str | None,
    file: Path | None = None,
    pathway_differences: PathwayDifferences = NO_DIFFERENCES,
) -> str:
    """The pathway in the named form; without one, in the form that the file's ending asks for, else SVG.

    What `news` names, the work of a reform, stands out.
    """
    if form is None:
        form = SUFFIXES.get(file.suffix, "svg") if file else "svg"
    if form not in FORMATS:
        raise InputError(f"no drawing format called `{form}`", known=FORMATS, name=form)
    return FORMATS[form](pathway, pathway_differences)
