"""Cohorts of certified graduates: who enters training when, and who never does."""

from __future__ import annotations

import numpy as np

from imgsim.outcomes.definitions import CITIZEN, COHORT_YEARS, FIRST_MONTH, MEASURED, NEVER_YEARS, NONCITIZEN
from imgsim.outcomes.rows import Ints, Rows, academic
from imgsim.outcomes.view import View, academic_year_of, day, year_of


def certified(view: View, rows: Rows) -> None:
    """Cohorts certified from 1 July to 30 June, followed by calendar year as far as the horizon lets them."""
    if not view.knows("certified", "training"):
        return
    cohort = academic_year_of(view.day("certified"))
    enters = year_of(view.day("training"))
    years = cohort_years(view)
    for year in years:
        entered(view, rows, year, cohort, enters)
    by_year_five(view, rows, years, cohort, enters)
    never(view, rows, years, cohort, enters)


def cohort_years(view: View) -> range:
    """First calendar years of the cohorts certified inside the measured window."""
    first = int(academic_year_of(np.array([view.start - 1]))[0]) + 1
    last = int(academic_year_of(np.array([view.horizon]))[0])
    return range(first, last)


def entered(view: View, rows: Rows, year: int, cohort: Ints, enters: Ints) -> None:
    """Size, shares in training by the end of each calendar year, and failure in the first year, of one cohort."""
    label, members = academic(year), view.entrant & (cohort == year)
    for group, inside in view.people_groups.items():
        of = members & inside
        size = np.count_nonzero(of)
        rows.add("cohort_size", label, group, size / view.scale, size)
        for after in range(COHORT_YEARS + 1):
            if is_over(view, year + after):
                rows.share("cohort_entered", label, group, enters <= year + after, of, time=after)
                rows.share(f"cohort_entered_{after}", label, group, enters <= year + after, of)
        if is_over(view, year + 1):
            rows.share("cohort_failure_first_year", label, group, enters > year + 1, of & (enters > year))


def is_over(view: View, year: int) -> bool:
    """Is a calendar year simulated to its end?"""
    return day(f"{year + 1}-01-01") <= view.horizon


def by_year_five(view: View, rows: Rows, years: range, cohort: Ints, enters: Ints) -> None:
    """Share in training by the end of the fifth calendar year, over all cohorts that can be followed so long."""
    followed = [year for year in years if is_over(view, year + COHORT_YEARS)]
    of = view.entrant & np.isin(cohort, followed)
    for group, inside in view.groups.items():
        rows.share("placed_by_year_5", MEASURED, group, enters <= cohort + COHORT_YEARS, of & inside)
    failing = [year for year in years if is_over(view, year + 1)]
    of = view.entrant & np.isin(cohort, failing) & (enters > cohort)
    for group in (CITIZEN, NONCITIZEN, "all"):
        rows.share("cohort_failure_first_year", MEASURED, group, enters > cohort + 1, of & view.groups[group])


def never(view: View, rows: Rows, years: range, cohort: Ints, enters: Ints) -> None:
    """Share without training at the horizon, over cohorts whose last member was certified long enough before it."""
    closed = [year for year in years if day(f"{year + 1 + NEVER_YEARS}-{FIRST_MONTH:02d}-01") <= view.horizon]
    of = view.entrant & np.isin(cohort, closed)
    in_training = enters <= int(year_of(np.array([view.horizon]))[0])
    for group, inside in view.groups.items():
        rows.share("never_placed", MEASURED, group, ~in_training, of & inside)
