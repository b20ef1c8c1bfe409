"""Differences between paired replications: intervals, the probability that a reform helps, variance reduction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pandas as pd

from imgsim.base.arrays import Floats
from imgsim.base.dates.day_numbers import DAYS_A_YEAR
from imgsim.experiments.compare.counterfactual_pairs import COUNTS
from imgsim.inputs.pathways.pathway import FIRST_POST
from imgsim.outcomes.headline import CONFIDENCE, COUNTED, chosen, lines

COLUMNS: Final = (
    "reform", "label", "measure", "group", "unit", "baseline", "reformed", "difference", "low", "high", "helps",
    "better", "n_baseline", "n_reformed", "denominator_moved", "replications", "variance_reduction_factor",
)  # fmt: skip
DIGITS: Final = 6  # to which sums of years are exact: years given and taken leave no dust of a last bit
FEWEST: Final = 3  # replications that a probability needs
SAME: Final = 1e-12  # sums of floats in another order differ by less


def each_row(table: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table one by one, their columns as attributes."""
    yield from table.itertuples(index=False)


def difference_table(headline: pd.DataFrame, names: tuple[str, ...], first_post: str = FIRST_POST) -> pd.DataFrame:
    """Both worlds' means and the paired difference of every line of the headline table, with its 95% t-interval.

    ``helps`` is the probability that the difference lies on the better side, by the t-distribution of its mean: it
    knows stochastic uncertainty alone, not parameter uncertainty. It is missing where the denominator moved by more
    than its noise: a share of other persons may rise while fewer of them get there.
    """
    rows = [
        difference_row(name, line, values(headline, 0, line), values(headline, world, line))
        for world, name in enumerate(names[1:], start=1)
        for line in lines(first_post)
        if "better" in line
    ]
    return pd.DataFrame([row for row in rows if row is not None], columns=list(COLUMNS))


def values(headline: pd.DataFrame, world: int, line: dict[str, Any]) -> pd.DataFrame:
    """Value and denominator of a line of the headline table in one world, by replication."""
    rows: pd.DataFrame = chosen(headline[headline["world"] == world], line).set_index("replication")[["value", "n"]]
    return rows


def difference_row(
    name: str, line: dict[str, Any], before: pd.DataFrame, after: pd.DataFrame
) -> tuple[Any, ...] | None:
    """One line of the differences; None if no replication has the measure in both worlds."""
    paired = side_by_side(before, after, ("_before", "_after"), "inner").sort_index()
    if not len(paired):
        return None
    one, other = paired["value_before"].to_numpy(np.float64), paired["value_after"].to_numpy(np.float64)
    mean, low, high, helps = paired_interval(other - one, line["better"])
    n_before, n_after = (paired[f"n_{when}"].to_numpy(np.float64) for when in ("before", "after"))
    moved = line["unit"] not in COUNTED and denominator_moved(n_before, n_after)
    return (
        name, line["label"], line["measure"], line.get("group", "all"), line["unit"], one.mean(), other.mean(), mean,
        low, high, np.nan if moved else helps, line["better"], n_before.mean(), n_after.mean(), moved, len(paired),
        variance_reduction_factor(one, other),
    )  # fmt: skip


def denominator_moved(before: Floats, after: Floats) -> bool:
    """Whether a denominator differs by more than its noise: by its paired interval, or the same way every time.

    Two or three replications have intervals so wide that only the second tells.
    """
    change = after - before
    _, low, high, _ = paired_interval(change, "more")
    return bool((change > 0).all() or (change < 0).all() or low > 0 or high < 0)


def side_by_side(one: pd.DataFrame, other: pd.DataFrame, suffixes: tuple[str, str], how: Any) -> pd.DataFrame:
    """Two tables of the same columns joined by their index."""
    return one.merge(other, left_index=True, right_index=True, suffixes=suffixes, how=how)


def paired_interval(difference: Floats, better: str, same: bool = True) -> tuple[float, float, float, float]:
    """Mean, ends of the 95% t-interval, and probability of lying on the better side.

    All but the mean are missing where nothing tells chance: with one replication, and where all replications differ by
    the same, for an interval without width would claim certainty. Only where nothing differs in any replication, and
    both worlds are of the ``same`` persons, is the interval zero; then no probability is given, nor is one where
    neither side is better, nor from two replications: they may lie close together by chance, and would be sure.
    """
    mean, n = float(difference.mean()), len(difference)
    if same and not difference.any():
        return 0.0, 0.0, 0.0, np.nan
    if n < 2 or all_equal(difference):
        return mean, np.nan, np.nan, np.nan
    from scipy.special import stdtr, stdtrit

    error = float(difference.std(ddof=1)) / np.sqrt(n)
    half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * error
    sign = {"more": 1.0, "less": -1.0}.get(better, np.nan)
    helps = float(stdtr(n - 1, sign * mean / error)) if n >= FEWEST else np.nan
    return mean, mean - half, mean + half, helps


