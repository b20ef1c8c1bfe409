"""What happened, row by row, as it happens; sorted by person and sequence when a replication ends."""

from __future__ import annotations

from array import array
from typing import Final

import numpy as np
import numpy.typing as npt

Columns = npt.NDArray[np.int64]

EVENT_WIDTH: Final = 5  # person, sequence, day, event code, value
SPELL_WIDTH: Final = 5  # person, sequence, state code, first day, last day


class Journal:
    """Rows of whole numbers in the order of their happening.

    Events are (person, sequence, day, event code, value); spells of livelihood are (person, sequence, state code,
    start day, end day).
    """

    def __init__(self) -> None:
        self.event_rows = array("q")
        self.spell_rows = array("q")
        self.note = self.event_rows.extend
        self.note_spell = self.spell_rows.extend

    def events(self) -> Columns:
        """Events, shape (rows, 5), sorted by person and sequence."""
        return by_person(self.event_rows, EVENT_WIDTH)

    def spells(self) -> Columns:
        """Livelihood spells, shape (rows, 5), sorted by person and sequence."""
        return by_person(self.spell_rows, SPELL_WIDTH)


def by_person(rows: array[int], width: int) -> Columns:
    """The rows as a table; within a person they are already in sequence, so a stable sort by person is enough."""
    table = np.frombuffer(rows, dtype=np.int64).reshape(-1, width)
    return table[np.argsort(table[:, 0], kind="stable")]
