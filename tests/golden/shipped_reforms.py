"""What each shipped reform gave when somebody last looked at it: differences from the baseline, life by life.

Results change only on purpose: ``python -m tests.golden --reforms --write "why"`` writes them anew with the reason.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from imgsim.engines.compiled.replication import run
from imgsim.engines.model import build
from imgsim.engines.records.tables import build_tables
from imgsim.experiments.compare.counterfactual_pairs import careers_of, pairs_table
from imgsim.experiments.compare.differences import each_row, gain_table
from imgsim.experiments.compare.lead import lead_sentence
from imgsim.inputs.countries import COUNTRIES
from imgsim.inputs.reforms.read import read_reform
from imgsim.inputs.reforms.reform import ANYWHERE
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.scenario import Scenario

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).parent / "reforms.json"
FOLDER = ROOT / "scenarios/reforms"
FIRST = "us"  # where a reform for any country is tried
SCALE = {"us": 0.02, "canada": 0.1, "australia": 0.05}
DATES = ("certified", "placed", "training", "licensed", "practice")

Tables = dict[str, pd.DataFrame]


def names() -> list[str]:
    """The shipped reforms of the countries that are here."""
    return sorted(file.stem for file in FOLDER.glob("*.toml") if (COUNTRIES / country_of(file.stem)).is_dir())


def country_of(name: str) -> str:
    """The country whose scenario a reform is tried on."""
    base = read_reform(FOLDER / f"{name}.toml").base
    return FIRST if base == ANYWHERE else base


def scenario(country: str, reforms: tuple[str, ...] = (), levers: dict[str, float] | None = None) -> Scenario:
    """A country's scenario, small, under some shipped reforms."""
    files = [FOLDER / f"{name}.toml" for name in reforms]
    path = ROOT / "scenarios" / f"{country}.toml"
    return load_scenario(path, reforms=files, levers=levers or {}, scale=SCALE[country], replications=1)


def lived(of: Scenario) -> Tables:
    """The tables of the first replication."""
    return build_tables(run(build(of), 0).finished())


@cache
def baseline(country: str) -> Tables:
    """The tables without a reform."""
    return lived(scenario(country))


def variants(name: str) -> dict[str, dict[str, float]]:
    """The sizes a reform is tried at: as shipped and, if it changes the road itself, each dose at either end."""
    reform = read_reform(FOLDER / f"{name}.toml")
    levers = reform.levers.values() if reform.stages else ()
    ends = {f"{d.name} = {end:g}": {d.name: end} for d in levers for end in (d.low, d.high)}
    return {"as shipped": {}} | ends


def differences(before: Tables, after: Tables) -> dict[str, Any]:
    """Paired by person: lives that differ, who reaches each milestone more or less, years lived otherwise."""
    one, other = (tables["people"].set_index("person").sort_index() for tables in (before, after))
    assert one.index.equals(other.index), "a reform appends people at most; none of these does"
    differ = ((one != other) & ~(one.isna() & other.isna())).any(axis=1)
    found: dict[str, Any] = {"people": len(one), "lives changed": int(differ.sum())}
    for name in DATES:
        column = f"{name}_date"
        if column in one:
            reached, was = other[column].notna(), one[column].notna()
            found[name] = {"gained": int((reached & ~was).sum()), "lost": int((was & ~reached).sum())}
    starts = [(of[["training_date", "practice_date"]].notna().any(axis=1) & ~of["stock"]) for of in (one, other)]
    gained, lost = (int((some & ~others).sum()) for some, others in (starts[::-1], starts))
    found["starts"] = {"gained": gained, "lost": lost}
    years = [column for column in one.columns if column.startswith("years_")]
    moved = (other[years].sum() - one[years].sum()).round(1)
    found["years"] = {
        str(column).removeprefix("years_"): float(value) + 0.0 for column, value in moved.items() if value
    }
    return found


def lead(before: Tables, after: Tables, scale: float) -> str:
    """The sentence that leads a comparison of these two worlds."""
    pairs = pairs_table(careers_of(before["people"]), careers_of(after["people"])).assign(world=1)
    everybody = pairs[pairs["dimension"] == "all"]
    return lead_sentence(next(each_row(gain_table(everybody, ("baseline", "reform"), scale))))


def found(name: str) -> dict[str, Any]:
    """What a shipped reform changes today, at each of its sizes, and what a comparison says first of it."""
    country, results = country_of(name), {}
    for said, levers in variants(name).items():
        before, after = baseline(country), lived(scenario(country, (name,), levers))
        results[said] = differences(before, after) | {"lead": lead(before, after, SCALE[country])}
    return results


def expected() -> dict[str, Any]:
    """What was found right before."""
    held: dict[str, Any] = json.loads(FILE.read_text("utf-8"))["results"]
    return held


def write(reason: str) -> None:
    """Make today's results the expected ones."""
    results = {name: found(name) for name in names()}
    FILE.write_text(json.dumps({"reason": reason, "results": results}, indent=1) + "\n", "utf-8")
