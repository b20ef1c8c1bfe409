"""The line that leads every answer: of all who live in both worlds, who starts training or practises, and for how long.

No reform can move its denominator, as the same persons are counted in both worlds. ``starts`` counts those who have
begun training or practice by the horizon (a licence alone is no start); its difference is gained less lost.
``physician_years`` are years of practice up to the horizon, which a reform that acts after training moves alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from imgsim.base.arrays import Floats
from imgsim.experiments.compare.counterfactual_pairs import Careers, pairs_table
from imgsim.experiments.compare.differences import COLUMNS, DIGITS, each_row, paired_interval, variance_reduction_factor

STARTS: Final = "starts"
YEARS: Final = "physician_years"
LINES: Final[tuple[Mapping[str, Any], ...]] = (
    {"label": "Persons who start training or practise", "measure": STARTS, "unit": "persons", "better": "more"},
    {"label": "Physician-years by the horizon", "measure": YEARS, "unit": "physician-years", "better": "more"},
)
BEFORE: Final = {STARTS: "started", YEARS: "practised"}  # columns of the pairs: sums in the baseline
MORE, FEWER, CHANCE, SAME, UNKNOWN = "more", "fewer", "chance", "same", "unknown"


def lead_table(pairs: pd.DataFrame, names: tuple[str, ...], scale: float) -> pd.DataFrame:
    """The leading lines under each reform, as rows of the differences; persons and years at full size."""
    everybody = pairs[pairs["dimension"] == "all"]
    rows = [
        lead_row(names[int(str(world))], line, counted, scale)
        for world, counted in everybody.groupby("world", sort=True)
        for line in LINES
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def lead_row(name: str, line: Mapping[str, Any], counted: pd.DataFrame, scale: float) -> tuple[Any, ...]:
    """One leading line under one reform, from its pairs in every replication."""
    before = counted[BEFORE[line["measure"]]].to_numpy(np.float64) / scale
    change = change_of(counted, line["measure"]) / scale
    same = not counted[["gained", "lost"]].to_numpy().any()
    mean, low, high, helps = paired_interval(change, line["better"], same or line["measure"] != STARTS)
    n = float(counted["persons"].mean())
    factor = variance_reduction_factor(before, before + change)
    return (
        name, line["label"], line["measure"], "all", line["unit"], before.mean(), before.mean() + mean, mean, low, high,
        helps, line["better"], n, n, False, len(counted), factor,
    )  # fmt: skip


def change_of(counted: pd.DataFrame, measure: str) -> Floats:
    """What a leading line changes by, replication by replication, in simulated persons or years."""
    if measure == STARTS:
        return (counted["gained"] - counted["lost"]).to_numpy(np.float64)
    return counted["practice_years"].to_numpy(np.float64).round(DIGITS)


def lead_values(baseline: Careers, careers: Careers, scale: float) -> pd.DataFrame:
    """What a world changes in the leading lines, in one replication: measure, value at full size, and n, the pairs."""
    everybody = baseline._replace(dimensions={"all": baseline.dimensions["all"]})
    counted = pairs_table(everybody, careers)
    persons = float(counted["persons"].sum())
    values = [(line["measure"], float(change_of(counted, line["measure"]).sum()) / scale, persons) for line in LINES]
    return pd.DataFrame(values, columns=["measure", "value", "n"])


def with_lead(lead: pd.DataFrame, table: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """The differences, each reform's beginning with its leading lines."""
    both = pd.concat([part for part in (lead, table) if len(part)] or [table], ignore_index=True)
    order = {name: place for place, name in enumerate(names)}
    return both.sort_values("reform", key=lambda column: column.map(order), kind="stable", ignore_index=True)


def leading(table: pd.DataFrame) -> Any:
    """The leading line of the differences that moves: persons, else physician-years; None if neither does."""
    for line in LINES:
        rows = table[(table["measure"] == line["measure"]) & (table["difference"] != 0)]
        if len(rows):
            return next(each_row(rows))
    return None


def verdict(change: float, low: float, high: float) -> str:
    """What an interval says of a change: more, fewer, nothing beyond chance, the same, or unknown without interval."""
    if np.isnan(low):
        return UNKNOWN if change else SAME
    if low == high == 0:
        return SAME
    if low <= 0 <= high:
        return CHANCE
    return MORE if change > 0 else FEWER


def lead_sentence(row: Any) -> str:
    """The answer about everybody, from a row of the gains: net of persons and physician-years, with intervals."""
    starts = verdict(row.net, row.net_low, row.net_high)
    years = verdict(row.practice_years, row.practice_low, row.practice_high)
    first = starts_words(starts, row)
    second = years_words(years, row)
    who = f"Among {row.persons:,.0f} persons who live in both worlds"
    return f"{who} {first}, {joining(starts, years)} {second}{opposite(starts, years)}."


def joining(starts: str, years: str) -> str:
    """The word between the two halves: `but` where one half alone would mislead."""
    return "and" if starts == years or UNKNOWN in (starts, years) else "but"


def opposite(starts: str, years: str) -> str:
    """A plain word where persons and years point in opposite directions."""
    return ": persons and years point in opposite directions" if {starts, years} == {MORE, FEWER} else ""


def starts_words(what: str, row: Any) -> str:
    """The net of persons who start training or practise, in words."""
    if what == SAME:
        number = f"the same number start training or practise{every_time(row.replications)}"
        return number if row.gained else "the same persons start training or practise"
    if what == CHANCE:
        shown = f"net {quantity(row.net, signed=True)}{span(row.net_low, row.net_high)}"
        return f"there is no difference beyond chance in how many start training or practise ({shown})"
    words = MORE if row.net > 0 else FEWER
    interval = bracketed(row.net_low, row.net_high, row.replications)
    return f"{quantity(row.net)} {words} start training or practise{interval}"


def years_words(what: str, row: Any) -> str:
    """The physician-years by the horizon, in words."""
    if what == SAME:
        return "no physician-year by the horizon is gained or lost"
    if what == CHANCE:
        shown = f"{quantity(row.practice_years, signed=True)}{span(row.practice_low, row.practice_high)}"
        return f"there is no difference beyond chance in physician-years by the horizon ({shown})"
    words = MORE if row.practice_years > 0 else FEWER
    interval = bracketed(row.practice_low, row.practice_high, row.replications)
    return f"{quantity(row.practice_years)} {words} physician-years are worked by the horizon{interval}"


def span(low: float, high: float) -> str:
    """The 95% interval as words that follow a number."""
    return f", 95% interval {quantity(low, signed=True)} to {quantity(high, signed=True)}"


def bracketed(low: float, high: float, replications: int) -> str:
    """The 95% interval in brackets, or why there is none."""
    if not np.isnan(low):
        return f" ({span(low, high)[2:]})"
    return every_time(replications) or " (one replication: no interval)"


def every_time(replications: int) -> str:
    """That all of several replications differ by the same, which says nothing of chance; nothing for one of them."""
    return f" (the same in all {replications} replications: no interval)" if replications > 1 else ""


def quantity(value: float, signed: bool = False) -> str:
    """Persons or years: whole ones from ten on, with a decimal below; without a sign unless asked for."""
    shown = round(value, 0 if abs(value) >= 10 else 1) + 0.0
    form = "+," if signed else ","
    return format(shown if signed else abs(shown), f"{form}.{0 if abs(value) >= 10 else 1}f")
