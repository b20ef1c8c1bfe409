"""The people of one replication as arrays: days of milestones, groups, and the window that is measured."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from imgsim.outcomes.definitions import ALL, CITIZEN, FIRST_MONTH, NONCITIZEN
from imgsim.outcomes.rows import Bools, Floats, Ints

if TYPE_CHECKING:
    from imgsim.scenario import Scenario

MISSING = np.iinfo(np.int64).max  # the day of what never happens


@dataclass(frozen=True)
class View:
    """One replication, ready to be measured."""

    tables: Mapping[str, pd.DataFrame]
    scenario: Scenario

    @property
    def scale(self) -> float:
        """Simulated heads per person."""
        return self.scenario.run.scale

    @cached_property
    def people(self) -> pd.DataFrame:
        """One row a graduate, in the order of person."""
        people = self.tables["people"]
        return people if people["person"].is_monotonic_increasing else people.sort_values("person")

    @cached_property
    def start(self) -> int:
        """First measured day."""
        return day(self.scenario.run.measured_from)

    @cached_property
    def horizon(self) -> int:
        """First day that is not simulated."""
        return day(self.scenario.run.end)

    @property
    def years(self) -> range:
        """Calendar years measured from beginning to end."""
        first, last = self.scenario.run.measured_from, self.scenario.run.end
        return range(first.year + (first.month > 1 or first.day > 1), last.year)

    def day(self, what: str) -> Ints:
        """The day of a milestone, of entry, graduation or the end per person; MISSING where it never comes."""
        return days(self.people[f"{what}_date"])

    def knows(self, *milestones: str) -> bool:
        """Does the road have these milestones?"""
        return all(f"{milestone}_date" in self.people for milestone in milestones)

    @cached_property
    def entrant(self) -> Bools:
        """Who came in by entry, and was not licensed from the start."""
        return ~self.people["stock"].to_numpy(bool)

    @cached_property
    def citizen(self) -> Bools:
        """Who needs no visa by citizenship."""
        return self.people["citizen"].to_numpy(bool)

    @cached_property
    def people_groups(self) -> dict[str, Bools]:
        """Everybody, citizens, others: masks over people."""
        return {ALL: np.ones(len(self.citizen), bool), CITIZEN: self.citizen, NONCITIZEN: ~self.citizen}

    @cached_property
    def regions(self) -> dict[str, Bools]:
        """Regions of school: masks over people."""
        region = self.people["region"].astype(str).to_numpy()
        names = self.scenario.pathway.categories["region"]
        return {name: region == name for name in names}

    @cached_property
    def groups(self) -> dict[str, Bools]:
        """Everybody, citizens, others, and each region."""
        return self.people_groups | self.regions

    def measured(self, since: Ints, followed: float = 0.0) -> Bools:
        """Entrants for whom something happened in the measured window, at least so many years before its end."""
        return self.entrant & (since >= self.start) & (since < years_before(self.scenario.run.end, followed))

    @cached_property
    def numbers(self) -> Ints:
        """The number of each person, rising."""
        return self.people["person"].to_numpy().astype(np.int64, copy=False)

    def row_of(self, person: pd.Series[int]) -> Ints:
        """The places in people of the persons of another table."""
        asked = person.to_numpy().astype(np.int64, copy=False)
        if np.array_equal(self.numbers, np.arange(len(self.numbers))):  # the usual case: they are places already
            return asked
        found: Ints = np.searchsorted(self.numbers, asked).astype(np.int64)
        return found

    @cached_property
    def event_codes(self) -> tuple[Ints, list[str]]:
        """The code of each event, and the names of the codes."""
        category = self.tables["events"]["event"].astype("category").cat
        return category.codes.to_numpy().astype(np.int64), [str(name) for name in category.categories]

    def events(self, names: Collection[str]) -> pd.DataFrame:
        """The events of these names, in the order of lives."""
        codes, known = self.event_codes
        wanted = np.array([name in names for name in known], bool)
        table = self.tables["events"]
        chosen = np.flatnonzero(wanted[codes]) if wanted.any() else np.empty(0, np.int64)
        return pd.DataFrame({name: table[name].take(chosen) for name in ("person", "date", "event", "value")})


def day(date: object) -> int:
    """The number of a date's day since 1970-01-01."""
    return int(np.datetime64(date, "D").astype(np.int64))  # type: ignore[call-overload]


def years_before(date: object, years: float) -> int:
    """The same calendar day whole years before, as a day number."""
    month = np.datetime64(date, "M")  # type: ignore[call-overload]
    return day(month - 12 * int(years)) + day(date) - day(month)


def days(dates: pd.Series[pd.Timestamp]) -> Ints:
    """A column of dates as day numbers; MISSING where there is none."""
    values = pd.to_datetime(dates).to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(values), MISSING, values.astype(np.int64))


def year_of(days: Ints, first_month: int = 1) -> Ints:
    """The year of each day, of those that begin with a month (7: 1 July to 30 June); far away where missing."""
    known = np.where(days == MISSING, 0, days).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.where(days == MISSING, 9999, 1970 + (known - (first_month - 1)) // 12)


def academic_year_of(days: Ints) -> Ints:
    """The year in which the academic year of each day began."""
    return year_of(days, FIRST_MONTH)


def spans(since: Ints, until: Ints) -> Floats:
    """Years from one day to another; missing where either never comes."""
    from imgsim.dates import DAYS_A_YEAR

    gone = (since == MISSING) | (until == MISSING)
    return np.where(gone, np.nan, (until - np.where(gone, 0, since)) / DAYS_A_YEAR)
