"""From replications in pairs to differences: intervals, the chance that a reform helps, what pairing is worth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.dates.day_numbers import DAYS_A_YEAR
from imgsim.experiments.compare.counterfactual_pairs import COUNTS
from imgsim.inputs.pathways.pathway import FIRST_POST
from imgsim.outcomes.headline import CONFIDENCE, chosen, lines

Floats = npt.NDArray[np.float64]

COLUMNS: Final = (
    "reform", "label", "measure", "group", "unit", "baseline", "reformed", "difference", "low", "high", "helps",
    "better", "n", "replications", "pairing",
)  # fmt: skip
SAME: Final = 1e-12  # sums of floats in another order differ by less


def each(table: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table one by one, with columns as attributes."""
    yield from table.itertuples(index=False)


def differences(compared: pd.DataFrame, names: tuple[str, ...], first_post: str = FIRST_POST) -> pd.DataFrame:
    """A row a reform and headline line: both worlds' means, the paired difference with its 95% t-interval.

    ``helps`` is the probability that the difference lies on the better side, by the t-distribution of its mean: chance
    alone, not doubt about parameters. ``pairing`` is how many times wider the interval would be with other seeds for
    the reform: sqrt((var baseline + var reformed) / var difference).
    """
    rows = [
        row(name, line, values(compared, 0, line), values(compared, world, line))
        for world, name in enumerate(names[1:], start=1)
        for line in lines(first_post)
        if "better" in line
    ]
    return pd.DataFrame([held for held in rows if held is not None], columns=list(COLUMNS))


def leading(table: pd.DataFrame, reform: str | None = None) -> Any:
    """The row of differences that the question turns on, for one reform or all: the share of everybody that moves most.

    Where no share moves (a reform that acts after training), the count of persons that does; None if nothing moves.
    """
    moved = table[(table["group"] == "all") & (table["difference"].abs() > 0)]
    if reform is not None:
        moved = moved[moved["reform"] == reform]
    for unit in ("share", "persons"):
        held = moved[moved["unit"] == unit]
        if len(held):
            top = int(held["difference"].abs().to_numpy().argmax())
            return next(each(held.iloc[top : top + 1]))
    return None


def values(compared: pd.DataFrame, world: int, line: dict[str, Any]) -> pd.DataFrame:
    """Value and denominator of a headline line by replication in one world."""
    rows: pd.DataFrame = chosen(compared[compared["world"] == world], line).set_index("replication")[["value", "n"]]
    return rows


def row(name: str, line: dict[str, Any], before: pd.DataFrame, after: pd.DataFrame) -> tuple[Any, ...] | None:
    """One line of the table; none if no replication has the measure in both worlds."""
    both = beside(before, after, ("_before", "_after"), "inner").sort_index()
    if not len(both):
        return None
    one, other = both["value_before"].to_numpy(np.float64), both["value_after"].to_numpy(np.float64)
    mean, low, high, helps = judged(other - one, line["better"])
    n = float(both["n_before"].mean())
    return (
        name, line["label"], line["measure"], line.get("group", "all"), line["unit"], one.mean(), other.mean(), mean,
        low, high, helps, line["better"], n, len(both), pairing(one, other),
    )  # fmt: skip


def beside(one: pd.DataFrame, other: pd.DataFrame, suffixes: tuple[str, str], how: Any) -> pd.DataFrame:
    """Two tables of the same columns beside each other, by their index."""
    return one.merge(other, left_index=True, right_index=True, suffixes=suffixes, how=how)


def judged(difference: Floats, better: str) -> tuple[float, float, float, float]:
    """Mean, ends of the 95% t-interval, and probability of lying on the better side; missing with one replication.

    Where nothing differs in any replication the interval is nought and no probability is given; nor is one where
    neither side is better.
    """
    mean, n = float(difference.mean()), len(difference)
    if not difference.any():
        return 0.0, 0.0, 0.0, np.nan
    if n < 2:
        return mean, np.nan, np.nan, np.nan
    from scipy.special import stdtr, stdtrit

    error = float(difference.std(ddof=1)) / np.sqrt(n)
    half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * error
    sign = {"more": 1.0, "less": -1.0}.get(better, np.nan)
    helps = float(stdtr(n - 1, sign * mean / error)) if error > SAME else float(sign * mean > 0 if better else np.nan)
    return mean, mean - half, mean + half, helps


