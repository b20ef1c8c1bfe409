"""Person-years by livelihood, employment, and years of practice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.base.dates.day_numbers import DAYS_A_YEAR
from imgsim.inputs.traits import LIVELIHOODS
from imgsim.outcomes.catalogue import measure
from imgsim.outcomes.counts import inside
from imgsim.outcomes.definitions import (
    ABROAD,
    EMPLOYED,
    FOLLOW_UP_YEARS,
    HEALTH_WORK,
    MEASURED,
    PRACTICE,
    SURVIVAL,
)
from imgsim.outcomes.outcome_rows import Rows, labels, ratio, where
from imgsim.outcomes.people_arrays import View, codes_in
from imgsim.outcomes.strata import BY_TRAITS, CITIZENSHIP, EVERYBODY, LIVELIHOOD, Stratum

BY: Final = (LIVELIHOOD, f"{LIVELIHOOD}/{CITIZENSHIP}")
BY_TRAIT: Final = (LIVELIHOOD, *(f"{LIVELIHOOD}/{by}" for by in BY_TRAITS[1:]))

LATER: Final = ("in_training", PRACTICE)
Spent = Mapping[str, Floats]  # years by livelihood


@measure(
    name="person_years", label="Time per entrant, by livelihood", unit="years",
    definition="Mean years spent in a livelihood from entry to the end of the career or the horizon, by calendar year "
    f"of entry, and over entrants of the measured window followed for at least {FOLLOW_UP_YEARS} years.",
    denominator="simulated entrants", by=BY_TRAIT, statistics=("mean",),
)  # fmt: skip
@measure(
    name="total_person_years", label="Time of all entrants of a year, by livelihood", unit="person-years",
    definition="Total years that the entrants of a calendar year spend in a livelihood up to the end of the career or "
    "the horizon, at full size.",
    denominator="simulated entrants", by=BY, statistics=("total",), needs=("certified",),
)  # fmt: skip
@measure(
    name="person_years_certified", label="Time per certified graduate, by livelihood", unit="years",
    definition="Mean years spent in a livelihood from entry to the end of the career or the horizon, of those "
    f"certified in the measured window and at least {FOLLOW_UP_YEARS} years before the horizon.",
    denominator="simulated persons certified", by=BY, statistics=("mean",), needs=("certified",),
)  # fmt: skip
@measure(
    name="survival_years_per_100", label="Person-years in survival jobs per 100 entrants",
    unit="years per 100 entrants",
    definition="Years in work below qualification from entry to the end of the career or the horizon per 100 entrants "
    f"of the measured window followed for at least {FOLLOW_UP_YEARS} years.",
    denominator="simulated entrants", by=BY_TRAITS, statistics=("rate",),
)  # fmt: skip
@measure(
    name="livelihood_share", label="How the years outside training and practice divide", unit="share",
    definition="Share of a livelihood in the years outside training and practice, of entrants of the measured window "
    f"followed for at least {FOLLOW_UP_YEARS} years.",
    denominator="simulated entrants", by=BY_TRAIT,
)  # fmt: skip
def livelihoods(view: View, rows: Rows) -> None:
    """Person-years per entrant by livelihood, from entry to practice, end or horizon, for entrants followed long."""
    states = [state for state in LIVELIHOODS if f"years_{state}" in view.people]
    spent = {state: view.people[f"years_{state}"].to_numpy(np.float64) for state in states}
    if view.knows("certified"):
        by_cohort(view, rows, spent)
        of_certified(view, rows, spent)
    n, totals = spent_by(view, view.measured(view.day("entry"), FOLLOW_UP_YEARS), spent)
    for stratum, cells in view.groups.items():
        persons, total = inside(n, cells), {state: inside(years, cells) for state, years in totals.items()}
        per_entrant(rows, stratum, total, persons)
        shares(rows, stratum, {state: total[state] for state in total if state not in LATER}, persons)


def living(state: str) -> Stratum:
    """The stratum of a livelihood."""
    return Stratum(LIVELIHOOD, state)


def spent_by(view: View, of: Bools, spent: Spent) -> tuple[Ints, Spent]:
    """The number of persons in `of`, and their years in each livelihood, by replication and cell."""
    persons, totals = view.pooled(of, list(spent.values()))
    return persons, dict(zip(spent, totals, strict=True))


def per_entrant(rows: Rows, stratum: Stratum, total: Spent, n: Ints) -> None:
    """Mean years of n entrants in each livelihood."""
    for state, years in total.items():
        rows.add("person_years", MEASURED, living(state).within(stratum), ratio(years, n), n, "mean")
    if SURVIVAL in total:
        rows.add("survival_years_per_100", MEASURED, stratum, ratio(100 * total[SURVIVAL], n), n, "rate")


def shares(rows: Rows, stratum: Stratum, total: Spent, n: Ints) -> None:
    """How the person-years outside training and practice divide over livelihoods."""
    years = np.sum([np.zeros(len(n)), *total.values()], axis=0)
    for state, spent in total.items():
        rows.add("livelihood_share", MEASURED, living(state).within(stratum), ratio(spent, years), n, "share")


def by_cohort(view: View, rows: Rows, spent: Spent) -> None:
    """Person-years per entrant by year of entry, and their total over the whole population.

    The horizon cuts short the years of late entrants, so cohorts compare only as far as both are followed.
    """
    came, year, label = view.measured(view.day("entry")), view.year("entry"), labels(view.touched)
    persons = view.tally(view.touched, year, came)
    for state, years in zip(spent, view.sums(view.touched, year, came, list(spent.values())), strict=True):
        for whose, cells in view.people_groups.items():
            n, total, stratum = persons.inside(cells)[1], inside(years, cells), living(state).within(whose)
            rows.add("person_years", label, stratum, ratio(total, n), n, "mean")
            rows.add("total_person_years", label, stratum, where(n > 0, total / view.scale), n, "total")


def of_certified(view: View, rows: Rows, spent: Spent) -> None:
    """Person-years by livelihood per graduate who is certified in the measured window."""
    n, totals = spent_by(view, view.measured(view.day("certified"), FOLLOW_UP_YEARS), spent)
    for whose, cells in view.people_groups.items():
        persons = inside(n, cells)
        for state, years in totals.items():
            stratum, value = living(state).within(whose), ratio(inside(years, cells), persons)
            rows.add("person_years_certified", MEASURED, stratum, value, persons, "mean")


@measure(
    name="employed_share", label="Employed, of those outside training and practice", unit="share",
    definition="Share of paid work that needs no licence in the time that graduates spend in the calendar year "
    "neither in practice abroad nor in training or practice.",
    denominator="simulated person-years",
)  # fmt: skip
@measure(
    name="health_share_of_employed", label="In health work, of the employed", unit="share",
    definition="Share of health work that needs no licence in the time of the calendar year spent in paid work that "
    "needs no licence.",
    denominator="simulated person-years",
)  # fmt: skip
@measure(
    name="practising", label="In practice on an average day", unit="persons",
    definition="Person-years of practice in the calendar year, whenever the physicians entered, at full size: persons "
    "on an average day; pooled, the mean of all measured years.",
    denominator="simulated person-years", statistics=("count",),
)  # fmt: skip
def employment(view: View, rows: Rows) -> None:
    """Shares of time in paid work outside training and practice, and persons in practice on an average day.

    By calendar year; denominators are simulated person-years. Who has not graduated yet is a student, not out of work.
    Persons in practice count whenever they entered, by year and over all measured years.
    """
    imposed = {stage.livelihood for stage in view.scenario.pathway.stages.values() if stage.kind == "work"}
    spent = lived(view)
    total = np.sum([years for state, years in spent.items() if state not in (ABROAD, *imposed)], axis=0)
    employed = np.sum([spent[state] for state in EMPLOYED], axis=0)
    label = labels(view.years)
    rows.share("employed_share", label, EVERYBODY, where(employed != 0, employed), total)
    rows.share("health_share_of_employed", label, EVERYBODY, spent[HEALTH_WORK], employed)
    practising = spent[PRACTICE]
    rows.add("practising", label, EVERYBODY, practising / view.scale, practising, "count")
    average = ratio(practising.sum(axis=1), np.full(len(practising), len(view.years)))
    rows.add("practising", MEASURED, EVERYBODY, where(average > 0, average / view.scale), average, "count")


def lived(view: View) -> Spent:
    """Person-years of all graduates by livelihood, each of shape (replications, measured years)."""
    table, years = view.tables["livelihood_years"], len(view.years)
    state, year = codes_in(table["state"], LIVELIHOODS), table["year"].to_numpy(np.int64) - view.years.start
    of = (state >= 0) & (year >= 0) & (year < years)
    bins, replicas = state[of] * years + year[of], view.replicas_in(table).of(of)
    days = replicas.by(len(LIVELIHOODS) * years, bins, table["days"].to_numpy()[of])
    spent = np.ascontiguousarray(np.swapaxes(days.reshape(replicas.all, len(LIVELIHOODS), years), 0, 1)) / DAYS_A_YEAR
    return dict(zip(LIVELIHOODS, spent, strict=True))


@measure(
    name="physician_years", label="Physician-years of practice", unit="person-years",
    definition="Total years in practice up to the horizon of those who entered in the calendar year, or in the "
    "measured window, at full size.",
    denominator="simulated entrants", by=BY_TRAITS, statistics=("total",), needs=("practice",),
)  # fmt: skip
def practice(view: View, rows: Rows) -> None:
    """Physician-years of practice up to the horizon, by year of entry and pooled, in the whole population."""
    if f"years_{PRACTICE}" not in view.people:
        return
    spent, bins = view.people[f"years_{PRACTICE}"].to_numpy(np.float64), range(view.touched.start, view.years.stop)
    of = view.measured(view.day("entry")) & (view.year("entry") < bins.stop)
    persons, (totals,) = view.tally(bins, view.year("entry"), of), view.sums(bins, view.year("entry"), of, [spent])
    for stratum, cells in view.groups.items():
        n, total = persons.inside(cells)[1], inside(totals, cells)
        begun, over = np.cumsum(n, axis=1) > 0, np.cumsum(n, axis=1) - n == n.sum(axis=1)[:, None]
        rows.add("physician_years", labels(bins), stratum, where(begun & ~over, total / view.scale), n, "total")
        pooled = n.sum(axis=1)
        value = where(pooled > 0, total.sum(axis=1) / view.scale)
        rows.add("physician_years", MEASURED, stratum, value, pooled, "total")
