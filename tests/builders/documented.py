"""Whether tables are as the data dictionary says: columns, missing values, and words of closed lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from imgsim.engines.records.data_dictionary import layout

# Columns whose meaning lists all words that can stand in them.
CLOSED = {
    "seasons": ("channel",),
    "outcomes": ("statistic",),
    "parameters": ("unit", "between", "evidence"),
}


def objections(name: str, table: pd.DataFrame) -> Iterator[str]:
    """What the dictionary does not say, or says otherwise, of a table."""
    for column in table.columns:
        entry = layout(name).column(column)
        if entry is None:
            yield f"{name}.{column} is not documented"
        elif table[column].isna().any() and not entry.missing:
            yield f"{name}.{column} has missing values"
    for column in CLOSED.get(name, ()):
        words = set(re.findall(r"[\w-]+", documented(name, column)))
        if unknown := set(table[column].dropna().astype(str)) - words:
            yield f"{name}.{column} has {unknown}"


def documented(name: str, column: str) -> str:
    """The meaning of a column."""
    entry = layout(name).column(column)
    assert entry is not None
    return entry.meaning


def missing(table: pd.DataFrame, column: str) -> pd.Series[bool]:
    """Where a column has no value."""
    return table[column].isna()


def claims(tables: Mapping[str, pd.DataFrame], horizon: pd.Timestamp) -> Iterator[tuple[str, bool]]:
    """What the dictionary says of single columns, and whether it holds."""
    people, events, spells = tables["people"], tables["events"], tables["livelihood"]
    rounds, seasons, exams, yearly = tables["rounds"], tables["seasons"], tables["exams"], tables["yearly"]
    names = [str(column) for column in people]
    under_way = people["end"].astype(str) == "under_way"
    yield "end_date: missing under way", bool((missing(people, "end_date") == under_way).all())
    yield "end_class: under_way as end", bool(((people["end_class"].astype(str) == "under_way") == under_way).all())
    stock = people["stock"].astype(bool)
    yield "entry_year: 1900 for the stock", bool((people["entry_year"][stock] == 1900).all())
    years = pd.DatetimeIndex(people["entry_date"][~stock]).year
    yield "entry_year: of the entry", bool((people["entry_year"][~stock].to_numpy() == years).all())
    yield "entry_date of the stock: the census", people["entry_date"][stock].nunique() <= 1
    yield (
        "visa_at_training: missing without training",
        bool((missing(people, "visa_at_training") == missing(people, "training_date")).all()),
    )
    for name in (column.removesuffix("_date") for column in names if column.endswith("_date")):
        if f"{name}_age" in people:
            age = (pd.to_datetime(people[f"{name}_date"]) - pd.to_datetime(people["birth_date"])).dt.days / 365.25
            yield f"{name}_age: on that day", bool(((people[f"{name}_age"] - age).abs().fillna(0) < 1e-9).all())
            yield f"{name}_age: missing if never", bool((missing(people, f"{name}_age") == age.isna()).all())
    begun = events.groupby("person")["event"].first().astype(str)
    yield "event: entry begins every career", bool((begun == "entry").all()) and len(begun) == len(people)
    yield "event: sequence from 0", bool((events.groupby("person")["sequence"].min() == 0).all())
    value = events["value"]
    yield "value: attempt, year or 0", bool(((value >= 0) & (value == value.round()) & (value < 2200)).all())
    following = spells.groupby("person")["start"].shift(-1)
    ends = pd.to_datetime(spells["end"])
    yield "spell: until the next", bool((pd.to_datetime(following).fillna(ends) == ends).all())
    last = ends.groupby(spells["person"]).max()
    stop = pd.to_datetime(people.set_index("person")["end_date"]).fillna(horizon).reindex(last.index)
    yield "spell: the last until the end or the horizon", bool((last == stop).all())
    lived = people[[column for column in names if column.startswith("years_")]].sum(axis=1)
    days = (pd.to_datetime(people["end_date"]).fillna(horizon) - pd.to_datetime(people["entry_date"])).dt.days
    yield "years: from entry to the end or the horizon", bool(((lived - days / 365.25).abs() < 1e-9).all())
    no_place = seasons["channel"].astype(str) == "none"
    for column in ("specialty", "sponsor"):
        yield f"seasons.{column}: missing without a place", bool((missing(seasons, column) == no_place).all())
    active = seasons[seasons["active"].astype(bool)].groupby("person").size().reindex(people["person"], fill_value=0)
    yield "active_seasons: with a rank list", bool((active.to_numpy() == people["active_seasons"]).all())
    yield "ranks: of those who are active", bool(((seasons["ranks"] > 0) == seasons["active"].astype(bool)).all())
    everybody = rounds[rounds["group"].astype(str) == "all"]
    yield "rounds: one row for all", len(everybody) == len(rounds.groupby(["round", "year"], observed=True))
    yield from claims_on_details(tables)
    yield "half: 1 or 2", bool(exams["half"].isin([1, 2]).all())
    yield "passed: among those told", bool((exams["passed"] <= exams["told"]).all())
    yield "ever_passed: of first attempts", bool((exams["ever_passed"][~exams["first"].astype(bool)] == 0).all())
    kept = yearly["stock_start"] + yearly["inflow"] - yearly["outflow"]
    yield "yearly: stocks and flows balance", bool((kept == yearly["stock_end"]).all())
    yield "season: 10 for all later ones", bool(tables["applications"]["season"].between(1, 10).all())


def claims_on_details(tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, bool]]:
    """The same of the tallies of a Match by specialty, rank list and exam ability."""
    specialties, lists, abilities = (tables[name] for name in ("round_specialties", "rank_lists", "exam_abilities"))
    group = specialties["group"].astype(str)
    yield "level: 1 or 2", bool(specialties["level"].isin([1, 2]).all())
    offered = (specialties.loc[group != "all", ["programmes", "seats", "unfilled"]] == 0).all(axis=None)
    yield "programmes, seats, unfilled: 0 for a group", bool(offered)
    yield "ranks: 20 for all longer ones", bool(lists["ranks"].between(0, 20).all())
    steps = abilities["ability"] / 0.25
    yield "ability: steps of 0.25 from -5 to 5", bool((steps == steps.round()).all() and (steps.abs() <= 20).all())