def pairing(one: Floats, other: Floats) -> float:
    """How many times wider the interval of the difference would be without common chances; missing if undefined."""
    if len(one) < 2:
        return np.nan
    paired = float((other - one).var(ddof=1))
    return float(np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / paired)) if paired > SAME**2 else np.nan


def gains(twins: pd.DataFrame, names: tuple[str, ...], scale: float) -> pd.DataFrame:
    """Who gains and who loses: persons at full size, mean over replications with 95% t-intervals of the net gain."""
    found = []
    for key, held in twins.groupby(["world", "dimension", "group"], sort=False):
        world, dimension, group = (str(part) for part in key)
        counts = {name: float(held[name].mean()) / scale for name in COUNTS}
        net = (held["gained"] - held["lost"]).to_numpy(np.float64) / scale
        _, low, high, _ = judged(net, "more")
        _, few, many, _ = judged(held["practice_years"].to_numpy(np.float64) / scale, "more")
        years = {f"years_{name}": each_years(counts, name) for name in ("sooner", "later")}
        kept = {name: counts[name] for name in COUNTS if not name.startswith("days_")}
        found.append(
            {"reform": names[int(world)], "dimension": dimension, "group": group, **kept, **years}
            | {"net": float(net.mean()), "net_low": low, "net_high": high, "practice_low": few, "practice_high": many}
        )
    return pd.DataFrame(found)


def each_years(counts: dict[str, float], name: str) -> float:
    """Mean years by which those counted moved; nought if there are none."""
    return counts[f"days_{name}"] / DAYS_A_YEAR / counts[name] if counts[name] else 0.0


def displaced(places: pd.DataFrame, names: tuple[str, ...], scale: float) -> pd.DataFrame:
    """Whose places went to whom: places a year by round and group in both worlds, competitors included."""
    taken = places.assign(taken=places[["placed", "outside", "after"]].sum(axis=1))
    years = max(1, taken["year"].nunique())
    total = taken.groupby(["world", "replication", "round", "group"])[["seats", "applicants", "taken"]].sum()
    mean = total.groupby(["world", "round", "group"]).mean() / scale / years
    flat = mean.reset_index("world")
    held = {world: flat[flat["world"] == world].drop(columns="world") for world in range(len(names))}
    found = []
    for world, name in enumerate(names[1:], start=1):
        both = beside(held[0], held[world], ("_baseline", "_reformed"), "outer").fillna(0.0)
        change = (both["taken_reformed"] - both["taken_baseline"]).rename("change")
        found.append(both.join(change).reset_index().assign(reform=name))
    return pd.concat(found, ignore_index=True)


def flows(states: pd.DataFrame, names: tuple[str, ...], scale: float) -> pd.DataFrame:
    """Where people stand in the end, in both worlds: persons at full size, mean over replications."""
    replications = max(1, states["replication"].nunique())
    total = states.groupby(["world", "before", "after"], sort=True)["heads"].sum() / scale / replications
    found = total.rename("persons").reset_index()
    return found.assign(reform=[names[int(world)] for world in found["world"]]).drop(columns="world")


def curves(compared: pd.DataFrame, names: tuple[str, ...], measure: str) -> pd.DataFrame:
    """The difference of a curve by time, a row a reform, replication and time."""
    held = compared[(compared["measure"] == measure) & (compared["group"] == "training")]
    wide = held.pivot_table(index=["replication", "time"], columns="world", values="value")
    found = [
        (wide[world] - wide[0]).rename("value").reset_index().assign(reform=name)
        for world, name in enumerate(names[1:], start=1)
        if world in wide
    ]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=["replication", "time", "value"])
