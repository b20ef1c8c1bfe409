"""The licensed stock: physicians licensed at the census and since, who have neither stopped, died nor left."""

from __future__ import annotations

import numpy as np

from imgsim.base.dates.day_numbers import NEVER
from imgsim.outcomes.counts import Bools, Ints, inside
from imgsim.outcomes.definitions import GROWTH_YEARS
from imgsim.outcomes.outcome_rows import Rows, labels, ratio, where
from imgsim.outcomes.people_arrays import Days, View, day, year_of


def licensed(view: View, rows: Rows) -> None:
    """The licensed on 1 January of each year since the census, and their growth, in the whole population.

    The census counts everybody licensed on its day, so entrants licensed before it are already in it.
    """
    if not view.knows("licensed"):
        return
    since, until = np.where(view.entrant, view.day("licensed"), view.day("entry")), view.day("end")
    first = census(view, since)
    counted = ~view.entrant | (since >= np.where(first < NEVER, first, -NEVER)[view.replicas.place])
    first = np.where(first < NEVER, first, view.start)
    days = {year: day(f"{year}-01-01") for year in range(view.years.start, view.years.stop + 1)}
    years = [year for year, on in days.items() if first.min() <= on <= view.horizon]
    if not years:
        return
    told = np.array([days[year] for year in years]) >= first[:, None]
    stocks = evidence(view, since, counted, years) - evidence(view, np.maximum(until, since), counted, years)
    for group, cells in stock_groups(view).items():
        stock = inside(stocks, cells)
        rows.add("licensed_stock", labels(years), group, where(told, stock / view.scale), stock)
        growth(rows, group, years, told, stock)


def census(view: View, since: Days) -> Days:
    """The day on which the stock of each replication is licensed, NEVER if it has none."""
    first = np.full(len(view.replications), NEVER, since.dtype)  # of another type it would take twenty times as long
    np.minimum.at(first, view.replicas.place[~view.entrant], since[~view.entrant])
    return first


def growth(rows: Rows, group: str, years: list[int], told: Bools, stock: Ints) -> None:
    """By how many percent the stock grows from the first year told of each replication to a census later."""
    begin = np.argmax(told, axis=1)
    replica = np.flatnonzero(told.any(axis=1) & (begin + GROWTH_YEARS < len(years))).astype(np.int32)
    begin = begin[replica]
    cohort = [f"{years[k]}-{years[k + GROWTH_YEARS]}" for k in begin.tolist()]
    at_first, later = stock[replica, begin], stock[replica, begin + GROWTH_YEARS]
    rows.add("licensed_growth", cohort, group, 100 * (ratio(later, at_first) - 1), at_first, replica=replica)


def evidence(view: View, since: Days, of: Bools, years: list[int]) -> Ints:
    """How many of `of` have begun by 1 January of each year, by cell: shape (replications, years, cells)."""
    first_counted = year_of(np.where(since == NEVER, NEVER, since - 1)) + np.int32(1)
    heads = view.tally(range(years[0], years[-1] + 1), np.maximum(first_counted, np.int32(years[0])), of).heads
    return np.cumsum(heads, axis=1)


def stock_groups(view: View) -> dict[str, Bools]:
    """Everybody, citizens and others, regions, and regions by citizenship where both occur."""
    groups, citizen = dict(view.groups), view.people_groups["citizen"]
    for region, here in view.regions.items():
        cells = [group for group in view.scenario.pathway.groups.values() if group.region == region]
        if len({cell.citizen for cell in cells}) > 1:
            groups[f"{region}/citizen"] = here & citizen
            groups[f"{region}/noncitizen"] = here & ~citizen
    return groups
