"""One person in two worlds: who gained, who lost, who started sooner or later, and whether places decided it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.dates.day_numbers import DAYS_A_YEAR, NEVER
from imgsim.outcomes.destinations import STARTS
from imgsim.outcomes.people_arrays import days

Days = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

PRACTICE: Final = "practice"  # the milestone, and the livelihood that follows from it
AGES: Final = (25, 30, 35, 40)  # bounds of bands at entry: definitions, not quantities
SINCE: Final = (0, 2, 5, 10)  # years since graduation at entry
UNDER_WAY: Final = "under_way"  # the class of those who have come to no end
COUNTS: Final = (
    "heads", "gained", "lost", "sooner", "later", "gained_places", "lost_places", "days_sooner", "days_later",
    "practising", "practising_no_more", "practice_years",
)  # fmt: skip


class Lives(NamedTuple):
    """What is compared of everybody, in the order of their actors; arrays of shape (people,)."""

    actor: npt.NDArray[np.uint64]
    start: Days  # first day of training, of a licence or of practice; NEVER if none
    certified: Days
    applied: Days
    bands: dict[str, pd.Categorical[Any]]  # by dimension: the group of each person
    practice: Days  # first day of practice
    practised: Floats  # years of practice up to the horizon
    state: pd.Categorical[Any]  # where the person stands in the end
    entrant: Bools


def lives_of(people: pd.DataFrame) -> Lives:
    """The lives of a replication, from its people table."""
    held = people.sort_values("actor") if not people["actor"].is_monotonic_increasing else people
    start = np.minimum.reduce([day_of(held, name) for name in STARTS])
    return Lives(
        held["actor"].to_numpy(np.uint64), start, day_of(held, "certified"), day_of(held, "applied"),
        bands_of(held), day_of(held, PRACTICE), held[f"years_in_{PRACTICE}"].to_numpy(np.float64),
        state_of(held, start), ~held["stock"].to_numpy(bool),
    )  # fmt: skip


def day_of(people: pd.DataFrame, milestone: str) -> Days:
    """The days of a milestone, NEVER where the road has none."""
    column = f"{milestone}_date"
    return days(people[column]) if column in people else np.full(len(people), NEVER, np.int32)


def bands_of(people: pd.DataFrame) -> dict[str, pd.Categorical[Any]]:
    """The groups by which gains and losses are told, and each person's."""
    entry = days(people["entry_date"])
    age = (entry - days(people["birth_date"])) / DAYS_A_YEAR
    since = (entry - days(people["graduation_date"])) / DAYS_A_YEAR
    return {
        "all": coded(np.zeros(len(people)), ["all"]),
        "citizenship": coded(people["citizen"], ["noncitizen", "citizen"]),
        "region": pd.Categorical(people["region"]),
        "visa": coded(people["needs_visa"], ["needs none", "needs a visa"]),
        "age at entry": banded(age, AGES, f"under {AGES[0]}"),
        "years since graduation": banded(since, SINCE, "before graduation"),
    }


def coded(place: npt.ArrayLike, names: Sequence[str]) -> pd.Categorical[Any]:
    """The name at each place."""
    return pd.Categorical.from_codes(np.asarray(place).astype(np.int8), categories=pd.Index(names))


def banded(value: Floats, bounds: tuple[int, ...], below: str) -> pd.Categorical[Any]:
    """The band of each value: `25-29`, `under 25`, `40 and over`."""
    inner = [f"{low}-{high - 1}" for low, high in pairwise(bounds)]
    names = [below, *inner, f"{bounds[-1]} and over"]
    return coded(np.searchsorted(bounds, value, side="right"), names)


def state_of(people: pd.DataFrame, start: Days) -> pd.Categorical[Any]:
    """Where each person stands at the horizon: the class of the end, or under way, started or not."""
    ended = pd.Categorical(people["end_class"])
    names = list(ended.categories)
    not_started = ["not started, under way" if name == UNDER_WAY else name for name in names]
    started = ["started, under way" if name == UNDER_WAY else f"started, then {name}" for name in names]
    return coded(ended.codes + len(names) * (start < NEVER), [*not_started, *started])


