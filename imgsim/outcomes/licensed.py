"""The licensed stock: physicians licensed at the census and since, who have neither stopped, died nor left."""

from __future__ import annotations

import numpy as np

from imgsim.outcomes.definitions import GROWTH_YEARS
from imgsim.outcomes.rows import Bools, Floats, Ints, Rows, labels
from imgsim.outcomes.view import View, day


def licensed(view: View, rows: Rows) -> None:
    """The licensed on 1 January of each year since the census, and their growth, in the whole population.

    The census counts everybody licensed on its day, so entrants licensed before it are already in it.
    """
    if not view.knows("licensed"):
        return
    since = np.where(view.entrant, view.day("licensed"), view.day("entry"))
    census = int(since[~view.entrant].min()) if (~view.entrant).any() else view.start
    counted = ~view.entrant | (since >= census) | (not (~view.entrant).any())
    dates = [year for year in range(view.years.start, view.years.stop + 1) if census <= day(f"{year}-01-01")]
    new_years = np.array([day(f"{year}-01-01") for year in dates if day(f"{year}-01-01") <= view.horizon])
    until = view.day("end")
    for group, inside in stock_groups(view).items():
        stock = standing(since, until, counted & inside, new_years)
        rows.add("licensed_stock", labels(dates[: len(stock)]), group, stock / view.scale, stock)
        if len(stock) > GROWTH_YEARS and stock[0] > 0:
            growth = 100 * (stock[GROWTH_YEARS] / stock[0] - 1)
            rows.add("licensed_growth", f"{dates[0]}-{dates[GROWTH_YEARS]}", group, growth, stock[0])


def standing(since: Ints, until: Ints, of: Bools, on: Ints) -> Floats:
    """How many of `of` have begun by each day and have not ended by it."""
    begun = np.searchsorted(np.sort(since[of]), on, side="right")
    ended = np.searchsorted(np.sort(np.maximum(until, since)[of]), on, side="right")
    return (begun - ended).astype(np.float64)


def stock_groups(view: View) -> dict[str, Bools]:
    """Everybody, citizens and others, regions, and regions by citizenship where both occur."""
    groups = dict(view.groups)
    for region, inside in view.regions.items():
        cells = [group for group in view.scenario.pathway.groups.values() if group.region == region]
        if len({cell.citizen for cell in cells}) > 1:
            groups[f"{region}/citizen"] = inside & view.citizen
            groups[f"{region}/noncitizen"] = inside & ~view.citizen
    return groups
