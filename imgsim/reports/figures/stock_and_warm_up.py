"""Stocks by calendar year: the pool that waits for a place, and the licensed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from imgsim.outcomes.definitions import MARKET
from imgsim.reports.figures.lottery_rounds import most_wanted
from imgsim.reports.figures.match import applied_round
from imgsim.reports.figures.published import named_sources, published, published_growth
from imgsim.reports.figures.register import figure
from imgsim.reports.figures.style import (
    BLUE,
    COLOURS,
    INK,
    QUIET,
    axis,
    band_words,
    blank,
    counted,
    label_of,
    labels,
    line,
    measure,
    notes,
    number,
    over_replications,
    plain,
    replications,
    sheet,
    table,
    whole,
)
from imgsim.reports.figures.time_to_event import DAYS_A_YEAR

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from imgsim.reports.figures.run_protocol import Run

GROWTH = 5  # years before and after the warm-up whose growth is shown


@figure(table="yearly")
def warm_up(run: Run) -> Axes:
    """The pool that waits for a place, by year from the start of the run, with the end of the warm-up marked."""
    axes = sheet(
        "Warm-up: the pool of graduates waiting for a place, from the start of the run", left=0.11, right=0.965
    )
    phase = waiting_phase(run)
    yearly = table(run, "yearly")
    waiting = yearly[yearly["state"].astype(str) == phase] if len(yearly) else yearly
    if not len(waiting) or not waiting["stock_start"].any():
        return blank(axes, run, "nobody waited for a place")
    scaled = waiting.assign(value=waiting["stock_start"] / run.scenario.run.scale)
    line(axes, over_replications(scaled, "year"), "year", BLUE, marker="o", markersize=3.5)
    axes.set_ylim(0, scaled.groupby("year")["value"].mean().max() * 1.2)
    measured_from(axes, run)
    whole(axes)
    whole(axes, "y")
    axis(axes, "Year (1 January)", f"Persons in the phase “{plain(phase)}” (real persons)")
    reps = replications(waiting)
    most = waiting.groupby("year")["stock_start"].mean().max()
    what = f"simulated persons at most waiting at once, per replication; {reps} in all"
    count = counted(run, most, what, reps).replace(f"; {reps} in all in", ", over")
    text = f"The run starts with an empty pool; results count from the marked date. {growth(run, scaled)}"
    return notes(axes, run, f"{count} {text} {band_words(reps)}")


def waiting_phase(run: Run) -> str:
    """The phase in which a place is waited for: of the Match, of the round that is applied to, or of the lottery."""
    stages = run.scenario.pathway.stages
    applied = [stages[name] for name in [applied_round(run)] if name in stages]
    rounds = [stage for stage in stages.values() if stage.mechanism == MARKET] + applied
    first = rounds[0] if rounds else most_wanted(run)[0]
    return (first.phase or "") if first else ""


def growth(run: Run, waiting: pd.DataFrame) -> str:
    """How fast the pool grew before and after measuring began: level before means a warm-up long enough."""
    pool, year = waiting.groupby("year")["value"].mean(), run.scenario.run.measured_from.year
    before, at, after = (float(pool.get(year + shift, np.nan)) for shift in (-GROWTH, 0, GROWTH))
    if not (before > 0 and at > 0 and np.isfinite(after)):
        return "It is too short to say whether the pool was level."
    yearly = [100 * ((b / a) ** (1 / GROWTH) - 1) for a, b in ((before, at), (at, after))]
    words = [
        f"{rate:+.0f}% in the {GROWTH} years {when}" for rate, when in zip(yearly, ("before", "after"), strict=True)
    ]
    return f"Growth of the pool a year: {words[0]}, {words[1]}."


def measured_from(axes: Axes, run: Run) -> None:
    """Mark where the warm-up ends."""
    date = run.scenario.run.measured_from
    year = date.year + (date.timetuple().tm_yday - 1) / DAYS_A_YEAR
    first = axes.get_xlim()[0]
    axes.axvspan(first, year, color="#eeeeee", zorder=0, linewidth=0)
    axes.axvline(year, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_xlim(first, axes.get_xlim()[1])
    top = axes.get_ylim()[1]
    axes.text(year, top * 0.97, " measured from here", fontsize=9, color=INK, va="top")
    axes.text(year, top * 0.97, "warm-up ", fontsize=9, color=QUIET, va="top", ha="right")


def censuses(run: Run) -> tuple[str, set[str]]:
    """Published growth of the licensed beside the simulated one in words, and the keys of its sources."""
    words, sources = [], set()
    for target in published_growth(run, "licensed_growth").itertuples(index=False):
        rows = measure(run, "licensed_growth", [str(target.group)])
        values = rows[rows["cohort"] == target.span]["value"]
        if len(values):
            sources.add(str(target.source))
            figures = f"published {target.value:+.0f}%, simulated {values.mean():+.0f}%"
            words.append(f"{plain(str(target.group)).capitalize()} {target.span}: {figures}.")
    return " ".join(words), sources


@figure()
def licensed_stock(run: Run) -> Axes:
    """Licensed graduates of schools abroad by region and year, with published censuses where there are any."""
    axes = sheet("Licensed physicians trained abroad, by region of their school", left=0.115)
    regions = list(run.scenario.pathway.categories.get("region", ()))
    rows = measure(run, "licensed_stock", regions)
    if not len(rows) or not rows["value"].any():
        return blank(axes, run, "nobody was licensed in the measured years")
    rows = rows.assign(year=rows["cohort"].astype(int))
    words, sources = {}, set()
    for name, colour in zip(regions, COLOURS, strict=False):
        curve = over_replications(rows[rows["group"] == name], "year")
        if len(curve):
            line(axes, curve, "year", colour)
            counts = published(run, "licensed_stock", name)
            axes.plot(counts["year"], counts["value"], "o", color=colour, markersize=5, linestyle="none")
            sources |= set(counts["source"])
            words[f"{plain(name).capitalize()}, {number(round(curve['mean'].iloc[-1], -2))}"] = (
                curve["mean"].iloc[-1],
                colour,
            )
    axes.set_ylim(0, None)
    whole(axes)
    whole(axes, "y")
    labels(axes, words)
    axis(axes, "Year", label_of(run, "licensed_stock"))
    reps = replications(rows)
    first = rows[rows["year"] == rows["year"].min()]
    what = f"simulated licensed persons in {first['year'].iloc[0]}"
    drawn = "Points: published censuses. " if sources else ""
    growth_words, more = censuses(run)
    points = drawn + growth_words or "No published counts by region to compare with."
    sources |= more
    text = f"{counted(run, first['n'].sum(), what, reps)} {points} {band_words(reps)}"
    return notes(axes, run, text, source=named_sources(run, sources))
