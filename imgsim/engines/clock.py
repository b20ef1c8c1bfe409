"""The clock of both engines: a SimPy environment read as days and slots of a day."""

from __future__ import annotations

from typing import Final

import simpy

from imgsim.base.dates.calendar import to_day

SLOTS: Final = 4
BEGINNING: Final = to_day("1900-01-01")  # before the first day of any run
STAGE_SLOT, ENTRY_SLOT, ROUND_SLOT = 0, 1, 2  # what ends on a day has ended before a round of that day meets


class Clock:
    """The SimPy environment read as days and slots."""

    def __init__(self) -> None:
        self.env = simpy.Environment(initial_time=BEGINNING * SLOTS)

    def wait_for(self, day: int, slot: int = STAGE_SLOT) -> simpy.Event:
        """A timeout that ends on a day, in a slot of it."""
        return self.env.timeout(max(0, day * SLOTS + slot - self.env.now))

    def first_open_day(self, day: int) -> int:
        """The first day whose rounds a person can still join: tomorrow, once today's have met."""
        return day + 1 if self.env.now >= day * SLOTS + ROUND_SLOT else day

    def has_come(self, day: int, slot: int) -> bool:
        """Is this slot of the day here?"""
        return bool(self.env.now >= day * SLOTS + slot)

    def run(self, until: int) -> None:
        """Let time pass up to a day, which is not begun."""
        self.env.run(until=until * SLOTS)