def all_equal(values: Floats) -> bool:
    """Whether values are the same but for the last bits that sums of floats differ by."""
    return bool(np.ptp(values) <= SAME * max(1.0, float(np.abs(values).max())))


def variance_reduction_factor(one: Floats, other: Floats) -> float:
    """How many times the variance of the difference would be larger with independent replications; missing if unknown.

    With other seeds for the reform it would be the sum of both worlds' variances. The square root of this factor is
    how many times wider the interval would be.
    """
    if len(one) < 2:
        return np.nan
    paired = float((other - one).var(ddof=1))
    return float((one.var(ddof=1) + other.var(ddof=1)) / paired) if paired > SAME**2 else np.nan


def gain_table(pairs: pd.DataFrame, names: tuple[str, ...], scale: float) -> pd.DataFrame:
    """Who gains and who loses: persons at full size, mean over replications with 95% t-intervals of the net gain."""
    rows = []
    for key, counted in pairs.groupby(["world", "dimension", "group"], sort=False):
        world, dimension, group = (str(part) for part in key)
        means = {name: float(counted[name].mean()) / scale for name in COUNTS}
        net = (counted["gained"] - counted["lost"]).to_numpy(np.float64) / scale
        _, low, high, _ = paired_interval(net, "more", same=not counted[["gained", "lost"]].to_numpy().any())
        _, few, many, _ = paired_interval(counted["practice_years"].to_numpy(np.float64).round(DIGITS) / scale, "more")
        years = {f"years_{name}": mean_years(means, name) for name in ("sooner", "later")}
        shown = {name: means[name] for name in COUNTS if not name.startswith("days_")}
        rows.append(
            {"reform": names[int(world)], "dimension": dimension, "group": group, **shown, **years}
            | {"net": float(net.mean()), "net_low": low, "net_high": high, "practice_low": few, "practice_high": many}
            | {"replications": len(counted)}
        )
    return pd.DataFrame(rows)


def mean_years(means: dict[str, float], name: str) -> float:
    """Mean years by which those who start sooner (or later) moved; zero if there are none."""
    return means[f"days_{name}"] / DAYS_A_YEAR / means[name] if means[name] else 0.0


def displaced(places: pd.DataFrame, names: tuple[str, ...], scale: float) -> pd.DataFrame:
    """Places a year by round and group in both worlds, competitors included: whose places went to whom."""
    taken = places.assign(taken=places[["placed", "outside", "after"]].sum(axis=1))
    years = max(1, taken["year"].nunique())
    total = taken.groupby(["world", "replication", "round", "group"])[["seats", "applicants", "taken"]].sum()
    mean = (total.groupby(["world", "round", "group"]).mean() / scale / years).reset_index("world")
    by_world = {world: mean[mean["world"] == world].drop(columns="world") for world in range(len(names))}
    tables = []
    for world, name in enumerate(names[1:], start=1):
        both = side_by_side(by_world[0], by_world[world], ("_baseline", "_reformed"), "outer").fillna(0.0)
        change = (both["taken_reformed"] - both["taken_baseline"]).rename("change")
        tables.append(both.join(change).reset_index().assign(reform=name))
    return pd.concat(tables, ignore_index=True)


def flows(states: pd.DataFrame, names: tuple[str, ...], scale: float) -> pd.DataFrame:
    """Persons at full size by their state at the horizon in both worlds, mean over replications."""
    replications = max(1, states["replication"].nunique())
    total = states.groupby(["world", "before", "after"], sort=True)["persons"].sum() / scale / replications
    table = total.reset_index()
    return table.assign(reform=[names[int(world)] for world in table["world"]]).drop(columns="world")


def curves(headline: pd.DataFrame, names: tuple[str, ...], measure: str) -> pd.DataFrame:
    """The difference of a curve between a reform and the baseline, by time and replication."""
    training = headline[(headline["measure"] == measure) & (headline["group"] == "training")]
    wide = training.pivot_table(index=["replication", "time"], columns="world", values="value")
    tables = [
        (wide[world] - wide[0]).rename("value").reset_index().assign(reform=name)
        for world, name in enumerate(names[1:], start=1)
        if world in wide
    ]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["replication", "time", "value"])
