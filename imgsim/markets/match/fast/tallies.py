"""Equals `reference_report.report`: the graduates' results, and what each group of applicants sought and was given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.base.compiled.jit import kernel
from imgsim.markets.allocation import (
    CHANNELS,
    IN_ROUND,
    IN_SOAP,
    INELIGIBLE,
    NO_CHANNEL,
    OUTSIDE,
    PLACED,
    UNPLACED,
    Allocation,
)
from imgsim.markets.match.fast.participants import Participants
from imgsim.markets.match.fast.rank_lists import Stage
from imgsim.markets.match.positions import Positions
from imgsim.markets.match.programmes import Programmes

Columns = Mapping[str, npt.NDArray[Any]]
Numbers = npt.NDArray[np.integer[Any]]  # of any width

LONGEST: Final = 20  # entries of a rank list; longer lists are counted with these
STEP: Final = 0.25  # of exam ability, in standard deviations, in the table of files


class Placements:
    """Where each applicant is placed, and by which channel, -1 and "none" without a place; arrays (applicants,)."""

    def __init__(self, applicants: int) -> None:
        self.programme = np.full(applicants, -1)  # whose post begins this year
        self.later = np.full(applicants, -1)  # whose advanced post begins a year later
        self.channel = np.full(applicants, NO_CHANNEL)  # of the post that begins this year

    def assign(self, applicant: Ints, programme: Ints, advanced: Bools, channel: int) -> None:
        """Record who was placed where, and by which channel."""
        self.later[applicant[advanced]] = programme[advanced]
        self.programme[applicant[~advanced]] = programme[~advanced]
        self.channel[applicant[~advanced]] = channel

    def leads_to(self) -> Ints:
        """The programme in which each of those placed will train: the advanced one, where there is one."""
        return np.where((self.programme >= 0) & (self.later >= 0), self.later, self.programme)


class Result(NamedTuple):
    """What the steps of a year's Match left behind, and what its tables name."""

    programmes: Programmes
    positions: Positions
    participants: Participants
    placements: Placements
    stages: Sequence[Stage]  # of posts that lead on, and of one-year posts
    ranks: Ints  # (applicants,): entries of all rank lists
    active: Bools  # (applicants,): ranked something, and took no post outside the Match
    groups: Sequence[str]  # of applicants, in the order of their codes
    specialties: Sequence[str]


def allocation_of(result: Result) -> Allocation:
    """The graduates' results and the tallies of all groups."""
    own, trains_in = result.participants.img, result.placements.leads_to()
    placed, eligible = trains_in[own] >= 0, can_apply(result.positions, result.participants)[own]
    return Allocation(
        outcome=np.where(placed, PLACED, np.where(eligible, UNPLACED, INELIGIBLE)),
        channel=result.placements.channel[own],
        interviews=result.ranks[own],
        ranks=np.where(result.active, result.ranks, 0)[own],
        active=result.active[own],
        specialty=np.append(result.programmes.specialty, -1)[trains_in[own]],  # -1 for those without a programme
        sponsor=np.append(result.positions.sponsor, -1)[trains_in[own]],
        rows=tallies(result),
        details={"specialties": by_specialty(result), "rank_lists": by_length(result), "files": by_ability(result)},
    )


def can_apply(positions: Positions, participants: Participants) -> Bools:
    """Is there a programme with seats that does not refuse the applicant unread?"""
    able, years = np.zeros(len(participants.lacks), bool), participants.answers.years.astype(np.float32)
    for lacks in np.unique(participants.lacks):
        open_to = (positions.quota > 0) & ((positions.refuses & lacks) == 0)
        longest = positions.longest[open_to].astype(np.float32).max() if open_to.any() else -np.inf
        able |= (participants.lacks == lacks) & (years <= longest)
    return able


def tallies(result: Result) -> list[dict[str, object]]:
    """One row for each group of applicants, and one for all of them with the seats that begin this year."""
    group, groups = result.participants.group, result.groups
    cells = np.bincount(group * len(CHANNELS) + result.placements.channel, minlength=len(groups) * len(CHANNELS))
    by_channel, seats = cells.reshape(len(groups), len(CHANNELS)), result.positions.quota[~result.programmes.advanced]
    active = np.bincount(group[result.active], minlength=len(groups))
    rows = [tally(name, 0, int(active[code]), by_channel[code]) for code, name in enumerate(groups)]
    return [*rows, tally("all", int(seats.sum()), int(active.sum()), by_channel.sum(axis=0))]


def tally(group: str, seats: int, active: int, by_channel: Ints) -> dict[str, object]:
    """One group's row of the table of rounds."""
    row: dict[str, object] = {"group": group, "seats": seats, "applicants": int(by_channel.sum()), "active": active}
    row |= {"placed": int(by_channel[IN_ROUND])}
    return row | {"outside": int(by_channel[OUTSIDE]), "after": int(by_channel[IN_SOAP])}


# --- by specialty and level ------------------------------------------------------------------------------------------


