"""The page of a comparison, in one HTML file: question, answer, tables, figures, assumptions, how to repeat it."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from imgsim.base.markup import linked
from imgsim.experiments.compare.differences import each_row
from imgsim.experiments.compare.page_tables import items, number_or_blank, table
from imgsim.experiments.compare.page_uncertainty import sensitivity_html, uncertainty_html
from imgsim.experiments.compare.sweep import switching_text
from imgsim.experiments.compare.text import chance, denominators, differs, folded_text, no_interval, points, sentences
from imgsim.outcomes.headline import leaning, number
from imgsim.runs.manifest import Call, command

if TYPE_CHECKING:
    from imgsim.experiments.compare.comparison import Comparison
    from imgsim.inputs.reforms.reform import Reform
    from imgsim.inputs.scenarios.scenario import Scenario

CAPTIONS: Final[Mapping[str, str]] = {
    "differences": "Headline shares, reform less baseline. Lines show stochastic uncertainty only.",
    "incidence": "Cumulative incidence of training, reform less baseline. Bands show stochastic uncertainty only.",
    "gains": "Counterfactual pairs: the same persons in both worlds. Whiskers show stochastic uncertainty only.",
    "flows": "Persons whose state at the horizon differs.",
    "tornado": "Which assumed numbers swing the answer. Shows parameter uncertainty.",
    "levers": "The difference against the size of the lever. Bands show stochastic uncertainty only.",
}
SHOWN: Final = 60  # assumptions listed on the page; the rest are in parameters.csv


def page(comparison: Comparison, drawings: Mapping[str, str], call: Call) -> str:
    """The page as HTML that needs nothing from the network."""
    template = Template(files("imgsim.experiments.compare").joinpath("page.html").read_text("utf-8"))
    reforms = list(zip(comparison.names[1:], comparison.worlds.scenarios[1:], strict=True))
    return template.substitute(
        title=html.escape(f"{comparison.scenario.title}: {', '.join(comparison.names[1:])}"),
        question="".join(question(name, scenario) for name, scenario in reforms),
        answer="".join(answer(comparison, name) for name, _ in reforms),
        differences=differences_html(comparison) + items(switching(comparison)),
        gains=gains_html(comparison),
        places=places_html(comparison),
        parameter_uncertainty=uncertainty_html(comparison) + sensitivity_html(comparison),
        figures="".join(figure(name, svg) for name, svg in drawings.items()),
        assumptions=assumptions(comparison.scenario),
        left_out="".join(left_out(scenario) for _, scenario in reforms),
        repeat=repeat(comparison, call),
    )


def question(name: str, scenario: Scenario) -> str:
    """The question: each reform, whose it is and where it is written."""
    return "".join(f"<h3>{html.escape(name)}</h3>{stands_for(reform, scenario)}" for reform in scenario.reforms)


def stands_for(reform: Reform, scenario: Scenario) -> str:
    """Title, actor, document and references of a reform, and its levers."""
    cited = [scenario.sources[key] for key in reform.reference if key in scenario.sources]
    links = "; ".join(linked(source.title, source.url) for source in cited)
    levers = items(
        f"{lever.label}: {lever.value:g} {lever.unit} (plausible {lever.low:g} to {lever.high:g}: {lever.why})"
        for lever in reform.levers.values()
    )
    what = f"<strong>{html.escape(reform.title)}.</strong> {html.escape(reform.actor)}: {html.escape(reform.document)}"
    return f"<p>{what} ({html.escape(reform.date)}). {links}</p>{levers}"


def answer(comparison: Comparison, name: str) -> str:
    """The two sentences of one reform."""
    paragraphs = "".join(f"<p>{html.escape(text)}</p>" for text in sentences(comparison, name) if text)
    return f'<div class="answer"><h3>{html.escape(name)}</h3>{paragraphs}</div>'


def differences_html(comparison: Comparison) -> str:
    """The table of differences between the baseline and each reform, as HTML; rows that do not differ are folded."""
    rows = [
        (
            row.reform, row.label, number(row.baseline, row.unit), number(row.reformed, row.unit),
            points(row.difference, row.unit, signed=True), span(row), chance(row.helps), persons(row),
            number_or_blank(row.variance_reduction_factor, "{:,.1f}"),
        )
        for row in each_row(comparison.differences) if differs(row)
    ]  # fmt: skip
    head = (
        "reform", "measure", "baseline", "reform", "difference", "95% interval (stochastic)", "helps",
        "of persons (simulated)", "variance reduction factor",
    )  # fmt: skip
    folded = [
        f"{name}: {text}"
        for name, of in comparison.differences.groupby("reform", sort=False)
        if (text := folded_text(of))
    ]
    remark = no_interval(comparison.differences).strip()
    return table(head, rows) + items([*folded, *([remark] if remark else [])])


def persons(row: Any) -> str:
    """The denominator of a line, or both where it differs between the worlds."""
    return denominators(row) if row.denominator_moved else f"{row.n_baseline:,.0f}"


def switching(comparison: Comparison) -> list[str]:
    """The switching points of a swept lever, in words."""
    return switching_text(comparison.switching_points, comparison.sweep[0]) if comparison.sweep else []


def span(row: Any) -> str:
    """The interval of a difference as text."""
    return "" if pd.isna(row.low) else f"{points(row.low, row.unit, True)} to {points(row.high, row.unit, True)}"


def gains_html(comparison: Comparison) -> str:
    """The table of who gains and who loses, as HTML."""
    rows = [
        (
            row.reform, f"{row.dimension}: {row.group}", f"{row.persons:,.0f}", f"{row.gained:,.0f}",
            f"{row.lost:,.0f}", f"{row.lost_places:,.0f}", f"{row.net:+,.0f}", f"{row.sooner:,.0f}",
            f"{row.later:,.0f}", f"{row.practising - row.practising_no_more:+,.0f}", f"{row.practice_years:+,.0f}",
        )
        for row in each_row(comparison.gains)
    ]  # fmt: skip
    head = (
        "reform",
        "group",
        "persons",
        "gained",
        "lost",
        "lost through places",
        "net",
        "sooner",
        "later",
        "in practice",
        "physician-years",
    )
    return table(head, rows)


def places_html(comparison: Comparison) -> str:
    """The table of places by round and group in both worlds, as HTML."""
    rows = [
        (
            row.reform, row.round, row.group, f"{row.seats_reformed:,.1f}", f"{row.taken_baseline:,.1f}",
            f"{row.taken_reformed:,.1f}", f"{row.change:+,.1f}",
        )
        for row in each_row(comparison.places)
    ]  # fmt: skip
    return table(("reform", "round", "group", "seats a year", "taken, baseline", "taken, reform", "change"), rows)


def figure(name: str, svg: str) -> str:
    """One figure, with its drawing inside the page."""
    drawing = re.sub(r"^.*?(?=<svg)", "", svg, flags=re.DOTALL)
    # Ids are unique in one drawing only, so each gets the name of its figure.
    drawing = re.sub(r'(id="|href="#|url\(#)', rf"\1{name}-", drawing)
    return f"<figure>{drawing}<figcaption>{html.escape(CAPTIONS.get(name, name))}</figcaption></figure>"


def assumptions(scenario: Scenario) -> str:
    """The assumed numbers on which the headline depends, with the reason for each."""
    names = list(dict.fromkeys(name for parameters in leaning(scenario).values() for name in parameters))
    rows = []
    for name in names[:SHOWN]:
        row = next(r for series in scenario.parameters[name].rows.values() for r in series if r.evidence == "assumed")
        rows.append((name, f"{row.value:g}", f"{row.range[0]:g} to {row.range[1]:g}" if row.range else "", row.why))
    more = f"<p>{len(names) - SHOWN} more are in parameters.csv.</p>" if len(names) > SHOWN else ""
    return table(("parameter", "value (first)", "plausible range", "why"), rows) + more


def left_out(scenario: Scenario) -> str:
    """What each reform does not model."""
    return "".join(f"<h3>{html.escape(r.title)}</h3>{items(r.not_modelled)}" for r in scenario.reforms)


def repeat(comparison: Comparison, call: Call) -> str:
    """The command, seed and digests with which the comparison can be repeated."""
    run = comparison.scenario.run
    worlds = zip(comparison.names, comparison.worlds.scenarios, strict=True)
    lines = [
        f"Command: {command()}",
        f"Seed {run.seed}, scale {run.scale:g}, {comparison.replications} replications, {call.engine} engine, "
        f"measured {run.measured_from} to {run.end}",
        *(f"{name}: {scenario.digest()}" for name, scenario in worlds),
    ]
    return f"<pre>{html.escape(chr(10).join(lines))}</pre>"
