"""Rank lists of a Match: how often a list of a length leads to the specialty wished for, and how long lists are."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

import pandas as pd

from imgsim.outcomes.definitions import IMG
from imgsim.reports.figures.match_specialties import by_year, has_market
from imgsim.reports.figures.published import all_published, named_sources
from imgsim.reports.figures.register import figure
from imgsim.reports.figures.style import (
    COLOURS,
    axis,
    band_words,
    blank,
    counted,
    labels,
    line,
    measure,
    notes,
    over_replications,
    percent,
    replications,
    sheet,
    whole,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from imgsim.inputs.published import Target
    from imgsim.reports.figures.run_protocol import Run

LONGEST: Final = "+"  # at the end of the class of the longest lists
BY_RANKS, RANKS = "preferred_rate_by_ranks", "preferred_ranks"
PROGRAMMES: Final = "Programmes ranked of the specialty wished for"
RESULTS: Final = {"matched": "-", "unmatched": "--"}  # in the specialty wished for -> how the line is drawn


@figure(suits=has_market)
def match_rate_by_ranks(run: Run) -> Axes:
    """Share matched in the specialty wished for, by the number of its programmes ranked: simulated and published."""
    rows = by_year(measure(run, BY_RANKS))
    years = years_shown(run, rows)
    when = f"{min(years)}" if len(years) == 1 else f"{min(years)}-{max(years)}" if years else "no year"
    axes = sheet(f"Match rate by the number of programmes ranked, {when}")
    rows = rows[rows["year"].isin(years)] if len(rows) else rows
    words, sources, n = {}, set[str](), 0.0
    for (group, label), colour in zip(groups_shown(run).items(), COLOURS, strict=False):
        mine = by_length(rows, group)
        if len(mine):
            line(axes, over_replications(mine, "ranks"), "ranks", colour)
            words[label] = (float(mine.groupby("ranks")["value"].mean().iloc[-1]), colour)
            n += mine["n"].sum()
            sources |= points_by_length(axes, run, group, years, colour)
    if not words:
        return blank(axes, run, "nobody ranked a programme of the specialty wished for in the measured years")
    axes.set_ylim(0, 1)
    percent(axes)
    whole(axes)
    labels(axes, words)
    axis(axes, f"{PROGRAMMES} (the last: so many or more)", "Matched in the specialty wished for (%)")
    reps = replications(rows)
    text = f"{counted(run, n, 'simulated active applicants', reps)} {points_in_words(sources)} {band_words(reps)}"
    return notes(axes, run, text, source=named_sources(run, sources))


@figure(suits=has_market)
def rank_list_lengths(run: Run) -> Axes:
    """Mean number of programmes ranked of the specialty wished for, by year, of those matched in it and of others."""
    axes = sheet("Length of rank lists: of those matched as they wished, and of others", right=0.76)
    rows = by_year(measure(run, RANKS))
    rows = rows[rows["statistic"] == "mean"] if len(rows) else rows
    words, sources, n = {}, set[str](), 0.0
    for (group, label), colour in zip(groups_shown(run).items(), COLOURS, strict=False):
        for result, style in RESULTS.items():
            mine = rows[rows["group"] == f"{result}/{group}"] if len(rows) else rows
            if len(mine):
                curve = over_replications(mine, "year")
                line(axes, curve, "year", colour, linestyle=style)
                words[f"{label},\n{result}"] = (float(curve["mean"].iloc[-1]), colour)
                n += mine["n"].sum()
                sources |= points(axes, run, RANKS, f"{result}/{group}", "mean", colour)
    if not words:
        return blank(axes, run, "nobody submitted a rank list in the measured years")
    axes.set_ylim(bottom=0)
    whole(axes)
    labels(axes, words)
    axis(axes, "Year of the Match", f"{PROGRAMMES} (mean)")
    reps = replications(rows)
    what = f"Dashed: not matched as wished. {points_in_words(sources)}"
    text = f"{counted(run, n, 'simulated rank lists', reps)} {what} {band_words(reps)}"
    return notes(axes, run, text, source=named_sources(run, sources))


def groups_shown(run: Run) -> dict[str, str]:
    """The first kind of competitor, the groups that the country declares, or else all graduates from abroad."""
    pathway = run.scenario.pathway
    first = {name: label.partition(" (")[0] for name, label in list(pathway.competitors.items())[:1]}
    declared = {name: group.label for name, group in list(pathway.applicant_groups.items())[:1]}
    return first | declared | {IMG: "IMGs"}


def years_shown(run: Run, rows: pd.DataFrame) -> list[int]:
    """The simulated years of which the country has published figures by length, or all."""
    known = sorted(set(rows["year"])) if len(rows) else []
    published_of = {figure.cohort for figure in all_published(run) if figure.measure == BY_RANKS}
    return [year for year in known if str(year) in published_of] or known


def by_length(rows: pd.DataFrame, group: str) -> pd.DataFrame:
    """Share by replication and length of a group, over all years given."""
    if not len(rows):
        return rows
    length, _, of = rows["group"].str.partition("/").to_numpy().T
    mine = rows.assign(ranks=[number_of(text) for text in length], hits=rows["value"] * rows["n"])[of == group]
    summed = mine.groupby(["replication", "ranks"], as_index=False)[["hits", "n"]].sum()
    shares: pd.DataFrame = summed.assign(value=summed["hits"] / summed["n"])
    return shares


def number_of(length: str) -> int:
    """The number of a class of lengths."""
    return int(length.removesuffix(LONGEST))


def points_by_length(axes: Axes, run: Run, group: str, years: Collection[int], colour: str) -> set[str]:
    """Draw the published shares by length of a group in some years; the keys of their sources."""
    chosen = [
        (number_of(length), figure)
        for figure in all_published(run)
        if figure.measure == BY_RANKS and figure.cohort in map(str, years)
        for length, _, of in [figure.group.partition("/")]
        if of == group
    ]
    return draw(axes, chosen, colour)


def points(axes: Axes, run: Run, name: str, group: str, statistic: str, colour: str) -> set[str]:
    """Draw the published values of a statistic of a group by year; the keys of their sources."""
    chosen = [
        (int(figure.cohort), figure)
        for figure in all_published(run)
        if (figure.measure, figure.group, figure.statistic) == (name, group, statistic)
    ]
    return draw(axes, chosen, colour)


def draw(axes: Axes, chosen: Collection[tuple[int, Target]], colour: str) -> set[str]:
    """Points of published figures, hollow where they were not fitted; the keys of their sources."""
    for fitted in (False, True):
        places = [(x, figure.value) for x, figure in chosen if (figure.use == "fit") is fitted]
        face = colour if fitted else "white"
        axes.plot(
            [x for x, _ in places], [y for _, y in places], "o", color=colour, markerfacecolor=face, markersize=4.8,
            linestyle="none", zorder=5,
        )  # fmt: skip
    return {figure.source for _, figure in chosen}


def points_in_words(sources: Collection[str]) -> str:
    """A sentence on published points."""
    return "Points: published, hollow ones not fitted." if sources else "No published points."
