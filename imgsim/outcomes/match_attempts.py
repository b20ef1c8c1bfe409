"""Match seasons of persons: first attempts, the ladder of attempts, rank lists, specialties, the need for a visa."""

from __future__ import annotations

import numpy as np

from imgsim.outcomes.counts import Floats, Ints, inside, tally
from imgsim.outcomes.definitions import ALL, FOLLOW_UP_YEARS, MEASURED, NONCITIZEN, RANK_CLASSES, RECENT_YEARS, RUNGS
from imgsim.outcomes.match_seasons import PLACED, Seasons
from imgsim.outcomes.outcome_rows import Rows, labels, ratio, where
from imgsim.outcomes.people_arrays import View


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
    rungs, once = max(int(ladder.max()), len(RUNGS)) + 1, (range(1), np.zeros_like(ladder))
    got_to = tally(seasons.replicas, *once, rungs, ladder, started[seasons.person]).heads[:, 0]
    held = tally(seasons.replicas, *once, rungs, ladder, seasons.measured, seasons.came_by("match"))
    for k, name in enumerate(RUNGS, 1):
        here = np.arange(rungs) >= k if name == RUNGS[-1] else np.arange(rungs) == k
        rows.share("attempt_active", MEASURED, name, got_to[:, k], got_to[:, 1])
        rows.pooled("attempt_placed", MEASURED, name, held, here)


def rank_lists(seasons: Seasons, rows: Rows) -> None:
    """Share placed in the round by length of the rank list."""
    counted = seasons.by_ranks
    ranks = np.arange(counted.heads.shape[2])
    for name, (low, high) in RANK_CLASSES.items():
        of = (ranks >= low) & (ranks <= high)
        rows.pooled("match_rate_by_ranks", MEASURED, name, counted, of)
        rows.shares("match_rate_by_ranks", name, counted, of)


def rank_medians(seasons: Seasons, rows: Rows) -> None:
    """The median length of the rank lists of those placed in the round and not placed."""
    counted = seasons.by_ranks
    for name, heads in (("matched", counted.hits), ("unmatched", counted.heads - counted.hits)):
        n = heads.sum(axis=2)
        rows.add("ranks_median", MEASURED, name, median(heads.sum(axis=1)), n.sum(axis=1))
        rows.add("ranks_median", labels(counted.bins), name, median(heads), n)


def median(heads: Ints) -> Floats:
    """The median of whole numbers, given along the last axis how many there are of each; NaN where there are none."""
    upto, n = np.cumsum(heads, axis=-1), heads.sum(axis=-1)
    low, high = ((upto <= middle[..., None]).sum(axis=-1) for middle in ((n - 1) // 2, n // 2))
    return where(n > 0, (low + high) / 2)


def visa_odds(seasons: Seasons, rows: Rows) -> None:
    """Odds of a place in the round of noncitizens who need a visa over those who do not, among active applicants."""
    view = seasons.view
    needs = view.people["needs_visa"].to_numpy(bool)[seasons.person].astype(np.int32)
    of = seasons.active & seasons.measured & ~view.citizen[seasons.person]
    counted = seasons.by(2, needs, of, seasons.came_by("match"))
    for cohort, years in (("last_5_years", slice(-RECENT_YEARS, None)), (MEASURED, slice(None))):
        placed, heads = counted.hits[:, years].sum(axis=1), counted.heads[:, years].sum(axis=1)
        odds = ratio(placed, where(placed > 0, heads - placed))
        rows.add("odds_ratio_visa", cohort, NONCITIZEN, ratio(odds[:, 1], odds[:, 0]), heads.sum(axis=1))


def specialties(seasons: Seasons, rows: Rows) -> None:
    """Shares of placements by specialty, by citizenship too, and of posts that do not complete training."""
    view, names = seasons.view, seasons.specialty_names
    of, short = seasons.measured & seasons.came_by(*PLACED), short_posts(view)
    is_short = np.array([*(name in short for name in names), False])[seasons.specialty]
    held, heads = seasons.tally(of, is_short), seasons.by_specialty(of)
    for group, cells in view.people_groups.items():
        rows.pooled("prelim_share", MEASURED, group, held, cells)
        rows.shares("prelim_share", group, held, cells)
        placed = held.inside(cells)[1].sum(axis=1)
        told = [name if group == ALL else f"{name}/{group}" for name in names]
        rows.share("specialty_share", MEASURED, told, inside(heads, cells), placed[:, None])


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
