"""Figures of a comparison; each says whether its bands show stochastic or parameter uncertainty."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter

from imgsim.experiments.compare.differences import each_row
from imgsim.experiments.compare.lead import leading
from imgsim.experiments.compare.sweep import BASELINE, by_size, outside, switching_points
from imgsim.experiments.compare.text import POINTS, no_interval, nothing_stands_out
from imgsim.reports.figures.register import with_plain_texts
from imgsim.reports.figures.style import (
    BLUE,
    COLOURS,
    GREEN,
    QUIET,
    VERMILION,
    axis,
    band_words,
    blank,
    labels,
    line,
    notes,
    number,
    over_replications,
    percent,
    plain,
    replications,
    sheet,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from imgsim.experiments.compare.comparison import Comparison

MOST: Final = 14  # bars of a tornado
FEWEST_PERSONS: Final = 0.5  # flows below it are nobody


def differences(of: Comparison) -> Axes:
    """Draw the difference of every headline share with its interval, one colour a reform."""
    axes = sheet("What the reforms change: headline shares, reform less baseline", left=0.36, right=0.97)
    table = of.differences
    table = table[table["unit"] == "share"]
    if not len(table):
        return blank(axes, run_of(of), "no headline share could be measured in both worlds")
    names, shown = list(dict.fromkeys(table["label"])), list(dict.fromkeys(table["reform"]))
    for index, (reform, colour) in enumerate(zip(shown, COLOURS * len(shown), strict=False)):
        rows = table[table["reform"] == reform]
        height = np.array([names.index(label) for label in rows["label"]]) + 0.6 * (index + 1) / (len(shown) + 1) - 0.3
        axes.hlines(height, rows["low"], rows["high"], color=colour, linewidth=2.2, alpha=0.55)
        moved = rows["denominator_moved"].to_numpy(bool)
        axes.plot(rows["difference"], height, "o", color=colour, markersize=4.5, label=spaced(reform))
        axes.plot(rows["difference"][moved], height[moved], "o", color="white", markersize=2.5)
    axes.axvline(0, color=QUIET, linewidth=0.8)
    axes.set_yticks(range(len(names)), ["\n".join(textwrap.wrap(name, 38)) for name in names], fontsize=8)
    axes.invert_yaxis()
    axes.legend(fontsize=8, frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
    in_points(axes)
    axis(axes, "Difference (percentage points)", "")
    what = f"Paired person by person over {of.replications} replications. Line: 95% interval, stochastic only."
    hollow = " Hollow: not of the same persons, the denominator moved." if table["denominator_moved"].any() else ""
    return notes(axes, run_of(of), f"{what}{no_interval(table)}{hollow} Denominators stand in the table.")


def in_points(axes: Axes) -> None:
    """Write shares on the lower axis as percentage points."""
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:+.3g}" if value else "0"))


def incidence(of: Comparison) -> Axes:
    """Draw the difference in cumulative incidence of training since entry, with its band over replications."""
    axes = sheet("Who reaches training: difference in cumulative incidence since entry")
    curves = of.curves
    if not len(curves):
        return blank(axes, run_of(of), "no curve could be measured in both worlds")
    words = {}
    for (reform, rows), colour in zip(curves.groupby("reform", sort=False), COLOURS * 9, strict=False):
        curve = band(rows)
        line(axes, curve, "time", colour)
        last = float(curve["mean"].iloc[-1])
        words[f"{spaced(str(reform))[:24]}\n{100 * last:+.1f} points"] = (last, colour)
    axes.axhline(0, color=QUIET, linewidth=0.8)
    percent(axes)
    labels(axes, words)
    axis(axes, "Years since entry", "Difference in the share in training (points)")
    reps = replications(curves)
    return notes(
        axes, run_of(of), f"Aalen-Johansen with competing ends, reform less baseline, paired. {band_words(reps)}"
    )


def band(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean and band by time of a difference, which may be negative."""
    raised = over_replications(rows.assign(value=rows["value"] + 10.0), "time")  # bands are cut off at zero
    return raised.assign(**{name: raised[name] - 10.0 for name in ("mean", "low", "high")})


def gains(of: Comparison) -> Axes:
    """Draw who gains a start and who loses one, by group, under the first reform."""
    axes = sheet("Who gains and who loses a start in training or practice", left=0.3, right=0.97)
    table = of.gains
    rows = table[table["reform"] == of.names[1]]
    rows = rows[(rows["gained"] > 0) | (rows["lost"] > 0)].reset_index(drop=True)
    if not len(rows):
        return blank(axes, run_of(of), "nobody's start differs between the worlds")
    height = np.arange(len(rows))
    axes.barh(height, rows["gained"], color=GREEN, alpha=0.75, label="gained")
    axes.barh(height, -rows["lost"], color=VERMILION, alpha=0.75, label="lost")
    axes.barh(height, -rows["lost_places"], color=VERMILION, label="of these through places")
    axes.plot(rows["net"], height, "D", color="black", markersize=3.5, label="net")
    axes.hlines(height, rows["net_low"], rows["net_high"], color="black", linewidth=1.2)
    axes.set_yticks(height, [f"{row.dimension}: {row.group}"[:38] for row in each_row(rows)], fontsize=7.5)
    axes.invert_yaxis()
    axes.axvline(0, color=QUIET, linewidth=0.8)
    axes.legend(fontsize=8, frameon=False)
    axis(axes, "Persons at full size, of all who entered", "")
    what = f"Same persons in both worlds, reform {spaced(of.names[1])}. Whisker: 95% interval, stochastic only."
    return notes(axes, run_of(of), f"{number(float(rows['persons'].iloc[0]))} entrants at full size. {what}")


