"""What a Match in plain words leaves behind: each graduate's result, and tallies by group, specialty, list and file."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Ints
from imgsim.markets.allocation import (
    IN_ROUND,
    IN_SOAP,
    INELIGIBLE,
    NO_CHANNEL,
    OUTSIDE,
    PLACED,
    UNPLACED,
    Allocation,
)
from imgsim.markets.match.fast.tallies import LONGEST, STEP
from imgsim.markets.match.reference_applicants import Market, Person, considers

Lists = Mapping[int, Sequence[int]]  # by applicant: programmes, the favourite first
Scores = Mapping[tuple[int, int], float]  # by applicant and programme
Matching = dict[int, int]  # by applicant: the programme
Columns = dict[str, npt.NDArray[Any]]


class Steps(NamedTuple):
    """Applications, rank lists and programmes' scores, for posts that lead on or for one-year posts."""

    applied: Sequence[Sequence[int]]
    lists: Lists
    scores: Scores


class Result(NamedTuple):
    """Who ranked and who is placed where."""

    stages: Sequence[Steps]  # of posts that lead on, and of one-year posts
    ranks: Sequence[int]  # by applicant: entries of both lists
    active: Collection[int]  # ranked something, and took no post outside the Match
    advanced: Matching  # posts that begin a year later
    placed: Mapping[int, Matching]  # by channel: posts that begin this year


def report(market: Market, people: Sequence[Person], result: Result) -> Allocation:
    """The graduates' results in their order, and the tallies of every group of applicants."""
    positions, imgs = market.positions, [a for a, person in enumerate(people) if person.img]
    channel = {a: by for by, matching in result.placed.items() for a in matching}
    programme = {a: result.advanced.get(a, p) for matching in result.placed.values() for a, p in matching.items()}
    offered = [int(p) for p in np.flatnonzero(positions.quota)]
    considered = {a: any(considers(market, p, people[a]) for p in offered) for a in imgs}
    outcomes = [PLACED if a in programme else UNPLACED if considered[a] else INELIGIBLE for a in imgs]
    lists = result.stages[0].lists

    def length(a: int) -> float:
        return min(LONGEST, [int(market.match.programmes.specialty[p]) for p in lists[a]].count(people[a].wish))

    def ability(a: int) -> float:
        return math.floor(min(max(people[a].ability, -5.0), 5.0) / STEP) * STEP

    return Allocation(
        outcome=np.array(outcomes, np.int64),
        channel=np.array([channel.get(a, NO_CHANNEL) for a in imgs], np.int64),
        interviews=np.array([result.ranks[a] for a in imgs], np.int64),
        ranks=np.array([result.ranks[a] if a in result.active else 0 for a in imgs], np.int64),
        active=np.array([a in result.active for a in imgs], bool),
        specialty=np.array([of_programme(market.match.programmes.specialty, programme.get(a)) for a in imgs], np.int64),
        sponsor=np.array([of_programme(positions.sponsor, programme.get(a)) for a in imgs], np.int64),
        rows=[tally(market, group, people, channel, result.active) for group in (*market.groups, "all")],
        details={
            "specialties": by_specialty(market, people, result),
            "rank_lists": fared(market, people, result, "ranks", length),
            "files": fared(market, people, result, "ability", ability),
        },
    )


def of_programme(values: Ints, programme: int | None) -> int:
    """A programme's value; -1 without a programme."""
    return -1 if programme is None else int(values[programme])


def tally(
    market: Market, group: str, people: Sequence[Person], channel: Mapping[int, int], active: Collection[int]
) -> dict[str, object]:
    """How many of a group applied, ranked and were placed by each channel; this year's seats stand with `all`."""
    own = [a for a, person in enumerate(people) if group in (person.group, "all")]
    by = [channel.get(a) for a in own]
    begin = int(market.positions.quota[~market.match.programmes.advanced].sum())
    row: dict[str, object] = {"group": group, "seats": begin if group == "all" else 0}
    row |= {"applicants": len(own), "active": sum(a in active for a in own)}
    row |= {"placed": by.count(IN_ROUND), "outside": by.count(OUTSIDE), "after": by.count(IN_SOAP)}
    return row


def by_specialty(market: Market, people: Sequence[Person], result: Result) -> Columns:
    """A row for each specialty, level and group that has seats or applications; what is offered stands with `all`."""
    programmes, quota = market.match.programmes, market.positions.quota
    counted: Counter[tuple[int, int, str, str]] = Counter()

    def track(p: int) -> tuple[int, int]:
        return int(programmes.specialty[p]), 1 + int(programmes.advanced[p])

    def count(matching: Matching, what: str) -> None:
        for a, p in matching.items():
            counted[*track(p), people[a].group, what] += 1

    for stage in result.stages:
        for a, person in enumerate(people):
            for what, listed in (("applications", stage.applied[a]), ("interviews", stage.lists[a])):
                for p in listed:
                    counted[*track(p), person.group, what] += 1
            for own in {track(p) for p in stage.lists[a]}:
                counted[*own, person.group, "ranked"] += 1
    count(result.advanced, "placed")
    for channel, what in ((IN_ROUND, "placed"), (OUTSIDE, "outside"), (IN_SOAP, "soap")):
        count(result.placed[channel], what)
    for each in np.flatnonzero(quota).tolist():
        counted[*track(each), "all", "programmes"] += 1
        counted[*track(each), "all", "seats"] += int(quota[each])
    return rows_of(counted, market)


def rows_of(counted: Counter[tuple[int, int, str, str]], market: Market) -> Columns:
    """The counts as columns, groups summed to `all`."""
    groups, names = market.groups, market.match.specialties
    tracks = sorted({(s, level) for s, level, _, what in counted if what in ("seats", "applications")})
    keys = [(s, level, group) for s, level in tracks for group in (*groups, "all")]

    def number(s: int, level: int, group: str, what: str) -> int:
        own = [group] if group != "all" or what in ("programmes", "seats") else groups
        return sum(counted[s, level, each, what] for each in own)

    counts = ("programmes", "seats", "applications", "interviews", "ranked", "placed", "outside", "soap")
    table: Columns = {"specialty": np.array([names[s] for s, _, _ in keys], object)}
    table |= {"level": np.array([level for _, level, _ in keys]), "group": np.array([g for _, _, g in keys], object)}
    return table | {what: np.array([number(*key, what) for key in keys]) for what in counts}


def fared(market: Market, people: Sequence[Person], result: Result, by: str, value: Callable[[int], float]) -> Columns:
    """Active applicants by group, specialty wished for and another number: persons, placed, placed as they wished."""
    match, groups, counted = market.match, market.groups, ("persons", "placed", "as_wished")
    counts: dict[tuple[int, int, float], list[int]] = {}
    for a in sorted(result.active):
        person = people[a]
        if person.wish < 0:
            continue
        trains_in = result.advanced.get(a, result.placed[IN_ROUND].get(a))
        as_wished = of_programme(match.programmes.specialty, trains_in) == person.wish
        own = counts.setdefault((groups.index(person.group), person.wish, value(a)), [0, 0, 0])
        for k, counts_here in enumerate((True, a in result.placed[IN_ROUND], as_wished)):
            own[k] += counts_here
    keys = sorted(counts)
    table: Columns = {"group": np.array([groups[g] for g, _, _ in keys], object)}
    table |= {"specialty": np.array([match.specialties[s] for _, s, _ in keys], object)}
    table |= {by: np.array([number for _, _, number in keys])}
    return table | {word: np.array([counts[key][k] for key in keys], np.int64) for k, word in enumerate(counted)}
