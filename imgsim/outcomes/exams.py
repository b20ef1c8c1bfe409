"""Pass rates of exams: of those who sat in a year, the share whose result was a pass."""

from __future__ import annotations

import numpy as np
import pandas as pd

from imgsim.outcomes.definitions import MEASURED
from imgsim.outcomes.rows import Bools, Ints, Rows, academic
from imgsim.outcomes.view import View, academic_year_of, days, year_of


def exams(view: View, rows: Rows) -> None:
    """Pass rates of every exam of the road by calendar and academic year of the sitting."""
    events = view.tables["events"]
    category = events["event"].astype("category")
    codes, names = category.cat.codes.to_numpy(np.int64), list(category.cat.categories)
    for stage in view.scenario.pathway.stages.values():
        if stage.kind == "exam":
            wanted = [names.index(f"{stage.name}.{w}") if f"{stage.name}.{w}" in names else -2 for w in RESULTS]
            pass_rates(view, rows, stage.name, events[np.isin(codes, wanted)], codes[np.isin(codes, wanted)], wanted)


RESULTS = ("sat", "passed", "failed")


def pass_rates(view: View, rows: Rows, exam: str, table: pd.DataFrame, codes: Ints, wanted: list[int]) -> None:
    """Pass rates of one exam; sittings whose result never came (death, horizon) are left out."""
    person = table["person"].to_numpy(np.int64)
    sat, passed, answered = codes == wanted[0], codes == wanted[1], codes != wanted[0]
    follows = np.r_[person[1:] == person[:-1], False][: len(person)]
    told = sat & follows & np.r_[answered[1:], False][: len(person)]
    hit = np.r_[passed[1:], False][: len(person)][told]
    day, first = days(table["date"])[told], table["value"].to_numpy(np.float64)[told] == 1
    within = (day >= view.start) & (day < view.horizon)
    citizen = view.citizen[view.row_of(table["person"][told])]
    takers = {"all": within, "first": within & first, "repeat": within & ~first}
    takers |= {"citizen": within & citizen, "noncitizen": within & ~citizen}
    takers |= {"first/citizen": within & first & citizen, "first/noncitizen": within & first & ~citizen}
    for group, of in takers.items():
        rows.shares(f"{exam}.pass_rate", group, year_of(day), hit, of)
        rows.share(f"{exam}.pass_rate", MEASURED, group, hit, of)
        academic_years(rows, f"{exam}.pass_rate_academic", group, academic_year_of(day), hit, of)


def academic_years(rows: Rows, measure: str, group: str, year: Ints, hit: Bools, of: Bools) -> None:
    """Shares by years that begin on 1 July."""
    for began in np.unique(year[of]):
        rows.share(measure, academic(int(began)), group, hit, of & (year == began))
