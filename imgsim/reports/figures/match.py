"""The Match: what becomes of first, second and later attempts; rates against published ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from imgsim.inputs.kinds.round import MERIT
from imgsim.outcomes.definitions import MARKET
from imgsim.reports.figures.published import named_sources, published
from imgsim.reports.figures.register import figure
from imgsim.reports.figures.style import (
    BLUE,
    COLOURS,
    GREEN,
    GREYS,
    INK,
    SKY,
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
    percent,
    replications,
    sheet,
    table,
    whole,
)
from imgsim.reports.figures.time_to_event import entrants

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from imgsim.reports.figures.run_protocol import Run

RUNGS: Final = ("1st", "2nd", "3rd", "4th or later")
FATES: Final = {  # what became of an attempt -> words, colour
    "match": ("placed in {}", BLUE),
    "outside": ("placed outside {}", GREEN),
    "soap": ("placed after {}", SKY),
    "again": ("no place: tried again", GREYS[3]),
    "stopped": ("no place: stopped", GREYS[1]),
    "open": ("no place: open at the end of the run", GREYS[5]),
    "none": ("no place in that season", GREYS[3]),
}
IN_MATCH: Final = (
    "An attempt is a season with a rank list, or with a place outside the main round. Seasons after a first place "
    "(as from a preliminary post) are left out. Stopped: the career took another way before a further attempt."
)
BY_MERIT: Final = "An attempt is a season in which any iteration of the round was entered."
CITIZENSHIP: Final = {"all": "All applicants", "citizen": "Citizens", "noncitizen": "Others"}
GRADUATES: Final = {"citizen_img": "IMGs,\ncitizens", "noncitizen_img": "IMGs,\nnot citizens"}


def match_label(run: Run) -> str:
    """What the pathway calls its main round of places."""
    rounds = [stage.label for stage in run.scenario.pathway.stages.values() if stage.mechanism == MARKET]
    return rounds[0] if rounds else merit_label(run) or "the round"


def has_match(run: Run) -> bool:
    """Does the pathway have a Match, or a round by merit that graduates apply to?"""
    return bool(merit_label(run)) or any(s.mechanism == MARKET for s in run.scenario.pathway.stages.values())


def merit_label(run: Run) -> str:
    """What the pathway calls the round by merit that graduates apply to; empty if that is another kind of round."""
    stage = run.scenario.pathway.stages.get(applied_round(run))
    return stage.label.partition(",")[0] if stage is not None and stage.mechanism == MERIT else ""


def applied_round(run: Run) -> str:
    """The round whose applications are the milestone `applied`."""
    return next(iter(run.scenario.pathway.milestones.get("applied", ())), "").rpartition(".")[0]


def family(run: Run) -> str:
    """The common name of the iterations of the round that graduates apply to."""
    name = applied_round(run)
    return name.rpartition(".")[0] or name


@figure(table="seasons", suits=has_match)
def attempt_ladder(run: Run) -> Axes:
    """What becomes of first, second, third and later attempts: placed by each channel, tried again, or stopped."""
    label = match_label(run)
    axes = sheet(f"{label}: what becomes of first, second and later attempts", left=0.2, right=0.965)
    attempts = seasons_by_merit(run) if merit_label(run) else tries(run).assign(persons=1)
    if not len(attempts):
        return blank(axes, run, "no simulated person applied in the measured years")
    counts = attempts.pivot_table("persons", "rung", "fate", "sum", fill_value=0).reindex(range(1, 5), fill_value=0)
    for rung in counts.index:
        rung_bar(axes, counts.loc[rung].to_dict(), 4 - rung)
    places = [f"{name} attempt\nn = {number(float(counts.loc[k].to_numpy().sum()))}" for k, name in enumerate(RUNGS, 1)]
    axes.set_yticks([3, 2, 1, 0], places, fontsize=9, color=INK)
    axes.set_ylim(-0.5, 4.25)
    axes.set_xlim(0, 1)
    percent(axes, "x")
    axis(axes, "Share of seasons (%)", "Attempt (season of the person)")
    named = f"the {label[0].lower()}{label[1:]}" if merit_label(run) else label
    legend_above(axes, named.replace("The ", "the "), [fate for fate in FATES if fate in counts and counts[fate].any()])
    axes.spines["left"].set_visible(False)
    count = counted(run, float(attempts["persons"].sum()), "seasons of simulated persons", replications(attempts))
    return notes(axes, run, f"{count} {BY_MERIT if merit_label(run) else IN_MATCH}")


def seasons_by_merit(run: Run) -> pd.DataFrame:
    """Persons by replication, rung (4: or later) and fate, of everybody who applied for the places that go by merit."""
    seasons, window = table(run, "applications"), run.scenario.run
    if not len(seasons):
        return pd.DataFrame()
    measured = (seasons["year"] >= window.measured_from.year) & (seasons["year"] < window.end.year)
    seasons = seasons[measured & (seasons["family"].astype(str) == family(run))]
    seasons = seasons.assign(rung=np.minimum(seasons["season"], len(RUNGS)), match=seasons["placed"])
    seasons["none"] = seasons["applied"] - seasons["placed"]
    by_fate: pd.DataFrame = seasons.melt(["replication", "rung"], ["match", "none"], "fate", "persons")
    return by_fate


def tries(run: Run) -> pd.DataFrame:
    """Attempts of entrants in measured years, up to the first place, with their rung (4: or later) and fate."""
    seasons, people = table(run, "seasons"), entrants(run)
    if not len(seasons) or not len(people):
        return pd.DataFrame()
    channel = seasons["channel"].astype(object).fillna("none").astype(str)
    tried = seasons.assign(channel=channel)[seasons["active"].astype(bool) | (channel == "outside")]
    tried = tried.merge(people[["replication", "person", "end_class"]], on=["replication", "person"])
    tried = tried.sort_values(["replication", "person", "year"], kind="stable")
    person = [tried["replication"], tried["person"]]
    placed = (tried["channel"] != "none").astype(int)
    unplaced_before = placed.groupby(person).cumsum() == placed
    rung = placed.groupby(person).cumcount() + 1
    window = run.scenario.run
    measured = (tried["year"] >= window.measured_from.year) & (tried["year"] < window.end.year)
    further = tried.groupby(["replication", "person"]).cumcount(ascending=False) > 0
    rows = tried.assign(rung=np.minimum(rung, len(RUNGS)), fate=fates(tried, further))
    attempts: pd.DataFrame = rows[measured & unplaced_before]
    return attempts


def fates(attempts: pd.DataFrame, further: pd.Series) -> np.ndarray:
    """The channel of a place; without one, whether a further attempt came, or the career ended, or neither yet."""
    stopped = attempts["end_class"].astype(str) != "under_way"
    without = np.where(further, "again", np.where(stopped, "stopped", "open"))
    return np.where(attempts["channel"] != "none", attempts["channel"], without)


def rung_bar(axes: Axes, counts: dict[str, int], height: float) -> None:
    """One stacked bar with its shares written inside where they fit."""
    total, left = sum(counts.values()), 0.0
    for fate, (_, colour) in FATES.items():
        share = counts.get(fate, 0) / total if total else 0.0
        axes.barh(height, share, left=left, color=colour, height=0.62, edgecolor="white", linewidth=1)
        if share >= 0.02:
            ink = "white" if colour in (BLUE, GREEN, GREYS[1]) else INK
            axes.text(
                left + share / 2,
                height,
                f"{share:.0%}" if share > 0.05 else f"{100 * share:.0f}",
                ha="center",
                va="center",
                fontsize=9 if share > 0.05 else 7.5,
                color=ink,
            )
        left += share


def legend_above(axes: Axes, label: str, shown: list[str]) -> None:
    """The fates that occur, in words above the bars, each after a patch of its colour: places, then none."""
    for y, none in ((4.05, False), (3.68, True)):
        row = [FATES[fate] for fate in shown if FATES[fate][0].startswith("no place") is none]
        for x, (words, colour) in zip((0.012, 0.315, 0.605), row, strict=False):
            axes.plot([x], [y], "s", color=colour, markersize=9, clip_on=False)
            axes.text(x + 0.02, y, words.format(label), fontsize=9, va="center", color=INK)


@figure(suits=has_match)
def match_rates(run: Run) -> Axes:
    """Share of active applicants placed in the main round by year: simulated lines, published points."""
    axes = sheet(f"{match_label(run)}: share of applicants placed, simulated and published", right=0.8)
    rate = rate_measure(run)
    names = shown_groups(run) if rate == "match_rate" else CITIZENSHIP
    rows = measure(run, rate, names)
    rows = rows[rows["cohort"].str.fullmatch(r"\d{4}")] if len(rows) else rows
    if not len(rows):
        return blank(axes, run, "nobody took part in a round in the measured years")
    rows = rows.assign(year=rows["cohort"].astype(int))
    words, sources = {}, set()
    for (name, label), colour in zip(names.items(), COLOURS, strict=False):
        curve = over_replications(rows[rows["group"] == name], "year")
        if len(curve):
            line(axes, curve, "year", colour)
            sources |= points(axes, run, rate, name, colour)
            words[label] = (float(curve["mean"].iloc[-1]), colour)
    axes.set_ylim(0, 1)
    percent(axes)
    whole(axes)
    labels(axes, words)
    axis(axes, "Year", label_of(run, rate))
    reps, persons = replications(rows), rows["n"].sum()
    what = (
        "Points: published; hollow ones were not used to fit the shipped numbers."
        if sources
        else "No published points."
    )
    text = f"{counted(run, persons, 'seasons of simulated applicants', reps)} {what} {band_words(reps)}"
    return notes(axes, run, text, source=named_sources(run, sources))


def shown_groups(run: Run) -> dict[str, str]:
    """The groups of the figure: graduates abroad by citizenship, and the first kind of competitor."""
    return GRADUATES | {
        name: label.replace(" (", "\n(") for name, label in list(run.scenario.pathway.competitors.items())[:1]
    }


def rate_measure(run: Run) -> str:
    """The share placed in the round that graduates apply to; of a round by merit, in all its iterations."""
    return f"{family(run)}.season_rate" if merit_label(run) else "match_rate"


def points(axes: Axes, run: Run, rate: str, group: str, colour: str) -> set[str]:
    """Draw the published points of a group; the keys of their sources."""
    figures = published(run, rate, group)
    for hollow, part in figures.groupby("unused"):
        face = "white" if hollow else colour
        axes.plot(
            part["year"],
            part["value"],
            "o",
            color=colour,
            markerfacecolor=face,
            markersize=4.8,
            linestyle="none",
            zorder=5,
        )
    return set(figures["source"])
