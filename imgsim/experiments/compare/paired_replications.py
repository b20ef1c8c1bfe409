"""The same replication in several worlds, reduced to small tables whatever the number of people."""

from __future__ import annotations

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
from imgsim.experiments.compare.counterfactual_pairs import Careers, careers_of, pairs_table, states_table
from imgsim.experiments.compare.shared_rounds import SharedAllocations, share_rounds
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.outcomes.all_measures import CURVE, headline_makers, measures
from imgsim.outcomes.headline import measures_shown
from imgsim.runs.job import Job
from imgsim.runs.keys import key_of

TABLES: Final = ("headline", "counterfactual_pairs", "states", "places")
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
        """All that a checkpoint of a replication depends on."""
        return key_of("worlds", self.names, [scenario.digest() for scenario in self.scenarios])


@dataclass(frozen=True, slots=True)
class BuiltWorlds:
    """The worlds made ready to run."""

    worlds: Worlds
    models: tuple[Model, ...]
    shared: SharedAllocations  # of rounds in this replication, before the worlds part


JOB: Final = Job(
    build="imgsim.experiments.compare.paired_replications.build_worlds",
    pieces="imgsim.experiments.compare.paired_replications.simulate_worlds",
    measures="imgsim.experiments.compare.paired_replications.no_outcomes", tables=TABLES,
)  # fmt: skip


def window(baseline: Scenario, reforms: Sequence[Scenario], years: int) -> tuple[int, int]:
    """First measured day and horizon: so many years from the first change of any reform."""
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


def build_worlds(worlds: Worlds) -> BuiltWorlds:
    """The models of all worlds, sharing rounds before the worlds part."""
    shared = SharedAllocations()
    models = [build(scenario) for scenario in worlds.scenarios]
    return BuiltWorlds(worlds, share_rounds(worlds.scenarios, models, shared), shared)


def no_outcomes(tables: Any, worlds: Any) -> pd.DataFrame:
    """An empty table: the outcomes of each world are among the replication's own tables."""
    del tables, worlds
    return pd.DataFrame({"replication": []})


def simulate_worlds(built: BuiltWorlds, number: int) -> Iterator[dict[str, Columns]]:
    """Simulate one replication in every world; the tables that compare each reform's world with the first."""
    written: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    baseline: Careers | None = None
    built.shared.forget()
    for world, (scenario, model) in enumerate(zip(built.worlds.scenarios, built.models, strict=True)):
        tables = build_tables(engine(built.worlds.engine).run(model, number).finished())
        careers = careers_of(tables["people"])
        baseline = baseline or careers
        reduced = {
            "headline": headline_of(measures(tables, scenario, headline_makers())),
            "places": places_of(tables["rounds"], scenario),
        }
        if world:
            reduced["counterfactual_pairs"] = pairs_table(baseline, careers)
            reduced["states"] = states_table(baseline, careers)
        for name, table in reduced.items():
            table.insert(0, "world", np.int32(world))
            table.insert(0, "replication", np.int32(number))
            written[name].append(table)
    yield {name: columns_of(pd.concat(tables, ignore_index=True)) for name, tables in written.items() if tables}


def headline_of(outcomes: pd.DataFrame) -> pd.DataFrame:
    """The outcomes from which the headline table and the curves of one replication are made."""
    rows = outcomes[outcomes["measure"].isin([*measures_shown(), CURVE]) & (outcomes["cohort"] == "measured")]
    return rows.drop(columns="replication").reset_index(drop=True)


def places_of(rounds: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Seats, applicants and places of every round in the measured years, competitors included."""
    years = range(scenario.run.measured_from.year, scenario.run.end.year)
    rows = rounds[rounds["year"].isin(years)][PLACE_COLUMNS].fillna(0.0).copy()
    return rows.astype({"round": str, "group": str}).reset_index(drop=True)
