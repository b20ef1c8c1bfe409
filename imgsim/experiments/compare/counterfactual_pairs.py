"""Counterfactual pairs: one person's careers in two worlds; who gains, who loses, who starts sooner or later.

Where nothing but the start differs between a person's two careers, places decided it: others took or left one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.arrays import Bools, Floats
from imgsim.base.dates.day_numbers import DAYS_A_YEAR, NEVER
from imgsim.outcomes.people_arrays import days

Days = npt.NDArray[np.int32]
Indices = npt.NDArray[np.int64]
Groups = pd.Categorical  # the group of each person

STARTS: Final = ("training", "practice")  # a licence alone is permission, no start
PRACTICE: Final = "practice"  # the milestone, and the activity status that follows from it
AGES: Final = (25, 30, 35, 40)  # bounds of bands at entry: definitions, not quantities
SINCE: Final = (0, 2, 5, 10)  # years since graduation at entry
UNDER_WAY: Final = "under_way"  # the class of those who have come to no end
COUNTS: Final = (
    "persons", "started", "practised", "gained", "lost", "sooner", "later", "gained_places", "lost_places",
    "days_sooner", "days_later", "practising", "practising_no_more", "practice_years",
)  # fmt: skip


class Careers(NamedTuple):
    """What is compared of every person, in the order of their numbers; arrays of shape (people,)."""

    actor: npt.NDArray[np.uint64]
    start: Days  # first day of training or of practice; NEVER if none
    certified: Days
    applied: Days
    dimensions: dict[str, Groups[Any]]  # by dimension: the group of each person
    practice: Days  # first day of practice
    practised: Floats  # years of practice up to the horizon
    state: Groups[Any]  # state at the horizon
    entrant: Bools


def careers_of(people: pd.DataFrame) -> Careers:
    """The careers of a replication, from its people table."""
    ordered = people.sort_values("actor") if not people["actor"].is_monotonic_increasing else people
    start = np.minimum.reduce([day_of(ordered, name) for name in STARTS])
    return Careers(
        ordered["actor"].to_numpy(np.uint64), start, day_of(ordered, "certified"), day_of(ordered, "applied"),
        dimensions_of(ordered), day_of(ordered, PRACTICE), ordered[f"years_in_{PRACTICE}"].to_numpy(np.float64),
        state_of(ordered, start), ~ordered["stock"].to_numpy(bool),
    )  # fmt: skip


def day_of(people: pd.DataFrame, milestone: str) -> Days:
    """The days of a milestone, NEVER where the pathway has none."""
    column = f"{milestone}_date"
    return days(people[column]) if column in people else np.full(len(people), NEVER, np.int32)


def dimensions_of(people: pd.DataFrame) -> dict[str, Groups[Any]]:
    """The dimensions by which gains and losses are reported, with each person's group."""
    entry = days(people["entry_date"])
    age = (entry - days(people["birth_date"])) / DAYS_A_YEAR
    since = (entry - days(people["graduation_date"])) / DAYS_A_YEAR
    return {
        "all": groups(np.zeros(len(people)), ["all"]),
        "citizenship": groups(people["citizen"], ["noncitizen", "citizen"]),
        "region": pd.Categorical(people["region"]),
        "visa": groups(people["needs_visa"], ["needs none", "needs a visa"]),
        "age at entry": banded(age, AGES, f"under {AGES[0]}"),
        "years since graduation": banded(since, SINCE, "before graduation"),
    }


def groups(code: npt.ArrayLike, names: Sequence[str]) -> Groups[Any]:
    """Categories from codes: the name at each index."""
    return pd.Categorical.from_codes(np.asarray(code).astype(np.int8), categories=pd.Index(names))


def banded(value: Floats, bounds: tuple[int, ...], below: str) -> Groups[Any]:
    """The band of each value: `25-29`, `under 25`, `40 and over`."""
    inner = [f"{low}-{high - 1}" for low, high in pairwise(bounds)]
    names = [below, *inner, f"{bounds[-1]} and over"]
    return groups(np.searchsorted(bounds, value, side="right"), names)


def state_of(people: pd.DataFrame, start: Days) -> Groups[Any]:
    """Each person's state at the horizon: the class of the end, or under way, started or not."""
    ended = pd.Categorical(people["end_class"])
    names = list(ended.categories)
    not_started = ["not started, under way" if name == UNDER_WAY else name for name in names]
    started = ["started, under way" if name == UNDER_WAY else f"started, then {name}" for name in names]
    return groups(ended.codes + len(names) * (start < NEVER), [*not_started, *started])


