"""The headline table: a few measures over all replications, with intervals that show chance alone."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from imgsim.outcomes.definitions import ALL, MEASURED

if TYPE_CHECKING:
    from imgsim.scenario import Scenario

CONFIDENCE: Final = 0.95
WIDTH: Final = 100
ASSUMED: Final = "assumed"
COLUMNS: Final = ("label", "value", "low", "high", "unit", "denominator", "leans_on", "replications")


@lru_cache(maxsize=1)
def lines() -> tuple[dict[str, Any], ...]:
    """The lines of the headline table, as `headline.toml` says them."""
    return tuple(tomllib.loads(files("imgsim.outcomes").joinpath("headline.toml").read_text("utf-8"))["line"])


def summary(outcomes: pd.DataFrame, scenario: Scenario | None = None) -> pd.DataFrame:
    """The headline table from the outcomes of all replications, by their column `replication`.

    Columns: label, value (mean over replications), low and high (ends of its 95% t-interval, missing with one
    replication), unit, denominator (simulated heads per replication), leans_on, replications. Lines that no
    replication has are left out.
    """
    leans = leaning(scenario) if scenario is not None else {}
    rows = []
    for line in lines():
        held = chosen(outcomes, line)
        if len(held):
            value, low, high = interval(held["value"].to_numpy(np.float64))
            denominator = float(held["denominator"].mean())
            on = leans_on(line, leans.get(line["measure"]))
            rows.append((line["label"], value, low, high, line["unit"], denominator, on, len(held)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def chosen(outcomes: pd.DataFrame, line: dict[str, Any]) -> pd.DataFrame:
    """The rows of one headline line, one a replication."""
    cohort, group = line.get("cohort", MEASURED), line.get("group", ALL)
    same = (outcomes["measure"] == line["measure"]) & (outcomes["cohort"] == cohort) & (outcomes["group"] == group)
    found: pd.DataFrame = outcomes.loc[same]
    return found


def interval(values: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[float, float, float]:
    """Mean and 95% t-interval of replications (Law 2015, section 9.4); no interval for a single one."""
    n, mean = len(values), float(np.mean(values))
    if n < 2:
        return mean, np.nan, np.nan
    half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2) * np.std(values, ddof=1) / np.sqrt(n))
    return mean, mean - half, mean + half


def leaning(scenario: Scenario) -> dict[str, list[str]]:
    """Headline measure -> the assumed parameters it leans on, in the order of their files."""
    assumed = [name for name in scenario.parameters if is_assumed(scenario, name)]
    prefixes: dict[str, set[str]] = {}
    for line in lines():
        prefixes.setdefault(line["measure"], set()).update(line["leans"])
    return {measure: [name for name in assumed if name.startswith(tuple(held))] for measure, held in prefixes.items()}


def is_assumed(scenario: Scenario, name: str) -> bool:
    """Does any value of the parameter stand on an assumption?"""
    return any(row.standing == ASSUMED for series in scenario.parameters[name].rows.values() for row in series)


def leans_on(line: dict[str, Any], assumed: Sequence[str] | None) -> str:
    """What a line leans on, in few words: families of names, with how many of them are assumed if that is known."""
    families = [prefix if prefix[-1] not in "._" else f"{prefix}*" for prefix in line["leans"]]
    if assumed is not None:
        counts = [sum(name.startswith(prefix) for name in assumed) for prefix in line["leans"]]
        families = [f"{family} ({n} assumed)" for family, n in zip(families, counts, strict=True) if n]
    remark = [line["remark"]] if "remark" in line else []
    return "; ".join([*remark, ", ".join(families)] if families else remark)


def headline_text(table: pd.DataFrame) -> str:
    """The headline table as plain text of at most 100 columns."""
    if not len(table):
        return "No headline measure: the run is too short to follow anybody."
    replications = int(table["replications"].max())
    text = [f"{'':56}{'value':>8}  {'95% interval' if replications > 1 else '':18}{'simulated heads':>15}"]
    text += [row_text(row) for row in table.itertuples(index=False)]
    return "\n".join([*text, "", *notes(table, replications)])


def row_text(row: Any) -> str:
    """One line: label, value, interval, denominator."""
    shown = "" if np.isnan(row.low) else f"{number(row.low, row.unit)} to {number(row.high, row.unit)}"
    return f"{row.label[:55]:56}{number(row.value, row.unit):>8}  {shown:18}{round(row.denominator):>15,}"


def number(value: float, unit: str) -> str:
    """Shares in percent, everything else with one decimal."""
    return f"{100 * value:.1f}%" if unit == "share" else f"{value:.1f}"


def notes(table: pd.DataFrame, replications: int) -> list[str]:
    """What the numbers are over, what the intervals show, and what leans on assumptions."""
    if replications > 1:
        said = f"95% interval over {replications} replications: chance only, not parameter uncertainty."
    else:
        said = "One replication: no interval; more replications show chance, not parameter uncertainty."
    remark = {line["label"]: line["remark"] for line in lines() if "remark" in line}
    remarks = [f"{label}: {remark[label]}." for label in table["label"] if label in remark]
    return [said, "Heads are simulated persons in the denominator, per replication. Ages and times in years.", *remarks]
