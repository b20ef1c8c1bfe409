"""What comes out of a Match: the graduates' part of it, and the tallies of everybody."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from imgsim.markets.allocation import (
    AFTER,
    CHANNELS,
    IN_ROUND,
    INELIGIBLE,
    NO_CHANNEL,
    OUTSIDE,
    PLACED,
    UNPLACED,
    Allocation,
)
from imgsim.markets.match.participants import IMG_GROUPS, Field
from imgsim.markets.match.positions import Offer

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Places:
    """The programme that each applicant holds, or -1, and how it was come by; arrays of shape (applicants,)."""

    def __init__(self, applicants: int) -> None:
        self.programme = np.full(applicants, -1)
        self.channel = np.full(applicants, NO_CHANNEL)

    def give(self, applicant: Ints, programme: Ints, by: int) -> None:
        """Write down who was placed where."""
        self.programme[applicant] = programme
        self.channel[applicant] = by


def allocation_of(
    offer: Offer, field: Field, places: Places, interviews: Ints, active: Bools, specialty: Ints, kinds: Sequence[str]
) -> Allocation:
    """The graduates' part, with the tallies of everybody; ``specialty`` is by programme."""
    own, programme = field.img, places.programme[field.img]
    placed = programme >= 0
    eligible = np.any(offer.takes[:, offer.quota > 0], axis=1)[field.kind[own]]
    return Allocation(
        outcome=np.where(placed, PLACED, np.where(eligible, UNPLACED, INELIGIBLE)),
        channel=places.channel[own],
        interviews=interviews[own],
        ranks=np.where(active, interviews, 0)[own],
        active=active[own],
        specialty=np.where(placed, specialty[programme], -1),
        sponsor=np.where(placed, offer.sponsor[programme], -1),
        rows=tallies(field, places.channel, active, (*kinds, *IMG_GROUPS), int(offer.quota.sum())),
    )


def tallies(field: Field, channel: Ints, active: Bools, groups: Sequence[str], seats: int) -> list[dict[str, object]]:
    """One row a group of applicants, and one for all with the seats."""
    cells = np.bincount(field.group * len(CHANNELS) + channel, minlength=len(groups) * len(CHANNELS))
    by_channel = cells.reshape(len(groups), len(CHANNELS))
    took_part = np.bincount(field.group[active], minlength=len(groups))
    rows = [tally(name, 0, int(took_part[code]), by_channel[code]) for code, name in enumerate(groups)]
    return [*rows, tally("all", seats, int(took_part.sum()), by_channel.sum(axis=0))]


def tally(group: str, seats: int, active: int, by_channel: Ints) -> dict[str, object]:
    """One row of the table of rounds."""
    row: dict[str, object] = {"group": group, "seats": seats, "applicants": int(by_channel.sum()), "active": active}
    row |= {"placed": int(by_channel[IN_ROUND])}
    return row | {"outside": int(by_channel[OUTSIDE]), "after": int(by_channel[AFTER])}
