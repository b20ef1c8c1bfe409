"""Equals `reference.report`: the graduates' results, and what each group of applicants sought and was given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Bools, Floats, Ints
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
from imgsim.markets.match.fast.participants import IMG_GROUPS, Participants
from imgsim.markets.match.positions import Positions

if TYPE_CHECKING:
    from imgsim.markets.match.match import Match, Stage

Columns = Mapping[str, npt.NDArray[Any]]

LONGEST: Final = 20  # entries of a rank list; longer lists are counted with these
STEP: Final = 0.25  # of exam ability, in standard deviations, in the table of files


class Steps(NamedTuple):
    """What the steps of a Match left behind."""

    stages: Sequence[Stage]  # of posts that lead on, and of one-year posts
    ranks: Ints  # (applicants,): entries of all rank lists
    active: Bools  # (applicants,): ranked something, and took no post outside the Match
    in_soap: Bools  # (applicants,): took part in SOAP


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


def allocation_of(
    match: Match, positions: Positions, participants: Participants, placements: Placements, steps: Steps
) -> Allocation:
    """The graduates' results and the tallies of all groups."""
    own, trains_in = participants.img, placements.leads_to()
    placed, eligible = trains_in[own] >= 0, can_apply(positions, participants)[own]
    groups = (*match.competitors.kinds, *IMG_GROUPS)
    return Allocation(
        outcome=np.where(placed, PLACED, np.where(eligible, UNPLACED, INELIGIBLE)),
        channel=placements.channel[own],
        interviews=steps.ranks[own],
        ranks=np.where(steps.active, steps.ranks, 0)[own],
        active=steps.active[own],
        specialty=np.append(match.programmes.specialty, -1)[trains_in[own]],  # -1 for those without a programme
        sponsor=np.append(positions.sponsor, -1)[trains_in[own]],
        rows=tallies(participants, placements.channel, steps.active, groups, seats_of(match, positions)),
        details={
            "specialties": by_specialty(match, positions, participants, placements, steps, groups),
            "rank_lists": by_length(match, participants, placements, steps, groups),
            "files": by_ability(match, participants, placements, steps, groups),
        },
    )


def can_apply(positions: Positions, participants: Participants) -> Bools:
    """Is there a programme with seats that does not refuse the applicant unread?"""
    able = np.zeros(len(participants.lacks), bool)
    for lacks in np.unique(participants.lacks):
        open_to = (positions.quota > 0) & ((positions.refuses & lacks) == 0)
        longest = positions.longest[open_to].max() if open_to.any() else -np.inf
        able |= (participants.lacks == lacks) & (participants.answers.years <= longest)
    return able


def seats_of(match: Match, positions: Positions) -> int:
    """The seats that begin this year."""
    return int(positions.quota[~match.programmes.advanced].sum())


def tallies(
    participants: Participants, channel: Ints, active: Bools, groups: Sequence[str], seats: int
) -> list[dict[str, object]]:
    """One row for each group of applicants, and one for all of them with the seats."""
    cells = np.bincount(participants.group * len(CHANNELS) + channel, minlength=len(groups) * len(CHANNELS))
    by_channel = cells.reshape(len(groups), len(CHANNELS))
    active_in = np.bincount(participants.group[active], minlength=len(groups))
    rows = [tally(name, 0, int(active_in[code]), by_channel[code]) for code, name in enumerate(groups)]
    return [*rows, tally("all", seats, int(active_in.sum()), by_channel.sum(axis=0))]


def tally(group: str, seats: int, active: int, by_channel: Ints) -> dict[str, object]:
    """One group's row of the table of rounds."""
    row: dict[str, object] = {"group": group, "seats": seats, "applicants": int(by_channel.sum()), "active": active}
    row |= {"placed": int(by_channel[IN_ROUND])}
    return row | {"outside": int(by_channel[OUTSIDE]), "after": int(by_channel[IN_SOAP])}


# --- by specialty and level ------------------------------------------------------------------------------------------


