"""Figures of pathways whose scarce places go by lottery: applications for them, and attempts at exams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from imgsim.outcomes.definitions import ALL, MEASURED, QUEUE
from imgsim.reports.figures.match import has_match
from imgsim.reports.figures.register import figure
from imgsim.reports.figures.style import (
    BLUE,
    GREEN,
    GREYS,
    INK,
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
    share,
    sheet,
    whole,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from imgsim.inputs.pathways.pathway import Stage
    from imgsim.reports.figures.run_protocol import Run

COUNTS: Final = {"applicants": VERMILION, "seats": GREYS[2], "placed": BLUE}
WORDS: Final = {"applicants": "applications", "seats": "seats", "placed": "seats taken"}
TRIES: Final = {  # measure, group -> words, colour
    ("pass_rate", "first"): ("first attempts passed", BLUE),
    ("pass_rate", "repeat"): ("later attempts passed", GREYS[2]),
    ("ever_passed", ALL): ("of first-timers, ever passed", GREEN),
}


@figure(suits=lambda run: not has_match(run))
def queue(run: Run) -> Axes:
    """Applications, seats and seats taken by year, of the lottery that most apply for."""
    stage, rows = most_wanted(run)
    axes = sheet(f"{stage.label if stage else 'Places by lottery'}: applications, and seats taken")
    if not len(rows):
        return blank(axes, run, "nobody applied for places that go by lottery")
    words = {}
    for word, colour in COUNTS.items():
        curve = over_replications(rows[rows["count"] == word], "year")
        line(axes, curve, "year", colour)
        last = float(curve["mean"].iloc[-1])
        words[f"{WORDS[word]}, {number(last)}"] = (last, colour)
    axes.set_ylim(bottom=0)
    whole(axes)
    whole(axes, "y")
    labels(axes, words)
    axis(axes, "Year", "A year (real persons and seats)")
    reps = replications(rows)
    applications = float(rows.loc[rows["count"] == "applicants", "n"].sum())
    count = counted(run, applications, "applications of simulated persons", reps)
    return notes(axes, run, f"{count} Whoever waits applies at every date of the year. {band_words(reps)}")


def most_wanted(run: Run) -> tuple[Stage | None, pd.DataFrame]:
    """The lottery with the most applications, and its counts by year and replication."""
    best, chosen, most = pd.DataFrame(), None, 0.0
    for stage in run.scenario.pathway.stages.values():
        if stage.mechanism == QUEUE:
            counts = [measure(run, f"{stage.name}.{word}", {ALL}).assign(count=word) for word in COUNTS]
            together = pd.concat([one for one in counts if len(one)]) if any(map(len, counts)) else pd.DataFrame()
            asked = float(counts[0]["value"].sum()) if len(counts[0]) else 0.0
            if asked > most:
                best, chosen, most = together.assign(year=together["cohort"].astype(int)), stage, asked
    return chosen, best


@figure(suits=lambda run: not has_match(run))
def exam_attempts(run: Run) -> Axes:
    """Share of first and of later attempts at each exam that were passed, and of first-timers who ever passed."""
    axes = sheet("Exams: first and later attempts passed, and who ever passes", left=0.26, right=0.965)
    stages = [stage for stage in run.scenario.pathway.stages.values() if stage.kind == "exam"]
    drawn = [(stage.label, shares) for stage in stages if len(shares := tries(run, stage.name))]
    if not drawn:
        return blank(axes, run, "nobody sat an exam in the measured years")
    for place, (_, shares_of_exam) in enumerate(reversed(drawn)):
        for step, (words, colour) in enumerate(TRIES.values()):
            bars = shares_of_exam[shares_of_exam["words"] == words]
            if len(bars):
                value, height = float(bars["value"].mean()), place + 0.25 * (1 - step)
                axes.barh(height, value, 0.23, color=colour, label=words if place == 0 else None)
                axes.text(value + 0.01, height, share(value), va="center", fontsize=8, color=INK)
    axes.set_yticks(range(len(drawn)), [plain(label)[:34] for label, _ in reversed(drawn)], fontsize=8.5, color=INK)
    axes.set_xlim(0, 1.1)
    axes.set_ylim(-0.6, len(drawn) + 0.1)
    percent(axes, "x")
    axes.legend(fontsize=8, frameon=False, loc="upper right", ncols=3)
    axis(axes, "Share passed (%)", "")
    everything = pd.concat([shares_of_exam for _, shares_of_exam in drawn])
    attempts = everything[everything["measure"].astype(str).str.endswith(".pass_rate")]
    reps = replications(everything)
    count = counted(run, float(attempts["n"].sum()), "attempts of simulated persons", reps)
    return notes(axes, run, f"{count} Ever passed: of those followed for ten years since the first attempt.")


def tries(run: Run, exam: str) -> pd.DataFrame:
    """The shares of one exam over all measured years, by replication, with the words of each."""
    tables = []
    for (name, group), (words, _) in TRIES.items():
        rows = measure(run, f"{exam}.{name}", {group})
        if len(rows):
            tables.append(rows[rows["cohort"].astype(str) == MEASURED].assign(words=words))
    return pd.concat(tables) if tables else pd.DataFrame()
