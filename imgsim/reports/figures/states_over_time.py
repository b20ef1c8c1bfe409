"""Where a certified cohort is, year after year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from imgsim.reports.figures.register import figure
from imgsim.reports.figures.state_names import NO_EVENTS, changes_of, states_of
from imgsim.reports.figures.style import (
    BLACK,
    BLUE,
    COLOURS,
    FURTHER,
    GREEN,
    GREYS,
    INK,
    VERMILION,
    axis,
    blank,
    counted,
    is_kept,
    labels,
    notes,
    percent,
    plain,
    replications,
    sheet,
    whole,
)
from imgsim.reports.figures.time_to_event import DAYS_A_YEAR, entrants

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from imgsim.reports.figures.run_protocol import Run

COHORT_YEARS = 5  # certificates of so many years make the cohort
GRID = 4  # moments per year
LABELLED = 0.02  # bands thinner than this at the end get no label
MANY: Final = (*COLOURS, *FURTHER)  # a colour for every phase of several pathways
DARK: Final = (BLUE, GREEN, VERMILION, BLACK, *FURTHER)  # written on in white


@figure(table="events")
def where_the_cohort_is(run: Run) -> Axes:
    """Shares of a certified cohort by state, year after year since certification."""
    axes = sheet("Where certified graduates are, year after year since certification", right=0.77)
    if not is_kept(run, "events"):
        return blank(axes, run, NO_EVENTS)
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
    label_areas(axes, grid, shares, coloured)
    whole(axes)
    axis(axes, "Years since certification", "Share of the cohort (%)")
    first = run.scenario.run.measured_from.year
    what = f"certified persons of {first} to {first + COHORT_YEARS - 1}"
    text = "Colours: still on the pathway or in practice; greys: careers that ended. Ends under 2% are not named."
    return notes(axes, run, f"{counted(run, len(cohort), what, replications(cohort))} {text}")


def label_areas(axes: Axes, grid: np.ndarray, shares: dict[str, np.ndarray], coloured: dict[str, str]) -> None:
    """Name the states that come and go, inside their areas, where these are thickest."""
    bottom = np.zeros(len(grid))
    for name, share in shares.items():
        place = int(np.argmax(np.where(grid >= grid[-1] * 0.04, share, 0)))
        if share[-1] < LABELLED and share[place] > 0.04:
            ink = "white" if coloured[name] in DARK else INK
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
    certified = (people["certified_date"] >= first) & (people["certified_date"] < last)
    return people[certified], min(20, int((pd.Timestamp(window.end) - last).days / DAYS_A_YEAR))


def shares_by_state(run: Run, cohort: pd.DataFrame, grid: np.ndarray) -> dict[str, np.ndarray]:
    """Share of the cohort in each state at each moment of the grid (years since certification)."""
    changes = changes_of(run, cohort)
    changes["since"] = (changes["date"] - changes["certified_date"]).dt.days / DAYS_A_YEAR
    key = changes.groupby(["replication", "person"], sort=False).ngroup().to_numpy()
    since = changes["since"].to_numpy()
    until = np.r_[np.where(key[1:] == key[:-1], since[1:], np.inf), np.inf] if len(changes) else []
    states = states_of(run)
    shares = {}
    for state in states:
        mine = (changes["state"] == state).to_numpy()
        begin, end = np.sort(changes["since"].to_numpy()[mine]), np.sort(np.asarray(until)[mine])
        present = np.searchsorted(begin, grid, side="right") - np.searchsorted(end, grid, side="right")
        shares[state] = present / len(cohort)
    return shares


def colours(run: Run, states: list[str]) -> dict[str, str]:
    """A colour for each phase of the pathway, greys for the ways in which careers end."""
    phases = [stage.phase for stage in run.scenario.pathway.stages.values() if stage.kind != "end"]
    phases = list(dict.fromkeys(phases))
    by_state = {name: MANY[k % len(MANY)] for k, name in enumerate(reversed(phases))}
    ends = [name for name in states_of(run) if name not in by_state]
    return by_state | {name: GREYS[k % len(GREYS)] for k, name in enumerate(ends)}
