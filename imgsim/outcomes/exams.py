"""Exams: the share of a year's sittings that were passes, and the share of first sitters who ever passed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from imgsim.outcomes.counting import Bools, Ints
from imgsim.outcomes.definitions import ALL, CITIZEN, FOLLOW_UP_YEARS, MEASURED, NONCITIZEN
from imgsim.outcomes.rows import Rows, academic, labels
from imgsim.outcomes.view import View, codes_in, years_before


def exams(view: View, rows: Rows) -> None:
    """Pass rates of every exam of the road by calendar and academic year of the sitting."""
    table = view.tables["exams"]
    table = table[table["measured"].to_numpy(bool)]
    names = [stage.name for stage in view.scenario.pathway.stages.values() if stage.kind == "exam"]
    number = codes_in(table["exam"], names)
    for place, name in enumerate(names):
        held = table[number == place]
        pass_rates(rows, name, held)
        sittings(view, rows, name, held)
        by_academic_year(view, rows, name, held)
        ever_passed(view, rows, name, held)


def by_academic_year(view: View, rows: Rows, exam: str, table: pd.DataFrame) -> None:
    """Sittings by academic year in the whole population, and the share of them that are no first attempts."""
    again = ~table["first"].to_numpy(bool)
    everybody = np.ones(len(table), bool)
    years, told, _ = by_year(began_in(table), table, everybody)
    repeats = by_year(began_in(table), table, again)[1]
    for year, n, hits in zip(years, told.tolist(), repeats.tolist(), strict=True):
        if n:
            rows.add(f"{exam}.sittings_academic", academic(year), ALL, n / view.scale, n)
            rows.share(f"{exam}.repeat_share_academic", academic(year), ALL, hits, n)


def pass_rates(rows: Rows, exam: str, table: pd.DataFrame) -> None:
    """Pass rates of one exam, given its sittings; those whose result never came (death, horizon) are left out."""
    calendar = table["year"].to_numpy(np.int64)
    began = began_in(table)
    for group, of in takers(table).items():
        years, told, passed = by_year(calendar, table, of)
        rows.ratios(f"{exam}.pass_rate", group, years, passed, told)
        rows.share(f"{exam}.pass_rate", MEASURED, group, int(passed.sum()), int(told.sum()))
        years, told, passed = by_year(began, table, of)
        for year, n, hits in zip(years, told.tolist(), passed.tolist(), strict=True):
            rows.share(f"{exam}.pass_rate_academic", academic(year), group, hits, n)


def began_in(table: pd.DataFrame) -> Ints:
    """The year in which the academic year of each row began."""
    began: Ints = table["year"].to_numpy(np.int64) - (table["half"].to_numpy(np.int64) == 1)
    return began


def sittings(view: View, rows: Rows, exam: str, table: pd.DataFrame) -> None:
    """Sittings of the measured years, in the whole population."""
    calendar, told = table["year"].to_numpy(np.int64), table["told"].to_numpy(np.float64)
    inside = (calendar >= view.years.start) & (calendar < view.years.stop)
    for group, of in takers(table).items():
        here = of & inside
        count = np.bincount(calendar[here] - view.years.start, told[here], len(view.years))
        rows.add(f"{exam}.sittings", labels(view.years), group, count / view.scale, count)


def ever_passed(view: View, rows: Rows, exam: str, table: pd.DataFrame) -> None:
    """Of those whose first attempt lies in a half-year that ends long enough before the horizon, who ever passed."""
    last = years_before(view.scenario.run.end, FOLLOW_UP_YEARS)
    months = 12 * (table["year"].to_numpy(np.int64) - 1970) + 6 * table["half"].to_numpy(np.int64)
    ends = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    first = table[table["first"].to_numpy(bool) & (ends <= last)]
    citizen = first["citizen"].to_numpy(bool)
    for group, of in ((ALL, citizen | ~citizen), (CITIZEN, citizen), (NONCITIZEN, ~citizen)):
        passed, told = (int(first[word].to_numpy()[of].sum()) for word in ("ever_passed", "told"))
        rows.share(f"{exam}.ever_passed", MEASURED, group, passed, told)


def by_year(year: Ints, table: pd.DataFrame, of: Bools) -> tuple[range, Ints, Ints]:
    """Years, and sittings told and passed in each."""
    first, last = (int(year.min()), int(year.max())) if len(year) else (0, -1)
    told, passed = np.zeros((2, last + 1 - first), np.int64)
    np.add.at(told, year[of] - first, table["told"].to_numpy(np.int64)[of])
    np.add.at(passed, year[of] - first, table["passed"].to_numpy(np.int64)[of])
    return range(first, last + 1), told, passed


def takers(table: pd.DataFrame) -> dict[str, Bools]:
    """Who sat, by attempt and citizenship."""
    first, citizen = table["first"].to_numpy(bool), table["citizen"].to_numpy(bool)
    groups = {ALL: np.ones(len(table), bool), "first": first, "repeat": ~first}
    groups |= {CITIZEN: citizen, NONCITIZEN: ~citizen}
    return groups | {f"first/{CITIZEN}": first & citizen, f"first/{NONCITIZEN}": first & ~citizen}
