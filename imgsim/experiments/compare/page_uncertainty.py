"""The part of the page of a comparison on parameter uncertainty: draws, worth of knowing, screening, Sobol indices."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

import pandas as pd

from imgsim.experiments.compare.differences import each_row
from imgsim.experiments.compare.lead import leading
from imgsim.experiments.compare.page_tables import table
from imgsim.experiments.compare.text import POINTS, helps_in, nothing_stands_out, points, range_words, tornado_text
from imgsim.experiments.uncertainty.sensitivity import STRONGEST

if TYPE_CHECKING:
    from imgsim.experiments.compare.comparison import Comparison

NOT_ASKED: Final = (
    "<p>Not asked for: the intervals above show stochastic uncertainty alone. <code>--uncertainty 200</code> draws the "
    "assumed numbers from their plausible ranges.</p>"
)
SENSITIVITY_NOT_ASKED: Final = (
    "<p>Screening of all numbers (Morris) and shares of variance (Sobol) were not asked for: "
    "<code>--morris 10 --sobol 64</code>.</p>"
)


def uncertainty_html(comparison: Comparison) -> str:
    """The differences over draws of parameters, and the value of information."""
    uncertainty = comparison.parameter_uncertainty
    if uncertainty is None:
        return NOT_ASKED
    rows = [
        (row.reform, row.label, points(row.median, row.unit, True), range_words(row), helps_in(row).removeprefix(", "))
        for row in each_row(comparison.drawn)
    ]  # fmt: skip
    head = ("reform", "measure", "median difference", "range over draws", "helps")
    about = (
        f"<p>{len(uncertainty.points)} draws of {len(uncertainty.parameters)} assumed or fitted numbers, the same "
        f"replication in each. {uncertainty.refused} draws were refused by the model.</p>"
    )
    swings = f"<p>{html.escape(tornado_text(comparison))}</p>"
    return about + table(head, rows) + swings + value_of_information(comparison)


def value_of_information(comparison: Comparison) -> str:
    """The parameters whose knowledge would improve the choice beyond chance."""
    top, uncertainty = leading(comparison.differences), comparison.parameter_uncertainty
    if uncertainty is None or top is None:
        return ""
    worth = uncertainty.worth(top.measure, top.group)
    beyond = worth[worth["beyond"].to_numpy(bool)]
    rows = [(row.parameter, points(row.worth, top.unit)) for row in each_row(beyond)]
    head = ("parameter", f"worth of knowing it ({POINTS.get(top.unit, top.unit)})")
    about = (
        f"<p>Value of information for “{html.escape(top.label)}”: how much better the best choice would be if the "
        "number were known before choosing, less what chance alone gives.</p>"
    )
    return about + (table(head, rows) if rows else f"<p>{nothing_stands_out(uncertainty)}</p>")


def sensitivity_html(comparison: Comparison) -> str:
    """The parameters that move the leading difference, by screening and by shares of variance."""
    result, top = comparison.sensitivity, leading(comparison.differences)
    if result is None or top is None:
        return SENSITIVITY_NOT_ASKED
    label = top.label
    chosen = result.morris[result.morris["label"] == label]
    if not len(chosen):
        return "<p>Screening: no number moves this difference, or too few trajectories gave a value.</p>"
    shown = chosen[chosen["beyond"].to_numpy(bool)]
    rows = [
        (row.reform, row.parameter, *(points(value, row.unit) for value in (row.mu_star, row.error, row.sigma)))
        for _, of in shown.groupby("reform", sort=False) for row in each_row(of.head(STRONGEST))
    ]  # fmt: skip
    head = ("reform", "parameter", "mean absolute effect", "± (95%)", "standard deviation of effects")
    trajectories = chosen["trajectories"].iloc[0]
    about = (
        f"<p>Which numbers move the difference in “{html.escape(label)}”: {trajectories} trajectories of Morris "
        "screening over all assumed numbers and levers, each across its whole plausible range. Parameter uncertainty "
        "with the same random numbers in all runs; a standard deviation as large as the effect shows that a number "
        f"acts through others. {by_chance(len(chosen) - len(shown))}</p>"
    )
    return about + (table(head, rows) if rows else "") + shares(comparison, label)


def by_chance(left: int) -> str:
    """How many numbers are not listed, because their effects have no direction beyond chance."""
    return f"For {left} of the numbers no direction of the effect can be told from chance; they are not listed."


def shares(comparison: Comparison, label: str) -> str:
    """The Sobol indices of the strongest parameters, as HTML."""
    indices = comparison.sensitivity.sobol if comparison.sensitivity else pd.DataFrame(columns=["label"])
    indices = indices[indices["label"] == label]
    if not len(indices):
        return ""
    shown = indices[indices["beyond"].to_numpy(bool)]
    rows = [
        (row.reform, row.parameter, f"{row.first:.2f} ± {row.first_error:.2f}",
         f"{row.total:.2f} ± {row.total_error:.2f}")
        for row in each_row(shown)
    ]  # fmt: skip
    samples = indices["samples"].iloc[0]
    about = f"Shares of the variance of that difference among the strongest (Sobol indices, {samples} samples)."
    left = f"For {len(indices) - len(shown)} of {len(indices)} the own share cannot be told from chance."
    return f"<p>{about} {left}</p>" + (table(("reform", "parameter", "alone", "with others"), rows) if rows else "")
