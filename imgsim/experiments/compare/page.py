"""One self-contained page of a comparison: question, answer, tables, figures, assumptions, how to repeat it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from imgsim.experiments.compare.differences import each, leading
from imgsim.experiments.compare.sweep import told
from imgsim.experiments.compare.text import POINTS, points, sentences
from imgsim.experiments.uncertainty.sensitivity import STRONGEST
from imgsim.outcomes.headline import leaning, number
from imgsim.runs.manifest import Call, command

if TYPE_CHECKING:
    from imgsim.experiments.compare.comparison import Comparison
    from imgsim.inputs.reforms.reform import Reform
    from imgsim.inputs.scenarios.scenario import Scenario

CAPTIONS: Final[Mapping[str, str]] = {
    "differences": "Headline shares, reform less baseline. Lines show chance only.",
    "incidence": "Cumulative incidence of training since entry, reform less baseline. Bands show chance only.",
    "gains": "The same persons in both worlds. Whiskers show chance only.",
    "flows": "Persons whose state at the horizon differs.",
    "tornado": "Which assumed numbers swing the answer. Shows doubt about parameters.",
    "doses": "The difference against the size of the dose. Bands show chance only.",
}
NOT_ASKED: Final = (
    "<p>Not asked for: the intervals above show chance alone. <code>--uncertainty 200</code> draws the assumed numbers "
    "from their plausible ranges.</p>"
)
SENSITIVITY_NOT_ASKED: Final = (
    "<p>Screening of all numbers (Morris) and shares of variance (Sobol) were not asked for: "
    "<code>--morris 10 --sobol 64</code>.</p>"
)
SHOWN: Final = 60  # assumptions listed on the page; the rest stand in parameters.csv


def page(found: Comparison, drawings: Mapping[str, str], call: Call) -> str:
    """The page as HTML that needs nothing from the network."""
    template = Template(files("imgsim.experiments.compare").joinpath("page.html").read_text("utf-8"))
    reforms = [(name, scenario) for name, scenario in zip(found.names[1:], found.worlds.scenarios[1:], strict=True)]
    return template.substitute(
        title=html.escape(f"{found.scenario.title}: {', '.join(found.names[1:])}"),
        question="".join(question(name, scenario) for name, scenario in reforms),
        answer="".join(answer(found, name) for name, _ in reforms),
        differences=differences(found) + items(turning(found)),
        gains=gains(found),
        places=places(found),
        doubt=doubt(found) + sensitivity(found),
        figures="".join(figure(name, svg) for name, svg in drawings.items()),
        assumptions=assumptions(found.scenario),
        left_out="".join(left_out(scenario) for _, scenario in reforms),
        repeat=repeat(found, call),
    )


def question(name: str, scenario: Scenario) -> str:
    """What is asked: each reform, whose it is and where it is written."""
    return "".join(f"<h3>{html.escape(name)}</h3>{stands_for(reform, scenario)}" for reform in scenario.reforms)


def stands_for(reform: Reform, scenario: Scenario) -> str:
    """Title, actor, document and references of a reform, and the sizes it leaves open."""
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


def answer(found: Comparison, name: str) -> str:
    """The two sentences of one reform."""
    first, second = (html.escape(text) for text in sentences(found, name))
    return f'<div class="answer"><h3>{html.escape(name)}</h3><p>{first}</p><p>{second}</p></div>'


def differences(found: Comparison) -> str:
    """The table of differences."""
    rows = [
        (
            row.reform, row.label, number(row.baseline, row.unit), number(row.reformed, row.unit),
            points(row.difference, row.unit, signed=True), span(row), shown(row.helps, "{:.0%}"),
            f"{row.n:,.0f}", shown(row.pairing, "{:.1f}x"),
        )
        for row in each(found.differences)
    ]  # fmt: skip
    head = (
        "reform", "measure", "baseline", "reform", "difference", "95% interval (chance)", "helps", "heads",
        "gain of pairing",
    )  # fmt: skip
    return table(head, rows)


def turning(found: Comparison) -> list[str]:
    """Where the size of a dose turns a sign or a ranking."""
    return told(found.turns, found.sweep[0]) if found.sweep else []


def span(row: Any) -> str:
    """The interval of a difference."""
    return "" if pd.isna(row.low) else f"{points(row.low, row.unit, True)} to {points(row.high, row.unit, True)}"


def shown(value: float, form: str) -> str:
    """A number, or nothing where there is none."""
    return "" if pd.isna(value) else form.format(value)


def gains(found: Comparison) -> str:
    """Who gains and who loses."""
    rows = [
        (
            row.reform, f"{row.dimension}: {row.group}", f"{row.heads:,.0f}", f"{row.gained:,.0f}", f"{row.lost:,.0f}",
            f"{row.lost_places:,.0f}", f"{row.net:+,.0f}", f"{row.sooner:,.0f}", f"{row.later:,.0f}",
            f"{row.practising - row.practising_no_more:+,.0f}", f"{row.practice_years:+,.0f}",
        )
        for row in each(found.gains)
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


def places(found: Comparison) -> str:
    """Whose places went to whom."""
    held = found.places
    rows = [
        (
            row.reform, row.round, row.group, f"{row.seats_reformed:,.1f}", f"{row.taken_baseline:,.1f}",
            f"{row.taken_reformed:,.1f}", f"{row.change:+,.1f}",
        )
        for row in each(held)
    ]  # fmt: skip
    return table(("reform", "round", "group", "seats a year", "taken, baseline", "taken, reform", "change"), rows)


def doubt(found: Comparison) -> str:
    """What doubt about parameters does to the answer."""
    if found.doubt is None:
        return NOT_ASKED
    rows = [
        (row.reform, row.label, points(row.median, row.unit, True),
         f"{points(row.low, row.unit, True)} to {points(row.high, row.unit, True)}", f"{row.helps:.0%}")
        for row in each(found.doubt.summary())
    ]  # fmt: skip
    head = ("reform", "measure", "median difference", "95% range over draws", "helps in")
    about = (
        f"<p>{len(found.doubt.points)} draws of {len(found.doubt.parameters)} assumed or fitted numbers, the same "
        f"replication in each. {found.doubt.refused} draws were refused by the model.</p>"
    )
    return about + table(head, rows) + worth(found)


def worth(found: Comparison) -> str:
    """Which missing datum would change the choice most."""
    top = leading(found.differences)
    if found.doubt is None or top is None:
        return ""
    held = found.doubt.worth(top.measure, top.group).head(8)
    scale = 100 if top.unit == "share" else 1
    rows = [(row.parameter, f"{scale * row.worth:,.3f}") for row in each(held)]
    head = ("parameter", f"worth of knowing it ({POINTS.get(top.unit, top.unit)})")
    about = (
        f"<p>Value of information for “{html.escape(top.label)}”: how much better the best choice would be if the "
        "number were known before choosing.</p>"
    )
    return about + table(head, rows)


def sensitivity(found: Comparison) -> str:
    """Which numbers the leading difference turns on, by screening and by shares of variance."""
    held, top = found.sensitivity, leading(found.differences)
    if held is None or top is None:
        return SENSITIVITY_NOT_ASKED
    label = top.label
    chosen = held.morris[held.morris["label"] == label]
    if not len(chosen):
        return "<p>Screening: no number moves this difference, or too few trajectories gave a value.</p>"
    rows = [
        (row.reform, row.parameter, *(points(value, row.unit) for value in (row.mu_star, row.error, row.sigma)))
        for _, of in chosen.groupby("reform", sort=False) for row in each(of.head(STRONGEST))
    ]  # fmt: skip
    head = ("reform", "parameter", "mean absolute effect", "± (95%)", "spread of effects")
    walks = chosen["walks"].iloc[0]
    about = (
        f"<p>Which numbers move the difference in “{html.escape(label)}”: {walks} trajectories of Morris "
        "screening over all assumed numbers and doses, each across its whole plausible range. Doubt about parameters, "
        "chance held fast; a spread as large as the effect tells that a number acts through others.</p>"
    )
    return about + table(head, rows) + shares(found, label)


def shares(found: Comparison, label: str) -> str:
    """Sobol indices of the strongest numbers."""
    held = found.sensitivity.sobol if found.sensitivity else pd.DataFrame(columns=["label"])
    held = held[held["label"] == label]
    if not len(held):
        return ""
    rows = [
        (row.reform, row.parameter, f"{row.first:.2f} ± {row.first_error:.2f}",
         f"{row.total:.2f} ± {row.total_error:.2f}")
        for row in each(held)
    ]  # fmt: skip
    samples = held["walks"].iloc[0]
    about = f"<p>Shares of the variance of that difference among these (Sobol indices, {samples} samples).</p>"
    return about + table(("reform", "parameter", "alone", "with others"), rows)


def figure(name: str, svg: str) -> str:
    """One figure, drawn in the page."""
    drawing = re.sub(r"^.*?(?=<svg)", "", svg, flags=re.DOTALL)
    # Ids are unique in one drawing only: each gets the name of its figure.
    drawing = re.sub(r'(id="|href="#|url\(#)', rf"\1{name}-", drawing)
    return f"<figure>{drawing}<figcaption>{html.escape(CAPTIONS.get(name, name))}</figcaption></figure>"


def assumptions(scenario: Scenario) -> str:
    """The assumed numbers that the headline leans on, with their why."""
    names = list(dict.fromkeys(name for held in leaning(scenario).values() for name in held))
    rows = []
    for name in names[:SHOWN]:
        row = next(r for series in scenario.parameters[name].rows.values() for r in series if r.evidence == "assumed")
        rows.append((name, f"{row.value:g}", f"{row.range[0]:g} to {row.range[1]:g}" if row.range else "", row.why))
    more = f"<p>{len(names) - SHOWN} more stand in parameters.csv.</p>" if len(names) > SHOWN else ""
    return table(("parameter", "value (first)", "plausible range", "why"), rows) + more


def left_out(scenario: Scenario) -> str:
    """What each reform does not model."""
    return "".join(f"<h3>{html.escape(r.title)}</h3>{items(r.not_modelled)}" for r in scenario.reforms)


def repeat(found: Comparison, call: Call) -> str:
    """How to repeat the comparison."""
    run = found.scenario.run
    lines = [
        f"Command: {command()}",
        f"Seed {run.seed}, scale {run.scale:g}, {found.replications} replications, {call.engine} engine, "
        f"measured {run.measured_from} to {run.end}",
        *(f"{name}: {scenario.digest()}" for name, scenario in zip(found.names, found.worlds.scenarios, strict=True)),
    ]
    return f"<pre>{html.escape(chr(10).join(lines))}</pre>"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of texts."""
    top = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(str(value))}</td>" for value in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def items(texts: Iterable[str]) -> str:
    """A list of texts."""
    held = "".join(f"<li>{html.escape(text)}</li>" for text in texts)
    return f"<ul>{held}</ul>" if held else ""
