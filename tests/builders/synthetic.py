"""Hand-made tables and a small road for tests of outcomes; no country, no engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from imgsim.inputs.parameters.parameter import Parameter, Parameters, Row
from imgsim.inputs.pathways.pathway import Criterion, Group, Pathway, Stage
from imgsim.inputs.traits import LIVELIHOODS

MILESTONES = {
    "certified": ("paper.done",),
    "applied": ("fair.entered",),
    "placed": ("fair.placed",),
    "training": ("short.started", "long.started"),
    "licensed": ("long.completed",),
    "practice": ("work.started",),
}
GROUPS = {
    "north": Group("north", "North", "north", False),
    "south": Group("south", "South", "south", False),
    "south_home": Group("south_home", "South, citizens", "south", True),
}


def stage(name: str, kind: str, following: Mapping[str, str], **more: Any) -> Stage:
    """A stage with nothing but what the test says."""
    given: dict[str, Any] = {
        "label": name,
        "phase": "road",
        "starts_timer": {},
        "sets_flag": {},
        "sets_trait": {},
    } | more
    return Stage(name=name, kind=kind, next=following, **given)


def small_road() -> Pathway:
    """An exam, a paper, a fair of places, a branch by specialty, two posts, a queue, practice."""
    stages = [
        stage("test", "exam", {"passed": "paper", "exhausted": "gone"}),
        stage("paper", "wait", {"done": "fair"}),
        stage("fair", "round", {"placed": "stamp", "unplaced": "gone", "ineligible": "gone"}, mechanism="match"),
        stage("stamp", "wait", {"done": "which"}, sets_trait={"done": {"visa": "guest"}}),
        stage(
            "which", "branch", {"one": "short", "many": "long"}, when={"one": ((Criterion("specialty", ("bridge",)),),)}
        ),
        stage("short", "work", {"completed": "fair", "left": "fair"}, livelihood="in_training"),
        stage("long", "work", {"completed": "queue", "left": "gone"}, livelihood="in_training"),
        stage("queue", "round", {"placed": "work", "unplaced": "gone", "ineligible": "gone"}, mechanism="lottery"),
        stage("work", "work", {"left": "gone"}, livelihood="in_practice"),
        stage("gone", "end", {}, end_class="gave_up"),
    ]
    categories = {"region": ("north", "south"), "specialty": ("heart", "bridge"), "visa": ("none", "guest")}
    return Pathway(
        "nowhere", "Nowhere", "test", "work", categories, GROUPS, {}, MILESTONES, {"locals": "Locals"}, {},
        {held.name: held for held in stages},
    )  # fmt: skip


def parameter(name: str, unit: str, rows: Mapping[str, Sequence[Row]], by: str | None = None) -> Parameter:
    """A parameter with these rows by category."""
    return Parameter(name, unit, None, by, "step", {key: tuple(held) for key, held in rows.items()})


def day_number(text: str) -> int:
    """The day number of a date."""
    return int(np.datetime64(text, "D").astype(np.int64))


def small_parameters() -> Parameters:
    """A measured and an assumed livelihood rate."""
    return Parameters(
        [
            parameter("livelihood.preparing.survival_job", "rate", {"": [Row(None, 0.1, "assumed")]}),
            parameter("livelihood.preparing.unemployed", "rate", {"": [Row(None, 0.1, "measured")]}),
        ],
        {},
    )  # fmt: skip


def small_scenario(measured_from: date = date(2004, 1, 1), end: date = date(2020, 1, 1), scale: float = 0.5) -> Any:
    """What outcomes need of a scenario."""
    run = SimpleNamespace(measured_from=measured_from, end=end, scale=scale)
    return SimpleNamespace(run=run, pathway=small_road(), parameters=small_parameters())


def people(rows: Sequence[Mapping[str, Any]], end: str = "2020-01-01") -> pd.DataFrame:
    """One row a person, with what the row does not say filled in: born 1980, in since 2004, never placed."""
    start = {"group": "north", "region": "north", "citizen": False, "needs_visa": True, "stock": False}
    start |= {"entry_date": "2004-01-01", "birth_date": "1980-01-01", "graduation_date": "2003-01-01"}
    start |= {"end": "under_way", "end_class": "under_way", "end_date": end}
    start |= {"spent_to_certificate": 0.0, "visa_at_training": None}
    start |= {f"{name}_date": None for name in MILESTONES} | {f"years_{name}": 0.0 for name in LIVELIHOODS}
    table = pd.DataFrame([start | dict(row) for row in rows])
    table.insert(0, "person", np.arange(len(table)))
    for name in [column for column in map(str, table) if column.endswith("_date")]:
        table[name] = pd.to_datetime(table[name]).astype("datetime64[s]")
    for name in MILESTONES:
        table[f"{name}_age"] = (table[f"{name}_date"] - table["birth_date"]).dt.days / 365.25
    return table


def exams(rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """Sittings (exam, year, half, measured, citizen, first, told, passed, and ever passed unless it is 0)."""
    columns = ["exam", "year", "half", "measured", "citizen", "first", "told", "passed", "ever_passed"]
    return pd.DataFrame([(*row, 0)[: len(columns)] for row in rows], columns=columns)


def seasons(rows: Sequence[tuple[int, int, bool, str, int, str | None]]) -> pd.DataFrame:
    """Seasons (person, year, active, channel, ranks, specialty); who interviews ranks."""
    table = pd.DataFrame(list(rows), columns=["person", "year", "active", "channel", "ranks", "specialty"])
    return table.assign(interviews=table["ranks"])


def rounds(rows: Sequence[tuple[str, int, str, float | None, int, int, int, int, int]]) -> pd.DataFrame:
    """Rounds (round, year, group, seats, applicants, active, placed, outside, after)."""
    columns = ["round", "year", "group", "seats", "applicants", "active", "placed", "outside", "after"]
    return pd.DataFrame(list(rows), columns=columns)


def round_specialties(rows: Sequence[tuple[int, str, int, str, int, int, int, int]]) -> pd.DataFrame:
    """A Match by specialty (year, specialty, level, group, seats, interviews, placed, after)."""
    columns = ["year", "specialty", "level", "group", "seats", "interviews", "placed", "after"]
    table = pd.DataFrame(list(rows), columns=columns)
    return table.assign(round="fair", unfilled=np.where(table["group"] == "all", table["seats"] - table["placed"], 0))


def rank_lists(rows: Sequence[tuple[int, str, str, int, int, int]], by: str = "ranks") -> pd.DataFrame:
    """Rank lists, or abilities (year, group, specialty, length or ability, persons, as wished)."""
    columns = ["year", "group", "specialty", by, "persons", "as_wished"]
    return pd.DataFrame(list(rows), columns=columns).assign(round="fair")


def applications(rows: Sequence[tuple[str, int, bool, bool, int, int, int]]) -> pd.DataFrame:
    """Applications (family, year, citizen, current_year, season, applied, placed)."""
    columns = ["family", "year", "citizen", "current_year", "season", "applied", "placed"]
    return pd.DataFrame(list(rows), columns=columns)


def livelihood_years(rows: Sequence[tuple[int, str, int]]) -> pd.DataFrame:
    """Days lived on a livelihood (year, state, days)."""
    return pd.DataFrame(list(rows), columns=["year", "state", "days"])


def tables(**given: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The tables of a replication, those not given being empty."""
    empty = {"people": people([{}]), "exams": exams([]), "seasons": seasons([]), "rounds": rounds([])}
    empty |= {"round_specialties": round_specialties([]), "rank_lists": rank_lists([])}
    empty |= {"exam_abilities": rank_lists([], "ability")}
    empty |= {"applications": applications([]), "livelihood_years": livelihood_years([])}
    return empty | given


def value_of(
    table: pd.DataFrame, measure: str, cohort: str = "measured", group: str = "all", time: Any = None,
    statistic: str | None = None,
) -> float:  # fmt: skip
    """The one value of a measure."""
    return float(row_of(table, measure, cohort, group, time, statistic)["value"])


def row_of(
    table: pd.DataFrame, measure: str, cohort: str = "measured", group: str = "all", time: Any = None,
    statistic: str | None = None,
) -> pd.Series[Any]:  # fmt: skip
    """The one row of a measure."""
    found = table[(table["measure"] == measure) & (table["cohort"] == cohort) & (table["group"] == group)]
    found = found if time is None else found[found["time"] == time]
    found = found if statistic is None else found[found["statistic"] == statistic]
    assert len(found) == 1, f"{len(found)} rows of {measure}, {cohort}, {group}"
    return found.iloc[0]