def flows(of: Comparison) -> Axes:
    """Draw persons whose state at the horizon differs between the worlds, under the first reform."""
    axes = sheet("State at the horizon: from the baseline (rows) to the reform (columns)", left=0.3, right=0.97)
    table = of.flows
    moved = table[(table["reform"] == of.names[1]) & (table["before"] != table["after"])]
    if not len(moved) or moved["persons"].max() < FEWEST_PERSONS:
        return blank(axes, run_of(of), "everybody is in the same state in both worlds")
    wide = moved.pivot_table(index="before", columns="after", values="persons", fill_value=0.0)
    axes.imshow(wide.to_numpy(), cmap="Blues", aspect="auto")
    for (row, column), persons in np.ndenumerate(wide.to_numpy()):
        if persons >= FEWEST_PERSONS:
            dark = persons > 0.6 * wide.to_numpy().max()
            axes.text(
                column, row, number(persons), ha="center", va="center", fontsize=8, color="white" if dark else "black"
            )
    axes.set_yticks(range(len(wide)), [plain(str(name)) for name in wide.index], fontsize=8)
    axes.set_xticks(
        range(wide.shape[1]), [plain(str(name)) for name in wide.columns], fontsize=7, rotation=20, ha="right"
    )
    what = "Persons at full size whose state at the horizon differs; all others are in the same state in both worlds."
    return notes(axes, run_of(of), f"Reform {spaced(of.names[1])}, mean over {of.replications} replications. {what}")


def tornado(of: Comparison) -> Axes:
    """Draw the parameters that swing the leading difference most."""
    axes = sheet("Which assumption the answer depends on: swing of the difference", left=0.42, right=0.97)
    top = leading(of.differences)
    uncertainty = of.parameter_uncertainty
    if uncertainty is None or top is None:
        return blank(axes, run_of(of), "no draws of parameters (--uncertainty), or nothing that differs")
    table = uncertainty.tornado(top.measure, top.group)
    table = table[table["reform"] == top.reform]
    rows = table[table["beyond"].to_numpy(bool)].head(MOST).iloc[::-1]
    if not len(rows):
        return blank(axes, run_of(of), nothing_stands_out(uncertainty).strip(".").lower())
    axes.barh(range(len(rows)), rows["swing"], xerr=rows["error"], color=BLUE, ecolor=QUIET)
    axes.set_yticks(range(len(rows)), rows["parameter"].tolist(), fontsize=7.5)
    axes.axvline(0, color=QUIET, linewidth=0.8)
    if top.unit == "share":
        in_points(axes)
    what = POINTS.get(top.unit, top.unit).capitalize()
    axis(axes, "\n".join(textwrap.wrap(f"{what} by which the difference changes in: {top.label}", 70)), "")
    what = (
        f"Reform {spaced(top.reform)}, one tenth to nine tenths of each plausible range; whisker: one standard error. "
        f"Not shown: {len(table) - len(rows)} others; 5% of those shown may be false (Benjamini-Hochberg)."
    )
    return notes(
        axes,
        run_of(of),
        f"{len(uncertainty.points)} draws of {len(uncertainty.parameters)} assumed or fitted numbers. {what}",
    )


def levers(of: Comparison) -> Axes:
    """Draw the leading difference against the size of a lever."""
    axes = sheet("How much is enough: the difference against the size of the lever")
    top = leading(of.differences)
    if of.sweep is None or top is None:
        return blank(axes, run_of(of), "no sizes of a lever were asked for (--sweep), or nothing that differs")
    table = of.differences
    table = table[(table["measure"] == top.measure) & (table["group"] == top.group)]
    rows = by_size(table, of.sweep)
    axes.fill_between(rows["size"], rows["low"], rows["high"], color=BLUE, alpha=0.22, linewidth=0)
    axes.plot(rows["size"], rows["difference"], "o-", color=BLUE)
    axes.axhline(0, color=QUIET, linewidth=0.8)
    for row, colour in zip(each_row(outside(table, of.sweep)), COLOURS[1:] * 9, strict=False):
        axes.axhline(row.difference, color=colour, linewidth=1.2)
        axes.annotate(spaced(row.reform), (rows["size"].max(), row.difference), xytext=(0, 3), ha="right", fontsize=8,
                      textcoords="offset points", color=colour)  # fmt: skip
    for row in each_row(switching_points(table, of.sweep)):
        axes.axvline(row.size, color=VERMILION, linewidth=1, linestyle=(0, (4, 3)))
        what = "the sign changes" if row.against == BASELINE else f"level with {spaced(row.against)}"
        axes.annotate(f"{what} at {row.size:.3g}", (row.size, 0), xytext=(5, 8), textcoords="offset points", fontsize=8)
    if top.unit == "share":
        percent(axes)
    axis(axes, f"Size of {of.sweep[0]}", f"{top.label[:48]} (difference)")
    return notes(
        axes, run_of(of), f"Each size is a world of its own, paired with the baseline. {band_words(of.replications)}"
    )


def spaced(name: str) -> str:
    """The name of a world as words; its points are those of numbers, unlike those of a pathway's names."""
    return name.replace("_", " ")


def run_of(of: Comparison) -> Any:
    """The comparison itself, in the place of the run whose scenario a figure notes at its foot."""
    return of


FIGURES: Final[Mapping[str, Callable[[Comparison], Axes]]] = {
    "differences": differences, "incidence": incidence, "gains": gains, "flows": flows, "tornado": tornado,
    "levers": levers,
}  # fmt: skip


def wanted(of: Comparison) -> dict[str, Callable[[Comparison], Axes]]:
    """The figures for which this comparison has data."""
    needed = {"tornado": of.parameter_uncertainty, "levers": of.sweep}
    left_out = {name for name, data in needed.items() if data is None}
    return {name: with_plain_texts(figure) for name, figure in FIGURES.items() if name not in left_out}
