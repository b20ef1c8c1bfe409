"""What lives are spent on: person-years by livelihood, and years of practice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from imgsim.dates import DAYS_A_YEAR
from imgsim.outcomes.counting import Bools, Floats, sums
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
from imgsim.outcomes.rows import Rows, labels
from imgsim.outcomes.view import View, codes_in
from imgsim.traits import LIVELIHOODS

LATER: Final = ("in_training", PRACTICE)
Held = Mapping[str, Floats]


def livelihoods(view: View, rows: Rows) -> None:
    """Person-years per entrant by livelihood, from entry to practice, end or horizon, for entrants followed long."""
    states = [state for state in LIVELIHOODS if f"years_{state}" in view.people]
    held = {state: view.people[f"years_{state}"].to_numpy(np.float64) for state in states}
    if view.knows("certified"):
        by_cohort(view, rows, held)
        of_certified(view, rows, held)
    chosen = np.flatnonzero(view.measured(view.day("entry"), FOLLOW_UP_YEARS))
    held, cell = {state: spent[chosen] for state, spent in held.items()}, view.cell[chosen]
    for group, cells in view.groups.items():
        mine = np.flatnonzero(cells[cell])
        if len(mine):
            total = {state: float(spent[mine].sum()) for state, spent in held.items()}
            per_entrant(rows, group, total, len(mine))
            shares(rows, group, {state: total[state] for state in total if state not in LATER}, len(mine))


def per_entrant(rows: Rows, group: str, total: Mapping[str, float], n: int) -> None:
    """Mean years of n entrants in each livelihood."""
    for state, years in total.items():
        rows.add(f"person_years_{state}", MEASURED, group, years / n, n)
    if SURVIVAL in total:
        rows.add("survival_years_per_100", MEASURED, group, 100 * total[SURVIVAL] / n, n)


def shares(rows: Rows, group: str, total: Mapping[str, float], n: int) -> None:
    """How the person-years before and beside training divide over livelihoods."""
    if (years := sum(total.values())) > 0:
        for state, spent in total.items():
            held = state if group == "all" else f"{state}/{group}"
            rows.add("livelihood_share", MEASURED, held, spent / years, n)


def by_cohort(view: View, rows: Rows, held: Held) -> None:
    """Person-years per entrant by year of entry, and their total over the whole population.

    The horizon cuts short the years of late entrants, so cohorts compare only as far as both are followed.
    """
    came, groups = view.measured(view.day("entry")), view.people_groups
    heads = view.tally(view.touched, view.year("entry"), came)
    for state, spent in held.items():
        for total, (group, cells) in zip(by_year(view, came, spent, groups), groups.items(), strict=True):
            n = heads.inside(cells)[1]
            some, years = n > 0, labels(np.array(view.touched)[n > 0])
            rows.add(f"person_years_{state}", years, group, total[some] / n[some], n[some])
            rows.add(f"total_person_years_{state}", years, group, total[some] / view.scale, n[some])


def by_year(view: View, of: Bools, spent: Floats, groups: Mapping[str, Bools]) -> Floats:
    """Years spent by those in `of`, by group and year of entry."""
    total = np.zeros((len(groups), len(view.touched)))
    sums(view.touched.start, view.year("entry"), view.cell, of, spent, np.array(list(groups.values())), total)
    return total


def of_certified(view: View, rows: Rows, held: Held) -> None:
    """Person-years by livelihood per graduate who is certified in the measured window."""
    chosen = np.flatnonzero(view.measured(view.day("certified"), FOLLOW_UP_YEARS))
    cell = view.cell[chosen]
    for group, cells in view.people_groups.items():
        mine = chosen[cells[cell]]
        for state, spent in held.items() if len(mine) else ():
            rows.add(f"person_years_certified_{state}", MEASURED, group, spent[mine].mean(), len(mine))


def employment(view: View, rows: Rows) -> None:
    """Of the time of graduates neither in practice abroad nor in training or practice: employed; of that, in health.

    By calendar year; denominators are simulated person-years. Who has not graduated yet is a student, not out of work.
    Beside them those in practice, whenever they entered: heads on an average day, by year and over all measured years.
    """
    imposed = {stage.livelihood for stage in view.scenario.pathway.stages.values() if stage.kind == "work"}
    held = lived(view)
    whole = np.sum([years for state, years in held.items() if state not in (ABROAD, *imposed)], axis=0)
    employed = np.sum([held[state] for state in EMPLOYED], axis=0)
    some = np.flatnonzero(employed)
    label, whole, employed = labels((view.years.start + some).tolist()), whole[some], employed[some]
    rows.add("employed_share", label, ALL, employed / whole, whole)
    rows.add("health_share_of_employed", label, ALL, held[HEALTH_WORK][some] / employed, employed)
    practising = held[PRACTICE]
    rows.add("practising", labels(view.years), ALL, practising / view.scale, practising)
    if practising.any():
        rows.add("practising", MEASURED, ALL, practising.mean() / view.scale, practising.mean())


def lived(view: View) -> Held:
    """Person-years of all graduates by livelihood, each of shape (measured years,)."""
    table, years = view.tables["livelihood_years"], len(view.years)
    state, year = codes_in(table["state"], LIVELIHOODS), table["year"].to_numpy(np.int64) - view.years.start
    of = (state >= 0) & (year >= 0) & (year < years)
    days = np.bincount(state[of] * years + year[of], table["days"].to_numpy()[of], len(LIVELIHOODS) * years)
    return dict(zip(LIVELIHOODS, days.reshape(-1, years) / DAYS_A_YEAR, strict=True))


def practice(view: View, rows: Rows) -> None:
    """Physician-years of practice up to the horizon, by year of entry and pooled, in the whole population."""
    if f"years_{PRACTICE}" not in view.people:
        return
    spent, bins = view.people[f"years_{PRACTICE}"].to_numpy(np.float64), range(view.touched.start, view.years.stop)
    of = view.measured(view.day("entry")) & (view.year("entry") < bins.stop)
    heads, totals = view.tally(bins, view.year("entry"), of), by_year(view, of, spent, view.groups)
    for (group, cells), total in zip(view.groups.items(), totals, strict=True):
        n = heads.inside(cells)[1]
        if n.any():
            some = slice(np.flatnonzero(n)[0], np.flatnonzero(n)[-1] + 1)
            years, n, total = labels(bins[some]), n[some], total[: len(bins)][some]
            rows.add("physician_years", years, group, total / view.scale, n)
            rows.add("physician_years", MEASURED, group, total.sum() / view.scale, n.sum())
