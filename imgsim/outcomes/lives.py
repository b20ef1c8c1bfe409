"""What lives are spent on: person-years by livelihood, and years of practice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from imgsim.outcomes.definitions import (
    ABROAD,
    ALL,
    EMPLOYED,
    FOLLOW_UP_YEARS,
    HEALTH_WORK,
    MEASURED,
    PRACTICE,
    SURVIVAL,
)
from imgsim.outcomes.rows import Floats, Rows, by_year, labels
from imgsim.outcomes.view import View, day, days, year_of
from imgsim.traits import LIVELIHOODS


def livelihoods(view: View, rows: Rows) -> None:
    """Person-years per entrant by livelihood, from entry to practice, end or horizon, for entrants followed long."""
    states = [state for state in LIVELIHOODS if f"years_{state}" in view.people]
    held = {state: view.people[f"years_{state}"].to_numpy(np.float64) for state in states}
    imposed = {stage.livelihood for stage in view.scenario.pathway.stages.values()}
    before = [state for state in states if state not in imposed]
    if view.knows("certified"):
        by_cohort(view, rows, held)
    of = view.measured(view.day("entry"), FOLLOW_UP_YEARS)
    for group, inside in view.groups.items():
        chosen = of & inside
        if not (n := int(np.count_nonzero(chosen))):
            continue
        total = {state: held[state][chosen].sum() for state in states}
        for state in states:
            rows.add(f"person_years_{state}", MEASURED, group, total[state] / n, n)
        if SURVIVAL in total:
            rows.add("survival_years_per_100", MEASURED, group, 100 * total[SURVIVAL] / n, n)
        shares(rows, group, {state: total[state] for state in before}, n)


def by_cohort(view: View, rows: Rows, held: Mapping[str, Floats]) -> None:
    """Person-years per entrant by year of entry, their total over the whole population, and years per certified.

    The horizon cuts short the years of late entrants, so cohorts compare only as far as both are followed.
    """
    entry, certified = year_of(view.day("entry")), view.measured(view.day("certified"), FOLLOW_UP_YEARS)
    for group, inside in view.people_groups.items():
        came = view.measured(view.day("entry")) & inside
        years, n = by_year(entry[came])
        some, of = n > 0, certified & inside
        for state, spent in held.items():
            total = np.bincount(entry[came] - years[0], weights=spent[came]) if len(years) else np.zeros(0)
            rows.add(f"person_years_{state}", labels(years[some]), group, total[some] / n[some], n[some])
            rows.add(f"total_person_years_{state}", labels(years[some]), group, total[some] / view.scale, n[some])
            if of.any():
                rows.add(f"person_years_certified_{state}", MEASURED, group, spent[of].mean(), np.count_nonzero(of))


def shares(rows: Rows, group: str, total: dict[str, float], n: int) -> None:
    """How the person-years before and beside training divide over livelihoods."""
    if (years := sum(total.values())) > 0:
        for state, spent in total.items():
            held = state if group == "all" else f"{state}/{group}"
            rows.add("livelihood_share", MEASURED, held, spent / years, n)


def employment(view: View, rows: Rows) -> None:
    """Of the time of graduates neither in practice abroad nor in training or practice: employed; of that, in health.

    By calendar year, in shares of person-time; denominators are the persons with any such time in the year. Who has
    not graduated yet is a student, not out of work.
    """
    imposed = {stage.livelihood for stage in view.scenario.pathway.stages.values() if stage.kind == "work"}
    table = view.tables["livelihood"]
    held = table["state"].astype("category").cat
    names = [str(name) for name in held.categories]
    kept = np.isin(held.codes, codes_of(names, [ABROAD, *imposed]), invert=True)
    table, code = table[kept], held.codes.to_numpy()[kept]
    person = view.row_of(table["person"])
    begin, end = np.maximum(days(table["start"]), view.day("graduation")[person]), days(table["end"])
    work, health = np.isin(code, codes_of(names, EMPLOYED)), np.isin(code, codes_of(names, [HEALTH_WORK]))
    for year in view.years:
        new_year, next_year = (day(f"{y}-01-01") for y in (year, year + 1))
        spent = np.clip(np.minimum(end, next_year) - np.maximum(begin, new_year), 0, None).astype(np.float64)
        total, employed = spent.sum(), spent[work].sum()
        heads = len(np.unique(person[spent > 0]))
        if employed > 0:
            rows.add("employed_share", str(year), ALL, employed / total, heads)
            rows.add("health_share_of_employed", str(year), ALL, spent[health].sum() / employed, heads)


def codes_of(names: Sequence[str], wanted: Iterable[str | None]) -> list[int]:
    """The codes of some names, those unknown left out."""
    return [names.index(name) for name in wanted if name in names]


def practice(view: View, rows: Rows) -> None:
    """Physician-years of practice up to the horizon, by year of entry and pooled, in the whole population."""
    if f"years_{PRACTICE}" not in view.people:
        return
    entry = view.day("entry")
    year, spent = year_of(entry), view.people[f"years_{PRACTICE}"].to_numpy(np.float64)
    for group, inside in view.groups.items():
        of = view.measured(entry) & inside & (year < view.years.stop)
        if of.any():
            first = int(year[of].min())
            n = np.bincount(year[of] - first)
            total = np.bincount(year[of] - first, weights=spent[of])
            rows.add("physician_years", labels(range(first, first + len(n))), group, total / view.scale, n)
            rows.add("physician_years", MEASURED, group, total.sum() / view.scale, n.sum())
