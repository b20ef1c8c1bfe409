"""One person in two worlds: who gained, who lost, who started sooner or later, and whether places decided it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.dates import DAYS_A_YEAR, NEVER
from imgsim.outcomes.destinations import STARTS
from imgsim.outcomes.view import days

Days = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

PRACTICE: Final = "practice"  # the milestone, and the livelihood that follows from it
AGES: Final = (25, 30, 35, 40)  # bounds of bands at entry: definitions, not quantities
SINCE: Final = (0, 2, 5, 10)  # years since graduation at entry
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
    bands: dict[str, pd.Series[Any]]  # by dimension: the group of each person
    practice: Days  # first day of practice
    practised: Floats  # years of practice up to the horizon
    state: pd.Series[Any]  # where the person stands in the end
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


def bands_of(people: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    """The groups by which gains and losses are told, each person's as text."""
    entry = days(people["entry_date"])
    age = (entry - days(people["birth_date"])) / DAYS_A_YEAR
    since = (entry - days(people["graduation_date"])) / DAYS_A_YEAR
    return {
        "all": constant("all", people),
        "citizenship": chosen(people["citizen"].to_numpy(bool), "citizen", "noncitizen", people),
        "region": people["region"].astype(str),
        "visa": chosen(people["needs_visa"].to_numpy(bool), "needs a visa", "needs none", people),
        "age at entry": banded(age, AGES, people),
        "years since graduation": banded(since, SINCE, people, "before graduation"),
    }


def constant(value: str, people: pd.DataFrame) -> pd.Series[Any]:
    """The same text for everybody."""
    return pd.Series(value, index=people.index)


def chosen(mark: Bools, yes: str, no: str, people: pd.DataFrame) -> pd.Series[Any]:
    """One text for those with a mark, another one for the others."""
    return pd.Series(np.where(mark, yes, no).astype(object), index=people.index, dtype=object)


def banded(value: Floats, bounds: tuple[int, ...], people: pd.DataFrame, below: str = "") -> pd.Series[Any]:
    """The band of each value: `25-29`, `under 25`, `40 and over`."""
    inner = [f"{low}-{high - 1}" for low, high in pairwise(bounds)]
    names = np.array([below or f"under {bounds[0]}", *inner, f"{bounds[-1]} and over"], object)
    return pd.Series(names[np.searchsorted(bounds, value, side="right")], index=people.index)


def state_of(people: pd.DataFrame, start: Days) -> pd.Series[Any]:
    """Where each person stands at the horizon: the class of the end, or under way, started or not."""
    ended = people["end_class"].astype(str)
    under_way = np.where(start < NEVER, "started, under way", "not started, under way")
    started = np.where(start < NEVER, "started, then ", "") + ended.to_numpy(object)
    return pd.Series(np.where(ended == "under_way", under_way, started), index=people.index, dtype=object)


def both(one: Lives, other: Lives) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
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
    before, after = one.start[mine].astype(np.int64), other.start[theirs].astype(np.int64)
    same_road = (one.certified[mine] == other.certified[theirs]) & (one.applied[mine] == other.applied[theirs])
    had, has = before < NEVER, after < NEVER
    counted = {
        "heads": np.ones(len(mine)), "gained": has & ~had, "lost": had & ~has, "sooner": had & has & (after < before),
        "later": had & has & (after > before), "gained_places": has & ~had & same_road,
        "lost_places": had & ~has & same_road,
        "days_sooner": np.where(had & has, np.maximum(before - after, 0), 0),
        "days_later": np.where(had & has, np.maximum(after - before, 0), 0),
        "practising": (one.practice[mine] == NEVER) & (other.practice[theirs] < NEVER),
        "practising_no_more": (one.practice[mine] < NEVER) & (other.practice[theirs] == NEVER),
        "practice_years": other.practised[theirs] - one.practised[mine],
    }  # fmt: skip
    table = pd.DataFrame({name: value.astype(np.float64) for name, value in counted.items()})
    parts = [by_band(table, name, band.to_numpy()[mine]) for name, band in one.bands.items()]
    return pd.concat(parts, ignore_index=True)


def by_band(table: pd.DataFrame, dimension: str, band: npt.NDArray[np.object_]) -> pd.DataFrame:
    """The sums by group of one dimension."""
    found = table.groupby(band, sort=False).sum().rename_axis("group").reset_index()
    found = found.sort_values("group", key=lambda names: names.map(in_order), ignore_index=True)
    found.insert(0, "dimension", dimension)
    return found


def in_order(group: str) -> tuple[int, str]:
    """Bands by the number they begin with, the open one at the lower end first; words by the alphabet."""
    first = group.partition("-")[0].partition(" ")[0]
    return (int(first) if first.isdigit() else -1, group)


def states_table(one: Lives, other: Lives) -> pd.DataFrame:
    """Heads by where they stand in the end in one world and in the other."""
    mine, theirs = both(one, other)
    pairs = pd.DataFrame({"before": one.state.to_numpy()[mine], "after": other.state.to_numpy()[theirs]})
    return pairs.groupby(["before", "after"], sort=True).size().rename("heads").reset_index()


def dimensions() -> Iterator[str]:
    """The dimensions of the twins table, in their order."""
    yield from ("all", "citizenship", "region", "visa", "age at entry", "years since graduation")
