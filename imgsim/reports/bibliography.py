"""The bibliography of a run: every source that a parameter in use cites, and which parameters lean on it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from imgsim.reports.parameters_text import evidence_counts
from imgsim.reports.words import PAGE, cited

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imgsim.inputs.parameters.parameter import Parameters, Source
    from imgsim.inputs.pathways.pathway import Stage

NAMED = 3  # parameters named under a source before `and N more`


def uses(parameters: Parameters, stages: Iterable[Stage] = ()) -> dict[str, list[str]]:
    """For each source key the names of the parameters with a value from it, and of the branches with a rule from it."""
    found: dict[str, list[str]] = {}
    for name, parameter in parameters.items():
        keys = {row.source for rows in parameter.rows.values() for row in rows if row.source}
        for key in sorted(keys):
            found.setdefault(key, []).append(name)
    for stage in stages:
        if stage.source:
            found.setdefault(stage.source, []).append(f"the rule {stage.name}")
    return found


def _wrap(text: str) -> list[str]:
    return textwrap.wrap(
        text, PAGE, initial_indent="    ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )


def entry(key: str, source: Source, names: list[str]) -> list[str]:
    """One source: key, citation, address, remark, and what it is used for."""
    shown = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
    lines = [key, *_wrap(cited(source) + ".")]
    lines += [f"    {source.url}"] if source.url else []
    lines += _wrap(source.note) if source.note else []
    return [*lines, *_wrap(f"used by {shown}"), ""]


def bibliography(parameters: Parameters, sources: Mapping[str, Source], stages: Iterable[Stage] = ()) -> str:
    """All sources in use, sorted by title, as text."""
    found = uses(parameters, stages)
    lines: list[str] = []
    for key in sorted(found, key=lambda key: (sources[key].title, key)):
        lines += entry(key, sources[key], found[key])
    return "\n".join([*lines, f"{len(found)} sources; parameters: {evidence_counts(parameters, list(parameters))}."])
