"""Toy roads: a few stages, a few numbers, no country; small enough to be worked out on paper."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from imgsim.base.dates.calendar import to_day
from imgsim.engines.model import Model, build
from imgsim.engines.simpy.processes import simulate
from imgsim.inputs.consistency import check_contract
from imgsim.inputs.parameters.parameter import Parameter, Parameters, Row
from imgsim.inputs.parameters.read import with_ratios
from imgsim.inputs.pathways.checks import check_pathway
from imgsim.inputs.pathways.pathway import Group, Pathway, Scope, Stage, Timer
from imgsim.inputs.scenarios.run_settings import RunSettings
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.inputs.traits import LIVELIHOODS
from imgsim.persons.compile_rules import CompiledRules, compile_rules

Value = float | Sequence[tuple[str | None, float]]
Given = Value | Mapping[str, Value]

GROUPS = {"near": Group("near", "Near", "north", True), "far": Group("far", "Far", "south", False)}
CATEGORIES = {
    "region": ("north", "south"),
    "specialty": ("heart", "bone", "skin"),
    "visa": ("none", "guest"),
    "sponsor": ("none", "guest"),
}


def stage(name: str, kind: str, following: Mapping[str, str] | None = None, **more: Any) -> Stage:
    """A stage with nothing but what the test says; the phase is called like the stage."""
    given: dict[str, Any] = {"label": name, "phase": name, "starts_timer": {}, "sets_flag": {}, "sets_trait": {}} | more
    return Stage(name=name, kind=kind, next=dict(following or {}), **given)


def end(name: str, end_class: str = "gave_up") -> Stage:
    return stage(name, "end", end_class=end_class)


def timer(name: str, to: str, applies_in: tuple[str, ...] | str = "everywhere", starts: str | None = "entry") -> Timer:
    where = Scope(everywhere=True) if isinstance(applies_in, str) else Scope(stages=applies_in)
    return Timer(name, name, starts, where, to)


def road(*stages: Stage, timers: Sequence[Timer] = (), **more: Any) -> Pathway:
    """A checked road that begins with the first stage."""
    given: dict[str, Any] = {"stock_entry": None, "flags": {}, "milestones": {}, "competitors": {}}
    given |= {"categories": CATEGORIES} | more
    pathway = Pathway(
        country="toy",
        title="Toy",
        entry=stages[0].name,
        groups=GROUPS,
        timers={held.name: held for held in timers},
        stages={held.name: held for held in stages},
        **given,
    )
    check_pathway(pathway, "toy")
    return pathway


def parameter(
    name: str, unit: str, value: Given, by: str | None = None, distribution: str | None = None, between: str = "step"
) -> Parameter:
    """A parameter with one value for ever, with dated values, or with either for each category of ``by``."""
    rows = {key: series(held) for key, held in value.items()} if isinstance(value, Mapping) else {"": series(value)}
    return Parameter(name, unit, distribution, by, between, rows)


def series(value: Value) -> tuple[Row, ...]:
    dated = [(None, value)] if isinstance(value, (int, float)) else value
    return tuple(Row(None if start is None else to_day(start), float(held), "assumed") for start, held in dated)


def population(near: Value = 0, far: Value = 0) -> dict[str, Parameter]:
    """People who differ in nothing but the day of entry: 25 years old, just graduated, preparing for ever."""
    held = [
        parameter("population.entrants", "count", {"near": near, "far": far}, by="group"),
        parameter("population.age_at_graduation", "years", 25),
        parameter("population.entry_before", "years", 0),
        parameter("population.entry_after", "years", 0),
        parameter("population.ability", "score", 0),
        parameter("population.english", "score", 0),
        parameter("population.experience", "years", 0),
        parameter("population.needs_visa", "probability", 0),
        parameter("population.wish.heart", "probability", 1),
        parameter("population.wish.bone", "probability", 1),
    ]
    held += [parameter(f"livelihood.start.{state}", "probability", state == "preparing") for state in LIVELIHOODS[:5]]
    held.append(parameter("academic_year.begins", "month-day", 701))
    clinical = ("practising_home", "local_experience", "in_training", "in_practice")
    held += [parameter(f"livelihood.clinical.{state}", "flag", 1) for state in clinical]
    held += [parameter(f"livelihood.experience.{state}", "flag", 1) for state in ("local_experience", "in_training")]
    return {one.name: one for one in held}


def fair(name: str, places: float, closes: str = "02-01", allocates: str = "03-15") -> list[Parameter]:
    """The marks and places of a quota in one jurisdiction; what it gives starts on 1 July."""
    marks = {"opens": "09-01", "reads": "09-15", "closes": closes, "allocates": allocates, "starts": "07-01"}
    held = [parameter(f"{name}.{mark}", "month-day", float(day.replace("-", ""))) for mark, day in marks.items()]
    held.append(parameter(f"{name}.jurisdictions", "count", 1))
    held.append(parameter(f"{name}.places", "count", places))
    return [*held, parameter(f"{name}.concentration", "number", 0)]


def ranked(name: str, places: Given, spread: float = 0.0, by: str | None = None, **marks: str) -> list[Parameter]:
    """The marks and places of a round ranked by ability and the luck of the year."""
    held = [one for one in fair(name, 0, **marks) if one.unit == "month-day"]
    held += [parameter(f"{name}.places", "count", places, by=by), parameter(f"{name}.merit", "score", 0)]
    held.append(parameter(f"{name}.merit.plus.ability", "number", 1))
    return [*held, parameter(f"{name}.merit.spread", "number", spread)]


def exam(name: str, passed: Given, attempts: Given = 99, **given: Given) -> list[Parameter]:
    """An exam that takes thirty days a sitting, unless told otherwise; sittings are not limited within a year."""
    days = {"prepare": 30.0, "retake": 20.0, "result": 10.0, "late_gap": 1.0}
    held = [parameter(f"{name}.{word}", "days", given.get(word, value)) for word, value in days.items()]
    held.append(parameter(f"{name}.passed", "probability", passed))
    held.append(parameter(f"{name}.attempts", "count", attempts))
    return [*held, parameter(f"{name}.per_year", "count", given.get("per_year", 99))]


def scenario(
    pathway: Pathway,
    *given: Parameter,
    near: Value = 0,
    far: Value = 0,
    start: str = "2000-01-01",
    end: str = "2010-01-01",
    seed: int = 1,
    scale: float = 1.0,
) -> Scenario:
    """A road and its numbers, checked against each other; parameters given take the place of the usual ones."""
    held = population(near, far) | {one.name: one for one in given}
    parameters = Parameters(with_ratios(held), {})
    check_contract(parameters, pathway)
    first = date.fromisoformat(start)
    run = RunSettings(first, first, date.fromisoformat(end), 1, seed, scale)
    return Scenario("Toy", "toy", Path("toy.toml"), "toy", pathway, parameters, parameters, {}, run)


def book(*given: Parameter) -> CompiledRules:
    """The rules of some parameters alone, on a road that goes nowhere."""
    held = population() | {one.name: one for one in given}
    pathway = road(stage("start", "choose", {"only": "over"}), end("over"), flags={"marked": "marked"})
    return compile_rules(Parameters(with_ratios(held), {}), pathway)


def model(pathway: Pathway, *given: Parameter, **more: Any) -> Model:
    return build(scenario(pathway, *given, **more))


def tables(pathway: Pathway, *given: Parameter, replication: int = 0, **more: Any) -> dict[str, pd.DataFrame]:
    """The tables of one replication of a toy."""
    return simulate(model(pathway, *given, **more), replication)


def count(tables: Mapping[str, pd.DataFrame], event: str) -> int:
    """How often an event happened."""
    return int((tables["events"]["event"] == event).sum())


def days_of(tables: Mapping[str, pd.DataFrame], event: str) -> pd.Series[int]:
    """The first day of an event by person, for those it happened to."""
    rows = tables["events"][tables["events"]["event"] == event]
    return rows.groupby("person")["date"].min().astype("int64") // 86_400


def lives(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The events with the actor in the place of the person, who is renumbered when others enter."""
    actor = tables["people"].set_index("person")["actor"]
    held = tables["events"].drop(columns="replication")
    return held.assign(person=held["person"].map(actor), event=held["event"].astype(str)).reset_index(drop=True)


