"""The answer of a comparison in words: the printed table, and two sentences for each reform."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from imgsim.experiments.compare.differences import each_row, leading
from imgsim.experiments.compare.sweep import switching_text
from imgsim.outcomes.headline import number

if TYPE_CHECKING:
    from imgsim.experiments.compare.comparison import Comparison

WIDTH: Final = 100
POINTS: Final = {"share": "points"}  # the unit of a difference, where it is not that of the measure
SURE, LIKELY = 0.95, 0.8  # how a probability is put into words: conventions, not quantities


def table_text(comparison: Comparison) -> str:
    """The table of differences as plain text, one block a reform."""
    table = comparison.differences
    blocks = [block(str(reform), rows) for reform, rows in table.groupby("reform", sort=False)]
    run = comparison.scenario.run
    about = (
        f"Measured {run.measured_from} to {run.end}, {comparison.replications} replications at scale {run.scale:g}, "
        "paired person by person. ± 95% interval and `helps` (probability that the reform does): stochastic "
        "uncertainty only, not parameter uncertainty. `narrower`: how many times narrower the interval is than with "
        "other seeds for the reform."
    )
    last = [comparison.precision_text] if comparison.precision_text else []
    if comparison.sweep is not None:
        switching = switching_text(comparison.switching_points, comparison.sweep[0])
        last += ["\n".join(switching)] if switching else []
    gained = (gain_text(comparison, name) for name in comparison.names[1:])
    return "\n\n".join([*blocks, *gained, *uncertainty_text(comparison), "\n".join(textwrap.wrap(about, WIDTH)), *last])


def block(reform: str, rows: pd.DataFrame) -> str:
    """The printed lines of one reform, below a head."""
    head = f"{reform[:50]:52}{'baseline':>9}{'reform':>9}{'difference':>17}{'helps':>7}{'narrower':>9}"
    return "\n".join([head, *(line_of(row) for row in each_row(rows))])


def line_of(row: Any) -> str:
    """One line: both worlds, the difference with half its interval, how likely it helps, what pairing is worth."""
    unit = row.unit
    half = "" if np.isnan(row.low) else f" ±{points((row.high - row.low) / 2, unit)}"
    change = f"{points(row.difference, unit, signed=True)}{half}"
    helps = "" if np.isnan(row.helps) else f"{row.helps:.0%}"
    factor = row.variance_reduction_factor
    narrower = "" if np.isnan(factor) else f"{np.sqrt(factor):.1f}x"
    both = f"{number(row.baseline, unit):>9}{number(row.reformed, unit):>9}"
    return f"{row.label[:50]:52}{both}{change:>17}{helps:>7}{narrower:>9}"


def points(value: float, unit: str, signed: bool = False) -> str:
    """A difference: persons as integers, shares in percentage points with two decimals, all else with two."""
    if unit == "persons":
        return f"{value:+,.0f}" if signed else f"{value:,.0f}"
    shown = 100 * value if unit == "share" else value
    return f"{shown:+.2f}" if signed else f"{shown:.2f}"


def gain_text(comparison: Comparison, reform: str) -> str:
    """How many persons gain, lose and move under a reform."""
    table = comparison.gains
    rows = table[(table["reform"] == reform) & (table["dimension"] == "all")]
    if not len(rows):
        return f"{reform}: nobody lives in both worlds."
    row = rows.iloc[0]
    text = (
        f"{reform}: of {row.persons:,.0f} persons (full size), {row.gained:,.0f} gain a start in training, licence or "
        f"practice, {row.lost:,.0f} lose one ({row.lost_places:,.0f} through places alone), {row.sooner:,.0f} start "
        f"sooner (by {row.years_sooner:.1f} years), {row.later:,.0f} later (by {row.years_later:.1f}). Practice: "
        f"{row.practising:,.0f} begin it who did not, {row.practising_no_more:,.0f} no longer do; "
        f"{row.practice_years:+,.0f} physician-years by the horizon{practice_interval(row)}."
    )
    return "\n".join(textwrap.wrap(text, WIDTH))


def practice_interval(row: Any) -> str:
    """The 95% interval of the physician-years gained, if there is one."""
    if np.isnan(row.practice_low) or row.practice_low == row.practice_high:
        return ""
    return f" (95% interval {row.practice_low:+,.0f} to {row.practice_high:+,.0f}, stochastic uncertainty only)"


def uncertainty_text(comparison: Comparison) -> list[str]:
    """The differences over draws of parameters, if there are any."""
    uncertainty = comparison.parameter_uncertainty
    if uncertainty is None:
        return []
    rows = [
        f"{str(row.reform)[:22]:24}{row.label[:46]:48}{points(row.median, row.unit, True):>8}"
        f"  {points(row.low, row.unit, True)} to {points(row.high, row.unit, True)}  helps in {row.helps:.0%}"
        for row in each_row(uncertainty.summary())
    ]
    draws, numbers = uncertainty.points.shape
    head = f"Parameter uncertainty: {draws} draws of {numbers} assumed or fitted numbers"
    refused = f" ({uncertainty.refused} more were refused by the model)" if uncertainty.refused else ""
    return ["\n".join([f"{head}{refused}; median and 95% range of the difference:", *rows])]


def sentences(comparison: Comparison, reform: str) -> tuple[str, str]:
    """The answer in two sentences: what changes most and how sure that is; who gains and who loses."""
    top = leading(comparison.differences, reform)
    if top is None:
        first = "Under this reform no headline share differs from the baseline in any replication."
    else:
        first = (
            f"“{top.label.strip('. ')}” moves from {number(top.baseline, top.unit)} to "
            f"{number(top.reformed, top.unit)}, a difference of {points(top.difference, top.unit, True)} "
            f"{POINTS.get(top.unit, top.unit)}"
            f"{interval_words(top)}; that the reform helps is {sure(top.helps)} by stochastic uncertainty alone"
            f"{uncertainty_words(comparison, reform, top.label)}."
        )
    second = gain_text(comparison, reform).replace("\n", " ").removeprefix(f"{reform}: ")
    return first, second[0].upper() + second[1:]


def interval_words(row: Any) -> str:
    """The 95% interval of a difference in words."""
    if np.isnan(row.low):
        return ""
    span = f"{points(row.low, row.unit, True)} to {points(row.high, row.unit, True)}"
    return f" (95% interval {span}, stochastic uncertainty only)"


def uncertainty_words(comparison: Comparison, reform: str, label: str) -> str:
    """What parameter uncertainty adds to a line of the differences, in words."""
    if comparison.parameter_uncertainty is None:
        return ", and parameter uncertainty was not asked for"
    table = comparison.parameter_uncertainty.summary()
    rows = table[(table["reform"] == reform) & (table["label"] == label)]
    if not len(rows):
        return ""
    row = rows.iloc[0]
    span = f"{points(row['low'], row['unit'], True)} to {points(row['high'], row['unit'], True)}"
    return f"; over plausible assumptions the difference runs from {span} and helps in {row['helps']:.0%} of the draws"


def sure(probability: float) -> str:
    """A probability in words."""
    if np.isnan(probability):
        return "unknown (one replication)"
    if probability >= SURE:
        return f"nearly certain ({probability:.0%})"
    if probability >= LIKELY:
        return f"likely ({probability:.0%})"
    if probability <= 1 - SURE:
        return f"nearly ruled out ({probability:.0%})"
    return f"open ({probability:.0%})"
