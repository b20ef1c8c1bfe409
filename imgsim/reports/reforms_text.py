"""Reforms in plain sentences: the document, old -> new of all they change, their levers, and what they leave out."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from imgsim.base.dates.calendar import to_date
from imgsim.inputs.kinds.branch import words
from imgsim.inputs.reforms.differences import differences_between, stage_of
from imgsim.reports.words import PAGE, amount, cited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imgsim.inputs.parameters.parameter import Parameter
    from imgsim.inputs.pathways.pathway import Pathway
    from imgsim.inputs.reforms.reform import Lever, Reform
    from imgsim.inputs.scenarios.scenario import Scenario


def explained(scenario: Scenario) -> str:
    """Describe the reforms of a scenario and all that they change together, in lines of at most 100 columns."""
    baseline = scenario.baseline
    assert baseline is not None, "only a reformed scenario has reforms to explain"
    lines = [line for reform in scenario.reforms for line in (*heading(reform, scenario), "")]
    lines += ["What changes, old -> new:", *(indented(text) for text in changed_pathway(baseline.pathway, scenario))]
    changed = [name for name in scenario.parameters if differs(baseline, scenario, name)]
    lines += [line for name in changed for line in changed_number(baseline, scenario, name)]
    if len(lines) and lines[-1].startswith("What changes"):
        lines.append("    nothing")
    for reform in scenario.reforms:
        lines += ["", f"Not modelled ({reform.name}):", *map(indented, reform.not_modelled or ["nothing is left out"])]
    return "\n".join(lines)


def indented(text: str, by: int = 4) -> str:
    """A sentence folded to the width of the page."""
    return textwrap.fill(text, PAGE, initial_indent=" " * by, subsequent_indent=" " * (by + 2))


def heading(reform: Reform, scenario: Scenario) -> list[str]:
    """Title, actor, document, date, sources and levers of a reform."""
    lines = [
        f"{reform.name}: {reform.title}",
        indented(f"decided by {reform.actor}: {reform.document} ({reform.date})"),
    ]
    lines += [indented(f"source: {cited(scenario.sources[key])}") for key in reform.reference]
    lines += [indented(f"where: {reform.where}")] if reform.where else []
    return lines + [indented(size(lever)) for lever in reform.levers.values()]


def size(lever: Lever) -> str:
    """One lever: its size, unit, plausible range and reason."""
    other = f" (best guess {lever.best:g})" if lever.value != lever.best else ""
    span = f"may lie between {lever.low:g} and {lever.high:g}"
    return f"lever {lever.name} = {lever.value:g} {lever.unit}{other}: {lever.label}; {span}: {lever.why}"


def differs(baseline: Scenario, scenario: Scenario, name: str) -> bool:
    """Is this parameter new or changed by the reforms?"""
    return name not in baseline.parameters or baseline.parameters[name].rows != scenario.parameters[name].rows


def changed_pathway(before: Pathway, scenario: Scenario) -> Iterator[str]:
    """Describe stages that are added and outcomes that lead elsewhere."""
    after, differences = scenario.pathway, differences_between(before, scenario.pathway, ())
    for name, stage in after.stages.items():
        if name in differences.stages:
            ways = ", ".join(f"{out.replace('_', ' ')}: {after.stages[to].label}" for out, to in stage.next.items())
            yield f"new stage {name} ({stage.kind}), {stage.label}" + (f" -> {ways}" if ways else "")
    for stage_name, outcome in sorted(differences.wires):
        if stage_name not in differences.stages:
            old, new = (pathway.stages[stage_name].next.get(outcome) for pathway in (before, after))
            was = before.stages[old].label if old else "nowhere"
            outcome_label = f"{after.stages[stage_name].label}: {outcome.replace('_', ' ')}"
            yield f"{outcome_label} leads to: {was} -> {after.stages[new or ''].label}"
    yield from changed_rules(before, after)
    for milestone, events in after.milestones.items():
        more = [event for event in events if event not in before.milestones.get(milestone, ())]
        if more:
            yield f"`{milestone}` is also reached by {', '.join(more)}"


def changed_rules(before: Pathway, after: Pathway) -> Iterator[str]:
    """Describe branches whose conditions change."""
    for name, stage in after.stages.items():
        for option, condition in stage.when.items():
            former = before.stages[name].when.get(option) if name in before.stages else condition
            if former != condition:
                was = words(former) if former else "by probabilities"
                yield f"{stage.label}: {option.replace('_', ' ')} when {was} -> {words(condition)}"


def changed_number(baseline: Scenario, scenario: Scenario, name: str) -> list[str]:
    """Describe one changed parameter: old -> new with dates, and why."""
    new, old = scenario.parameters[name], baseline.parameters.get(name)
    owner = stage_of(name, scenario.pathway)
    label = f"{scenario.pathway.stages[owner].label}: " if owner else ""
    lines = [indented(f"{label}{name} ({new.unit})")]
    for category in new.rows:
        change = "; ".join(steps(old, new, category))
        if change:
            lines.append(indented((f"{category}: " if category else "") + change, 6))
    reasons = [c.why for reform in scenario.reforms for c in reform.changes if c.parameter == name]
    reasons = reasons or [row.why for rows in new.rows.values() for row in rows if old is None and row.why]
    return lines + [indented(f"because {why}", 6) for why in dict.fromkeys(reasons)]


def steps(old: Parameter | None, new: Parameter, category: str) -> Iterator[str]:
    """``old -> new`` from every day on which either value changes, as long as they differ."""
    if old is None:
        yield "new: " + ", ".join(f"{amount(r.value, new.unit)}{since(r.start)}" for r in new.rows[category])
        return
    days = {row.start for parameter in (old, new) for row in parameter.rows[category]}
    last = None
    for day in sorted(days, key=lambda day: (day is not None, day)):
        at = -(10**6) if day is None else day
        pair = amount(old.value(at, category), new.unit), amount(new.value(at, category), new.unit)
        if pair != last and (pair[0] != pair[1] or (last is not None and last[0] != last[1])):
            yield (f"{pair[0]} -> {pair[1]}" if pair[0] != pair[1] else f"{pair[0]} again") + since(day)
        last = pair


def since(day: int | None) -> str:
    """From which day a value holds; empty if always."""
    return "" if day is None else f" from {to_date(day).isoformat()}"
