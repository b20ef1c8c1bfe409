"""Outcomes by first destination: what becomes of those who set out for each country first, by one definition.

A start is the first day of training, of a licence or of practice, whichever comes first: pathways differ in which
of these they begin with. Everybody counted is followed for the same number of years from entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.base.dates.day_numbers import DAYS_A_YEAR, NEVER
from imgsim.outcomes.catalogue import measure
from imgsim.outcomes.definitions import FOLLOW_UP_YEARS, GRID, INCIDENCE_YEARS, MEASURED, SURVIVAL
from imgsim.outcomes.order_statistics import quantile, runs, sorted_rows
from imgsim.outcomes.outcome_rows import Rows, ratio, where
from imgsim.outcomes.people_arrays import Days, View, years_before
from imgsim.outcomes.strata import Stratum

STARTS: Final = ("training", "licensed", "practice")
DESTINATION: Final = "destination"  # the country for which somebody sets out first
ENTERING: Final = "entering"  # the milestone of setting out for a country of a combined pathway
SET_OUT: Final = "simulated persons who set out for the country first"
STARTED: Final = "of them those who start in time"
STEP_OF_DAY: Final = np.searchsorted(GRID * DAYS_A_YEAR, np.arange(int(INCIDENCE_YEARS * DAYS_A_YEAR) + 2))


@measure(
    name="destination_started", label="Started in any country, by first destination", unit="share",
    definition="Share of those who set out for the country first that has begun training, a licence or practice in "
    f"any country, by years since entry, among entrants followed for {FOLLOW_UP_YEARS} years.",
    denominator=SET_OUT, by=(DESTINATION,),
)  # fmt: skip
@measure(
    name="destination_started_there", label="Started in the country of first destination", unit="share",
    definition="Share of those who set out for the country first that has begun training, a licence or practice in "
    f"it, by years since entry, among entrants followed for {FOLLOW_UP_YEARS} years.",
    denominator=SET_OUT, by=(DESTINATION,),
)  # fmt: skip
@measure(
    name="destination_entrants", label="Entrants a year, by first destination", unit="persons",
    definition="Mean number a year, at full size, of those who set out for the country first, among entrants followed "
    f"for {FOLLOW_UP_YEARS} years.",
    denominator=SET_OUT, by=(DESTINATION,), statistics=("count",),
)  # fmt: skip
@measure(
    name="destination_turned", label="Set out for another country as well", unit="share",
    definition="Share of those who set out for the country first that sets out for another country by the horizon, "
    f"among entrants followed for {FOLLOW_UP_YEARS} years.",
    denominator=SET_OUT, by=(DESTINATION,), needs=("several countries",),
)  # fmt: skip
@measure(
    name="destination_survival_years_per_100", label="Time in survival jobs, by first destination",
    unit="years per 100 entrants",
    definition="Years in work below qualification up to the horizon per 100 of those who set out for the country "
    f"first, among entrants followed for {FOLLOW_UP_YEARS} years.",
    denominator=SET_OUT, by=(DESTINATION,), statistics=("rate",),
)  # fmt: skip
@measure(
    name="destination_time", label="Time from entry to the start, by first destination", unit="years",
    definition=f"Years from entry to the start in any country of those who start within {INCIDENCE_YEARS} years.",
    denominator=STARTED, by=(DESTINATION,), statistics=("median",),
)  # fmt: skip
@measure(
    name="destination_age", label="Age at the start, by first destination", unit="years",
    definition=f"Age at the start in any country of those who start within {INCIDENCE_YEARS} years.",
    denominator=STARTED, by=(DESTINATION,), statistics=("mean",),
)  # fmt: skip
def destinations(view: View, rows: Rows) -> None:
    """For each country those who set out for it first: how many, who starts anywhere and there, when, how old."""
    chosen = view.measured(view.day("entry"), FOLLOW_UP_YEARS)
    anywhere, composed = started(view, STARTS), bool(view.scenario.pathway.parts)
    for country in countries(view):
        first = np.flatnonzero(chosen & set_out(view, country))
        if len(first):
            stratum = Stratum(DESTINATION, country)
            counted(view, rows, country, first)
            n = view.replicas.persons(first)[:, None]
            begun = curve(view, first, anywhere)
            there = curve(view, first, started(view, milestones_in(country))) if composed else begun
            rows.add("destination_started", MEASURED, stratum, ratio(begun, n), n, "share", GRID)
            rows.add("destination_started_there", MEASURED, stratum, ratio(there, n), n, "share", GRID)
            those_who_start(view, rows, stratum, first, anywhere)


def countries(view: View) -> Sequence[str]:
    """The countries of a combined pathway, or the one country of any other."""
    pathway = view.scenario.pathway
    return list(pathway.parts) or [pathway.country]


def set_out(view: View, country: str) -> Bools:
    """Who sets out for a country first: on the day of entry."""
    if not view.scenario.pathway.parts:
        return np.ones(len(view.people), bool)
    mask: Bools = view.day(f"{country}.{ENTERING}") == view.day("entry")
    return mask


def milestones_in(country: str) -> list[str]:
    """The milestones of a start in one country of a combined pathway."""
    return [f"{country}.{name}" for name in STARTS]


def started(view: View, milestones: Sequence[str]) -> Days:
    """The first day of any of some milestones."""
    days = [view.day(name) for name in milestones if view.knows(name)]
    never = np.full(len(view.people), NEVER, np.int32)
    first: Days = np.minimum.reduce([never, *days])
    return first


def counted(view: View, rows: Rows, country: str, first: Ints) -> None:
    """Entrants a year at full size, the share that sets out for another country too, years in survival jobs."""
    years = (years_before(view.scenario.run.end, FOLLOW_UP_YEARS) - view.start) / DAYS_A_YEAR
    n, stratum = view.replicas.persons(first), Stratum(DESTINATION, country)
    rows.add("destination_entrants", MEASURED, stratum, where(n > 0, n / view.scale / years), n, "count")
    if view.scenario.pathway.parts:
        others = [view.day(f"{name}.{ENTERING}")[first] != NEVER for name in countries(view) if name != country]
        rows.share("destination_turned", MEASURED, stratum, view.replicas.persons(first[np.any(others, axis=0)]), n)
    if f"years_{SURVIVAL}" in view.people:
        spent = view.people[f"years_{SURVIVAL}"].to_numpy(np.float64)
        a_head = ratio(100 * view.replicas.total(first, spent), n)
        rows.add("destination_survival_years_per_100", MEASURED, stratum, a_head, n, "rate")


def curve(view: View, first: Ints, start: Days) -> Ints:
    """How many have started, by years since entry: everybody is followed to the end, so they make a plain share."""
    waited = np.minimum(start[first] - view.day("entry")[first], len(STEP_OF_DAY) - 1)
    from_then_on = STEP_OF_DAY[np.maximum(waited, 0)]
    started = view.replicas.of(first).by(len(GRID) + 1, from_then_on)[:, :-1]
    return np.cumsum(started, axis=1)


def those_who_start(view: View, rows: Rows, stratum: Stratum, first: Ints, start: Days) -> None:
    """Median years from entry to the start, and mean age at it, of those who start while all are followed."""
    waited = years_between(view.day("entry")[first], start[first])
    mine = first[waited <= INCIDENCE_YEARS]
    days, replica = sorted_rows((start - view.day("entry"))[mine], view.replicas.code[mine])
    waits = runs(np.ones((1, 1), bool), replica, days / DAYS_A_YEAR, np.zeros_like(replica))
    rows.add("destination_time", MEASURED, stratum, quantile(waits, 0.5), waits.n, "median", replica=waits.of)
    n, age = view.replicas.persons(mine), years_between(view.day("birth"), start)
    rows.add("destination_age", MEASURED, stratum, ratio(view.replicas.total(mine, age), n), n, "mean")


def years_between(since: Days, until: Days) -> Floats:
    """Years from one day to another, infinitely many to a day that never comes."""
    return np.where(until == NEVER, np.inf, (until.astype(np.float64) - since) / DAYS_A_YEAR)
