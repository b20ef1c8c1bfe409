"""Pass rates of exams: of those who sat in a year, the share whose result was a pass."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from imgsim.outcomes.definitions import ALL, CITIZEN, FOLLOW_UP_YEARS, MEASURED, NONCITIZEN
from imgsim.outcomes.rows import Bools, Ints, Rows, academic
from imgsim.outcomes.view import MISSING, View, academic_year_of, days, year_of

SAT, PASSED, FAILED = "sat", "passed", "failed"
RESULTS: Final = (SAT, PASSED, FAILED)


def exams(view: View, rows: Rows) -> None:
    """Pass rates of every exam of the road by calendar and academic year of the sitting."""
    for stage in view.scenario.pathway.stages.values():
        if stage.kind == "exam":
            pass_rates(view, rows, stage.name, view.events({f"{stage.name}.{word}" for word in RESULTS}))


def pass_rates(view: View, rows: Rows, exam: str, table: pd.DataFrame) -> None:
    """Pass rates of one exam, given its events; sittings whose result never came (death, horizon) are left out."""
    person = table["person"].to_numpy(np.int64)
    sat, passed = ((table["event"] == f"{exam}.{word}").to_numpy(bool) for word in (SAT, PASSED))
    told = np.flatnonzero(sat[:-1] & ~sat[1:] & (person[1:] == person[:-1]))  # a result comes next, of the same person
    sittings, hit = table.iloc[told], passed[told + 1]
    day = days(sittings["date"])
    ever_passed(view, rows, exam, sittings, hit)
    for group, of in takers(view, sittings, (day >= view.start) & (day < view.horizon)).items():
        rows.shares(f"{exam}.pass_rate", group, year_of(day), hit, of)
        rows.share(f"{exam}.pass_rate", MEASURED, group, hit, of)
        rows.counts(f"{exam}.sittings", group, year_of(day), of, view.years, view.scale)
        academic_years(rows, f"{exam}.pass_rate_academic", group, academic_year_of(day), hit, of)


def ever_passed(view: View, rows: Rows, exam: str, sittings: pd.DataFrame, hit: Bools) -> None:
    """Of those who first sat long enough before the horizon, the share that ever passed."""
    person = view.row_of(sittings["person"])
    first = sittings["value"].to_numpy(np.float64) == 1
    since = np.full(len(view.citizen), MISSING, np.int64)
    since[person[first]] = days(sittings["date"])[first]
    passed = np.zeros(len(view.citizen), bool)
    passed[person[hit]] = True
    of = view.measured(since, FOLLOW_UP_YEARS)
    for group, inside in view.people_groups.items():
        rows.share(f"{exam}.ever_passed", MEASURED, group, passed, of & inside)


def takers(view: View, sittings: pd.DataFrame, within: Bools) -> dict[str, Bools]:
    """Who sat, by attempt and citizenship."""
    first = within & (sittings["value"].to_numpy(np.float64) == 1)
    citizen = view.citizen[view.row_of(sittings["person"])]
    groups = {ALL: within, "first": first, "repeat": within & ~first}
    groups |= {CITIZEN: within & citizen, NONCITIZEN: within & ~citizen}
    return groups | {f"first/{CITIZEN}": first & citizen, f"first/{NONCITIZEN}": first & ~citizen}


def academic_years(rows: Rows, measure: str, group: str, year: Ints, hit: Bools, of: Bools) -> None:
    """Shares by years that begin on 1 July."""
    for began in np.unique(year[of]):
        rows.share(measure, academic(int(began)), group, hit, of & (year == began))
