"""The licensed stock: physicians licensed at the census and since, who have neither stopped, died nor left."""

from __future__ import annotations

import numpy as np

from imgsim.base.arrays import Bools, Ints
from imgsim.base.dates.day_numbers import NEVER
from imgsim.outcomes.catalogue import measure
from imgsim.outcomes.counts import inside
from imgsim.outcomes.definitions import GROWTH_YEARS
from imgsim.outcomes.outcome_rows import Rows, labels, ratio, where
from imgsim.outcomes.people_arrays import Days, View, day, year_of
from imgsim.outcomes.strata import BY_TRAITS, CITIZENS, CITIZENSHIP, OTHERS, REGION, Stratum

BY = (*BY_TRAITS, f"{REGION}/{CITIZENSHIP}")


@measure(
    name="licensed_stock", label="Licensed physicians on 1 January", unit="persons",
    definition="Physicians licensed at the census of the country or since who on 1 January of the year have neither "
    "stopped, died nor left, at full size.",
    denominator="simulated persons counted", by=BY, statistics=("count",), needs=("licensed",),
)  # fmt: skip
@measure(
    name="licensed_growth", label=f"Growth of the licensed over {GROWTH_YEARS} years", unit="percent",
    definition=f"Percent by which the licensed stock grows in the {GROWTH_YEARS} years after the census of the country "
    "(its cohort names the first and last year).",
    denominator="simulated persons licensed in the first year", by=BY, statistics=("change",), needs=("licensed",),
)  # fmt: skip
def licensed(view: View, rows: Rows) -> None:
    """The licensed on 1 January of each year since the census, and their growth, in the whole population.

    The census counts everybody licensed on its day, so entrants licensed before it are already in it.
    """
    if not view.knows("licensed"):
        return
    since, until = np.where(view.entrant, view.day("licensed"), view.day("entry")), view.day("end")
    first = census(view, since)
    counted = ~view.entrant | (since >= np.where(first < NEVER, first, -NEVER)[view.replicas.code])
    first = np.where(first < NEVER, first, view.start)
    days = {year: day(f"{year}-01-01") for year in range(view.years.start, view.years.stop + 1)}
    years = [year for year, on in days.items() if first.min() <= on <= view.horizon]
    if not years:
        return
    known = np.array([days[year] for year in years]) >= first[:, None]
    stocks = begun_by(view, since, counted, years) - begun_by(view, np.maximum(until, since), counted, years)
    for stratum, cells in stock_groups(view).items():
        stock = inside(stocks, cells)
        rows.add("licensed_stock", labels(years), stratum, where(known, stock / view.scale), stock, "count")
        growth(rows, stratum, years, known, stock)


def census(view: View, since: Days) -> Days:
    """The day on which the stock of each replication is licensed, NEVER if it has none."""
    first = np.full(len(view.replications), NEVER, since.dtype)  # of another type it would be converted
    np.minimum.at(first, view.replicas.code[~view.entrant], since[~view.entrant])
    return first


def growth(rows: Rows, stratum: Stratum, years: list[int], known: Bools, stock: Ints) -> None:
    """Percentage growth of the licensed stock from the first year after the census of each replication."""
    begin = np.argmax(known, axis=1)
    replica = np.flatnonzero(known.any(axis=1) & (begin + GROWTH_YEARS < len(years))).astype(np.int32)
    begin = begin[replica]
    cohort = [f"{years[k]}-{years[k + GROWTH_YEARS]}" for k in begin.tolist()]
    at_first, later = stock[replica, begin], stock[replica, begin + GROWTH_YEARS]
    change = 100 * (ratio(later, at_first) - 1)
    rows.add("licensed_growth", cohort, stratum, change, at_first, "change", replica=replica)


def begun_by(view: View, since: Days, of: Bools, years: list[int]) -> Ints:
    """Persons in `of` with a date before 1 January of each year, by cell: shape (replications, years, cells)."""
    first_counted = year_of(np.where(since == NEVER, NEVER, since - 1)) + np.int32(1)
    persons = view.tally(range(years[0], years[-1] + 1), np.maximum(first_counted, np.int32(years[0])), of).persons
    return np.cumsum(persons, axis=1)


def stock_groups(view: View) -> dict[Stratum, Bools]:
    """Everybody, citizens and others, regions, and regions by citizenship where both occur."""
    groups = dict(view.groups)
    for region, here in view.regions.items():
        cells = [group for group in view.scenario.pathway.groups.values() if group.region == region.group]
        if len({cell.citizen for cell in cells}) > 1:
            groups |= {region.within(whose): here & view.people_groups[whose] for whose in (CITIZENS, OTHERS)}
    return groups
