"""The road of a pathway as a diagram, made from the same file the engines walk, so it cannot go stale.

`mermaid` gives text that GitHub and many editors show as a flow chart; `svg` gives a picture for a page or a slide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgsim.errors import InputError
from imgsim.road_layout import ENDS, phase_of
from imgsim.road_svg import strikes_at, svg, words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from imgsim.pathway import Clock, Pathway, Stage

SHAPES = {  # Mermaid's brackets for each kind of stage
    "exam": ("[[", "]]"),
    "wait": ("(", ")"),
    "choose": ("{{", "}}"),
    "round": ("[/", "/]"),
    "work": ("[", "]"),
    "end": ("([", "])"),
}

__all__ = ["FORMATS", "drawing", "mermaid", "svg"]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "#quot;") + '"'


def _node(key: str, stage: Stage) -> str:
    left, right = SHAPES[stage.kind]
    return f"{key}{left}{_quoted(stage.label)}{right}"


def _phases(pathway: Pathway, keys: dict[str, str]) -> Iterator[str]:
    """One subgraph per phase, the ends last."""
    phases = dict.fromkeys(phase_of(pathway, name) for name in pathway.stages)
    for number, phase in enumerate(sorted(phases, key=lambda name: name == ENDS)):
        yield f"  subgraph phase{number}[{_quoted(words(phase).capitalize())}]"
        for name, stage in pathway.stages.items():
            if phase_of(pathway, name) == phase:
                yield f"    {_node(keys[name], stage)}"
        yield "  end"


def _strokes(pathway: Pathway, keys: dict[str, str], clock: Clock) -> Iterator[str]:
    """Dashed arrows of one clock; a clock that strikes everywhere gets one arrow, from a box that says so."""
    label = _quoted(clock.label)
    if clock.strikes == "everywhere":
        yield f"  everywhere[{_quoted('every stage')}] -. {label} .-> {keys[clock.to]}"
        return
    for name, stage in pathway.stages.items():
        if strikes_at(clock, stage):
            yield f"  {keys[name]} -. {label} .-> {keys[clock.to]}"


def mermaid(pathway: Pathway) -> str:
    """The road of `pathway` as a Mermaid flow chart (text)."""
    keys = {name: f"s{number}" for number, name in enumerate(pathway.stages)}
    lines = ["---", f"title: {_quoted(pathway.title)}", "---", "flowchart TD"]
    lines += _phases(pathway, keys)
    for name, stage in pathway.stages.items():
        lines += [f"  {keys[name]} -- {_quoted(words(out))} --> {keys[to]}" for out, to in stage.next.items()]
    for clock in pathway.clocks.values():
        lines += _strokes(pathway, keys, clock)
    return "\n".join(lines) + "\n"


FORMATS = {"mermaid": mermaid, "svg": svg}
SUFFIXES = {".mmd": "mermaid", ".mermaid": "mermaid", ".svg": "svg"}


def drawing(pathway: Pathway, form: str | None, file: Path | None = None) -> str:
    """The road in the named form; without one, in the form that the file's ending asks for, else SVG."""
    if form is None:
        form = SUFFIXES.get(file.suffix, "svg") if file else "svg"
    if form not in FORMATS:
        raise InputError(f"no drawing format called `{form}`", known=FORMATS, name=form)
    return FORMATS[form](pathway)
