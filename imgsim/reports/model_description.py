"""A written description of a model, made from its pathway and parameters (Markdown), so that it cannot go stale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgsim.base.markup import as_markdown, code
from imgsim.inputs.kinds.all_kinds import KINDS
from imgsim.reports.parameters_text import evidence_counts, grounds, series

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imgsim.inputs.parameters.parameter import Parameter, Parameters, Source
    from imgsim.inputs.pathways.pathway import Pathway, Stage, Timer

SHOWN = 6  # categories of one parameter shown in full


def description(pathway: Pathway, parameters: Parameters, sources: Mapping[str, Source]) -> str:
    """The whole description as Markdown."""
    lines = [
        f"# {as_markdown(pathway.title)}",
        "",
        *_people(pathway),
        *_road(pathway, parameters, sources),
        *_timers(pathway),
    ]
    left = [name for name in parameters if not _of_a_stage(name, pathway)]
    lines += ["## Other parameters", "", *(line for name in left for line in _bullet(parameters[name], sources)), ""]
    return "\n".join([*lines, f"{len(parameters)} parameters: {evidence_counts(parameters, list(parameters))}."]) + "\n"


def _label(pathway: Pathway, stage: str) -> str:
    return as_markdown(pathway.stages[stage].label)


def _of_a_stage(name: str, pathway: Pathway) -> bool:
    return any(name.startswith(f"{stage}.") for stage in pathway.stages)


def _people(pathway: Pathway) -> Iterator[str]:
    yield from ("## People", "", "Simulated graduates belong to these groups:", "")
    for group in pathway.groups.values():
        yield f"- {as_markdown(group.label)} ({code(group.name)})"
    if pathway.competitors:
        yield from ("", "They compete with applicants whose careers are not simulated:", "")
        yield from (f"- {as_markdown(label)} ({code(name)})" for name, label in pathway.competitors.items())
    yield ""


def _road(pathway: Pathway, parameters: Parameters, sources: Mapping[str, Source]) -> Iterator[str]:
    yield from ("## The pathway", "", f"A graduate enters at *{_label(pathway, pathway.entry)}*.", "")
    for stage in pathway.stages.values():
        kind = KINDS[stage.kind]
        words = " ".join(filter(None, (kind.description, kind.details(stage))))
        yield from (f"### {as_markdown(stage.label)}", "", f"{code(stage.name)}, {stage.kind}. {words}", "")
        yield from (
            f"- {as_markdown(out.replace('_', ' '))} → *{_label(pathway, to)}*" for out, to in stage.next.items()
        )
        yield ""
        for name in _own(stage, pathway, parameters):
            yield from _bullet(parameters[name], sources)
        yield ""


def _own(stage: Stage, pathway: Pathway, parameters: Parameters) -> list[str]:
    """Parameters of this stage, not of a stage whose name begins alike."""
    longer = [f"{name}." for name in pathway.stages if name.startswith(f"{stage.name}.")]
    return [n for n in parameters if n.startswith(f"{stage.name}.") and not any(n.startswith(x) for x in longer)]


def _bullet(parameter: Parameter, sources: Mapping[str, Source]) -> Iterator[str]:
    """One parameter: its values (by category if few), and why its latest value is believed."""
    yield f"- **{parameter.name}** ({parameter.unit}): " + "; ".join(_shown(parameter))
    last = next(iter(parameter.rows.values()))[-1]
    yield f"  ({as_markdown(grounds(last, sources, parameter.unit))})"


def _shown(parameter: Parameter) -> Iterator[str]:
    for place, (category, rows) in enumerate(parameter.rows.items()):
        if place == SHOWN:
            yield f"and {len(parameter.rows) - SHOWN} more"
            return
        yield (f"{category} " if category else "") + series(rows, parameter)


def _timers(pathway: Pathway) -> Iterator[str]:
    yield from ("## Competing timers", "", "The earliest of a stage's own end and these timers wins.", "")
    for timer in pathway.timers.values():
        label, name, to = (
            as_markdown(timer.label),
            code(f"clock.{timer.name}"),
            _label(pathway, timer.to),
        )
        yield f"- **{label}** ({name}) {_where(timer)}, leads to *{to}*"
    yield ""


def _where(timer: Timer) -> str:
    """In words, the stages in which a timer can expire."""
    scope = timer.applies_in
    if scope.everywhere:
        return "can expire everywhere"
    phases = f"in {' and '.join(scope.phases)}" if scope.phases else ""
    but = f"except at {', '.join(scope.excluded)}" if scope.excluded else ""
    stages = f"{'and ' if phases else ''}at {', '.join(scope.stages)}" if scope.stages else ""
    return " ".join(filter(None, ("can expire", phases, but, stages)))
