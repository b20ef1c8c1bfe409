"""The bibliography of a run: every source that its parameters cite, and which parameters cite it."""

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
    """Names of the parameters and of the branches that cite each source."""
    users_by_source: dict[str, list[str]] = {}
    for name, parameter in parameters.items():
        keys = {row.source for rows in parameter.rows.values() for row in rows if row.source}
        for key in sorted(keys):
            users_by_source.setdefault(key, []).append(name)
    for stage in stages:
        if stage.source:
            users_by_source.setdefault(stage.source, []).append(f"the rule {stage.name}")
    return users_by_source


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
    users_by_source = uses(parameters, stages)
    lines: list[str] = []
    for key in sorted(users_by_source, key=lambda key: (sources[key].title, key)):
        lines += entry(key, sources[key], users_by_source[key])
    evidence = evidence_counts(parameters, list(parameters))
    return "\n".join([*lines, f"{len(users_by_source)} sources; parameters: {evidence}."])
