"""Pass rates of exams: of those who sat in a year, the share whose result was a pass."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from imgsim.outcomes.definitions import ALL, CITIZEN, MEASURED, NONCITIZEN
from imgsim.outcomes.rows import Bools, Ints, Rows, academic
from imgsim.outcomes.view import View, academic_year_of, days, year_of

SAT, PASSED, FAILED, BORDERLINE = "sat", "passed", "failed", "borderline"
RESULTS: Final = (SAT, PASSED, FAILED, BORDERLINE)


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
    began, within = academic_year_of(day), (day >= view.start) & (day < view.horizon)
    again = sittings["value"].to_numpy(np.float64) > 1
    for year in np.unique(began[within]):
        of = within & (began == year)
        rows.add(f"{exam}.sittings_academic", academic(int(year)), ALL, np.count_nonzero(of) / view.scale, of.sum())
        rows.share(f"{exam}.repeat_share_academic", academic(int(year)), ALL, again, of)
    for group, of in takers(view, sittings, (day >= view.start) & (day < view.horizon)).items():
        rows.shares(f"{exam}.pass_rate", group, year_of(day), hit, of)
        rows.share(f"{exam}.pass_rate", MEASURED, group, hit, of)
        academic_years(rows, f"{exam}.pass_rate_academic", group, academic_year_of(day), hit, of)


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
