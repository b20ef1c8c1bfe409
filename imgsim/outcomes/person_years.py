"""What lives are spent on: person-years by livelihood, and years of practice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from imgsim.base.dates.day_numbers import DAYS_A_YEAR
from imgsim.inputs.traits import LIVELIHOODS
from imgsim.outcomes.counts import Bools, Floats, Ints, inside
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
from imgsim.outcomes.outcome_rows import Rows, labels, ratio, where
from imgsim.outcomes.people_arrays import View, codes_in

LATER: Final = ("in_training", PRACTICE)
Held = Mapping[str, Floats]


def livelihoods(view: View, rows: Rows) -> None:
    """Person-years per entrant by livelihood, from entry to practice, end or horizon, for entrants followed long."""
    states = [state for state in LIVELIHOODS if f"years_{state}" in view.people]
    held = {state: view.people[f"years_{state}"].to_numpy(np.float64) for state in states}
    if view.knows("certified"):
        by_cohort(view, rows, held)
        of_certified(view, rows, held)
    n, totals = spent_by(view, view.measured(view.day("entry"), FOLLOW_UP_YEARS), held)
    for group, cells in view.groups.items():
        heads, total = inside(n, cells), {state: inside(years, cells) for state, years in totals.items()}
        per_entrant(rows, group, total, heads)
        shares(rows, group, {state: total[state] for state in total if state not in LATER}, heads)


def spent_by(view: View, of: Bools, held: Held) -> tuple[Ints, Held]:
    """How many `of` are, and the years they spent in each livelihood, by replication and cell."""
    heads, totals = view.pooled(of, list(held.values()))
    return heads, dict(zip(held, totals, strict=True))


def per_entrant(rows: Rows, group: str, total: Held, n: Ints) -> None:
    """Mean years of n entrants in each livelihood."""
    for state, years in total.items():
        rows.add(f"person_years_{state}", MEASURED, group, ratio(years, n), n)
    if SURVIVAL in total:
        rows.add("survival_years_per_100", MEASURED, group, ratio(100 * total[SURVIVAL], n), n)


def shares(rows: Rows, group: str, total: Held, n: Ints) -> None:
    """How the person-years before and beside training divide over livelihoods."""
    years = np.sum([np.zeros(len(n)), *total.values()], axis=0)
    for state, spent in total.items():
        rows.add("livelihood_share", MEASURED, state if group == ALL else f"{state}/{group}", ratio(spent, years), n)


def by_cohort(view: View, rows: Rows, held: Held) -> None:
    """Person-years per entrant by year of entry, and their total over the whole population.

    The horizon cuts short the years of late entrants, so cohorts compare only as far as both are followed.
    """
    came, year, label = view.measured(view.day("entry")), view.year("entry"), labels(view.touched)
    heads = view.tally(view.touched, year, came)
    for state, years in zip(held, view.sums(view.touched, year, came, list(held.values())), strict=True):
        for group, cells in view.people_groups.items():
            n, total = heads.inside(cells)[1], inside(years, cells)
            rows.add(f"person_years_{state}", label, group, ratio(total, n), n)
            rows.add(f"total_person_years_{state}", label, group, where(n > 0, total / view.scale), n)


def of_certified(view: View, rows: Rows, held: Held) -> None:
    """Person-years by livelihood per graduate who is certified in the measured window."""
    n, totals = spent_by(view, view.measured(view.day("certified"), FOLLOW_UP_YEARS), held)
    for group, cells in view.people_groups.items():
        heads = inside(n, cells)
        for state, years in totals.items():
            rows.add(f"person_years_certified_{state}", MEASURED, group, ratio(inside(years, cells), heads), heads)


def employment(view: View, rows: Rows) -> None:
    """Of the time of graduates neither in practice abroad nor in training or practice: employed; of that, in health.

    By calendar year; denominators are simulated person-years. Who has not graduated yet is a student, not out of work.
    Beside them those in practice, whenever they entered: heads on an average day, by year and over all measured years.
    """
    imposed = {stage.livelihood for stage in view.scenario.pathway.stages.values() if stage.kind == "work"}
    held = lived(view)
    whole = np.sum([years for state, years in held.items() if state not in (ABROAD, *imposed)], axis=0)
    employed = np.sum([held[state] for state in EMPLOYED], axis=0)
    label = labels(view.years)
    rows.share("employed_share", label, ALL, where(employed != 0, employed), whole)
    rows.share("health_share_of_employed", label, ALL, held[HEALTH_WORK], employed)
    practising = held[PRACTICE]
    rows.add("practising", label, ALL, practising / view.scale, practising)
    average = practising.mean(axis=1)
    rows.add("practising", MEASURED, ALL, where(average > 0, average / view.scale), average)


def lived(view: View) -> Held:
    """Person-years of all graduates by livelihood, each of shape (replications, measured years)."""
    table, years = view.tables["livelihood_years"], len(view.years)
    state, year = codes_in(table["state"], LIVELIHOODS), table["year"].to_numpy(np.int64) - view.years.start
    of = (state >= 0) & (year >= 0) & (year < years)
    place, replicas = state[of] * years + year[of], view.replicas_in(table).of(of)
    days = replicas.by(len(LIVELIHOODS) * years, place, table["days"].to_numpy()[of])
    spent = np.ascontiguousarray(np.swapaxes(days.reshape(-1, len(LIVELIHOODS), years), 0, 1)) / DAYS_A_YEAR
    return dict(zip(LIVELIHOODS, spent, strict=True))


def practice(view: View, rows: Rows) -> None:
    """Physician-years of practice up to the horizon, by year of entry and pooled, in the whole population."""
    if f"years_{PRACTICE}" not in view.people:
        return
    spent, bins = view.people[f"years_{PRACTICE}"].to_numpy(np.float64), range(view.touched.start, view.years.stop)
    of = view.measured(view.day("entry")) & (view.year("entry") < bins.stop)
    heads, (totals,) = view.tally(bins, view.year("entry"), of), view.sums(bins, view.year("entry"), of, [spent])
    for group, cells in view.groups.items():
        n, total = heads.inside(cells)[1], inside(totals, cells)
        begun, over = np.cumsum(n, axis=1) > 0, np.cumsum(n, axis=1) - n == n.sum(axis=1)[:, None]
        rows.add("physician_years", labels(bins), group, where(begun & ~over, total / view.scale), n)
        pooled = n.sum(axis=1)
        rows.add("physician_years", MEASURED, group, where(pooled > 0, total.sum(axis=1) / view.scale), pooled)
