"""What a Match in plain words leaves behind: tallies by specialty and level, by rank list, and by exam ability."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from imgsim.markets.allocation import IN_ROUND, IN_SOAP, OUTSIDE
from imgsim.markets.match.fast.tallies import LONGEST, STEP
from imgsim.markets.match.reference_applicants import Market, Person

Matching = Mapping[int, int]
Columns = dict[str, npt.NDArray[Any]]


class Steps(Protocol):
    """Applications and rank lists, for posts that lead on or for one-year posts."""

    @property
    def applied(self) -> Sequence[Sequence[int]]:
        """The programmes that each applicant applied to."""
        ...

    @property
    def lists(self) -> Mapping[int, Sequence[int]]:
        """The programmes that each applicant ranks."""
        ...


def groups_of(market: Market) -> list[str]:
    """All groups of applicants, in the order of the tables."""
    return [*market.match.book.categories["competitor"], "citizen_img", "noncitizen_img"]


def by_specialty(
    market: Market, people: Sequence[Person], stages: Sequence[Steps], active: Collection[int], advanced: Matching,
    placed: Mapping[int, Matching],
) -> Columns:  # fmt: skip
    """A row for each specialty, level and group that has seats or applications; what programmes offer stands with all."""
    programmes, quota = market.match.programmes, market.positions.quota
    counted: Counter[tuple[int, int, str, str]] = Counter()

    def count(a: int, p: int, what: str) -> None:
        counted[*track(p), people[a].group, what] += 1

    def track(p: int) -> tuple[int, int]:
        return int(programmes.specialty[p]), 1 + int(programmes.advanced[p])

    for stage in stages:
        for a in range(len(people)):
            for p in stage.applied[a]:
                count(a, p, "applications")
            for p in stage.lists[a]:
                count(a, p, "interviews")
            for p in {track(p): p for p in stage.lists[a]}.values():
                count(a, p, "ranked")
    for a, p in advanced.items():
        count(a, p, "placed")
    for channel, what in ((IN_ROUND, "placed"), (OUTSIDE, "outside"), (IN_SOAP, "soap")):
        for a, p in placed[channel].items():
            count(a, p, what)
    for p in np.flatnonzero(quota):
        counted[*track(p), "all", "programmes"] += 1
        counted[*track(p), "all", "seats"] += int(quota[p])
    return rows_of(counted, market)


def rows_of(counted: Counter[tuple[int, int, str, str]], market: Market) -> Columns:
    """The counts as columns, groups summed to `all`."""
    groups, names = groups_of(market), market.match.specialties
    tracks = sorted({(s, level) for s, level, _, what in counted if what in ("seats", "applications")})
    keys = [(s, level, group) for s, level in tracks for group in (*groups, "all")]

    def number(s: int, level: int, group: str, what: str) -> int:
        own = [group] if group != "all" or what in ("programmes", "seats") else groups
        return sum(counted[s, level, each, what] for each in own)

    counts = ("programmes", "seats", "applications", "interviews", "ranked", "placed", "outside", "soap")
    table: Columns = {"specialty": np.array([names[s] for s, _, _ in keys], object)}
    table |= {"level": np.array([level for _, level, _ in keys]), "group": np.array([g for _, _, g in keys], object)}
    return table | {what: np.array([number(*key, what) for key in keys]) for what in counts}


def fared(
    market: Market, people: Sequence[Person], stage: Steps, active: Collection[int], advanced: Matching,
    placed: Mapping[int, Matching], table: str,
) -> Columns:  # fmt: skip
    """Active applicants by the length of their lists, or by exam ability: persons, placed, placed as they wished."""
    specialty, groups = market.match.programmes.specialty, groups_of(market)
    persons: Counter[tuple[int, int, float]] = Counter()
    in_round: Counter[tuple[int, int, float]] = Counter()
    as_wished: Counter[tuple[int, int, float]] = Counter()
    for a in sorted(active):
        person = people[a]
        if person.wish < 0:
            continue
        ranks = min(LONGEST, sum(specialty[p] == person.wish for p in stage.lists[a]))
        ability = math.floor(min(max(person.ability, -5.0), 5.0) / STEP) * STEP
        key = (groups.index(person.group), person.wish, ranks if table == "rank_lists" else ability)
        trains_in = advanced.get(a, placed[IN_ROUND].get(a))
        persons[key] += 1
        in_round[key] += a in placed[IN_ROUND]
        as_wished[key] += trains_in is not None and specialty[trains_in] == person.wish
    keys = sorted(persons)
    names = market.match.specialties
    return {
        "group": np.array([groups[g] for g, _, _ in keys], object),
        "specialty": np.array([names[s] for _, s, _ in keys], object),
        "ranks" if table == "rank_lists" else "ability": np.array([value for _, _, value in keys]),
        **{
            word: np.array([counter[key] for key in keys], np.int64)
            for word, counter in (("persons", persons), ("placed", in_round), ("as_wished", as_wished))
        },
    }
