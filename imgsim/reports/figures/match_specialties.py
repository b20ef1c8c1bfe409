"""The Match by specialty: how many positions are filled, and by whom; simulated lines, published points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import pandas as pd

from imgsim.outcomes.definitions import IMG, MARKET
from imgsim.reports.figures.published import named_sources, published
from imgsim.reports.figures.register import figure
from imgsim.reports.figures.style import (
    BLUE,
    BOTTOM,
    COLOURS,
    INK,
    LEFT,
    QUIET,
    axis,
    band_words,
    blank,
    counted,
    line,
    measure,
    notes,
    over_replications,
    percent,
    plain,
    replications,
    sheet,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from imgsim.reports.figures.run_protocol import Run

MOST, ACROSS = 12, 4  # panels at most, and side by side
GAP_X, GAP_Y = 0.022, 0.055  # between panels, as shares of the sheet
RIGHT, TOP, LEGEND = 0.97, 0.755, 0.815
STEP = 10  # years between ticks
FIRST_YEAR: Final = "pgy1"
FILLED: Final = "filled"
YEAR: Final = r"\d{4}"


def has_market(run: Run) -> bool:
    """Has the pathway a Match?"""
    return any(stage.mechanism == MARKET for stage in run.scenario.pathway.stages.values())


@figure(suits=has_market)
def match_by_specialty(run: Run) -> Axes:
    """Share of the positions of each specialty that are filled, and by whom, by year: simulated and published."""
    axes = sheet("The Match by specialty: positions filled, and by whom", right=RIGHT)
    rate, shares = by_year(measure(run, "match_fill_rate")), by_year(measure(run, "match_share_of_positions"))
    shown = specialties_shown(run, rate)
    if not shown:
        return blank(axes, run, "no positions were offered by specialty in the measured years")
    groups, sources = groups_shown(run), set[str]()
    panels = grid(axes, len(shown))
    for panel, name in zip(panels, shown, strict=True):
        sources |= curve(panel, run, rate, "match_fill_rate", name, INK)
        for group, (_, colour) in groups.items():
            sources |= curve(panel, run, shares, "match_share_of_positions", f"{name}/{group}", colour)
    for place, (panel, name) in enumerate(zip(panels, shown, strict=True)):
        dress(panel, name, place, len(panels), (rate["year"].min(), rate["year"].max()))
    axis(axes, "Year of the Match", "Positions (%)")
    legend(axes, [(FILLED, INK), *groups.values()])
    reps, offered = replications(rate), rate[rate["group"].isin(shown)]["n"].sum()
    what = "Without advanced positions. Points: published, hollow ones not fitted."
    text = f"{counted(run, offered, 'simulated positions', reps)} {what} {band_words(reps)}"
    return notes(axes, run, text, source=named_sources(run, sources))


def by_year(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of calendar years, with the year as a number."""
    rows = rows[rows["cohort"].str.fullmatch(YEAR)] if len(rows) else rows
    return rows.assign(year=rows["cohort"].astype(int)) if len(rows) else rows


def specialties_shown(run: Run, rate: pd.DataFrame) -> list[str]:
    """The groups of the largest specialties, in the order of the pathway: posts of the year where there are others."""
    if not len(rate):
        return []
    positions = rate.groupby("group")["n"].sum()
    names = [name for name in run.scenario.pathway.categories.get("specialty", ()) if name in positions.index]
    largest = sorted(names, key=lambda name: -positions[name])[:MOST]
    with_levels = {name: f"{name}/{FIRST_YEAR}" for name in largest}
    return [group if (group := with_levels[name]) in positions.index else name for name in names if name in largest]


def groups_shown(run: Run) -> dict[str, tuple[str, str]]:
    """Groups of applicants with words and a colour: all graduates from abroad, and each kind of competitor."""
    kinds = run.scenario.pathway.competitors
    words = {name: (label.partition(" (")[0], COLOURS[k]) for k, (name, label) in enumerate(kinds.items(), 1)}
    return {IMG: ("by IMGs", BLUE)} | {name: (f"by {label}", colour) for name, (label, colour) in words.items()}


def grid(first: Axes, panels: int) -> list[Axes]:
    """Panels in rows, from above; the given axes become the lowest of the first column, which has the labels."""
    figure = first.get_figure(root=True)
    assert figure is not None
    down = -(-panels // ACROSS)
    width, height = (RIGHT - LEFT + GAP_X) / ACROSS, (TOP - BOTTOM + GAP_Y) / down
    places = [(LEFT + k % ACROSS * width, TOP + GAP_Y - (k // ACROSS + 1) * height) for k in range(panels)]
    made = []
    for k, (x, y) in enumerate(places):
        box = (x, y, width - GAP_X, height - GAP_Y)
        if k == (down - 1) * ACROSS:
            first.set_position(box)
            made.append(first)
        else:
            made.append(figure.add_axes(box))
    return made


def curve(axes: Axes, run: Run, rows: pd.DataFrame, name: str, group: str, colour: str) -> set[str]:
    """Draw one group of a measure with its published points; the keys of their sources."""
    mine = over_replications(rows[rows["group"] == group], "year")
    if len(mine):
        line(axes, mine, "year", colour)
    points = published(run, name, group)
    for hollow, part in points.groupby("unused"):
        axes.plot(
            part["year"], part["value"], "o", color=colour, markerfacecolor="white" if hollow else colour, markersize=3,
            linestyle="none", markeredgewidth=0.9, zorder=5,
        )  # fmt: skip
    return set(points["source"])


def dress(axes: Axes, name: str, place: int, panels: int, years: tuple[int, int]) -> None:
    """A panel's title and ticks; numbers stand at the outer panels only."""
    axes.set_title(plain(name.partition("/")[0]), fontsize=8.5, color=INK, pad=3)
    axes.set_ylim(0, 1.02)
    axes.set_yticks([0, 0.5, 1])
    percent(axes)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=7.5, colors=QUIET)
    axes.set_xlim(years[0] - 1, years[1] + 1)
    axes.set_xticks([year for year in range(years[0], years[1] + 1) if year % STEP == 0])
    if place % ACROSS:
        axes.set_yticklabels([])
    if place + ACROSS < panels:
        axes.set_xticklabels([])


def legend(axes: Axes, words: Sequence[tuple[str, str]]) -> None:
    """What the colours mean, in one line above the panels."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    x = LEFT
    for text, colour in words:
        figure.text(x, LEGEND, f"— {text}", fontsize=8.5, color=colour, va="center")
        x += 0.045 + 0.009 * len(text)
