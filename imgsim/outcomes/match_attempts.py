"""Match seasons of persons: first attempts, the ladder of attempts, rank lists, specialties, the need for a visa."""

from __future__ import annotations

from typing import Final

import numpy as np

from imgsim.base.arrays import Floats, Ints
from imgsim.inputs.kinds.branch import values_deciding
from imgsim.outcomes.catalogue import measure
from imgsim.outcomes.counts import inside, tally
from imgsim.outcomes.definitions import FOLLOW_UP_YEARS, MEASURED, RANK_CLASSES, RECENT_YEARS, RUNGS
from imgsim.outcomes.match_seasons import PLACED, Seasons
from imgsim.outcomes.outcome_rows import Rows, labels, ratio, where
from imgsim.outcomes.people_arrays import View
from imgsim.outcomes.strata import BY_PEOPLE, BY_TRAITS, CITIZENSHIP, OTHERS, Stratum

ATTEMPT, SPECIALTY = "attempt", "specialty"
RANKS: Final = "rank_list_length"
RESULT: Final = "match_result"
MATCH: Final = ("a Match",)
FIRST: Final = "First active Match without a place"


@measure(
    name="first_attempt_failure", label=f"{FIRST} in the Match itself", unit="share",
    definition="Share of those who submit a rank list for the first time, in the year or in the measured window, who "
    "get no place in the Match itself.",
    denominator="simulated persons with a first rank list", by=BY_TRAITS, needs=MATCH,
)  # fmt: skip
@measure(
    name="first_attempt_failure_after", label=f"{FIRST} in the Match or in SOAP", unit="share",
    definition="Share of those who submit a rank list for the first time, in the year or in the measured window, who "
    "get no place in the Match nor among the places left over after it.",
    denominator="simulated persons with a first rank list", by=BY_TRAITS, needs=MATCH,
)  # fmt: skip
@measure(
    name="first_attempt_failure_any", label=f"{FIRST} by any way in", unit="share",
    definition="Share of those who submit a rank list or get a place outside the Match for the first time, in the "
    "year or in the measured window, who get no place in the Match, after it or outside it.",
    denominator="simulated persons with a first rank list or place outside the Match", by=BY_TRAITS, needs=MATCH,
)  # fmt: skip
@measure(
    name="attempt_active", label="First applicants who get to an attempt", unit="share",
    definition="Share of those with a first rank list in a measured year at least "
    f"{FOLLOW_UP_YEARS} years before the horizon who get to a second, third and later rank list; attempts up to a "
    "first place only.",
    denominator="simulated persons with a first rank list", by=(ATTEMPT,), needs=MATCH,
)  # fmt: skip
@measure(
    name="attempt_placed", label="Placed in the Match, by attempt", unit="share",
    definition="Share of first, second, third and later rank lists of the measured years that get a place in the "
    "Match itself; attempts up to a first place only.",
    denominator="rank lists of simulated persons", by=(ATTEMPT,), needs=MATCH,
)  # fmt: skip
@measure(
    name="img_match_rate", label="Match rate of graduates from abroad, by length of the rank list", unit="share",
    definition="Share of the rank lists of a length, in the year or in the measured window, that get a place in the "
    "Match itself.",
    denominator="rank lists of simulated persons", by=(RANKS,), needs=MATCH,
)  # fmt: skip
@measure(
    name=RANKS, label="Length of the rank list", unit="ranks",
    definition="Number of programmes on the rank lists of those placed and of those not placed in the Match itself, "
    "in the year or in the measured window.",
    denominator="rank lists of simulated persons", by=(RESULT,), statistics=("median",), needs=MATCH,
)  # fmt: skip
@measure(
    name="odds_ratio_visa", label="Odds ratio of a place: needs a visa", unit="odds ratio",
    definition="Odds of a place in the Match of noncitizens who need a visa over those of noncitizens who do not, "
    f"among rank lists of the measured window and of its last {RECENT_YEARS} years.",
    denominator="rank lists of simulated noncitizens", by=(CITIZENSHIP,), statistics=("odds_ratio",), needs=MATCH,
)  # fmt: skip
@measure(
    name="prelim_share", label="Placed in posts that do not complete training", unit="share",
    definition="Share of the places obtained, in the year or in the measured window, that are in posts certain not to "
    "lead to the licence (preliminary years).",
    denominator="places of simulated persons", by=BY_PEOPLE, needs=MATCH,
)  # fmt: skip
@measure(
    name="specialty_share", label="Specialties of the placed", unit="share",
    definition="Share of a specialty among the places obtained in the measured window, by any way in.",
    denominator="places of simulated persons", by=(SPECIALTY, f"{SPECIALTY}/{CITIZENSHIP}"), needs=MATCH,
)  # fmt: skip
def attempts(view: View, rows: Rows) -> None:
    """Measures of the Match seasons of entrants."""
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
    """Share of first rank lists without a place in the Match itself, with SOAP, and by any way in.

    `first_attempt_failure_any` counts places outside the round too: its first attempt is the first season with a rank
    list or with such a place.
    """
    first, tried = seasons.rung == 1, seasons.active | seasons.came_by("outside")
    failures = {
        "first_attempt_failure": (first, ~seasons.came_by("match")),
        "first_attempt_failure_after": (first, ~seasons.came_by("match", "soap")),
        "first_attempt_failure_any": (tried & (seasons.before(tried) == 0), ~seasons.came_by(*PLACED)),
    }
    for name, (of, failed) in failures.items():
        counted = seasons.tally(of & seasons.measured, failed)
        for stratum, cells in seasons.view.groups.items():
            rows.shares(name, stratum, counted, cells)
            rows.pooled(name, MEASURED, stratum, counted, cells)


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
    got_to = tally(seasons.replicas, *once, rungs, ladder, started[seasons.person]).persons[:, 0]
    placed = tally(seasons.replicas, *once, rungs, ladder, seasons.measured, seasons.came_by("match"))
    for k, name in enumerate(RUNGS, 1):
        here = np.arange(rungs) >= k if name == RUNGS[-1] else np.arange(rungs) == k
        attempt = Stratum(ATTEMPT, name)
        rows.share("attempt_active", MEASURED, attempt, got_to[:, k], got_to[:, 1])
        rows.pooled("attempt_placed", MEASURED, attempt, placed, here)


