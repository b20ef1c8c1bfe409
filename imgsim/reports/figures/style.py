"""Style of all figures: the sheet, titles, denominators, bands over replications, direct labels, colours."""

from __future__ import annotations

import textwrap
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MaxNLocator

from imgsim.base.arrays import Floats
from imgsim.base.errors import InputError
from imgsim.outcomes.catalogue import catalogue_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from imgsim.reports.figures.run_protocol import Run


# Okabe and Ito (2008): distinct with any common colour blindness.
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
COLOURS: Final = (BLUE, VERMILION, GREEN, ORANGE, SKY, PURPLE, YELLOW, BLACK)
FURTHER: Final = ("#882255", "#44AA99", "#999933", "#332288")  # where eight are too few (P. Tol's "muted", 2021)
GREYS: Final = ("#5f5f5f", "#7d7d7d", "#9a9a9a", "#b7b7b7", "#d4d4d4", "#ececec")
INK, QUIET = "#222222", "#595959"
WIDTH, HEIGHT = 8.4, 5.4  # inches
LEFT, BOTTOM, TOP = 0.095, 0.175, 0.79  # shares of the sheet
CONFIDENCE: Final = 0.95
UNITS: Final = {"share": "%", "persons": "real persons"}  # units of the catalogue as axes show them
FEWEST: Final = 3  # replications that a band needs: with two the t-interval is thirteen standard errors wide


def sheet(title: str, *, left: float = LEFT, right: float = 0.78) -> Axes:
    """Empty axes on a sheet of their own, with a title; the margins hold labels."""
    figure = Figure(figsize=(WIDTH, HEIGHT), facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((left, BOTTOM, right - left, TOP - BOTTOM))
    figure.text(0.02, 0.955, title, fontsize=12.5, fontweight="bold", color=INK, va="top")
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=9, colors=QUIET)
    for side in ("left", "bottom"):
        axes.spines[side].set_color("#999999")
    return axes


