"""Graduates from abroad in a Match: match rates by years since graduation, and who gets no interview."""

from __future__ import annotations

from typing import Final

import numpy as np

from imgsim.outcomes.catalogue import measure
from imgsim.outcomes.definitions import MEASURED
from imgsim.outcomes.match_seasons import Seasons
from imgsim.outcomes.outcome_rows import Rows
from imgsim.outcomes.people_arrays import View
from imgsim.outcomes.strata import BY_PEOPLE, CITIZENS, CITIZENSHIP, EVERYBODY, OTHERS, Stratum

SINCE: Final = "since_graduation"
CLASSES: Final = {"0-2": 0, "3-5": 3, "6-9": 6, "10+": 10}  # years since graduation, from so many on
MATCH: Final = ("a Match",)


@measure(
    name="img_match_rate_since_graduation", label="Match rate of graduates from abroad, by years since graduation",
    unit="share",
    definition="Share of the rank lists, in the year or in the measured window, that get a place in the Match itself, "
    "by the calendar years from graduation to the Match.",
    denominator="rank lists of simulated persons", by=(SINCE, f"{SINCE}/{CITIZENSHIP}"), needs=MATCH,
)  # fmt: skip
@measure(
    name="no_interview_share", label="Applicants to the Match without an interview", unit="share",
    definition="Share of the graduates from abroad who apply, in the year or in the measured window, who get no "
    "interview and so have no rank list.",
    denominator="applications of simulated persons, one a year", by=BY_PEOPLE, needs=MATCH,
)  # fmt: skip
def graduates(view: View, rows: Rows) -> None:
    """Match rates by years since graduation, and who gets no interview."""
    seasons = Seasons(view)
    if len(seasons.person):
        since_graduation(seasons, rows)
        without_interview(seasons, rows)


def since_graduation(seasons: Seasons, rows: Rows) -> None:
    """Match rates by years since graduation and citizenship."""
    view = seasons.view
    years = seasons.year - view.year("graduation")[seasons.person]
    which = np.maximum(np.searchsorted(list(CLASSES.values()), years, side="right") - 1, 0)
    kind = (2 * which + view.citizen[seasons.person]).astype(np.int32)
    counted = seasons.by(2 * len(CLASSES), kind, seasons.active & seasons.measured, seasons.came_by("match"))
    kinds = np.arange(2 * len(CLASSES))
    groups = {EVERYBODY: kinds >= 0, CITIZENS: kinds % 2 == 1, OTHERS: kinds % 2 == 0}
    for k, name in enumerate(CLASSES):
        for stratum, cells in groups.items():
            own, of = Stratum(SINCE, name).within(stratum), cells & (kinds // 2 == k)
            rows.shares("img_match_rate_since_graduation", own, counted, of)
            rows.pooled("img_match_rate_since_graduation", MEASURED, own, counted, of)


def without_interview(seasons: Seasons, rows: Rows) -> None:
    """Share of the applicants whom no programme interviews."""
    counted = seasons.tally(seasons.measured, seasons.column("interviews", np.int32) == 0)
    for stratum, cells in seasons.view.people_groups.items():
        rows.shares("no_interview_share", stratum, counted, cells)
        rows.pooled("no_interview_share", MEASURED, stratum, counted, cells)