def matched(one: Careers, other: Careers) -> tuple[Indices, Indices]:
    """Indices of the entrants who live in both worlds, in each of them."""
    if np.array_equal(one.actor, other.actor):
        same = np.flatnonzero(one.entrant)
        return same, same
    _, mine, theirs = np.intersect1d(one.actor, other.actor, assume_unique=True, return_indices=True)
    entrant = one.entrant[mine]
    return mine[entrant], theirs[entrant]


def pairs_table(one: Careers, other: Careers) -> pd.DataFrame:
    """Counts by dimension and group: who gains a start under the reform, loses one, starts sooner or later.

    What happens to somebody whose certificate and first application fall on the same days in both worlds came about
    through places (``gained_places``, ``lost_places``): others took or left them. ``practice_years`` is the difference
    in years of practice up to the horizon; ``started`` and ``practised`` are starts and years in the first world.
    """
    mine, theirs = matched(one, other)
    changed = is_changed(one, other, mine, theirs)
    counted = counts(one, other, mine[changed], theirs[changed])
    before = {"started": (one.start[mine] < NEVER).astype(np.float64), "practised": one.practised[mine]}
    parts = [by_group(before, counted, name, group[mine], changed) for name, group in one.dimensions.items()]
    return pd.concat(parts, ignore_index=True)


def is_changed(one: Careers, other: Careers, mine: Indices, theirs: Indices) -> Bools:
    """Whether anything that is counted differs; for nearly everybody nothing does, and nothing need be counted."""
    changed: Bools = one.practised[mine] != other.practised[theirs]
    for before, after in ((one.start, other.start), (one.practice, other.practice)):
        changed |= before[mine] != after[theirs]
    return changed


def counts(one: Careers, other: Careers, mine: Indices, theirs: Indices) -> dict[str, Floats]:
    """Everything that is counted of each pair, but the persons themselves."""
    before, after = one.start[mine].astype(np.int64), other.start[theirs].astype(np.int64)
    same_path = (one.certified[mine] == other.certified[theirs]) & (one.applied[mine] == other.applied[theirs])
    had, has = before < NEVER, after < NEVER
    counted: dict[str, npt.NDArray[Any]] = {
        "gained": has & ~had, "lost": had & ~has, "sooner": had & has & (after < before),
        "later": had & has & (after > before), "gained_places": has & ~had & same_path,
        "lost_places": had & ~has & same_path,
        "days_sooner": np.where(had & has, np.maximum(before - after, 0), 0),
        "days_later": np.where(had & has, np.maximum(after - before, 0), 0),
        "practising": (one.practice[mine] == NEVER) & (other.practice[theirs] < NEVER),
        "practising_no_more": (one.practice[mine] < NEVER) & (other.practice[theirs] == NEVER),
        "practice_years": other.practised[theirs] - one.practised[mine],
    }  # fmt: skip
    return {name: value.astype(np.float64) for name, value in counted.items()}


def by_group(
    before: Mapping[str, Floats], counted: Mapping[str, Floats], dimension: str, group: Groups[Any], changed: Bools
) -> pd.DataFrame:
    """Sums by group of one dimension without empty groups: ``before`` of all pairs, ``counted`` of those changed."""
    codes, size = np.asarray(group.codes), len(group.categories)
    persons = np.bincount(codes, minlength=size).astype(np.float64)
    sums = {name: np.bincount(codes, weights=value, minlength=size) for name, value in before.items()}
    sums |= {name: np.bincount(codes[changed], weights=value, minlength=size) for name, value in counted.items()}
    table = pd.DataFrame({"dimension": dimension, "group": list(group.categories), "persons": persons, **sums})
    table = table[table["persons"] > 0]
    return table.sort_values("group", key=lambda names: names.map(in_order), ignore_index=True)


def in_order(group: str) -> tuple[int, str]:
    """Sort key of groups: bands by the number they begin with, the open one at the lower end first; words by letter."""
    first = group.partition("-")[0].partition(" ")[0]
    return (int(first) if first.isdigit() else -1, group)


def states_table(one: Careers, other: Careers) -> pd.DataFrame:
    """Persons by their state at the horizon in one world and in the other."""
    mine, theirs = matched(one, other)
    before, after = one.state, other.state
    size = len(before.categories), len(after.categories)
    cell = before.codes[mine] * np.int64(size[1]) + after.codes[theirs]
    persons = np.bincount(cell, minlength=size[0] * size[1])
    pairs = pd.MultiIndex.from_product([before.categories, after.categories], names=["before", "after"])
    table = pd.Series(persons, pairs, name="persons")
    return table[table > 0].sort_index().reset_index()
