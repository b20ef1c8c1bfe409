"""A stand-in for the engine: small tables in no time, and on request slow, failing or deadly.

It lives in a module of its own because worker processes import it by name.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from imgsim.base.errors import ImgsimError
from imgsim.engines.records.columns import Columns, columns_of
from imgsim.inputs.parameters.parameter import Parameter, Row
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.runs.checkpoints import Checkpoints
from imgsim.runs.job import Job

PEOPLE = 50
EVENTS = pd.Index(["entry", "exam.passed", "horizon"])


@dataclass(frozen=True)
class Settings:
    """The [run] table of a scenario."""

    replications: int = 4
    seed: int = 1
    scale: float = 0.5


NEW_YEAR = 13_514  # 1 January 2007
PASSED = Parameter(
    name="exam.passed", unit="probability", distribution=None, by=None, between="step",
    rows={"": (Row(NEW_YEAR, 0.7, "assumed", source="a", where="p. 1", why="so", range=(0.6, 0.8)),)},
)  # fmt: skip


@dataclass(frozen=True)
class SmallScenario(Scenario):
    """What store and runner need of a scenario; `behaviour` is for the engine below and no part of the inputs."""

    title: str = "A small <world>"
    name: str = "small"
    file: Path = Path("small.toml")
    country: str = "small"
    pathway: Any = field(default_factory=lambda: SimpleNamespace(parts={}))
    parameters: Any = field(default_factory=lambda: {PASSED.name: PASSED})
    base_parameters: Any = field(default_factory=dict)
    sources: Any = field(default_factory=dict)
    run: Any = Settings()
    behaviour: dict[str, Any] = field(default_factory=dict)

    def canonical(self) -> str:
        return json.dumps({"run": [self.run.seed, self.run.scale, self.run.replications]})

    def digest(self) -> str:
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    def of(self, replications: int) -> SmallScenario:
        return replace(self, run=replace(self.run, replications=replications))


def build(scenario: SmallScenario) -> SmallScenario:
    return scenario


def simulate(model: SmallScenario, replication: int) -> dict[str, pd.DataFrame]:
    misbehave(model.behaviour, replication)
    chance = np.random.default_rng((model.run.seed, replication))
    rows = PEOPLE * 10
    people = pd.DataFrame(
        {
            "replication": np.int32(replication),
            "person": np.arange(PEOPLE)[::-1],
            "group": pd.Categorical.from_codes(chance.integers(0, 2, PEOPLE), pd.Index(["far", "near"])),
            "entry_date": np.datetime64("2000-01-01", "s"),
            "practice_date": np.full(PEOPLE, np.datetime64("NaT", "s")),
            "practice_age": chance.normal(30, 5, PEOPLE),
        }
    )
    events = pd.DataFrame(
        {
            "replication": np.int32(replication),
            "person": np.arange(rows) // 10,
            "sequence": (np.arange(rows) % 10).astype(np.int32),
            "date": np.full(rows, np.datetime64("2001-02-03", "s")),
            "event": pd.Categorical.from_codes(chance.integers(0, 3, rows), EVENTS),
            "value": chance.random(rows),
        }
    )
    return {"people": people, "events": events}


def misbehave(behaviour: dict[str, Any], replication: int) -> None:
    """Take a while, refuse, or die as a worker whose memory has run out does."""
    time.sleep(behaviour.get("seconds", 0.0))
    if behaviour.get("refuse") == replication:
        raise ImgsimError(f"replication {replication} cannot be")
    mark = behaviour.get("die_once")
    if mark is not None and replication == 1 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if behaviour.get("die_always"):
        os.kill(os.getpid(), signal.SIGKILL)


def measures(tables: dict[str, pd.DataFrame], scenario: SmallScenario) -> pd.DataFrame:
    means = tables["people"].groupby("replication")["practice_age"].mean()
    row = {"measure": "age", "cohort": "all", "by": "all", "group": "all", "statistic": "mean", "n": PEOPLE}
    return pd.DataFrame([{"replication": number, **row, "value": value} for number, value in means.items()])


def summary(outcomes: pd.DataFrame, scenario: SmallScenario | None = None) -> pd.DataFrame:
    table = outcomes.groupby("measure", observed=True)["value"].mean().reset_index()
    return table.assign(leans_on="?" if scenario is None else f"{len(scenario.parameters)} assumed")


def small_outcomes() -> ModuleType:
    """Stands for `imgsim.outcomes.headline`, whose headline table needs the measures of a real run."""
    module = ModuleType("imgsim.outcomes.headline")
    module.summary, module.measures_shown = summary, lambda: ["age"]  # type: ignore[attr-defined]
    return module


def pieces(model: SmallScenario, replication: int) -> Iterator[dict[str, Columns]]:
    """Everything in one piece."""
    yield {name: columns_of(table) for name, table in simulate(model, replication).items()}


HERE = "builders.small_engine"
SMALL = Job(build=f"{HERE}.build", pieces=f"{HERE}.pieces", measures=f"{HERE}.measures")


def full_checkpoints(folder: Path, scenario: SmallScenario) -> Checkpoints:
    """A checkpoint for each replication of a scenario, below a folder."""
    checkpoints = Checkpoints(folder / "checkpoints")
    for replication in range(scenario.run.replications):
        made = simulate(scenario, replication)
        outcomes = measures(made, scenario).assign(replication=replication)
        checkpoints.write(range(replication, replication + 1), [{**made, "outcomes": outcomes}])
    return checkpoints


def flip_a_bit(path: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