def by_specialty(
    match: Match, positions: Positions, participants: Participants, placements: Placements, steps: Steps,
    groups: Sequence[str],
) -> Columns:  # fmt: skip
    """A row for each track of programmes and group of applicants; seats and programmes stand with the group `all`."""
    programmes = match.programmes
    track = programmes.specialty * 2 + programmes.advanced
    tracks = 2 * len(match.specialties)
    shape = (tracks, len(groups))

    def count(applicant: Ints, programme: Ints) -> Ints:
        cells = track[programme] * len(groups) + participants.group[applicant]
        return np.bincount(cells, minlength=tracks * len(groups)).reshape(shape)

    def placed(channel: int) -> Ints:
        who = np.flatnonzero(placements.channel == channel)
        return count(who, placements.programme[who])

    advanced = np.flatnonzero((placements.later >= 0) & steps.active)
    counts = {
        "applications": sum(count(each.applications.applicant, each.applications.programme) for each in steps.stages),
        "interviews": sum(count(*each.lists.pairs) for each in steps.stages),
        "ranked": sum(count(*ranked_once(each, track)) for each in steps.stages),
        "placed": placed(IN_ROUND) + count(advanced, placements.later[advanced]),
        "outside": placed(OUTSIDE),
        "soap": placed(IN_SOAP),
    }
    running = positions.quota > 0
    offered = {
        "programmes": np.bincount(track[running], minlength=tracks),
        "seats": np.bincount(track, positions.quota, tracks).astype(np.int64),
    }
    return table_of_tracks(
        offered, {name: np.asarray(cells) for name, cells in counts.items()}, groups, match.specialties
    )


def ranked_once(stage: Stage, track: Ints) -> tuple[Ints, Ints]:
    """Applicant and one programme for each track on the applicant's list."""
    applicant, programme = (column.astype(np.int64) for column in stage.lists.pairs)
    _, first = np.unique(applicant * (track.max(initial=0) + 1) + track[programme], return_index=True)
    return applicant[first], programme[first]


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


# --- by list and file --------------------------------------------------------------------------------------------------


def by_length(
    match: Match, participants: Participants, placements: Placements, steps: Steps, groups: Sequence[str]
) -> Columns:
    """Active applicants by how many programmes of the specialty wished for they ranked, and how they fared."""
    lists = steps.stages[0].lists
    wish = participants.answers.wish
    applicant = lists.pairs.applicant
    preferred = match.programmes.specialty[lists.pairs.programme] == wish[applicant]
    ranks = np.bincount(applicant[preferred], minlength=len(wish))
    return fared(match, participants, placements, steps, groups, "ranks", np.minimum(ranks, LONGEST))


def by_ability(
    match: Match, participants: Participants, placements: Placements, steps: Steps, groups: Sequence[str]
) -> Columns:
    """Active applicants by exam ability (the lower end of a step), and how they fared."""
    steps_of: Floats = np.floor(np.clip(participants.answers.ability, -5, 5) / STEP)
    table = dict(fared(match, participants, placements, steps, groups, "ability", steps_of.astype(np.int64)))
    return table | {"ability": table["ability"] * STEP}


def fared(
    match: Match, participants: Participants, placements: Placements, steps: Steps, groups: Sequence[str], by: str,
    value: Ints,
) -> Columns:  # fmt: skip
    """Active applicants by group, specialty wished for and another number: persons, placed, placed as wished."""
    who = np.flatnonzero(steps.active & (participants.answers.wish >= 0))
    group, wish = participants.group[who], participants.answers.wish[who]
    low = value.min(initial=0)
    span = value.max(initial=0) - low + 1
    cells, place = np.unique((group * len(match.specialties) + wish) * span + value[who] - low, return_inverse=True)
    in_round = placements.channel[who] == IN_ROUND
    main = np.where(placements.later >= 0, placements.later, placements.programme)[who]
    matched = in_round | (placements.later[who] >= 0)
    as_wished = matched & (np.append(match.programmes.specialty, -1)[main] == wish)
    return {
        "group": np.array(groups, object)[cells // span // len(match.specialties)],
        "specialty": np.array(match.specialties, object)[cells // span % len(match.specialties)],
        by: cells % span + low,
        "persons": np.bincount(place, minlength=len(cells)),
        "placed": np.bincount(place, in_round, len(cells)).astype(np.int64),
        "as_wished": np.bincount(place, as_wished, len(cells)).astype(np.int64),
    }
