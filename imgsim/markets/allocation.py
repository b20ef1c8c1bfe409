"""What goes into an allocation and what comes out, whatever the mechanism."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

PLACED, UNPLACED, INELIGIBLE = 0, 1, 2
CHANNELS: Final = ("none", "outside", "match", "soap")
NO_CHANNEL, OUTSIDE, IN_ROUND, IN_SOAP = 0, 1, 2, 3

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.signedinteger[Any]]  # of whatever width holds them


@dataclass(frozen=True, slots=True)
class Applicants:
    """Those who wait on the day of allocation, in the order of their actors."""

    actor: Ints  # (n,)
    traits: npt.NDArray[np.float64]  # (n, traits)
    day: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """What each applicant is given, and the tallies by group for the table of rounds."""

    outcome: Codes  # PLACED, UNPLACED or INELIGIBLE
    channel: Codes  # place in CHANNELS
    interviews: Codes
    ranks: Codes
    active: npt.NDArray[np.bool_]  # submitted a rank list, or stood in the queue
    specialty: Codes  # of the place given, or -1
    sponsor: Codes
    rows: list[dict[str, object]] = field(default_factory=list)


class Mechanism(Protocol):
    """A way to allocate the places of a round; made once a scenario, asked once a round."""

    def allocate(self, year: int, replication: int, applicants: Applicants) -> Allocation:
        """The places of one year's round."""
        ...
