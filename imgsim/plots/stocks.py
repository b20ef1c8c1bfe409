"""Where people are: a certified cohort over the years, the pool that waits, the licensed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from imgsim.outcomes.definitions import MARKET
from imgsim.plots.paper import (
    BLUE,
    COLOURS,
    GREEN,
    GREYS,
    INK,
    QUIET,
    VERMILION,
    axis,
    band_words,
    blank,
    counted,
    labels,
    line,
    measure,
    notes,
    number,
    over_replications,
    percent,
    plain,
    replications,
    sheet,
    table,
    whole,
)
from imgsim.plots.published import named_sources, published
from imgsim.plots.states import changes_of, states_of
from imgsim.plots.times import DAYS_A_YEAR, entrants

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from imgsim.results import Run

COHORT_YEARS = 5  # certificates of so many years make the cohort
GRID = 4  # moments per year
GROWTH = 5  # years before and after the warm-up whose growth is told
LABELLED = 0.02  # bands thinner than this at the end get no label


def where_the_cohort_is(run: Run) -> Axes:
    """Shares of a certified cohort by state, year after year since certification."""
    axes = sheet("Where certified graduates are, year after year since certification", right=0.77)
    cohort, followed = certified_cohort(run)
    if not len(cohort) or followed <= 0:
        return blank(axes, run, "no simulated person was certified")
    grid = np.arange(0, followed * GRID + 1) / GRID
    shares = shares_by_state(run, cohort, grid)
    shares = {name: share for name, share in shares.items() if share.max() > 0}
    coloured = colours(run, list(shares))
    axes.stackplot(
        grid, list(shares.values()), colors=[coloured[name] for name in shares], edgecolor="white", linewidth=0.4
    )
    axes.set_xlim(0, grid[-1])
    axes.set_ylim(0, 1)
    percent(axes)
    tops = np.cumsum([share[-1] for share in shares.values()])
    ends = {name: (share[-1], top - share[-1] / 2) for (name, share), top in zip(shares.items(), tops, strict=True)}
    labels(axes, {f"{plain(n)}, {s:.0%}": (y, coloured[n]) for n, (s, y) in ends.items() if s >= LABELLED})
    inside(axes, grid, shares, coloured)
    whole(axes)
    axis(axes, "Years since certification", "Share of the cohort (%)")
    first = run.scenario.run.measured_from.year
    what = f"certified persons of {first} to {first + COHORT_YEARS - 1}"
    text = "Colours: still on the road or in practice; greys: careers that ended. Ends under 2% are not named."
    return notes(axes, run, f"{counted(run, len(cohort), what, replications(cohort))} {text}")


def inside(axes: Axes, grid: np.ndarray, shares: dict[str, np.ndarray], coloured: dict[str, str]) -> None:
    """Name the states that come and go, inside their areas, where these are thickest."""
    bottom = np.zeros(len(grid))
    for name, share in shares.items():
        place = int(np.argmax(np.where(grid >= grid[-1] * 0.04, share, 0)))
        if share[-1] < LABELLED and share[place] > 0.04:
            ink = "white" if coloured[name] in (BLUE, GREEN, VERMILION) else INK
            height = bottom[place] + share[place] / 2
            axes.text(grid[place], height, plain(name), ha="center", va="center", fontsize=8.5, color=ink)
        bottom = bottom + share


def certified_cohort(run: Run) -> tuple[pd.DataFrame, int]:
    """Entrants certified in the first measured years, and for how many whole years all of them can be followed."""
    people, window = entrants(run), run.scenario.run
    if "certified_date" not in people:
        return people.iloc[:0], 0
    first = pd.Timestamp(window.measured_from)
    last = first + pd.DateOffset(years=COHORT_YEARS)
    inside = (people["certified_date"] >= first) & (people["certified_date"] < last)
    return people[inside], min(20, int((pd.Timestamp(window.end) - last).days / DAYS_A_YEAR))


def shares_by_state(run: Run, cohort: pd.DataFrame, grid: np.ndarray) -> dict[str, np.ndarray]:
    """Share of the cohort in each state at each moment of the grid (years since certification)."""
    held = changes_of(run, cohort)
    held["since"] = (held["date"] - held["certified_date"]).dt.days / DAYS_A_YEAR
    key = held.groupby(["replication", "person"], sort=False).ngroup().to_numpy()
    until = np.r_[np.where(key[1:] == key[:-1], held["since"].to_numpy()[1:], np.inf), np.inf] if len(held) else []
    states = states_of(run)
    found = {}
    for state in states:
        mine = (held["state"] == state).to_numpy()
        begin, end = np.sort(held["since"].to_numpy()[mine]), np.sort(np.asarray(until)[mine])
        inside = np.searchsorted(begin, grid, side="right") - np.searchsorted(end, grid, side="right")
        found[state] = inside / len(cohort)
    return found


def colours(run: Run, states: list[str]) -> dict[str, str]:
    """A colour for each phase of the road, greys for the ways in which careers end."""
    phases = [stage.phase for stage in run.scenario.pathway.stages.values() if stage.kind != "end"]
    phases = list(dict.fromkeys(phases))
    found = {name: COLOURS[k % len(COLOURS)] for k, name in enumerate(reversed(phases))}
    ends = [name for name in states_of(run) if name not in found]
    return found | {name: GREYS[k % len(GREYS)] for k, name in enumerate(ends)}


def warm_up(run: Run) -> Axes:
    """The pool that waits for a place, by year from the start of the run, with the end of the warm-up marked."""
    axes = sheet(
        "Warm-up: the pool of graduates waiting for a place, from the start of the run", left=0.11, right=0.965
    )
    stages = run.scenario.pathway.stages.values()
    phase = next((stage.phase for stage in stages if stage.mechanism == MARKET), "")
    yearly = table(run, "yearly")
    held = yearly[yearly["state"].astype(str) == phase] if len(yearly) else yearly
    if not len(held) or not held["stock_start"].any():
        return blank(axes, run, "nobody waited for a place")
    scaled = held.assign(value=held["stock_start"] / run.scenario.run.scale)
    line(axes, over_replications(scaled, "year"), "year", BLUE, marker="o", markersize=3.5)
    axes.set_ylim(0, scaled.groupby("year")["value"].mean().max() * 1.2)
    measured_from(axes, run)
    whole(axes)
    whole(axes, "y")
    axis(axes, "Year (1 January)", f"Persons in the phase “{plain(phase)}” (real persons)")
    reps = replications(held)
    most = held.groupby("year")["stock_start"].mean().max()
    what = f"simulated persons at most waiting at once, per replication; {reps} in all"
    count = counted(run, most, what, reps).replace(f"; {reps} in all in", ", over")
    text = f"The run starts with an empty pool; results count from the marked date. {growth(run, scaled)}"
    return notes(axes, run, f"{count} {text} {band_words(reps)}")


def growth(run: Run, held: pd.DataFrame) -> str:
    """How fast the pool grew before and after measuring began: level before means a warm-up long enough."""
    pool, year = held.groupby("year")["value"].mean(), run.scenario.run.measured_from.year
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


def licensed_stock(run: Run) -> Axes:
    """Licensed graduates of schools abroad by region and year, with published censuses where there are any."""
    axes = sheet("Licensed physicians trained abroad, by region of their school", left=0.115)
    regions = list(run.scenario.pathway.categories.get("region", ()))
    held = measure(run, "licensed_stock", regions)
    if not len(held) or not held["value"].any():
        return blank(axes, run, "nobody was licensed in the measured years")
    held = held.assign(year=held["cohort"].astype(int))
    words, sources = {}, set()
    for name, colour in zip(regions, COLOURS, strict=False):
        curve = over_replications(held[held["group"] == name], "year")
        if len(curve):
            line(axes, curve, "year", colour)
            found = published(run, "licensed_stock", name)
            axes.plot(found["year"], found["value"], "o", color=colour, markersize=5, linestyle="none")
            sources |= set(found["source"])
            words[f"{plain(name).capitalize()}, {number(round(curve['mean'].iloc[-1], -2))}"] = (
                curve["mean"].iloc[-1],
                colour,
            )
    axes.set_ylim(0, None)
    whole(axes)
    whole(axes, "y")
    labels(axes, words)
    axis(axes, "Year (1 January)", "Licensed physicians (real persons)")
    reps = replications(held)
    first = held[held["year"] == held["year"].min()]
    what = f"simulated licensed persons in {first['year'].iloc[0]}"
    points = "Points: published censuses." if sources else "No published counts by region to compare with."
    text = f"{counted(run, first['denominator'].sum(), what, reps)} {points} {band_words(reps)}"
    return notes(axes, run, text, source=named_sources(run, sources))
