"""The golden run: what a small toy gave when somebody last looked at it and said it was right.

Results change only on purpose: ``python -m tests.golden --write "why"`` writes them anew with the reason.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from builders import toy

FILE = Path(__file__).parent / "toy.json"
PLACES = 20


def found() -> dict[str, Any]:
    """What the toy gives today: heads, events, years lived in each state, and a fingerprint of every table."""
    tables = toy.tables(toy.career(), *toy.career_numbers(PLACES), near=60, far=60)
    years = tables["people"][[name for name in tables["people"].columns if name.startswith("years_")]].sum()
    return {
        "rows": {name: len(table) for name, table in tables.items()},
        "ends": {str(name): int(n) for name, n in tables["people"]["end"].value_counts(sort=False).items()},
        "events": {str(name): int(n) for name, n in tables["events"]["event"].value_counts(sort=False).items()},
        "years": {name: round(float(value), 3) for name, value in years.items()},
        "placed": dict(zip(map(str, tables["rounds"]["year"]), map(int, tables["rounds"]["placed"]), strict=True)),
        "digest": {name: toy.digest({name: table}) for name, table in tables.items()},
    }


def expected() -> dict[str, Any]:
    """What was found right before."""
    held: dict[str, Any] = json.loads(FILE.read_text("utf-8"))["results"]
    return held


def write(reason: str) -> None:
    """Make today's results the expected ones."""
    FILE.write_text(json.dumps({"reason": reason, "results": found()}, indent=1) + "\n", "utf-8")
