"""Who waits for a round, until the day on which it meets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import simpy

from imgsim.markets.allocation import Mechanism
from imgsim.markets.round_dates import RoundDates, Schedule

Person = TypeVar("Person")


class Waiting(Generic[Person]):
    """The people who wait for one round, by the day on which it meets."""

    def __init__(
        self, name: str, schedule: Schedule, mechanism: Mechanism, new_event: Callable[[], simpy.Event]
    ) -> None:
        self.name, self.schedule, self.mechanism, self.new_event = name, schedule, mechanism, new_event
        self.people: dict[int, list[Person]] = {}
        self.events: dict[int, simpy.Event] = {}

    def join(self, person: Person, dates: RoundDates) -> simpy.Event:
        """Wait for one meeting; the event all its people share, which carries the outcomes by person."""
        self.people.setdefault(dates.allocates, []).append(person)
        if dates.allocates not in self.events:
            self.events[dates.allocates] = self.new_event()
        return self.events[dates.allocates]
