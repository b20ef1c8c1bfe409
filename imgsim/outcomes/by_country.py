"""The table of outcomes by first destination, a column a country, over all replications."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from imgsim.outcomes.catalogue import entry_of
from imgsim.outcomes.destinations import DESTINATION
from imgsim.outcomes.headline import interval, number


@lru_cache(maxsize=1)
def destinations_layout() -> dict[str, Any]:
    """The content of `destinations.toml`."""
    return tomllib.loads(files("imgsim.outcomes").joinpath("destinations.toml").read_text("utf-8"))


def beside(outcomes: pd.DataFrame) -> pd.DataFrame:
    """One row a line and country: label, country, value (mean over replications), low, high, unit, n.

    Low and high are the ends of the 95% t-interval over replications, missing with one of them.
    """
    cells = []
    for line in destinations_layout()["line"]:
        rows = outcomes[(outcomes["measure"] == line["measure"]) & (outcomes["by"] == DESTINATION)]
        if "time" in line:
            rows = rows[rows["time"] == line["time"]]
        for country, own in rows.groupby("group", sort=False, observed=True):
            value, low, high = interval(own["value"].to_numpy(np.float64))
            unit, n = entry_of(line["measure"]).unit, float(own["n"].mean())
            cells.append((line["label"], str(country), value, low, high, unit, n))
    return pd.DataFrame(cells, columns=["label", "country", "value", "low", "high", "unit", "n"])


def beside_text(table: pd.DataFrame, titles: Mapping[str, str]) -> str:
    """The table as plain text: a line each, a column a country, the interval in brackets."""
    countries = [name for name in titles if name in set(table["country"])]
    text = [f"{'By first destination':46}" + "".join(f"{titles[name]:>18}" for name in countries)]
    for label, rows in table.groupby("label", sort=False):
        cells = {row.country: cell(row) for row in rows.itertuples(index=False)}
        text.append(f"{str(label)[:45]:46}" + "".join(f"{cells.get(name, ''):>18}" for name in countries))
    return "\n".join([*text, "", *destinations_layout()["notes"]])


def cell(row: Any) -> str:
    """A value with half the width of its interval."""
    if np.isnan(row.low):
        return number(row.value, row.unit)
    return f"{number(row.value, row.unit)} ±{number((row.high - row.low) / 2, row.unit)}"