def by_specialty(result: Result) -> Columns:
    """A row for each track of programmes and group of applicants; seats and programmes stand with the group `all`."""
    track = result.programmes.specialty * 2 + result.programmes.advanced
    shape = (2 * len(result.specialties), len(result.groups))
    placements, stages, group = result.placements, result.stages, result.participants.group

    def count(applicant: Numbers, programme: Numbers) -> Ints:
        return counted(track, group, shape, applicant, programme)

    def placed(channel: int) -> Ints:
        who = np.flatnonzero(placements.channel == channel)
        return count(who, placements.programme[who])

    advanced = np.flatnonzero(placements.later >= 0)
    counts = {
        "applications": total([count(each.applications.applicant, each.applications.programme) for each in stages]),
        "interviews": total([count(each.lists.pairs.applicant, each.lists.pairs.programme) for each in stages]),
        "ranked": total([ranked_once(track, group, shape, *each.lists.pairs) for each in stages]),
        "placed": placed(IN_ROUND) + count(advanced, placements.later[advanced]),
        "outside": placed(OUTSIDE),
        "soap": placed(IN_SOAP),
    }
    running, quota = result.positions.quota > 0, result.positions.quota
    offered = {
        "programmes": np.bincount(track[running], minlength=shape[0]),
        "seats": np.bincount(track, quota, shape[0]).astype(np.int64),
    }
    return table_of_tracks(offered, counts, result.groups, result.specialties)


def total(counts: Sequence[Ints]) -> Ints:
    """The sum of arrays of one shape."""
    summed: Ints = np.sum(counts, axis=0)
    return summed


@kernel
def counted(track: Ints, group: Ints, shape: tuple[int, int], applicant: Numbers, programme: Numbers) -> Ints:
    """How many pairs there are by the programme's track and the applicant's group."""
    cells = np.zeros(shape, np.int64)
    for k in range(len(applicant)):
        cells[track[programme[k]], group[applicant[k]]] += 1
    return cells


@kernel
def ranked_once(track: Ints, group: Ints, shape: tuple[int, int], applicant: Numbers, programme: Numbers) -> Ints:
    """The same, of each applicant one pair a track; pairs are in the order of applicants."""
    cells, latest = np.zeros(shape, np.int64), np.full(shape[0], -1)
    for k in range(len(applicant)):
        here = track[programme[k]]
        if latest[here] != applicant[k]:
            latest[here] = applicant[k]
            cells[here, group[applicant[k]]] += 1
    return cells


def table_of_tracks(
    offered: Mapping[str, Ints], counts: Mapping[str, Ints], groups: Sequence[str], specialties: Sequence[str]
) -> Columns:
    """The tracks with seats or applicants, a row for each group and one for all."""
    alive = np.flatnonzero((offered["seats"] > 0) | (counts["applications"].sum(axis=1) > 0))
    width = len(groups) + 1
    table: dict[str, npt.NDArray[Any]] = {
        "specialty": np.repeat(np.array(specialties, object)[alive // 2], width),
        "level": np.repeat(1 + alive % 2, width),
        "group": np.tile(np.array([*groups, "all"], object), len(alive)),
    }
    for name, cells in offered.items():
        table[name] = np.column_stack((np.zeros((len(alive), len(groups)), np.int64), cells[alive])).ravel()
    for name, cells in counts.items():
        table[name] = np.column_stack((cells[alive], cells[alive].sum(axis=1))).ravel()
    return table


# --- by list and file ------------------------------------------------------------------------------------------------


def by_length(result: Result) -> Columns:
    """Active applicants by how many programmes of the specialty wished for they ranked, and how they fared."""
    pairs, wish = result.stages[0].lists.pairs, result.participants.answers.wish
    preferred = result.programmes.specialty[pairs.programme] == wish[pairs.applicant]
    ranks = np.bincount(pairs.applicant[preferred], minlength=len(wish))
    return fared(result, "ranks", np.minimum(ranks, LONGEST))


def by_ability(result: Result) -> Columns:
    """Active applicants by exam ability (the lower end of a step), and how they fared."""
    steps: Floats = np.floor(np.clip(result.participants.answers.ability, -5, 5) / STEP)
    table = dict(fared(result, "ability", steps.astype(np.int64)))
    return table | {"ability": table["ability"] * STEP}


def fared(result: Result, by: str, value: Ints) -> Columns:
    """Active applicants by group, specialty wished for and another number: persons, placed, placed as wished."""
    answers, placements, specialties = result.participants.answers, result.placements, len(result.specialties)
    who = np.flatnonzero(result.active & (answers.wish >= 0))
    group, wish, low = result.participants.group[who], answers.wish[who], value.min(initial=0)
    span = value.max(initial=0) - low + 1
    place, size = (group * specialties + wish) * span + value[who] - low, len(result.groups) * specialties * span
    persons = np.bincount(place, minlength=size)
    cells = np.flatnonzero(persons)
    in_round, advanced = placements.channel[who] == IN_ROUND, placements.later[who] >= 0
    main = np.where(advanced, placements.later[who], placements.programme[who])
    as_wished = (in_round | advanced) & (np.append(result.programmes.specialty, -1)[main] == wish)
    return {
        "group": np.array(result.groups, object)[cells // span // specialties],
        "specialty": np.array(result.specialties, object)[cells // span % specialties],
        by: cells % span + low,
        "persons": persons[cells],
        "placed": np.bincount(place[in_round], minlength=size)[cells],
        "as_wished": np.bincount(place[as_wished], minlength=size)[cells],
    }