@contextmanager
def plain_texts() -> Iterator[None]:
    """Draw dollar signs as they are, not as formulas, and a letter that the font lacks as a box, without a word."""
    with mpl.rc_context({"text.parse_math": False}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from", UserWarning)
        yield


def as_text(axes: Axes) -> Axes:
    """The axes with every label a plain text, whoever draws them later."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    for text in figure.findobj(Text):
        text.set_parse_math(False)
    return axes


def axis(axes: Axes, x: str, y: str) -> None:
    """Names of the two axes, with units."""
    axes.set_xlabel(x, fontsize=9.5, color=INK)
    axes.set_ylabel(y, fontsize=9.5, color=INK)


def label_of(run: Run, name: str) -> str:
    """The label of a measure in the catalogue, with its unit, for an axis."""
    entry = catalogue_of(run.scenario.pathway)[name]
    unit = UNITS.get(entry.unit, entry.unit)
    return f"{entry.label} ({unit})"


def notes(axes: Axes, run: Run, subtitle: str, *, source: str = "") -> Axes:
    """Say under the title what is counted, and at the foot where it comes from; gives the axes back."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    lines = "\n".join(textwrap.wrap(subtitle, 130))
    figure.text(0.02, 0.895, lines, fontsize=8.5, color=QUIET, va="top", linespacing=1.25)
    foot = f"imgsim simulation, scenario “{run.scenario.title}”. {source}".strip()
    figure.text(0.02, 0.018, "\n".join(textwrap.wrap(foot, 138)), fontsize=7.5, color=QUIET, va="bottom")
    return axes


def blank(axes: Axes, run: Run, what: str) -> Axes:
    """The sheet of a figure that has nothing to show, with a sentence that says why."""
    axes.text(0.5, 0.5, f"Nothing to draw: {what}.", transform=axes.transAxes, ha="center", va="center", color=QUIET)
    axes.set_xticks([])
    axes.set_yticks([])
    return notes(axes, run, counted(run, 0))


def table(run: Run, name: str) -> pd.DataFrame:
    """A table of the run; empty if the run did not keep it."""
    try:
        rows: pd.DataFrame = getattr(run, name)
    except InputError:
        return pd.DataFrame()
    return rows


def is_kept(run: Run, name: str) -> bool:
    """Did the run keep a table, be it without rows?"""
    try:
        getattr(run, name)
    except InputError:
        return False
    return True


def measure(run: Run, name: str, groups: Collection[str] | None = None) -> pd.DataFrame:
    """The outcomes of one measure, of some groups or all."""
    outcomes = table(run, "outcomes")
    if not len(outcomes):
        return outcomes
    chosen = outcomes["measure"] == name
    if groups is not None:
        chosen &= outcomes["group"].isin(list(groups))
    return outcomes.loc[chosen]


def number(value: float) -> str:
    """A count with separators of thousands."""
    return f"{value:,.0f}"


def replications(*frames: pd.DataFrame) -> int:
    """The largest number of replications in any of some tables."""
    return max((frame["replication"].nunique() for frame in frames if len(frame)), default=0)


def counted(run: Run, persons: float, what: str = "simulated persons", reps: int = 1) -> str:
    """The denominator in words, with the scale, and over how many replications."""
    scale = run.scenario.run.scale
    size = "full size" if scale == 1 else f"scale 1 to {1 / scale:.3g}"
    return f"n = {number(persons)} {what} in {reps} replication{'s' * (reps != 1)} ({size})."


def band_words(reps: int) -> str:
    """A sentence on what the band of a figure shows."""
    if reps < FEWEST:
        return f"Fewer than {FEWEST} replications: no band for chance."
    return f"Band: 95% interval of the mean over {reps} replications; chance only, not parameter uncertainty."


def over_replications(frame: pd.DataFrame, by: str, value: str = "value") -> pd.DataFrame:
    """Mean and 95% t-interval over replications, not below 0; the mean alone where replications are few."""
    from scipy.special import stdtrit

    means = frame.groupby(by, observed=True)[value].agg(["mean", "std", "count"]).reset_index()
    n = means["count"].to_numpy(np.float64)
    t = stdtrit(np.maximum(n - 1, 1), (1 + CONFIDENCE) / 2)
    half = np.where(n >= FEWEST, t * means["std"].fillna(0.0) / np.sqrt(n), 0.0)
    return means.assign(low=np.maximum(means["mean"] - half, 0), high=means["mean"] + half).sort_values(
        by, ignore_index=True
    )


def line(axes: Axes, curve: pd.DataFrame, by: str, colour: str, **more: Any) -> None:
    """A mean with its band."""
    x = curve[by].to_numpy(np.float64)
    axes.fill_between(x, curve["low"], curve["high"], color=colour, alpha=0.22, linewidth=0)
    axes.plot(x, curve["mean"], color=colour, linewidth=1.8, **more)


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> Floats:
    """Heights near the wanted ones, at least a gap apart and inside the bounds as far as they hold them."""
    order = np.argsort(wanted, kind="stable")
    placed = np.asarray(wanted, np.float64)[order]
    for k in range(1, len(placed)):
        placed[k] = max(placed[k], placed[k - 1] + gap)
    ceiling = high
    for k in range(len(placed) - 1, -1, -1):
        placed[k] = min(placed[k], ceiling)
        ceiling = placed[k] - gap
    heights = np.empty(len(placed))
    heights[order] = np.maximum(placed, low)
    return heights


def labels(axes: Axes, words: Mapping[str, tuple[float, str]], *, size: float = 8.5) -> None:
    """Labels right of the axes: text -> (height in data, colour), moved apart where they would overlap."""
    low, high = axes.get_ylim()
    lines = max((text.count("\n") + 1 for text in words), default=1)
    heights = apart([y for y, _ in words.values()], (high - low) * 0.047 * lines, low, high)
    for (text, (_, colour)), y in zip(words.items(), heights, strict=True):
        axes.annotate(
            text, (1.0, y), xycoords=("axes fraction", "data"), xytext=(6, 0), textcoords="offset points",
            va="center", fontsize=size, color=readable(colour), annotation_clip=False,
        )  # fmt: skip


def readable(colour: str) -> str:
    """The colour for text: light ones are too faint on white."""
    dark = {YELLOW: "#8a7f00", SKY: "#2277aa", ORANGE: "#a86f00", PURPLE: "#a0457a"}
    return QUIET if colour in GREYS else dark.get(colour, colour)


def percent(axes: Axes, which: str = "y") -> None:
    """Shares from 0 to 1 written as percent."""
    shown = axes.yaxis if which == "y" else axes.xaxis
    shown.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f}%"))


def whole(axes: Axes, which: str = "x") -> None:
    """Whole numbers on an axis, years without thousands apart."""
    shown = axes.yaxis if which == "y" else axes.xaxis
    shown.set_major_locator(MaxNLocator(integer=True, nbins=9, steps=[1, 2, 4, 5, 10]))
    if which == "y":
        shown.set_major_formatter(FuncFormatter(lambda value, _: number(value)))


def share(value: float) -> str:
    """A share as percent; what rounds to nothing but is not is below one percent."""
    return "<1%" if 0 < value < 0.005 else f"{value:.0%}"


def plain(name: str) -> str:
    """A name of the pathway as words."""
    return name.replace("_", " ").replace(".", ", ")
