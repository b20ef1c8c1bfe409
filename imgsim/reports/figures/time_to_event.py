"""How long it takes and how old people are: incidence of training, years to residency, ages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from imgsim.outcomes.definitions import FOLLOW_UP_YEARS
from imgsim.outcomes.incidence import CAUSE
from imgsim.reports.figures.distributions import Spread, distributions
from imgsim.reports.figures.register import figure
from imgsim.reports.figures.style import (
    BLUE,
    COLOURS,
    GREYS,
    QUIET,
    VERMILION,
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
    plain,
    replications,
    share,
    sheet,
    table,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from imgsim.reports.figures.run_protocol import Run

DAYS_A_YEAR = 365.25
FAINT = 0.01  # competing ends below this share at the end of the curve are drawn together
TRAINING = "training"


@figure()
def cumulative_incidence(run: Run) -> Axes:
    """Share in residency training, and share of each competing end before it, by years since certification."""
    axes = sheet(f"What becomes of certified graduates: {run.scenario.pathway.first_post}, or an end before it")
    rows = measure(run, "cumulative_incidence")
    rows = rows[rows["by"] == CAUSE] if len(rows) else rows
    if not len(rows):
        return blank(axes, run, "no simulated person was certified")
    curves = curves_of(rows)
    words = {}
    for (name, curve), colour in zip(curves.items(), [BLUE, *COLOURS[1:], *GREYS], strict=False):
        line(axes, curve, "time", colour)
        last = float(curve["mean"].iloc[-1])
        words[f"{f'in {run.scenario.pathway.first_post}' if name == TRAINING else plain(name)}, {share(last)}"] = (
            last,
            colour,
        )
    axes.set_ylim(0, 1)
    axes.set_xlim(0, float(rows["time"].max()))
    percent(axes)
    labels(axes, words)
    axis(axes, "Years since certification", label_of(run, "cumulative_incidence"))
    persons = rows.groupby("replication")["n"].first().sum()
    reps = replications(rows)
    method = "Cumulative incidence with competing ends (Aalen and Johansen); those still under way are censored."
    return notes(axes, run, f"{counted(run, persons, 'certified persons', reps)} {method} {band_words(reps)}")


def curves_of(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Curve by cause, training first, the causes that hardly happen added up as `other ends`."""
    last = rows[rows["time"] == rows["time"].max()].groupby("group", observed=True)["value"].mean()
    faint = [name for name in last.index if last[name] < FAINT and name != TRAINING]
    named = rows.assign(cause=rows["group"].astype(str).where(~rows["group"].isin(faint), "other ends"))
    added = named.groupby(["replication", "cause", "time"], observed=True)["value"].sum().reset_index()
    order = sorted(last.index.difference(faint), key=lambda name: (name != TRAINING, -last[name]))
    order += ["other ends"] if faint and last[faint].sum() > 0 else []
    return {name: over_replications(added[added["cause"] == name], "time") for name in order}


@figure()
def time_to_residency(run: Run) -> Axes:
    """Years from certification, and from graduation, to the start of training; the share that never starts."""
    axes = sheet(f"Years from certification, and from graduation, to {run.scenario.pathway.first_post}", right=0.975)
    people = entrants(run)
    spreads = [
        waiting(people, run, "certified", "since certification", BLUE),
        waiting(people, run, "graduation", "since graduation", VERMILION),
    ]
    if not any(len(spread.values) for spread in spreads):
        return blank(axes, run, "no simulated person got there")
    distributions(axes, spreads, np.arange(0, 15.01, 0.5), never=True)
    axis(
        axes,
        "Years until the start (classes of half a year; later ones in the last)",
        "Share of all, starters or not (%)",
    )
    what = (
        f"Entrants with the date at least {FOLLOW_UP_YEARS} years before the end of the run, so that late starters are "
        "seen. Bars: 10th to 90th percentile of those who start; dot: median."
    )
    return notes(axes, run, f"{totals(run, people, spreads)} {what}")


def waiting(people: pd.DataFrame, run: Run, since: str, name: str, colour: str) -> Spread:
    """Years from a date to training for those whose date lies in the measured window, with long follow-up."""
    if not {f"{since}_date", "training_date"} <= set(people):
        return Spread(name, np.empty(0), 0, colour)
    window = run.scenario.run
    last = pd.Timestamp(window.end) - pd.DateOffset(years=FOLLOW_UP_YEARS)
    date = people[f"{since}_date"]
    asked = people[(date >= pd.Timestamp(window.measured_from)) & (date < last)]
    years = (asked["training_date"] - asked[f"{since}_date"]).dt.days.to_numpy(np.float64) / DAYS_A_YEAR
    return Spread(name, years[np.isfinite(years)], len(asked), colour)


@figure()
def age(run: Run) -> Axes:
    """Ages at the certificate and at the start of training."""
    axes = sheet(f"Age at certification and at the start of {run.scenario.pathway.first_post}", right=0.975)
    people = entrants(run)
    spreads = [
        aged(people, run, "certified", "at certification", BLUE),
        aged(people, run, "training", f"at the start of {run.scenario.pathway.first_post}", VERMILION),
    ]
    if not any(len(spread.values) for spread in spreads):
        return blank(axes, run, "no simulated person was certified")
    distributions(axes, spreads, np.arange(20, 60.01, 1.0), never=False)
    competitor(axes, run)
    axis(axes, "Age (years; classes of one year, older ones in the last)", "Share of those who got there (%)")
    what = "Everybody who got there in the measured years. Bars: 10th to 90th percentile; dot: median."
    return notes(axes, run, f"{totals(run, people, spreads)} {what}")


def competitor(axes: Axes, run: Run) -> None:
    """Mark the age at which the first kind of competitor applies: an input, not a result."""
    kinds = run.scenario.pathway.competitors
    rows = measure(run, "age_applied", list(kinds)[:1])
    if len(rows):
        at, top = float(rows["value"].mean()), axes.get_ylim()[1]
        axes.plot([at, at], [0, 0.6 * top], color=QUIET, linewidth=1, linestyle=(0, (4, 3)))
        text = f"{next(iter(kinds.values()))}\napply at {at:.1f}\n(mean, given)"
        axes.text(at - 0.3, 0.6 * top, text, ha="right", va="top", fontsize=8, color=QUIET)


def aged(people: pd.DataFrame, run: Run, milestone: str, name: str, colour: str) -> Spread:
    """Ages at a milestone reached in the measured window."""
    if f"{milestone}_age" not in people:
        return Spread(name, np.empty(0), 0, colour)
    reached = people[f"{milestone}_date"] >= pd.Timestamp(run.scenario.run.measured_from)
    values = people.loc[reached, f"{milestone}_age"].dropna().to_numpy(np.float64)
    return Spread(name, values, len(values), colour)


def entrants(run: Run) -> pd.DataFrame:
    """Everybody who came in by entry, in all replications."""
    people = table(run, "people")
    return people[~people["stock"].astype(bool)] if len(people) else people


def totals(run: Run, people: pd.DataFrame, spreads: list[Spread]) -> str:
    """Denominators of both distributions."""
    each = ", ".join(f"{number(spread.asked)} {spread.name}" for spread in spreads)
    return counted(
        run, max(spread.asked for spread in spreads), f"simulated persons at most ({each})", replications(people)
    )
