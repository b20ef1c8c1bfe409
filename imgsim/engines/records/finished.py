"""What an engine leaves behind after a replication: the arrays that every table is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Ints
from imgsim.engines.model import Model
from imgsim.engines.records.accumulators import Accumulators
from imgsim.engines.records.columns import Columns
from imgsim.persons.population import Population

Integers = npt.NDArray[np.int32] | Ints


class Piece(NamedTuple):
    """Events and spells of some people, sorted by person and sequence."""

    events: Ints  # (rows, 5): person, sequence, day, event code, value
    spells: Ints  # (rows, 5): person, sequence, state code, start, end


@dataclass(frozen=True, slots=True)
class Finished:
    """The arrays of a finished replication; events and spells only if they were logged."""

    model: Model
    replication: int
    population: Population
    accumulators: Accumulators  # closed
    days_in: Integers  # (people, livelihood states): days in each state
    end: Integers  # (people,): code of the end stage (its place among the stages), -1 while under way
    end_day: Integers  # (people,): NEVER while under way
    seasons: Columns
    rounds: Columns
    round_details: Mapping[str, Columns]  # further tables of rounds, by name
    events: Ints | None = None
    spells: Ints | None = None

    def with_logs(self, events: Ints, spells: Ints) -> Finished:
        """Add the logged events and spells of everybody."""
        return replace(self, events=events, spells=spells)
