"""The licensed stock: physicians licensed at the census and since, who have neither stopped, died nor left."""

from __future__ import annotations

import numpy as np

from imgsim.dates import NEVER
from imgsim.outcomes.counting import Bools, Ints
from imgsim.outcomes.definitions import GROWTH_YEARS
from imgsim.outcomes.rows import Rows, labels
from imgsim.outcomes.view import Days, View, day, year_of


def licensed(view: View, rows: Rows) -> None:
    """The licensed on 1 January of each year since the census, and their growth, in the whole population.

    The census counts everybody licensed on its day, so entrants licensed before it are already in it.
    """
    if not view.knows("licensed"):
        return
    since, until = np.where(view.entrant, view.day("licensed"), view.day("entry")), view.day("end")
    of_census = bool((~view.entrant).any())
    census = int(since[~view.entrant].min()) if of_census else view.start
    counted = ~view.entrant | (since >= census) if of_census else np.ones(len(since), bool)
    days = {year: day(f"{year}-01-01") for year in range(view.years.start, view.years.stop + 1)}
    years = [year for year, on in days.items() if census <= on <= view.horizon]
    if not years:
        return
    stocks = standing(view, since, counted, years) - standing(view, np.maximum(until, since), counted, years)
    for group, cells in stock_groups(view).items():
        stock = stocks[:, cells].sum(axis=1).astype(np.float64)
        rows.add("licensed_stock", labels(years), group, stock / view.scale, stock)
        if len(stock) > GROWTH_YEARS and stock[0] > 0:
            growth = 100 * (stock[GROWTH_YEARS] / stock[0] - 1)
            rows.add("licensed_growth", f"{years[0]}-{years[GROWTH_YEARS]}", group, growth, stock[0])


def standing(view: View, since: Days, of: Bools, years: list[int]) -> Ints:
    """How many of `of` have begun by 1 January of each year, by cell: shape (years, cells)."""
    first_counted = year_of(np.where(since == NEVER, NEVER, since - 1)) + np.int32(1)
    heads = view.tally(range(years[0], years[-1] + 1), np.maximum(first_counted, np.int32(years[0])), of).heads
    return np.cumsum(heads, axis=0)


def stock_groups(view: View) -> dict[str, Bools]:
    """Everybody, citizens and others, regions, and regions by citizenship where both occur."""
    groups, citizen = dict(view.groups), view.people_groups["citizen"]
    for region, inside in view.regions.items():
        cells = [group for group in view.scenario.pathway.groups.values() if group.region == region]
        if len({cell.citizen for cell in cells}) > 1:
            groups[f"{region}/citizen"] = inside & citizen
            groups[f"{region}/noncitizen"] = inside & ~citizen
    return groups
