"""Exams: the share of a year's sittings that were passes, and the share of first sitters who ever passed."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from imgsim.outcomes.counts import Bools, Ints, Replicas
from imgsim.outcomes.definitions import ALL, CITIZEN, FOLLOW_UP_YEARS, MEASURED, NONCITIZEN
from imgsim.outcomes.outcome_rows import Rows, academic, labels, where
from imgsim.outcomes.people_arrays import View, codes_in, years_before


class Sittings(NamedTuple):
    """The sittings of one exam, a row a replication, half-year and kind of sitter; arrays of shape (rows,)."""

    replicas: Replicas
    year: Ints
    half: Ints
    told: Ints
    passed: Ints
    ever_passed: Ints
    first: Bools
    citizen: Bools

    def of(self, chosen: Bools) -> Sittings:
        """Some of the rows."""
        replicas, *columns = self
        held: Any = [column[chosen] for column in columns]
        return Sittings(replicas.of(chosen), *held)

    @property
    def began(self) -> Ints:
        """The year in which the academic year of each row began."""
        began: Ints = self.year - (self.half == 1)
        return began


def exams(view: View, rows: Rows) -> None:
    """Pass rates of every exam of the road by calendar and academic year of the sitting."""
    table = view.tables["exams"]
    names = [stage.name for stage in view.scenario.pathway.stages.values() if stage.kind == "exam"]
    number, measured = codes_in(table["exam"], names), table["measured"].to_numpy(bool)
    everything = sittings_of(table, view.replicas_in(table))
    for place, name in enumerate(names):
        held = everything.of(measured & (number == place))
        pass_rates(rows, name, held)
        sittings(view, rows, name, held)
        by_academic_year(view, rows, name, held)
        ever_passed(view, rows, name, held)


def sittings_of(table: pd.DataFrame, replicas: Replicas) -> Sittings:
    """The columns of the table as arrays: pandas takes longer to hand over a column than to add it up."""
    counts = (table[name].to_numpy(np.int64) for name in ("year", "half", "told", "passed", "ever_passed"))
    return Sittings(replicas, *counts, *(table[name].to_numpy(bool) for name in ("first", "citizen")))


def by_academic_year(view: View, rows: Rows, exam: str, held: Sittings) -> None:
    """Sittings by academic year in the whole population, and the share of them that are no first attempts."""
    years, told, _ = by_year(held.began, held, np.ones(len(held.year), bool))
    repeats = by_year(held.began, held, ~held.first)[1]
    rows.add(f"{exam}.sittings_academic", academic(years), ALL, where(told > 0, told / view.scale), told)
    rows.share(f"{exam}.repeat_share_academic", academic(years), ALL, repeats, told)


def pass_rates(rows: Rows, exam: str, held: Sittings) -> None:
    """Pass rates of one exam, given its sittings; those whose result never came (death, horizon) are left out."""
    began = held.began
    for group, of in takers(held).items():
        years, told, passed = by_year(held.year, held, of)
        rows.share(f"{exam}.pass_rate", labels(years), group, passed, told)
        rows.share(f"{exam}.pass_rate", MEASURED, group, passed.sum(axis=1), told.sum(axis=1))
        years, told, passed = by_year(began, held, of)
        rows.share(f"{exam}.pass_rate_academic", academic(years), group, passed, told)


def sittings(view: View, rows: Rows, exam: str, held: Sittings) -> None:
    """Sittings of the measured years, in the whole population."""
    inside = (held.year >= view.years.start) & (held.year < view.years.stop)
    for group, of in takers(held).items():
        here = of & inside
        count = held.replicas.of(here).by(len(view.years), held.year[here] - view.years.start, held.told[here])
        rows.add(f"{exam}.sittings", labels(view.years), group, count / view.scale, count)


def ever_passed(view: View, rows: Rows, exam: str, held: Sittings) -> None:
    """Of those whose first attempt lies in a half-year that ends long enough before the horizon, who ever passed."""
    last = years_before(view.scenario.run.end, FOLLOW_UP_YEARS)
    months = 12 * (held.year - 1970) + 6 * held.half
    ends = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    first = held.of(held.first & (ends <= last))
    citizen = first.citizen
    for group, of in ((ALL, citizen | ~citizen), (CITIZEN, citizen), (NONCITIZEN, ~citizen)):
        ever, told = (first.replicas.total(of, heads) for heads in (first.ever_passed, first.told))
        rows.share(f"{exam}.ever_passed", MEASURED, group, ever, told)


def by_year(year: Ints, held: Sittings, of: Bools) -> tuple[range, Ints, Ints]:
    """Years, and sittings told and passed in each, of shape (replications, years)."""
    first, last = (int(year.min()), int(year.max())) if len(year) else (0, -1)
    years, place, replicas = range(first, last + 1), year[of] - first, held.replicas.of(of)
    told, passed = (replicas.by(len(years), place, n[of]).astype(np.int64) for n in (held.told, held.passed))
    return years, told, passed


def takers(held: Sittings) -> dict[str, Bools]:
    """Who sat, by attempt and citizenship."""
    first, citizen = held.first, held.citizen
    groups = {ALL: np.ones(len(first), bool), "first": first, "repeat": ~first}
    groups |= {CITIZEN: citizen, NONCITIZEN: ~citizen}
    return groups | {f"first/{CITIZEN}": first & citizen, f"first/{NONCITIZEN}": first & ~citizen}
