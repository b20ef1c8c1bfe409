"""The catalogue of measures as text: a list, one definition, and the page ``docs/measures.md``."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Final

from imgsim.outcomes.catalogue import PLACEHOLDER_WORDS, Measure
from imgsim.reports.words import PAGE

COMMAND: Final = "imgsim measures --markdown --out docs/measures.md"
INTRODUCTION: Final = f"""\
# Measures

Every measure that imgsim writes into the table `outcomes` (columns `replication, measure, cohort, by, group, time,
statistic, value, n`). Written from the catalogue in the code by `{COMMAND}`;
`imgsim measures --of us` lists the names that a country has.

- `cohort` is a calendar year, an academic year such as `2005-06` (1 July to 30 June), or `measured`: the whole measured
  window.
- `by` says what kind of thing `group` is; `all` is everybody. Groups by two things are written with a slash.
- `time` counts years since the milestone that the definition names; it is missing for a value that is no point of a
  curve.
- `n` is the denominator. Counts and totals are at full size; `n` counts simulated persons.
"""


def label_of(measure: Measure) -> str:
    """The label, with the placeholder of a pattern where a name of the pathway stands."""
    return measure.label.format(f"<{measure.placeholder}>")


def listing(measures: Sequence[Measure]) -> str:
    """One line a measure: name, unit, label, denominator."""
    widths = [max(len(text) for text in column) for column in zip(*map(columns, measures), strict=True)]
    rows = [[text.ljust(width) for text, width in zip(columns(one), widths, strict=True)] for one in measures]
    return "\n".join("  ".join(row).rstrip() for row in rows) + "\n"


def columns(measure: Measure) -> tuple[str, str, str, str]:
    """The columns of the list."""
    return measure.name, measure.unit, label_of(measure), measure.denominator


def definition(measure: Measure) -> str:
    """Everything the catalogue says of one measure."""
    sentences = [f"{label_of(measure)}.", measure.definition]
    sentences += [f"{name}: {text}." for name, text in details(measure)]
    return "\n".join([measure.name, *(line for sentence in sentences for line in indented(sentence))]) + "\n"


def details(measure: Measure) -> list[tuple[str, str]]:
    """Unit, statistics, denominator, groups, and what a pathway must have, in words."""
    words = [("Unit", measure.unit), ("Statistics", ", ".join(measure.statistics)), ("n", measure.denominator)]
    words.append(("By", ", ".join(measure.by)))
    if measure.placeholder:
        words.append((f"<{measure.placeholder}>", PLACEHOLDER_WORDS[measure.placeholder]))
    if measure.needs:
        words.append(("Only where the pathway has", ", ".join(measure.needs)))
    return words


def indented(text: str) -> list[str]:
    """Lines of a page's width, four spaces in."""
    return textwrap.wrap(text, PAGE, initial_indent="    ", subsequent_indent="    ")


def page(measures: Iterable[Measure]) -> str:
    """The page of all measures as Markdown."""
    sections = [section(measure) for measure in measures]
    return "\n".join([INTRODUCTION, *sections])


def section(measure: Measure) -> str:
    """The section of one measure on the page."""
    facts = [f"- {as_code(name)}: {text}" for name, text in details(measure)]
    lines = [f"## `{measure.name}`", "", f"{as_code(label_of(measure))}. {measure.definition}", "", *facts]
    return "\n".join(wrapped for line in lines for wrapped in markdown_lines(line)) + "\n"


def as_code(text: str) -> str:
    """Placeholders as code, which Markdown would else take for HTML."""
    return text.replace("<", "`<").replace(">", ">`")


def markdown_lines(line: str) -> list[str]:
    """A line of Markdown in lines of at most 120 characters; what continues a list item is indented."""
    indent = "  " if line.startswith("- ") else ""
    return textwrap.wrap(line, 120, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False) or [""]
