"""The page of a comparison, in one HTML file: question, answer, tables, figures, assumptions, how to repeat it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from imgsim.experiments.compare.differences import each_row, leading
from imgsim.experiments.compare.sweep import switching_text
from imgsim.experiments.compare.text import POINTS, points, sentences
from imgsim.experiments.uncertainty.sensitivity import STRONGEST
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
NOT_ASKED: Final = (
    "<p>Not asked for: the intervals above show stochastic uncertainty alone. <code>--uncertainty 200</code> draws the "
    "assumed numbers from their plausible ranges.</p>"
)
SENSITIVITY_NOT_ASKED: Final = (
    "<p>Screening of all numbers (Morris) and shares of variance (Sobol) were not asked for: "
    "<code>--morris 10 --sobol 64</code>.</p>"
)
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
    links = "; ".join(
        f'<a href="{html.escape(s.url)}">{html.escape(s.title)}</a>' if s.url else html.escape(s.title) for s in cited
    )
    levers = items(
        f"{lever.label}: {lever.value:g} {lever.unit} (plausible {lever.low:g} to {lever.high:g}: {lever.why})"
        for lever in reform.levers.values()
    )
    what = f"<strong>{html.escape(reform.title)}.</strong> {html.escape(reform.actor)}: {html.escape(reform.document)}"
    return f"<p>{what} ({html.escape(reform.date)}). {links}</p>{levers}"


def answer(comparison: Comparison, name: str) -> str:
    """The two sentences of one reform."""
    first, second = (html.escape(text) for text in sentences(comparison, name))
    return f'<div class="answer"><h3>{html.escape(name)}</h3><p>{first}</p><p>{second}</p></div>'


def differences_html(comparison: Comparison) -> str:
    """The table of differences between the baseline and each reform, as HTML."""
    rows = [
        (
            row.reform, row.label, number(row.baseline, row.unit), number(row.reformed, row.unit),
            points(row.difference, row.unit, signed=True), span(row), number_or_blank(row.helps, "{:.0%}"),
            f"{row.n:,.0f}", number_or_blank(row.variance_reduction_factor, "{:,.1f}"),
        )
        for row in each_row(comparison.differences)
    ]  # fmt: skip
    head = (
        "reform", "measure", "baseline", "reform", "difference", "95% interval (stochastic)", "helps", "persons",
        "variance reduction factor",
    )  # fmt: skip
    return table(head, rows)


def switching(comparison: Comparison) -> list[str]:
    """The switching points of a swept lever, in words."""
    return switching_text(comparison.switching_points, comparison.sweep[0]) if comparison.sweep else []


def span(row: Any) -> str:
    """The interval of a difference as text."""
    return "" if pd.isna(row.low) else f"{points(row.low, row.unit, True)} to {points(row.high, row.unit, True)}"


def number_or_blank(value: float, form: str) -> str:
    """A number as text, or nothing where it is missing."""
    return "" if pd.isna(value) else form.format(value)


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


def uncertainty_html(comparison: Comparison) -> str:
    """The differences over draws of parameters, and the value of information."""
    uncertainty = comparison.parameter_uncertainty
    if uncertainty is None:
        return NOT_ASKED
    rows = [
        (row.reform, row.label, points(row.median, row.unit, True),
         f"{points(row.low, row.unit, True)} to {points(row.high, row.unit, True)}", f"{row.helps:.0%}")
        for row in each_row(uncertainty.summary())
    ]  # fmt: skip
    head = ("reform", "measure", "median difference", "95% range over draws", "helps in")
    about = (
        f"<p>{len(uncertainty.points)} draws of {len(uncertainty.parameters)} assumed or fitted numbers, the same "
        f"replication in each. {uncertainty.refused} draws were refused by the model.</p>"
    )
    return about + table(head, rows) + value_of_information(comparison)


def value_of_information(comparison: Comparison) -> str:
    """The parameters whose knowledge would improve the choice most."""
    top = leading(comparison.differences)
    if comparison.parameter_uncertainty is None or top is None:
        return ""
    worth = comparison.parameter_uncertainty.worth(top.measure, top.group).head(8)
    scale = 100 if top.unit == "share" else 1
    rows = [(row.parameter, f"{scale * row.worth:,.3f}") for row in each_row(worth)]
    head = ("parameter", f"worth of knowing it ({POINTS.get(top.unit, top.unit)})")
    about = (
        f"<p>Value of information for “{html.escape(top.label)}”: how much better the best choice would be if the "
        "number were known before choosing.</p>"
    )
    return about + table(head, rows)


def sensitivity_html(comparison: Comparison) -> str:
    """The parameters that move the leading difference, by screening and by shares of variance."""
    result, top = comparison.sensitivity, leading(comparison.differences)
    if result is None or top is None:
        return SENSITIVITY_NOT_ASKED
    label = top.label
    chosen = result.morris[result.morris["label"] == label]
    if not len(chosen):
        return "<p>Screening: no number moves this difference, or too few trajectories gave a value.</p>"
    rows = [
        (row.reform, row.parameter, *(points(value, row.unit) for value in (row.mu_star, row.error, row.sigma)))
        for _, of in chosen.groupby("reform", sort=False) for row in each_row(of.head(STRONGEST))
    ]  # fmt: skip
    head = ("reform", "parameter", "mean absolute effect", "± (95%)", "standard deviation of effects")
    trajectories = chosen["trajectories"].iloc[0]
    about = (
        f"<p>Which numbers move the difference in “{html.escape(label)}”: {trajectories} trajectories of Morris "
        "screening over all assumed numbers and levers, each across its whole plausible range. Parameter uncertainty "
        "with the same random numbers in all runs; a standard deviation as large as the effect shows that a number "
        "acts through others.</p>"
    )
    return about + table(head, rows) + shares(comparison, label)


def shares(comparison: Comparison, label: str) -> str:
    """The Sobol indices of the strongest parameters, as HTML."""
    indices = comparison.sensitivity.sobol if comparison.sensitivity else pd.DataFrame(columns=["label"])
    indices = indices[indices["label"] == label]
    if not len(indices):
        return ""
    rows = [
        (row.reform, row.parameter, f"{row.first:.2f} ± {row.first_error:.2f}",
         f"{row.total:.2f} ± {row.total_error:.2f}")
        for row in each_row(indices)
    ]  # fmt: skip
    samples = indices["samples"].iloc[0]
    about = f"<p>Shares of the variance of that difference among these (Sobol indices, {samples} samples).</p>"
    return about + table(("reform", "parameter", "alone", "with others"), rows)


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


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """An HTML table of texts."""
    top = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(str(value))}</td>" for value in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def items(texts: Iterable[str]) -> str:
    """An HTML list of texts; nothing if there are none."""
    listed = "".join(f"<li>{html.escape(text)}</li>" for text in texts)
    return f"<ul>{listed}</ul>" if listed else ""
