"""Figure of outcomes by first destination: who starts, by years since setting out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgsim.outcomes.definitions import FOLLOW_UP_YEARS
from imgsim.reports.figures.register import figure
from imgsim.reports.figures.style import (
    COLOURS,
    axis,
    band_words,
    blank,
    counted,
    label_of,
    labels,
    line,
    measure,
    notes,
    over_replications,
    percent,
    replications,
    share,
    sheet,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from imgsim.reports.figures.run_protocol import Run


@figure(suits=lambda run: bool(run.scenario.pathway.parts))
def by_destination(run: Run) -> Axes:
    """Share that has started training, a licence or practice, by first destination and years since entry."""
    axes = sheet("Who gets there: training, a licence or practice, by first destination")
    anywhere, there = measure(run, "destination_started"), measure(run, "destination_started_there")
    if not len(anywhere):
        return blank(axes, run, f"nobody is followed for {FOLLOW_UP_YEARS} years")
    words = {}
    for (country, rows), colour in zip(anywhere.groupby("group", sort=False, observed=True), COLOURS, strict=False):
        curve = over_replications(rows, "time")
        line(axes, curve, "time", colour)
        own = over_replications(there[there["group"] == country], "time")
        axes.plot(own["time"], own["mean"], color=colour, linewidth=1.2, linestyle=(0, (3, 2)))
        last = float(curve["mean"].iloc[-1])
        words[f"{called(run, str(country))}, {share(last)}"] = (last, colour)
    axes.set_ylim(0, 1)
    axes.set_xlim(0, float(anywhere["time"].max()))
    percent(axes)
    labels(axes, words)
    axis(axes, "Years since setting out for the first destination", label_of(run, "destination_started"))
    reps = replications(anywhere)
    persons = anywhere.drop_duplicates(["replication", "group"])["n"].sum()
    what = f"All followed for {FOLLOW_UP_YEARS} years. Line: started in any country; dashed: in the first. "
    return notes(axes, run, f"{counted(run, persons, 'entrants', reps)} {what}{band_words(reps)}")


def called(run: Run, country: str) -> str:
    """The name of a country as its pathway gives it."""
    pathway = run.scenario.pathway
    return str(pathway.parts[country].pathway.name if country in pathway.parts else pathway.name)
