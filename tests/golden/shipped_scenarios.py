"""Fingerprints of every table of every shipped scenario, small: what most changes must leave alone.

Results change only on purpose: ``python -m tests.golden --scenarios --write "why"`` writes them anew with the reason.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd

from imgsim.engines.compiled.replication import pieces
from imgsim.engines.model import build
from imgsim.engines.records.columns import frames
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.outcomes.all_measures import measures

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).parent / "scenarios.json"
SCALE = {
    "us": 0.02,
    "us_2013": 0.02,
    "canada": 0.1,
    "canada_places_low": 0.1,
    "canada_places_high": 0.1,
    "australia": 0.05,
    "world": 0.02,
}


def digest(table: pd.DataFrame) -> str:
    """A fingerprint of a table: names of columns, then values in order; text by what it says, not how it is coded."""
    plain = table.astype({name: str for name, kind in table.dtypes.items() if kind == "category"})
    values = pd.util.hash_pandas_object(plain, index=False).to_numpy()
    return hashlib.sha256(" ".join(plain.columns).encode() + values.tobytes()).hexdigest()[:16]


def tables(name: str) -> dict[str, pd.DataFrame]:
    """All tables of the first replication, outcomes too."""
    scenario = load_scenario(ROOT / "scenarios" / f"{name}.toml", scale=SCALE[name], replications=1)
    whole, *logs = pieces(build(scenario), 0)
    found = frames(whole)
    found["outcomes"] = measures(found, scenario)
    for log in logs:
        for table, rows in frames(log).items():
            found[table] = pd.concat([found[table], rows]) if table in found else rows
    return found


def found(name: str) -> dict[str, str]:
    """The fingerprint of each table today."""
    return {table: digest(rows) for table, rows in sorted(tables(name).items())}


def expected() -> dict[str, dict[str, str]]:
    """What was found before."""
    results: dict[str, Any] = json.loads(FILE.read_text("utf-8"))["results"]
    return results


def write(reason: str) -> None:
    """Make today's results the expected ones."""
    results = {name: found(name) for name in SCALE}
    FILE.write_text(json.dumps({"reason": reason, "results": results}, indent=1) + "\n", "utf-8")
