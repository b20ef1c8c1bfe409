"""The inputs and results of allocating the places of a round, shared by all mechanisms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Ints

PLACED, UNPLACED, INELIGIBLE = 0, 1, 2
CHANNELS: Final = ("none", "outside", "match", "soap")
NO_CHANNEL, OUTSIDE, IN_ROUND, IN_SOAP = 0, 1, 2, 3

Codes = npt.NDArray[np.signedinteger[Any]]  # of any width


@dataclass(frozen=True, slots=True)
class Applicants:
    """Persons who wait for a round on the day of allocation, in the order of their actors."""

    actor: Ints  # (n,)
    traits: npt.NDArray[np.float64]  # (n, traits)
    day: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """Each applicant's outcome and place, and the tallies by group for the table of rounds."""

    outcome: Codes  # PLACED, UNPLACED or INELIGIBLE
    channel: Codes  # index in CHANNELS
    interviews: Codes
    ranks: Codes
    active: npt.NDArray[np.bool_]  # submitted a rank list, or took part in the lottery
    specialty: Codes  # of the place given, or -1
    sponsor: Codes
    rows: list[dict[str, object]] = field(default_factory=list)
    details: Mapping[str, Mapping[str, npt.NDArray[Any]]] = field(default_factory=dict)  # further tallies, by table
    memory: object = None  # what the mechanism needs to know of it at the next meeting


class Mechanism(Protocol):
    """A way to allocate the places of a round; made once a scenario, called once a round."""

    def allocate(self, year: int, replication: int, applicants: Applicants) -> Allocation:
        """The places of one year's round."""
        ...


@runtime_checkable
class Remembering(Protocol):
    """A mechanism for which earlier meetings matter."""

    def remember(self, replication: int, allocation: Allocation) -> None:
        """Go on from an allocation that the mechanism of another world made of the same round."""
        ...
