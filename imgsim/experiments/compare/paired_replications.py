"""The same replication in several worlds, and what is kept of it: small tables, whatever the number of people."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from imgsim.base.dates.calendar import to_date, to_day
from imgsim.base.errors import InputError
from imgsim.engines.engine import engine
from imgsim.engines.model import Model, build
from imgsim.engines.records.columns import Columns, columns_of
from imgsim.engines.records.tables import build_tables
from imgsim.experiments.compare.counterfactual_pairs import Lives, lives_of, states_table, twins_table
from imgsim.experiments.compare.shared_rounds import Known, sharing
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.outcomes.all_measures import CURVE, headline_makers, measures
from imgsim.outcomes.headline import measures_shown
from imgsim.runs.job import Job
from imgsim.runs.manifest import code_digest

TABLES: Final = ("compared", "twins", "states", "places")
PLACE_COLUMNS: Final = ["round", "year", "group", "seats", "applicants", "placed", "outside", "after"]


@dataclass(frozen=True, slots=True)
class Worlds:
    """A baseline (the first) and its reforms, by their names; all have the same people, years, seed and scale."""

    names: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    engine: str

    @property
    def run(self) -> Any:
        """The run settings, which are the same in all."""
        return self.scenarios[0].run

    def digest(self) -> str:
        """What a kept replication depends on."""
        text = json.dumps([self.names, [scenario.digest() for scenario in self.scenarios], code_digest()])
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Built:
    """The worlds made ready to run."""

    worlds: Worlds
    models: tuple[Model, ...]
    known: Known  # what rounds answered in this replication, before the worlds part


JOB: Final = Job(
    build="imgsim.experiments.compare.paired_replications.built",
    pieces="imgsim.experiments.compare.paired_replications.pieces",
    measures="imgsim.experiments.compare.paired_replications.nothing", tables=TABLES,
)  # fmt: skip


def window(baseline: Scenario, reforms: Sequence[Scenario], years: int) -> tuple[int, int]:
    """First measured day and horizon: from the first change of any reform on, so many years."""
    first = to_day(baseline.run.measured_from)
    starts = [
        change.start
        for scenario in reforms
        for change in scenario.changes[len(baseline.changes) :]
        if change.start is not None
    ]
    begin = max(first, min(starts, default=first))
    date = to_date(begin)
    end = to_day(f"{date.year + years:04d}-{date.month:02d}-{min(date.day, 28):02d}")
    return begin, max(end, to_day(baseline.run.end))


def within(scenario: Scenario, begin: int, end: int) -> Scenario:
    """The scenario measured from a day on, up to a horizon."""
    return replace(scenario, run=replace(scenario.run, measured_from=to_date(begin), end=to_date(end)))


def refuse_unpaired(names: Sequence[str], scenarios: Sequence[Scenario]) -> None:
    """InputError unless the worlds can have the same people."""
    base = scenarios[0]
    for name, other in zip(names[1:], scenarios[1:], strict=True):
        if other.country != base.country:
            raise InputError(f"`{name}` is about another country than {base.file}")
        same = ("start", "end", "measured_from", "seed", "scale")
        differing = [word for word in same if getattr(other.run, word) != getattr(base.run, word)]
        if differing:
            raise InputError(f"`{name}` has another `run.{differing[0]}` than {base.file}: its people are not the same")
        if tuple(other.pathway.groups) != tuple(base.pathway.groups):
            raise InputError(f"`{name}` has other population groups than {base.file}: its people are not the same")


def built(worlds: Worlds) -> Built:
    """The models of all worlds."""
    known = Known()
    models = [build(scenario) for scenario in worlds.scenarios]
    return Built(worlds, sharing(worlds.scenarios, models, known), known)


def nothing(tables: Any, worlds: Any) -> pd.DataFrame:
    """No outcomes of their own: those of each world are among the tables kept."""
    del tables, worlds
    return pd.DataFrame({"replication": []})


def pieces(held: Built, number: int) -> Iterator[dict[str, Columns]]:
    """One replication in every world, and each reform's world against the first, person by person."""
    kept: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    first: Lives | None = None
    held.known.forget()
    for world, (scenario, model) in enumerate(zip(held.worlds.scenarios, held.models, strict=True)):
        tables = build_tables(engine(held.worlds.engine).run(model, number).finished())
        lives = lives_of(tables["people"])
        first = first or lives
        found = {
            "compared": headline_of(measures(tables, scenario, headline_makers())),
            "places": places_of(tables["rounds"], scenario),
        }
        if world:
            found |= {"twins": twins_table(first, lives), "states": states_table(first, lives)}
        for name, table in found.items():
            table.insert(0, "world", np.int32(world))
            table.insert(0, "replication", np.int32(number))
            kept[name].append(table)
    yield {name: columns_of(pd.concat(parts, ignore_index=True)) for name, parts in kept.items() if parts}


def headline_of(outcomes: pd.DataFrame) -> pd.DataFrame:
    """What the headline table and the curves of one replication are made from."""
    held = outcomes[outcomes["measure"].isin([*measures_shown(), CURVE]) & (outcomes["cohort"] == "measured")]
    return held.drop(columns="replication").reset_index(drop=True)


def places_of(rounds: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Seats, applicants and places of every round in the measured years, competitors included."""
    years = range(scenario.run.measured_from.year, scenario.run.end.year)
    held = rounds[rounds["year"].isin(years)][PLACE_COLUMNS].fillna(0.0).copy()
    return held.astype({"round": str, "group": str}).reset_index(drop=True)
