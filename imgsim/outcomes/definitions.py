"""Constants that define measures: spans of years, classes of ends. A measure itself stands in a file of its subject."""

from __future__ import annotations

from typing import Final

import numpy as np

MEASURED: Final = "measured"  # cohort label: pooled from the start of the measured window
ALL: Final = "all"
CITIZEN, NONCITIZEN = "citizen", "noncitizen"
IMG: Final = "img"  # everybody in a round whose career is simulated

COHORT_YEARS: Final = 5  # a certified cohort is followed to the end of the fifth year after it began
NEVER_YEARS: Final = 8  # follow-up after which a cohort's share without training is called `never`
FOLLOW_UP_YEARS: Final = 10  # follow-up of those whose times and person-years are pooled
RECENT_YEARS: Final = 5  # Matches pooled for `last_5_years`
GROWTH_YEARS: Final = 8  # between two censuses of licensed physicians
FIRST_MONTH: Final = 7  # certified cohorts and academic years run from 1 July to 30 June

QUANTILES: Final = {"p10": 0.1, "median": 0.5, "p90": 0.9}
INTERVALS: Final = (
    ("entry", "certified"),
    ("certified", "training"),
    ("graduation", "training"),
    ("entry", "training"),
)
WAITS: Final = (("examined", "training"), ("certified", "training"))  # with a yearly rate of reaching the second
RANK_CLASSES: Final = {"1": (1, 1), "2": (2, 2), "3-4": (3, 4), "5-7": (5, 7), "8+": (8, 10**6)}
ATTEMPT_CLASSES: Final = {"1": (1, 1), "2-3": (2, 3), "4+": (4, 10**6)}  # seasons of a round by merit
RUNGS: Final = ("1", "2", "3", "4+")  # active Match attempts
INCIDENCE_YEARS: Final = 10
INCIDENCE_STEPS: Final = 4  # points per year
GRID: Final = np.arange(INCIDENCE_YEARS * INCIDENCE_STEPS + 1) / INCIDENCE_STEPS  # years of the points of curves

MARKET, QUEUE = "match", "lottery"  # mechanisms of rounds: a Match, and places given out by quota
SURVIVAL: Final = "survival_job"
EMPLOYED: Final = ("health_adjacent", "survival_job")  # paid work that needs no licence
HEALTH_WORK, ABROAD = "health_adjacent", "practising_home"
PRACTICE: Final = "in_practice"