def rank_lists(seasons: Seasons, rows: Rows) -> None:
    """Share placed in the round by length of the rank list."""
    counted = seasons.by_ranks
    ranks = np.arange(counted.persons.shape[2])
    for name, (low, high) in RANK_CLASSES.items():
        of = (ranks >= low) & (ranks <= high)
        rows.pooled("img_match_rate", MEASURED, Stratum(RANKS, name), counted, of)
        rows.shares("img_match_rate", Stratum(RANKS, name), counted, of)


def rank_medians(seasons: Seasons, rows: Rows) -> None:
    """The median length of the rank lists of those placed in the round and not placed."""
    counted = seasons.by_ranks
    for name, persons in (("matched", counted.hits), ("unmatched", counted.persons - counted.hits)):
        n, result = persons.sum(axis=2), Stratum(RESULT, name)
        rows.add(RANKS, MEASURED, result, median(persons.sum(axis=1)), n.sum(axis=1), "median")
        rows.add(RANKS, labels(counted.bins), result, median(persons), n, "median")


def median(persons: Ints) -> Floats:
    """The median of whole numbers, given along the last axis how many there are of each; NaN where there are none."""
    upto, n = np.cumsum(persons, axis=-1), persons.sum(axis=-1)
    low, high = ((upto <= middle[..., None]).sum(axis=-1) for middle in ((n - 1) // 2, n // 2))
    return where(n > 0, (low + high) / 2)


def visa_odds(seasons: Seasons, rows: Rows) -> None:
    """Odds of a place in the round of noncitizens who need a visa over those who do not, among active applicants."""
    view = seasons.view
    needs = view.people["needs_visa"].to_numpy(bool)[seasons.person].astype(np.int32)
    of = seasons.active & seasons.measured & ~view.citizen[seasons.person]
    counted = seasons.by(2, needs, of, seasons.came_by("match"))
    for cohort, years in (("last_5_years", slice(-RECENT_YEARS, None)), (MEASURED, slice(None))):
        placed, persons = counted.hits[:, years].sum(axis=1), counted.persons[:, years].sum(axis=1)
        odds = ratio(placed, where(placed > 0, persons - placed))
        value = ratio(odds[:, 1], odds[:, 0])
        rows.add("odds_ratio_visa", cohort, OTHERS, value, persons.sum(axis=1), "odds_ratio")


def specialties(seasons: Seasons, rows: Rows) -> None:
    """Shares of placements by specialty, by citizenship too, and of posts that do not complete training."""
    view, names = seasons.view, seasons.specialty_names
    of, short = seasons.measured & seasons.came_by(*PLACED), short_posts(view)
    is_short = np.array([*(name in short for name in names), False])[seasons.specialty]
    posts, persons = seasons.tally(of, is_short), seasons.by_specialty(of)
    for stratum, cells in view.people_groups.items():
        rows.pooled("prelim_share", MEASURED, stratum, posts, cells)
        rows.shares("prelim_share", stratum, posts, cells)
        placed = posts.inside(cells)[1].sum(axis=1)
        strata = [Stratum(SPECIALTY, name).within(stratum) for name in names]
        rows.share("specialty_share", MEASURED, strata, inside(persons, cells), placed[:, None])


def short_posts(view: View) -> set[str]:
    """The specialties whose posts are certain to lead to work that does not end in the licence (preliminary years).

    They are those that decide by themselves for an option of a branch, where the option is a work stage that starts
    training but whose completion is no licence.
    """
    pathway, names = view.scenario.pathway, set[str]()
    starts, licences = pathway.milestones.get("training", ()), pathway.milestones.get("licensed", ())
    for stage in pathway.stages.values():
        for option in stage.when:
            to = stage.next[option]
            if f"{to}.started" in starts and f"{to}.completed" not in licences:
                names |= values_deciding(stage, option, "specialty")
    return names