def both(one: Lives, other: Lives) -> tuple[Places, Places]:
    """The places of the entrants who live in both worlds."""
    if np.array_equal(one.actor, other.actor):
        same = np.flatnonzero(one.entrant)
        return same, same
    _, mine, theirs = np.intersect1d(one.actor, other.actor, assume_unique=True, return_indices=True)
    kept = one.entrant[mine]
    return mine[kept], theirs[kept]


def twins_table(one: Lives, other: Lives) -> pd.DataFrame:
    """Counts by dimension and group: gained a start under the reform, lost one, started sooner or later.

    What happens to somebody whose certificate and first application fall on the same days in both worlds came about
    through places (``gained_places``, ``lost_places``): others took or left them. ``practice_years`` is the difference
    in years of practice up to the horizon.
    """
    mine, theirs = both(one, other)
    changed = is_changed(one, other, mine, theirs)
    counted = counts(one, other, mine[changed], theirs[changed])
    parts = [by_band(counted, name, band[mine], changed) for name, band in one.bands.items()]
    return pd.concat(parts, ignore_index=True)


def is_changed(one: Lives, other: Lives, mine: Places, theirs: Places) -> Bools:
    """For whom is anything different that is counted? Nearly everybody's life is the same, and need not be counted."""
    differs = one.practised[mine] != other.practised[theirs]
    for before, after in ((one.start, other.start), (one.practice, other.practice)):
        differs |= before[mine] != after[theirs]
    found: Bools = differs
    return found


def counts(one: Lives, other: Lives, mine: Places, theirs: Places) -> dict[str, Floats]:
    """What is counted of each, but heads."""
    before, after = one.start[mine].astype(np.int64), other.start[theirs].astype(np.int64)
    same_road = (one.certified[mine] == other.certified[theirs]) & (one.applied[mine] == other.applied[theirs])
    had, has = before < NEVER, after < NEVER
    counted: dict[str, npt.NDArray[Any]] = {
        "gained": has & ~had, "lost": had & ~has, "sooner": had & has & (after < before),
        "later": had & has & (after > before), "gained_places": has & ~had & same_road,
        "lost_places": had & ~has & same_road,
        "days_sooner": np.where(had & has, np.maximum(before - after, 0), 0),
        "days_later": np.where(had & has, np.maximum(after - before, 0), 0),
        "practising": (one.practice[mine] == NEVER) & (other.practice[theirs] < NEVER),
        "practising_no_more": (one.practice[mine] < NEVER) & (other.practice[theirs] == NEVER),
        "practice_years": other.practised[theirs] - one.practised[mine],
    }  # fmt: skip
    return {name: value.astype(np.float64) for name, value in counted.items()}


def by_band(counted: Mapping[str, Floats], dimension: str, band: pd.Categorical[Any], changed: Bools) -> pd.DataFrame:
    """The sums by group of one dimension, of groups that have anybody; ``counted`` is of those with a change."""
    codes, groups = np.asarray(band.codes), len(band.categories)
    heads = np.bincount(codes, minlength=groups).astype(np.float64)
    sums = {name: np.bincount(codes[changed], weights=value, minlength=groups) for name, value in counted.items()}
    found = pd.DataFrame({"dimension": dimension, "group": list(band.categories), "heads": heads, **sums})
    found = found[found["heads"] > 0]
    return found.sort_values("group", key=lambda names: names.map(in_order), ignore_index=True)


def in_order(group: str) -> tuple[int, str]:
    """Bands by the number they begin with, the open one at the lower end first; words by the alphabet."""
    first = group.partition("-")[0].partition(" ")[0]
    return (int(first) if first.isdigit() else -1, group)


def states_table(one: Lives, other: Lives) -> pd.DataFrame:
    """Heads by where they stand in the end in one world and in the other."""
    mine, theirs = both(one, other)
    before, after = one.state, other.state
    size = len(before.categories), len(after.categories)
    place = before.codes[mine] * np.int64(size[1]) + after.codes[theirs]
    heads = np.bincount(place, minlength=size[0] * size[1])
    pairs = pd.MultiIndex.from_product([before.categories, after.categories], names=["before", "after"])
    found = pd.Series(heads, pairs, name="heads")
    return found[found > 0].sort_index().reset_index()


def dimensions() -> Iterator[str]:
    """The dimensions of the twins table, in their order."""
    yield from ("all", "citizenship", "region", "visa", "age at entry", "years since graduation")
