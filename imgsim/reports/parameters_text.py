"""Parameters in plain sentences: value, dates, unit, evidence, source, range, and what a scenario changes."""

from __future__ import annotations

import textwrap
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, cast

from imgsim.base.dates.calendar import to_date
from imgsim.base.errors import InputError
from imgsim.inputs.parameters.parameter import EVIDENCE
from imgsim.reports.words import PAGE, amount, cited

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imgsim.inputs.parameters.parameter import Parameter, Parameters, Row, Source
    from imgsim.inputs.scenarios.scenario import Scenario
    from imgsim.inputs.subject import Country


def matching(names: Mapping[str, object], pattern: str | None) -> list[str]:
    """Names of the parameters that match a pattern: a wildcard with `*` or `?`, else any part of a name."""
    if pattern is None:
        return list(names)
    wild = pattern if any(mark in pattern for mark in "*?[") else f"*{pattern}*"
    chosen = [name for name in names if fnmatchcase(name, wild)]
    if not chosen:
        raise InputError(f"no parameter matches `{pattern}`", known=names, name=pattern)
    return chosen


def since(row: Row, unit: str) -> str:
    """One value with the day from which it holds, such as `4 from 2021-07-01`."""
    value = amount(row.value, unit)
    return value if row.start is None else f"{value} from {to_date(row.start).isoformat()}"


def series(rows: tuple[Row, ...], parameter: Parameter) -> str:
    """The values of one category in the order of their dates, without steps that change nothing."""
    unit, steps = parameter.unit, parameter.between != "linear"
    shown = [row for i, row in enumerate(rows) if i == 0 or not steps or row.value != rows[i - 1].value]
    if len(shown) > 1 and shown[0].start is None:
        return f"{amount(shown[0].value, unit)} at first, " + ", ".join(since(row, unit) for row in shown[1:])
    return ", ".join(since(row, unit) for row in shown)


def grounds(row: Row, sources: Mapping[str, Source], unit: str) -> str:
    """The evidence for a value: its kind, source, reason, place in the source and plausible range."""
    return "; ".join([*_basis(row, sources), *_detail(row, unit)])


def _basis(row: Row, sources: Mapping[str, Source]) -> list[str]:
    parts = [row.evidence or "no evidence"]
    if row.source:
        parts.append(cited(sources[row.source]) if row.source in sources else row.source)
    return parts + [text.strip().rstrip(".") for text in (row.why, row.note) if text]


def _detail(row: Row, unit: str) -> list[str]:
    parts = [row.where.strip().rstrip(".")] if row.where else []
    if row.range:
        low, high = (amount(value, unit) for value in row.range)
        parts.append(f"plausible range {low} to {high}")
    return parts


def _all_rows(parameter: Parameter) -> Iterator[tuple[str, Row]]:
    for category, rows in parameter.rows.items():
        for row in rows:
            yield category, row


def _reasons(parameter: Parameter, sources: Mapping[str, Source]) -> Iterator[str]:
    """The evidence for all values of a parameter; what several values share appears once."""
    shared: dict[str, dict[str, list[int]]] = {}
    for _, row in _all_rows(parameter):
        details = shared.setdefault("; ".join(_basis(row, sources)), {})
        starts = details.setdefault(", ".join(_detail(row, parameter.unit)), [])
        if row.start is not None:
            starts.append(row.start)
    for basis, details in shared.items():
        one = len(details) == 1 and len(shared) == 1
        remarks = [text if one else _years(starts) + text for text, starts in details.items() if text]
        yield f"({'; '.join([basis, *remarks])})"


def _years(starts: list[int]) -> str:
    """From which year a remark holds: `from 2004: `; empty if always."""
    return f"from {to_date(min(starts)).year}: " if starts else ""


def _wrap(text: str, indent: int) -> list[str]:
    pad = " " * indent
    return textwrap.wrap(
        text, PAGE, initial_indent=pad, subsequent_indent=pad + "  ", break_long_words=False, break_on_hyphens=False
    )


def _kind(parameter: Parameter) -> str:
    spread = f", {parameter.distribution}" if parameter.distribution else ""
    between = ", straight lines between the dates" if parameter.between == "linear" else ""
    return f"{parameter.unit}{spread}{between}"


def values(parameter: Parameter) -> list[str]:
    """The values of a parameter, one sentence for all categories with equal values."""
    alike: dict[str, list[str]] = {}
    for category, rows in parameter.rows.items():
        alike.setdefault(series(rows, parameter), []).append(category)
    return [(f"{', '.join(names)}: " if names != [""] else "") + sentence for sentence, names in alike.items()]


def paragraph(parameter: Parameter, sources: Mapping[str, Source]) -> list[str]:
    """One parameter: name, unit, values, evidence, and the traits whose ratios multiply it."""
    by = f", by {parameter.by}" if parameter.by else ""
    head, sentences = f"{parameter.name}  {_kind(parameter)}{by}", values(parameter)
    if len(sentences) == 1 and len(head) + 2 + len(sentences[0]) <= PAGE:
        lines = [f"{head}  {sentences[0]}"]
    else:
        lines = [head, *(line for text in sentences for line in _wrap(text, 4))]
    for reason in _reasons(parameter, sources):
        lines += _wrap(reason, 4)
    if parameter.ratios:
        traits = dict.fromkeys(f"{r.trait} {r.category}" if r.category else r.trait for r in parameter.ratios)
        lines += _wrap("also depends on " + ", ".join(traits), 4)
    return lines


def _changed(scenario: Scenario | Country, name: str) -> list[str]:
    """What a scenario changes in a parameter, as `old -> new`, with the reason."""
    old, new = scenario.base_parameters.get(name), scenario.parameters[name]
    reasons = [change.why for change in scenario.changes if change.parameter == name and change.why]
    if old is None:
        return _wrap("new in this scenario", 4)
    lines: list[str] = []
    for category, rows in new.rows.items():
        before = old.rows.get(category, ())
        if before != rows:
            change = f"{series(before, old)} -> {series(rows, new)}"
            lines += _wrap("CHANGED: " + (f"{category}: " if category else "") + change, 4)
    if lines and reasons:
        lines += _wrap("because " + "; ".join(dict.fromkeys(reasons)), 4)
    return lines


def evidence_counts(parameters: Parameters, names: list[str]) -> str:
    """Count parameters by evidence; a parameter counts under its weakest value."""
    order = tuple(reversed(EVIDENCE))
    counts = dict.fromkeys(order, 0)
    for name in names:
        kinds = {row.evidence for _, row in _all_rows(parameters[name])}
        weakest = next((evidence for evidence in order if evidence in kinds), None)
        if weakest:
            counts[weakest] += 1
    return ", ".join(f"{counts[evidence]} {evidence}" for evidence in EVIDENCE if counts[evidence])


def explain(scenario: Scenario | Country, pattern: str | None = None) -> str:
    """Describe every parameter of a scenario whose name matches a pattern, in lines of at most 100 columns."""
    reforms = getattr(scenario, "reforms", ())
    if pattern is None and reforms:
        from imgsim.reports.reforms_text import explained

        return explained(cast("Scenario", scenario))
    names = matching(scenario.parameters, pattern)
    lines = []
    for name in names:
        lines += [*paragraph(scenario.parameters[name], scenario.sources), *_changed(scenario, name), ""]
    lines.append(f"{len(names)} parameters: {evidence_counts(scenario.parameters, names)}.")
    return "\n".join(lines)
