"""The answer of a comparison in words: the printed table, and two sentences for each reform."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from imgsim.experiments.compare.differences import FEWEST, each_row
from imgsim.experiments.compare.lead import LINES, lead_sentence, leading
from imgsim.experiments.compare.sweep import switching_text
from imgsim.outcomes.headline import COUNTED, number

if TYPE_CHECKING:
    from imgsim.experiments.compare.comparison import Comparison
    from imgsim.experiments.uncertainty.parameter_uncertainty import ParameterUncertainty

WIDTH: Final = 100
POINTS: Final = {"share": "points"}  # the unit of a difference, where it is not that of the measure
SURE: Final = 0.995  # nobody is surer than that, as printed: what was not simulated is not known


def table_text(comparison: Comparison) -> str:
    """The comparison as plain text: for each reform its answer, the table of differences, and who gains and loses."""
    table = comparison.differences
    blocks = [reform_text(comparison, name, table[table["reform"] == name]) for name in comparison.names[1:]]
    run = comparison.scenario.run
    about = (
        f"The answer counts all graduates who entered from {run.start} to {run.end}, the other lines are measured from "
        f"{run.measured_from} on. {comparison.replications} replications at scale {run.scale:g}, "
        "paired person by person. ± 95% interval and `helps` (probability that the reform does): stochastic "
        "uncertainty only, not parameter uncertainty. No `helps` where the denominator differs between the worlds, nor "
        f"from fewer than {FEWEST} replications. "
        f"`narrower`: how many times narrower the interval is than with other seeds for the reform.{no_interval(table)}"
    )
    last = [comparison.precision_text] if comparison.precision_text else []
    if comparison.sweep is not None:
        switching = switching_text(comparison.switching_points, comparison.sweep[0])
        last += ["\n".join(switching)] if switching else []
    return "\n\n".join([*blocks, *uncertainty_text(comparison), wrapped(about), *last])


def no_interval(table: pd.DataFrame) -> str:
    """A sentence on lines without an interval although there are several replications; empty if there are none."""
    equal = table["low"].isna() & (table["replications"] > 1)
    return (
        " No interval where all replications differ by the same: that tells nothing of chance." if equal.any() else ""
    )


def reform_text(comparison: Comparison, reform: str, rows: pd.DataFrame) -> str:
    """The printed answer about one reform."""
    first, second = sentences(comparison, reform)
    parts = [wrapped(f"{reform}: {first}"), block(reform, rows)]
    return "\n\n".join([*parts, wrapped(f"{reform}: {second}")] if second else parts)


def wrapped(text: str) -> str:
    """A text in lines of the printed width."""
    return "\n".join(textwrap.wrap(text, WIDTH))


def block(reform: str, rows: pd.DataFrame) -> str:
    """The printed lines of one reform, below a head; those that do not differ folded into one sentence."""
    head = f"{reform[:48]:50}{'baseline':>11}{'reform':>11}{'difference':>17}{'helps':>7}{'narrower':>9}"
    text = [line for row in each_row(rows) if differs(row) for line in lines_of(row)]
    folded = folded_text(rows)
    return "\n".join([head, *text, *([wrapped(folded)] if folded else [])])


def differs(row: Any) -> bool:
    """Whether anything of a difference can be seen at the precision that is printed."""
    shown = [points(value, row.unit) for value in (row.difference, row.low, row.high) if not np.isnan(value)]
    return any(any(digit in "123456789" for digit in text) for text in shown)


def folded_text(rows: pd.DataFrame) -> str:
    """A sentence that names the lines without a difference; empty if all differ."""
    names, above = [], ""
    for row in each_row(rows):
        label = row.label.strip(". ")
        above = above if row.label.startswith("...") else label
        if not differs(row):
            names.append(f"{above} ({label})" if row.label.startswith("...") else label)
    lines = "1 line does" if len(names) == 1 else f"{len(names)} lines do"
    return f"{lines} not differ to the last digit shown: {'; '.join(names)}." if names else ""


def lines_of(row: Any) -> list[str]:
    """One line: both worlds, the difference with half its interval, how likely it helps, what pairing is worth.

    A second one has both denominators if they are not the same.
    """
    unit = row.unit
    half = "" if np.isnan(row.low) else f" ±{points((row.high - row.low) / 2, unit)}"
    change = f"{points(row.difference, unit, signed=True)}{half}"
    factor = row.variance_reduction_factor
    narrower = "" if np.isnan(factor) else f"{np.sqrt(factor):.1f}x"
    both = f"{number(row.baseline, unit):>11}{number(row.reformed, unit):>11}"
    line = f"{row.label[:48]:50}{both}{change:>17}{chance(row.helps):>7}{narrower:>9}".rstrip()
    return [line, f"    not of the same persons: {denominators(row)}"] if row.denominator_moved else [line]


def denominators(row: Any) -> str:
    """Both denominators of a line."""
    return f"of {row.n_baseline:,.0f} simulated persons without the reform, of {row.n_reformed:,.0f} with it"


def chance(probability: float) -> str:
    """A probability in percent, never certain; nothing where it is missing."""
    if np.isnan(probability):
        return ""
    if probability > SURE:
        return ">99%"
    return "<1%" if probability < 1 - SURE else f"{probability:.0%}"


def points(value: float, unit: str, signed: bool = False) -> str:
    """A difference: persons as integers, shares in percentage points with two decimals, all else with two."""
    shown = 100 * value if unit == "share" else value
    digits = 0 if unit in COUNTED else 2
    shown = round(shown, digits) + 0.0  # no minus before a zero
    return f"{shown:+,.{digits}f}" if signed else f"{shown:,.{digits}f}"


def sentences(comparison: Comparison, reform: str) -> tuple[str, str]:
    """The answer in two sentences: what changes for everybody and how sure that is; who gains and who loses."""
    table = comparison.gains
    rows = table[(table["reform"] == reform) & (table["dimension"] == "all")]
    if not len(rows):
        return "Nobody lives in both worlds.", ""
    row = next(each_row(rows))
    return f"{lead_sentence(row)} {certainty(comparison, row)}", gain_sentence(row)


def gain_sentence(row: Any) -> str:
    """How many persons gain, lose and move under a reform, from a row of the gains."""
    return (
        f"{row.gained:,.0f} gain a start in training or practice, {row.lost:,.0f} lose one ({row.lost_places:,.0f} "
        f"through places alone), {row.sooner:,.0f} start sooner (by {row.years_sooner:.1f} years), {row.later:,.0f} "
        f"later (by {row.years_later:.1f}). Practice: {row.practising:,.0f} begin it who did not, "
        f"{row.practising_no_more:,.0f} no longer do."
    )


def certainty(comparison: Comparison, row: Any) -> str:
    """What the intervals of an answer, a row of the gains, show, and what draws of parameters add."""
    unknown = np.isnan(row.net_low) and np.isnan(row.practice_low)
    many = f"Intervals over {row.replications} replications show chance alone"
    shown = many if row.replications > 1 and not unknown else "Chance is not known"
    if comparison.parameter_uncertainty is None:
        return f"{shown}; parameter uncertainty was not asked for."
    table, leads = comparison.drawn, [line["label"] for line in LINES]
    rows = table[(table["reform"] == row.reform) & table["label"].isin(leads)]
    draws = "; ".join(f"{drawn.label} {draw_words(drawn)}" for drawn in each_row(rows))
    return f"{shown}. Over draws of the uncertain numbers: {draws}." if draws else f"{shown}."


def draw_words(row: Any) -> str:
    """The range of a difference over draws of parameters, and in how many of them the reform helps."""
    return f"{points(row.median, row.unit, True)} ({range_words(row)}){helps_in(row)}"


def range_words(row: Any) -> str:
    """The range of a difference over draws of parameters, after what it is a range of."""
    return f"{row.range} {points(row.low, row.unit, True)} to {points(row.high, row.unit, True)}"


def helps_in(row: Any) -> str:
    """In how many draws a reform helps; nothing where that is missing."""
    return "" if np.isnan(row.helps) else f", helps in {round(row.helps * row.draws)} of {row.draws}"


def uncertainty_text(comparison: Comparison) -> list[str]:
    """The differences over draws of parameters, if there are any, and the numbers on which the answer depends."""
    uncertainty = comparison.parameter_uncertainty
    if uncertainty is None:
        return []
    rows = [
        f"{str(row.reform)[:22]:24}{row.label[:48]:50}{points(row.median, row.unit, True):>8}"
        f"  {range_words(row)}{helps_in(row)}"
        for row in each_row(comparison.drawn)
    ]
    draws, numbers = uncertainty.points.shape
    head = f"Parameter uncertainty: {draws} draws of {numbers} assumed or fitted numbers"
    refused = f" ({uncertainty.refused} more were refused by the model)" if uncertainty.refused else ""
    text = "\n".join([f"{head}{refused}; median and range of the difference:", *rows])
    return [text, wrapped(tornado_text(comparison))]


def tornado_text(comparison: Comparison) -> str:
    """The parameters that swing the leading difference beyond chance, in words."""
    top, uncertainty = leading(comparison.differences), comparison.parameter_uncertainty
    if top is None or uncertainty is None:
        return "Nothing differs, so no number can swing the difference."
    table = uncertainty.tornado(top.measure, top.group)
    beyond = table[table["beyond"]]
    if not len(beyond):
        return nothing_stands_out(uncertainty)
    shown = [f"{row.parameter} ({row.reform}: {points(row.swing, top.unit, True)})" for row in each_row(beyond)]
    return f"Numbers that swing “{top.label}” beyond chance: {'; '.join(shown)}."


def nothing_stands_out(uncertainty: ParameterUncertainty) -> str:
    """The sentence for an analysis in which no parameter can be told from chance."""
    draws, numbers = uncertainty.points.shape
    return f"No parameter stands out among {numbers} at {draws} draws."