def digest(tables: Mapping[str, pd.DataFrame]) -> str:
    """A fingerprint of every table: any change of any value changes it."""
    found = hashlib.sha256()
    for name in sorted(tables):
        found.update(name.encode())
        found.update(tables[name].to_csv(index=False, float_format="%.9g").encode())
    return found.hexdigest()


def career() -> Pathway:
    """A road with every stage kind, clocks, a livelihood and a scarce round: the whole engine in eight stages."""
    return road(
        stage("test", "exam", {"passed": "paper", "exhausted": "gone"}, starts_timer={"passed": ("validity",)}),
        stage("paper", "wait", {"done": "way", "refused": "gone"}),
        stage("way", "choose", {"straight": "fair", "round_about": "rest"}),
        stage("rest", "wait", {"done": "fair"}, until="fair.closes"),
        stage("fair", "round", {"placed": "begin", "unplaced": "again", "ineligible": "gone"}, mechanism="lottery"),
        stage("again", "choose", {"again": "fair", "stop": "gone"}),
        stage("begin", "wait", {"done": "post"}, until="post", sets_trait={"done": {"visa": "guest"}}),
        stage("post", "work", {"completed": "practice", "left": "gone"}, livelihood="in_training"),
        stage("practice", "work", {"left": "gone"}, livelihood="in_practice"),
        end("gone"),
        end("dead", "died"),
        timers=[
            timer("death", "dead", starts="birth"),
            timer("validity", "test", ("paper", "rest", "fair"), None),
            timer("patience", "gone", ("test", "fair")),
        ],
        milestones={"training": ("post.started",), "practice": ("practice.started",)},
    )


def career_numbers(places: float = 20) -> list[Parameter]:
    """Numbers that bring people to every part of the road; places are scarce unless many are given."""
    return [
        *exam("test", 0.6, 4, prepare=200.0),
        parameter("test.passed.odds.ability", "factor", 1.8),
        parameter("test.prepare.sd_log", "number", 0.7),
        parameter("paper.done", "days", 90),
        parameter("paper.done.sd_log", "number", 0.8),
        parameter("paper.refused", "probability", 0.1),
        parameter("way.straight", "probability", 0.5),
        *fair("fair", places),
        parameter("again.again", "probability", 0.7),
        parameter("post.completed", "years", 3),
        parameter("post.left", "rate", 0.05),
        parameter("practice.left", "rate", 0.08),
        parameter("clock.death", "years", 60, distribution="gompertz"),
        parameter("clock.death.scale", "number", 11),
        parameter("clock.validity", "years", 3),
        parameter("clock.patience", "years", 4),
        parameter("clock.patience.sd_log", "number", 0.6),
        parameter("population.needs_visa", "probability", {"near": 0.0, "far": 0.9}, by="group"),
        parameter("population.experience", "years", 0.2),
        parameter("livelihood.preparing.survival_job", "rate", 0.4),
        parameter("livelihood.preparing.local_experience", "rate", 0.3),
        parameter("livelihood.survival_job.preparing", "rate", 0.6),
        parameter("livelihood.local_experience.preparing", "rate", 1.0),
    ]
