"""Exams: the share of a year's sittings that were passes, and the share of first sitters who ever passed."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from imgsim.base.arrays import Bools, Ints
from imgsim.outcomes.catalogue import measure
from imgsim.outcomes.counts import Replicas
from imgsim.outcomes.definitions import FOLLOW_UP_YEARS, MEASURED
from imgsim.outcomes.outcome_rows import Rows, academic, labels, where
from imgsim.outcomes.people_arrays import View, codes_in, years_before
from imgsim.outcomes.strata import BY_PEOPLE, CITIZENS, CITIZENSHIP, EVERYBODY, OTHERS, Stratum

ATTEMPT = "attempt"  # the first one or a later one
FIRST, REPEAT = Stratum(ATTEMPT, "first"), Stratum(ATTEMPT, "repeat")
BY = (*BY_PEOPLE, ATTEMPT, f"{ATTEMPT}/{CITIZENSHIP}")


class Sittings(NamedTuple):
    """The sittings of one exam, a row a replication, half-year and kind of sitter; arrays of shape (rows,)."""

    replicas: Replicas
    year: Ints
    half: Ints
    results: Ints  # sittings with a result
    passed: Ints
    ever_passed: Ints
    first: Bools
    citizen: Bools

    def of(self, chosen: Bools) -> Sittings:
        """Some of the rows of sittings."""
        replicas, *columns = self
        rows: Any = [column[chosen] for column in columns]
        return Sittings(replicas.of(chosen), *rows)

    @property
    def began(self) -> Ints:
        """The year in which the academic year of each row began."""
        began: Ints = self.year - (self.half == 1)
        return began


@measure(
    name="<exam>.pass_rate", label="Pass rate: {}", unit="share",
    definition="Share of the sittings of a calendar year, or of the measured window, that were passed; sittings whose "
    "result does not come before death or the horizon are left out.",
    denominator="sittings of simulated persons with a result", by=BY,
)  # fmt: skip
@measure(
    name="<exam>.pass_rate_academic", label="Pass rate by academic year: {}", unit="share",
    definition="Share of the sittings from 1 July of a year to 30 June of the next that were passed; sittings whose "
    "result does not come before death or the horizon are left out.",
    denominator="sittings of simulated persons with a result", by=BY,
)  # fmt: skip
@measure(
    name="<exam>.sittings", label="Sittings a year: {}", unit="sittings",
    definition="Sittings with a result in the calendar year, at full size.",
    denominator="sittings of simulated persons counted", by=BY, statistics=("count",),
)  # fmt: skip
@measure(
    name="<exam>.sittings_academic", label="Sittings an academic year: {}", unit="sittings",
    definition="Sittings with a result from 1 July of a year to 30 June of the next, at full size.",
    denominator="sittings of simulated persons counted", statistics=("count",),
)  # fmt: skip
@measure(
    name="<exam>.repeat_share_academic", label="Repeaters among sittings: {}", unit="share",
    definition="Share of the sittings from 1 July of a year to 30 June of the next that were no first attempts.",
    denominator="sittings of simulated persons with a result",
)  # fmt: skip
@measure(
    name="<exam>.ever_passed", label="Ever passed: {}", unit="share",
    definition="Share of those who sit for the first time in the measured window, in a half-year that ends at least "
    f"{FOLLOW_UP_YEARS} years before the horizon, that passes at this or a later attempt by the horizon.",
    denominator="simulated persons who sit for the first time", by=BY_PEOPLE,
)  # fmt: skip
def exams(view: View, rows: Rows) -> None:
    """Sittings and pass rates of every exam of the pathway by calendar and academic year of the sitting."""
    table = view.tables["exams"]
    names = [stage.name for stage in view.scenario.pathway.stages.values() if stage.kind == "exam"]
    number, measured = codes_in(table["exam"], names), table["measured"].to_numpy(bool)
    everything = sittings_of(table, view.replicas_in(table))
    for code, name in enumerate(names):
        sat = everything.of(measured & (number == code))
        pass_rates(rows, name, sat)
        sittings(view, rows, name, sat)
        by_academic_year(view, rows, name, sat)
        ever_passed(view, rows, name, sat)


def sittings_of(table: pd.DataFrame, replicas: Replicas) -> Sittings:
    """The table of sittings as arrays, which are faster to add up than columns of a frame."""
    counts = (table[name].to_numpy(np.int64) for name in ("year", "half", "told", "passed", "ever_passed"))
    return Sittings(replicas, *counts, *(table[name].to_numpy(bool) for name in ("first", "citizen")))


def by_academic_year(view: View, rows: Rows, exam: str, sat: Sittings) -> None:
    """Sittings by academic year in the whole population, and the share of them that are no first attempts."""
    years, n, _ = by_year(sat.began, sat, np.ones(len(sat.year), bool))
    repeats = by_year(sat.began, sat, ~sat.first)[1]
    full_size = where(n > 0, n / view.scale)
    rows.add(f"{exam}.sittings_academic", academic(years), EVERYBODY, full_size, n, "count")
    rows.share(f"{exam}.repeat_share_academic", academic(years), EVERYBODY, repeats, n)


def pass_rates(rows: Rows, exam: str, sat: Sittings) -> None:
    """Pass rates of one exam, given its sittings; those whose result never came (death, horizon) are left out."""
    began = sat.began
    for stratum, of in takers(sat).items():
        years, n, passed = by_year(sat.year, sat, of)
        rows.share(f"{exam}.pass_rate", labels(years), stratum, passed, n)
        rows.share(f"{exam}.pass_rate", MEASURED, stratum, passed.sum(axis=1), n.sum(axis=1))
        years, n, passed = by_year(began, sat, of)
        rows.share(f"{exam}.pass_rate_academic", academic(years), stratum, passed, n)


def sittings(view: View, rows: Rows, exam: str, sat: Sittings) -> None:
    """Sittings of the measured years, in the whole population."""
    inside = (sat.year >= view.years.start) & (sat.year < view.years.stop)
    for stratum, of in takers(sat).items():
        here = of & inside
        count = sat.replicas.of(here).by(len(view.years), sat.year[here] - view.years.start, sat.results[here])
        rows.add(f"{exam}.sittings", labels(view.years), stratum, count / view.scale, count, "count")


def ever_passed(view: View, rows: Rows, exam: str, sat: Sittings) -> None:
    """Of those whose first attempt lies in a half-year that ends long enough before the horizon, who ever passed."""
    last = years_before(view.scenario.run.end, FOLLOW_UP_YEARS)
    months = 12 * (sat.year - 1970) + 6 * sat.half
    ends = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    first = sat.of(sat.first & (ends <= last))
    citizen = first.citizen
    for stratum, of in ((EVERYBODY, citizen | ~citizen), (CITIZENS, citizen), (OTHERS, ~citizen)):
        ever, n = (first.replicas.total(of, persons) for persons in (first.ever_passed, first.results))
        rows.share(f"{exam}.ever_passed", MEASURED, stratum, ever, n)


def by_year(year: Ints, sat: Sittings, of: Bools) -> tuple[range, Ints, Ints]:
    """Years, and the sittings with a result and the passes of each, of shape (replications, years)."""
    first, last = (int(year.min()), int(year.max())) if len(year) else (0, -1)
    years, column, replicas = range(first, last + 1), year[of] - first, sat.replicas.of(of)
    n, passed = (replicas.by(len(years), column, count[of]).astype(np.int64) for count in (sat.results, sat.passed))
    return years, n, passed


def takers(sat: Sittings) -> dict[Stratum, Bools]:
    """Who sat, by attempt and citizenship."""
    first, citizen = sat.first, sat.citizen
    groups = {EVERYBODY: np.ones(len(first), bool), FIRST: first, REPEAT: ~first}
    groups |= {CITIZENS: citizen, OTHERS: ~citizen}
    return groups | {FIRST.within(CITIZENS): first & citizen, FIRST.within(OTHERS): first & ~citizen}
