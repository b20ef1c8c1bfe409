"""Figures of careers: what years are spent on, and twenty simulated careers as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from imgsim.inputs.traits import LIVELIHOODS
from imgsim.outcomes.definitions import CITIZEN, FOLLOW_UP_YEARS, MEASURED, NONCITIZEN
from imgsim.reports.figures.register import figure
from imgsim.reports.figures.state_names import NO_EVENTS, changes_of
from imgsim.reports.figures.states_over_time import COHORT_YEARS, colours
from imgsim.reports.figures.style import (
    BLUE,
    FEWEST,
    INK,
    QUIET,
    VERMILION,
    axis,
    band_words,
    blank,
    counted,
    is_kept,
    label_of,
    measure,
    notes,
    over_replications,
    plain,
    replications,
    sheet,
)
from imgsim.reports.figures.time_to_event import DAYS_A_YEAR, entrants

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from imgsim.reports.figures.run_protocol import Run

CAREERS = 20
WORDS = {"practising_home": "practising at home", "health_adjacent": "health-adjacent work"}


@figure()
def livelihood(run: Run) -> Axes:
    """Person-years per entrant by livelihood, for citizens and others."""
    axes = sheet("What the years after entry are spent on", left=0.2, right=0.965)
    both = {CITIZEN: BLUE, NONCITIZEN: VERMILION}
    years = years_lived(run)
    if not len(years):
        return blank(axes, run, f"no simulated person was followed for {FOLLOW_UP_YEARS} years")
    for k, (group, colour) in enumerate(both.items()):
        bars(axes, years[years["citizenship"] == group], 0.2 - 0.4 * k, colour)
    axes.set_yticks(
        range(len(LIVELIHOODS)), [WORDS.get(s, plain(s)) for s in reversed(LIVELIHOODS)], fontsize=9, color=INK
    )
    axes.set_xlim(0, axes.dataLim.x1 * 1.08 if axes.dataLim.x1 > 0 else 1)
    axis(axes, label_of(run, "person_years"), "Livelihood")
    remark(axes, run)
    key(axes, {"citizens": BLUE, "not citizens": VERMILION})
    reps, once = replications(years), years[years["livelihood"] == LIVELIHOODS[0]]
    whiskers = (
        "Whiskers: 95% interval of the mean over replications; chance only." if reps >= FEWEST else band_words(reps)
    )
    follow_up = f"Means of entrants followed for {FOLLOW_UP_YEARS} years or more"
    what = f"{follow_up}; practice is cut off by the end of the run. {whiskers}"
    return notes(axes, run, f"{counted(run, once['n'].sum(), 'simulated entrants', reps)} {what}")


def years_lived(run: Run) -> pd.DataFrame:
    """Years per entrant of the measured window, with columns for livelihood and citizenship."""
    years = measure(run, "person_years")
    if not len(years):
        return years
    years = years[(years["by"] == "livelihood/citizenship") & (years["cohort"] == MEASURED)]
    words = years["group"].astype(str).str.split("/")  # columns made by `partition` are missing where no row is left
    return years.assign(livelihood=words.str[0], citizenship=words.str[-1])


def bars(axes: Axes, years: pd.DataFrame, shift: float, colour: str) -> None:
    """A bar for each livelihood of one group, with the interval over replications and the years in words."""
    means = over_replications(years, "livelihood")
    rows = zip(means["livelihood"], means[["mean", "low", "high"]].to_numpy(np.float64), strict=True)
    for state, (mean, low, high) in rows:
        k = len(LIVELIHOODS) - 1 - LIVELIHOODS.index(state)
        axes.barh(k + shift, mean, height=0.36, color=colour)
        axes.plot([low, high], [k + shift] * 2, color=INK, linewidth=1)
        axes.annotate(f"{mean:.1f}", (high, k + shift), (4, 0), textcoords="offset points", va="center", fontsize=8)


def key(axes: Axes, words: dict[str, str]) -> None:
    """Groups in words of their colours, in the upper right corner."""
    for k, (text, colour) in enumerate(words.items()):
        axes.text(
            0.99, 0.99 - 0.06 * k, text, transform=axes.transAxes, ha="right", va="top", color=colour, fontsize=10,
            fontweight="bold",
        )  # fmt: skip


def remark(axes: Axes, run: Run) -> None:
    """Note on the figure how many rates of change between livelihoods are assumed."""
    parameters = run.scenario.parameters
    series = [rows for name in parameters.family("livelihood.") for rows in parameters[name].rows.values()]
    evidence_counts = [row.evidence for rows in series for row in rows]
    assumed = sum(evidence == "assumed" for evidence in evidence_counts)
    if assumed:
        share = f"{assumed} of {len(evidence_counts)} numbers"
        text = f"Rates of moving between\nlivelihoods are assumed, not\nmeasured ({share})."
        box = {"facecolor": "#fff7e0", "edgecolor": "#c9a227", "boxstyle": "round,pad=0.5"}
        axes.text(0.985, 0.52, text, transform=axes.transAxes, ha="right", va="center", fontsize=9, color=INK, bbox=box)


@figure(table="events")
def life_lines(run: Run) -> Axes:
    """Twenty careers from entry to the end or the horizon, coloured by phase."""
    axes = sheet("Twenty simulated careers from entry onwards", left=0.075, right=0.83)
    if not is_kept(run, "events"):
        return blank(axes, run, NO_EVENTS)
    lives = sample(run)
    if not len(lives):
        return blank(axes, run, "no simulated person came in during the measured years")
    spells = changes_of(run, lives)
    used = draw_spells(axes, run, lives, spells)
    axes.set_ylim(len(lives) - 0.4, -1.0)
    axes.set_yticks(range(len(lives)), [str(k + 1) for k in range(len(lives))], fontsize=7.5)
    axes.set_xlim(left=float(ages(lives, "entry").min()) - 0.5)
    axis(axes, "Age (years)", "Simulated person, by age at entry")
    phases(axes, used)
    what = (
        "Entrants of the first measured years at equal steps through the first replication, not chosen by outcome. "
        "Triangle: certified; words: how the career ended (none: still under way)."
    )
    return notes(axes, run, f"{counted(run, len(lives), 'simulated persons shown')} {what}")


def sample(run: Run) -> pd.DataFrame:
    """Twenty entrants of the first measured years at equal steps through one replication, by age; nothing random."""
    people, window = entrants(run), run.scenario.run
    if not len(people):
        return people
    last = pd.Timestamp(window.measured_from) + pd.DateOffset(years=COHORT_YEARS)
    entry = people["entry_date"]
    first = people["replication"] == people["replication"].min()
    candidates = people[first & (entry >= pd.Timestamp(window.measured_from)) & (entry < last)].sort_values("person")
    steps = np.unique(np.linspace(0, len(candidates) - 1, min(CAREERS, len(candidates))).astype(int))
    chosen: pd.DataFrame = candidates.iloc[steps]
    by_age: pd.DataFrame = chosen.iloc[np.argsort(ages(chosen, "entry").to_numpy(), kind="stable")]
    return by_age


def ages(people: pd.DataFrame, what: str) -> pd.Series:
    """Ages in years at a date of each person."""
    return (people[f"{what}_date"] - people["birth_date"]).dt.days / DAYS_A_YEAR


def draw_spells(axes: Axes, run: Run, lives: pd.DataFrame, spells: pd.DataFrame) -> dict[str, str]:
    """One line a career; the phases that occur, with their colours."""
    coloured = colours(run, [])
    ends = {stage.end_class for stage in run.scenario.pathway.stages.values() if stage.kind == "end"}
    used: dict[str, str] = {}
    for row, (_, person) in enumerate(lives.iterrows()):
        mine = spells[spells["person"] == person["person"]]
        at = ((mine["date"] - person["birth_date"]).dt.days / DAYS_A_YEAR).to_numpy()
        until = person["end_date"] if pd.notna(person["end_date"]) else pd.Timestamp(run.scenario.run.end)
        last = (until - person["birth_date"]).days / DAYS_A_YEAR
        for state, begin, end in zip(mine["state"], at, np.r_[at[1:], last], strict=True):
            if state not in ends and end > begin:
                used[state] = coloured[state]
                axes.barh(row, end - begin, left=begin, height=0.62, color=coloured[state], linewidth=0)
        marks(axes, person, row, last)
    order = [name for name in coloured if name in used]
    return {name: used[name] for name in reversed(order)}


def marks(axes: Axes, person: pd.Series, row: int, last: float) -> None:
    """The certificate, and how a career ended."""
    certified = person.get("certified_age", np.nan)
    if np.isfinite(certified):
        axes.plot([certified], [row], "^", color=INK, markersize=5, markeredgecolor="white", markeredgewidth=0.6)
    if str(person["end_class"]) != "under_way":
        axes.text(last + 0.25, row, plain(str(person["end_class"])), fontsize=7.5, color=QUIET, va="center")


def phases(axes: Axes, used: dict[str, str]) -> None:
    """Phases in words beside patches of their colours, right of the axes."""
    for k, (name, colour) in enumerate(used.items()):
        y = 0.97 - 0.065 * k
        axes.plot([1.03], [y], "s", color=colour, transform=axes.transAxes, clip_on=False, markersize=8)
        axes.text(1.05, y, plain(name), transform=axes.transAxes, fontsize=9, color=INK, va="center")
