"""Prove on a scaled-down copy of a scenario that both engines give the same careers, event by event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np

from imgsim.base.arrays import Ints
from imgsim.base.dates.calendar import to_date
from imgsim.base.errors import InputError
from imgsim.engines.engine import ENGINES, finished_replication
from imgsim.engines.model import build
from imgsim.engines.records.accumulators import Accumulators
from imgsim.engines.records.columns import frame
from imgsim.engines.records.finished import Finished, Piece
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.inputs.traits import LIVELIHOODS
from imgsim.persons.population import entrant_cells, stock_cells

PEOPLE: Final = 6_000  # about as many are compared, unless the scenario needs more to run at all
NOT_COMPARED: Final = ("model", "replication", "population")


@dataclass(frozen=True, slots=True)
class Proof:
    """How much was compared, and the first difference in words; empty if there is none."""

    scale: float
    people: int
    events: int
    difference: str


def prove(scenario: Scenario, people: int = PEOPLE) -> Proof:
    """Compare the engines on about so many people of a scenario, or on as many as it needs to run at all."""
    scale = min(scenario.run.scale, people / max(persons_at_full_size(scenario), 1))
    while True:
        try:
            return compare_engines(replace(scenario, run=replace(scenario.run, scale=scale)))
        except InputError:  # too few are left at this scale
            if scale >= scenario.run.scale:
                raise
            scale = min(2 * scale, scenario.run.scale)


def proof_text(proof: Proof) -> str:
    """Describe a proof in one or two lines."""
    what = f"{proof.people:,} people and {proof.events:,} events at scale {proof.scale:.3g}"
    if proof.difference:
        return f"Engines     DIFFER on {what}.\n  {proof.difference}"
    return f"Engines     equal bit for bit on {what}."


def persons_at_full_size(scenario: Scenario) -> int:
    """Count the people of a scenario at full size, entrants and stock."""
    years = range(scenario.run.start.year, scenario.run.end.year + 1)
    cells = entrant_cells(scenario.parameters, scenario.pathway, years)
    return sum(count for *_, count in [*cells, *stock_cells(scenario.parameters, scenario.pathway)[1]])


def compare_engines(scenario: Scenario) -> Proof:
    """Simulate one replication with each engine and compare all that they leave."""
    model = build(scenario)
    one, other = (finished_replication(name, model, 0) for name in ENGINES)
    return Proof(scenario.run.scale, len(one.population.actor), len(log_of(one).events), first_difference(one, other))


def first_difference(one: Finished, other: Finished) -> str:
    """Say where two engines first differ; empty if everything they leave is equal bit for bit."""
    names = one.model.stage_plans.events
    for kind, rows, others, words in (
        ("event", log_of(one).events, log_of(other).events, names),
        ("spell", log_of(one).spells, log_of(other).spells, LIVELIHOODS),
    ):
        if not np.array_equal(rows, others):
            return first_row(kind, rows, others, words)
    if not np.array_equal(one.population.traits, other.population.traits, equal_nan=True):
        return "the traits of some people differ at the end"
    for name in (field.name for field in fields(Finished) if field.name not in NOT_COMPARED):
        if not equal(getattr(one, name), getattr(other, name)):
            return f"`{name}` differs"
    return ""


def first_row(kind: str, rows: Ints, others: Ints, words: Sequence[str]) -> str:
    """Say how each engine has the first row in which their logs differ."""
    shared = min(len(rows), len(others))
    differs = np.flatnonzero((rows[:shared] != others[:shared]).any(axis=1))
    first = int(differs[0]) if len(differs) else shared
    as_each_has_it = [
        f"{name}: {in_words(kind, table, first, words)}" for name, table in zip(ENGINES, (rows, others), strict=True)
    ]
    return f"first differing {kind}: " + "; ".join(as_each_has_it)


def in_words(kind: str, rows: Ints, row: int, words: Sequence[str]) -> str:
    """Describe one row of a log, or `none` past its end."""
    if row >= len(rows):
        return "none"
    person, sequence, *rest = (int(number) for number in rows[row])
    if kind == "event":
        return f"person {person}, event {sequence}, {to_date(rest[0])}, {words[rest[1]]} ({rest[2]})"
    return f"person {person}, spell {sequence}, {words[rest[0]]} from {to_date(rest[1])} to {to_date(rest[2])}"


def log_of(finished: Finished) -> Piece:
    """Events and spells of a replication that has both."""
    assert finished.events is not None
    assert finished.spells is not None
    return Piece(finished.events, finished.spells)


def equal(one: object, other: object) -> bool:
    """Are two arrays, tables or sets of accumulators equal bit for bit?"""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        if any(isinstance(part, Mapping) for part in one.values()):
            return one.keys() == other.keys() and all(equal(one[name], other[name]) for name in one)
        return frame(one).equals(frame(other))
    if isinstance(one, Accumulators) and isinstance(other, Accumulators):
        return all(equal(mine, theirs) for mine, theirs in zip(one, other, strict=True))
    return np.array_equal(np.asarray(one), np.asarray(other))
