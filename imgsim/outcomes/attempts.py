"""Match seasons of persons: first attempts, the ladder of attempts, rank lists, specialties, the need for a visa."""

from __future__ import annotations

import numpy as np

from imgsim.outcomes.counting import tally
from imgsim.outcomes.definitions import (
    ALL,
    FOLLOW_UP_YEARS,
    MEASURED,
    NONCITIZEN,
    RANK_CLASSES,
    RECENT_YEARS,
    RUNGS,
)
from imgsim.outcomes.rows import Rows, labels
from imgsim.outcomes.seasons import PLACED, Seasons
from imgsim.outcomes.view import View


def attempts(view: View, rows: Rows) -> None:
    """Everything that is told from seasons."""
    seasons = Seasons(view)
    if not len(seasons.person):
        return
    first_attempts(seasons, rows)
    ladder(seasons, rows)
    rank_lists(seasons, rows)
    rank_medians(seasons, rows)
    visa_odds(seasons, rows)
    specialties(seasons, rows)


def first_attempts(seasons: Seasons, rows: Rows) -> None:
    """Share of first active applicants without a place in the round itself, and without one afterwards either.

    `first_attempt_failure_any` counts places outside the round too: its first attempt is the first season with a rank
    list or with such a place.
    """
    first, tried = seasons.rung == 1, seasons.active | seasons.came_by("outside")
    failures = {
        "first_attempt_failure": (first, ~seasons.came_by("match")),
        "first_attempt_failure_after": (first, ~seasons.came_by("match", "soap")),
        "first_attempt_failure_any": (tried & (seasons.before(tried) == 0), ~seasons.came_by(*PLACED)),
    }
    for measure, (of, failed) in failures.items():
        counted = seasons.tally(of & seasons.measured, failed)
        for group, cells in seasons.view.groups.items():
            rows.shares(measure, group, counted, cells)
            rows.pooled(measure, MEASURED, group, counted, cells)


def ladder(seasons: Seasons, rows: Rows) -> None:
    """By number of the active attempt: the share of first applicants that gets there, and the share placed of attempts.

    Who gets there is asked of those whose first attempt lies long enough before the horizon; the share placed in the
    round itself is over all attempts of the measured years. Both count attempts up to a first place only: who comes
    back from a preliminary post has not failed before.
    """
    ladder = np.where(seasons.placed_before, 0, seasons.rung)
    followed = seasons.measured & (seasons.year < seasons.view.years.stop - FOLLOW_UP_YEARS)
    started = np.zeros(len(seasons.view.people), bool)
    started[seasons.person[(ladder == 1) & followed]] = True
    got_to = np.bincount(ladder[started[seasons.person]], minlength=len(RUNGS) + 1).tolist()
    held = tally(
        range(1), np.zeros_like(ladder), int(ladder.max()) + 1, ladder, seasons.measured, seasons.came_by("match")
    )
    hits, heads = held.hits[0], held.heads[0]
    for k, name in enumerate(RUNGS, 1):
        here = slice(k, None) if name == RUNGS[-1] else slice(k, k + 1)
        if got_to[1]:
            rows.add("attempt_active", MEASURED, name, got_to[k] / got_to[1], got_to[1])
        rows.share("attempt_placed", MEASURED, name, int(hits[here].sum()), int(heads[here].sum()))


def rank_lists(seasons: Seasons, rows: Rows) -> None:
    """Share placed in the round by length of the rank list."""
    counted = seasons.by_ranks
    ranks = np.arange(counted.heads.shape[1])
    for name, (low, high) in RANK_CLASSES.items():
        of = (ranks >= low) & (ranks <= high)
        rows.pooled("match_rate_by_ranks", MEASURED, name, counted, of)
        rows.shares("match_rate_by_ranks", name, counted, of)


def rank_medians(seasons: Seasons, rows: Rows) -> None:
    """The median length of the rank lists of those placed in the round and not placed."""
    counted = seasons.by_ranks
    for name, heads in (("matched", counted.hits), ("unmatched", counted.heads - counted.hits)):
        n = heads.sum(axis=1)
        if n.any():
            rows.add("ranks_median", MEASURED, name, median(heads.sum(axis=0)), n.sum())
            years, medians = labels(np.array(counted.bins)[n > 0]), [median(held) for held in heads[n > 0]]
            rows.add("ranks_median", years, name, medians, n[n > 0])


def median(heads: np.ndarray) -> float:
    """The median of whole numbers, given how many there are of each."""
    upto, n = np.cumsum(heads), int(heads.sum())
    middle = np.searchsorted(upto, [(n - 1) // 2, n // 2], side="right")
    return float(middle.sum() / 2)


def visa_odds(seasons: Seasons, rows: Rows) -> None:
    """Odds of a place in the round of noncitizens who need a visa over those who do not, among active applicants."""
    view = seasons.view
    needs = view.people["needs_visa"].to_numpy(bool)[seasons.person].astype(np.int32)
    of = seasons.active & seasons.measured & ~view.citizen[seasons.person]
    counted = tally(view.years, seasons.year, 2, needs, of, seasons.came_by("match"))
    for cohort, years in (("last_5_years", slice(-RECENT_YEARS, None)), (MEASURED, slice(None))):
        placed, heads = counted.hits[years].sum(axis=0), counted.heads[years].sum(axis=0)
        cells = [placed[1], heads[1] - placed[1], placed[0], heads[0] - placed[0]]
        if all(cells):
            ratio = cells[0] / cells[1] / (cells[2] / cells[3])
            rows.add("odds_ratio_visa", cohort, NONCITIZEN, ratio, heads.sum())


def specialties(seasons: Seasons, rows: Rows) -> None:
    """Shares of placements by specialty, by citizenship too, and of posts that do not complete training."""
    view, names = seasons.view, seasons.specialty_names
    of, short = seasons.measured & seasons.came_by(*PLACED), short_posts(view)
    is_short = np.array([*(name in short for name in names), False])[seasons.specialty]
    held, heads = seasons.tally(of, is_short), seasons.by_specialty(of)
    for group, cells in view.people_groups.items():
        rows.pooled("prelim_share", MEASURED, group, held, cells)
        rows.shares("prelim_share", group, held, cells)
        placed = int(held.inside(cells)[1].sum())
        for name, n in zip(names, heads[:, cells].sum(axis=1).tolist(), strict=True):
            rows.share("specialty_share", MEASURED, name if group == ALL else f"{name}/{group}", n, placed)


def short_posts(view: View) -> set[str]:
    """The specialties whose posts are certain to lead to work that does not end in the licence (preliminary years).

    They are those with certainty 1 in a choice by specialty whose option is a work stage that starts training but
    whose completion is no licence.
    """
    road, parameters, found = view.scenario.pathway, view.scenario.parameters, set()
    starts, licences = road.milestones.get("training", ()), road.milestones.get("licensed", ())
    for stage in road.stages.values():
        for option, to in stage.next.items() if stage.kind == "choose" else ():
            if f"{to}.started" in starts and f"{to}.completed" not in licences:
                rule = parameters.get(f"{stage.name}.{option}")
                if rule is not None and rule.by == "specialty":
                    found |= {name for name in rule.rows if rule.value(view.horizon, name) == 1}
    return found
