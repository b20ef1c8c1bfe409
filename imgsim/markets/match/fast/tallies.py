"""Equals `reference.report`: the graduates' results, and how many of each group applied, ranked and were placed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from imgsim.base.arrays import Bools, Ints
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


class Placements:
    """The programme and the channel that placed each applicant, -1 and "none" without one; arrays (applicants,)."""

    def __init__(self, applicants: int) -> None:
        self.programme = np.full(applicants, -1)
        self.channel = np.full(applicants, NO_CHANNEL)

    def assign(self, applicant: Ints, programme: Ints, channel: int) -> None:
        """Record who was placed where, and by which channel."""
        self.programme[applicant] = programme
        self.channel[applicant] = channel


def allocation_of(
    positions: Positions,
    participants: Participants,
    placements: Placements,
    interviews: Ints,
    active: Bools,
    specialty: Ints,
    kinds: Sequence[str],
) -> Allocation:
    """The graduates' results and the tallies of all groups; ``specialty`` is by programme."""
    own, programme = participants.img, placements.programme[participants.img]
    placed = programme >= 0
    eligible = np.any(positions.considers[:, positions.quota > 0], axis=1)[participants.kind[own]]
    return Allocation(
        outcome=np.where(placed, PLACED, np.where(eligible, UNPLACED, INELIGIBLE)),
        channel=placements.channel[own],
        interviews=interviews[own],
        ranks=np.where(active, interviews, 0)[own],
        active=active[own],
        specialty=np.append(specialty, -1)[programme],  # the last one, -1, for those without a programme
        sponsor=np.append(positions.sponsor, -1)[programme],
        rows=tallies(participants, placements.channel, active, (*kinds, *IMG_GROUPS), int(positions.quota.sum())),
    )


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
