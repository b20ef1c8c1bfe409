"""The people of some replications as arrays: days of milestones, groups, and the window that is measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.base.compiled.jit import kernel
from imgsim.base.dates.day_numbers import NEVER
from imgsim.inputs.traits import YES_NO
from imgsim.outcomes.cells import Cells, cells_of
from imgsim.outcomes.counts import Codes, Replicas, Tally, sums, tally
from imgsim.outcomes.definitions import CITIZEN, FIRST_MONTH
from imgsim.outcomes.strata import EVERYBODY, REGION, Stratum

if TYPE_CHECKING:
    from imgsim.inputs.scenarios.scenario import Scenario
    from imgsim.inputs.traits import Trait

Days = npt.NDArray[np.int32]  # NEVER where it never comes
NUMBERED: Final = ("people", "yearly")  # tables with rows of every replication, or of every one with people
NO_YEAR: Final = 9999  # the year of what never happens
PERSON_BITS: Final = 32  # of a number that says replication and person
ONE: Final = range(1)  # the bins where all are counted together
NO_DATE: Final = np.iinfo(np.int64).min  # how numpy writes a missing date


@dataclass(frozen=True)
class View:
    """The tables of some replications, with the arrays that several measures need computed once.

    Measuring is many small steps, which cost as much for one small replication as for a dozen together.
    """

    tables: Mapping[str, pd.DataFrame]
    scenario: Scenario
    _days: dict[str, Days] = field(default_factory=dict)
    _years: dict[tuple[str, int], Codes] = field(default_factory=dict)

    @property
    def scale(self) -> float:
        """Simulated persons per real person."""
        return self.scenario.run.scale

    @cached_property
    def replications(self) -> Ints:
        """The numbers of the replications, rising; tables without numbers are of replication 0."""
        columns = [self.tables[name]["replication"] for name in NUMBERED if "replication" in self.tables.get(name, ())]
        numbers = np.unique(np.concatenate([np.zeros(0, np.int64), *(column.unique() for column in columns)]))
        return numbers if columns else np.zeros(1, np.int64)

    def replicas_in(self, table: pd.DataFrame) -> Replicas:
        """The replication of each row of a table."""
        if len(self.replications) == 1:
            return Replicas(1, np.zeros(len(table), np.int32))
        code = np.searchsorted(self.replications, table["replication"].to_numpy(np.int64))
        return Replicas(len(self.replications), code.astype(np.int32))

    @cached_property
    def people(self) -> pd.DataFrame:
        """One row a graduate, in the order of replication and person."""
        people, key = self.tables["people"], self.keys
        return people if (key[1:] >= key[:-1]).all() else people.iloc[np.argsort(key, kind="stable")]

    @cached_property
    def keys(self) -> Ints:
        """One number for the replication and person of every row, in the order of the table."""
        people = self.tables["people"]
        return key_of(self.replicas_in(people), people["person"])

    @cached_property
    def replicas(self) -> Replicas:
        """The replication of each person."""
        return Replicas(len(self.replications), (self.numbers >> PERSON_BITS).astype(np.int32))

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

    @property
    def touched(self) -> range:
        """Calendar years of which at least a part is measured."""
        return range(self.scenario.run.measured_from.year, self.scenario.run.end.year + 1)

    def day(self, what: str) -> Days:
        """The day of a milestone, of entry, birth, graduation or the end per person."""
        if what not in self._days:
            self._days[what] = days(self.people[f"{what}_date"])
        return self._days[what]

    def year(self, what: str, first_month: int = 1) -> Codes:
        """The year of a date per person; years may begin with another month than January."""
        if (what, first_month) not in self._years:
            self._years[what, first_month] = year_of(self.day(what), first_month)
        return self._years[what, first_month]

    def knows(self, *milestones: str) -> bool:
        """Does the pathway have these milestones?"""
        return all(f"{milestone}_date" in self.people for milestone in milestones)

    @cached_property
    def entrant(self) -> Bools:
        """Who came in by entry, and was not licensed from the start."""
        return ~self.people["stock"].to_numpy(bool)

    @cached_property
    def citizen(self) -> Bools:
        """Who needs no visa by citizenship."""
        return self.people["citizen"].to_numpy(bool)

    # --- groups: a cell is a combination of the traits that stratify, a group is some of the cells ----------------

    @cached_property
    def layout(self) -> Cells:
        """The cells of the pathway: regions of school by citizenship, and by other traits declared to stratify."""
        return cells_of(self.scenario.pathway)

    @cached_property
    def cell(self) -> Codes:
        """The cell of each person."""
        layout = self.layout
        return layout.numbers([self.code_of(*each) for each in zip(layout.traits, layout.values, strict=True)])

    def code_of(self, trait: Trait, values: Sequence[str]) -> Codes:
        """The code of each person's category, -1 where there is none; 1 and 0 for yes and no."""
        column = self.people[trait.reported]
        return column.to_numpy(bool).astype(np.int32) if trait.kind == YES_NO else codes_in(column, values)

    @property
    def cells(self) -> int:
        """How many cells there are, with those of no region."""
        return len(self.layout)

    @cached_property
    def people_groups(self) -> dict[Stratum, Bools]:
        """Everybody, citizens, others: masks over cells."""
        return {EVERYBODY: np.ones(self.cells, bool)} | self.layout.groups(CITIZEN)

    @cached_property
    def regions(self) -> dict[Stratum, Bools]:
        """Regions of school: masks over cells."""
        return self.layout.groups(REGION)

    @cached_property
    def groups(self) -> dict[Stratum, Bools]:
        """Everybody, citizens, others, each region, and each category of other traits that stratify."""
        groups = self.people_groups | self.regions
        for trait in self.layout.traits:
            groups |= self.layout.groups(trait.name)
        return groups

    def tally(self, bins: range, at: Codes, of: Bools, hit: Bools | None = None) -> Tally:
        """Persons in `of`, and hits among them, by replication, bin and cell."""
        return tally(self.replicas, bins, at, self.cells, self.cell, of, hit)

    @cached_property
    def all_in_one(self) -> Codes:
        """The bin of each person where all are counted in one."""
        return np.zeros(len(self.people), np.int32)

    def by_cell(self, of: Bools, hit: Bools | None = None) -> tuple[Ints, Ints]:
        """The number of persons in `of`, and of hits among them, by replication and cell."""
        _, persons, hits = self.tally(ONE, self.all_in_one, of, hit)
        return persons[:, 0], hits[:, 0]

    def sums(self, bins: range, at: Codes, of: Bools, weights: Sequence[Floats]) -> Floats:
        """Total weights of those in `of`, for each kind of weight by replication, bin and cell."""
        return sums(self.replicas, bins, at, self.cells, self.cell, of, weights)

    def pooled(self, of: Bools, weights: Sequence[Floats]) -> tuple[Ints, Floats]:
        """The number of persons in `of` by replication and cell, and their total weights, for each kind of weight."""
        return self.by_cell(of)[0], self.sums(ONE, self.all_in_one, of, weights)[:, :, 0]

    def measured(self, since: Days, followed: float = 0.0) -> Bools:
        """Entrants for whom something happened in the measured window, at least so many years before its end."""
        return self.entrant & (since >= self.start) & (since < years_before(self.scenario.run.end, followed))

    @cached_property
    def numbers(self) -> Ints:
        """One number for the replication and person of each person, rising."""
        return self.keys if self.people is self.tables["people"] else np.sort(self.keys)

    @cached_property
    def begins(self) -> Ints | None:
        """Where each replication's people begin, if persons are numbered from 0 in each: the usual case."""
        begins = np.searchsorted(self.replicas.code, np.arange(len(self.replications)))
        numbered = np.arange(len(self.numbers)) - begins[self.replicas.code]
        return begins if np.array_equal(key_of(self.replicas, numbered), self.numbers) else None

    def row_of(self, table: pd.DataFrame) -> Ints:
        """The row in the table of people of each person of another table."""
        replicas = self.replicas_in(table)
        if self.begins is not None:
            return table["person"].to_numpy(np.int64) + self.begins[replicas.code]
        return np.searchsorted(self.numbers, key_of(replicas, table["person"]))


def key_of(replicas: Replicas, person: npt.ArrayLike) -> Ints:
    """Replication and person as one number."""
    key: Ints = (replicas.code.astype(np.int64) << PERSON_BITS) | np.asarray(person, np.int64)
    return key


def codes_in(column: pd.Series[Any], names: Sequence[str]) -> Codes:
    """A text column as indices into a list of names, -1 for others and where it is missing."""
    categories = column.astype("category").cat
    code = {name: k for k, name in enumerate(names)}
    codes = np.array([*(code.get(str(name), -1) for name in categories.categories), -1], np.int32)
    return codes[categories.codes.to_numpy()]  # the code of what is missing is -1: the last place


def day(date: object) -> int:
    """The number of a date's day since 1970-01-01."""
    return int(np.datetime64(date, "D").astype(np.int64))  # type: ignore[call-overload]


def years_before(date: object, years: float) -> int:
    """The same calendar day whole years before, as a day number."""
    month = np.datetime64(date, "M")  # type: ignore[call-overload]
    return day(month - 12 * int(years)) + day(date) - day(month)


def days(dates: pd.Series[pd.Timestamp]) -> Days:
    """A column of dates as day numbers; NEVER where there is none."""
    values = (dates if dates.dtype.kind == "M" else pd.to_datetime(dates)).to_numpy()
    unit, _ = np.datetime_data(values.dtype)
    a_day = int(np.timedelta64(1, "D") / np.timedelta64(1, unit))  # type: ignore[call-overload]
    return days_of(values.view(np.int64), a_day)


@kernel
def days_of(ticks: Ints, a_day: int) -> Days:
    """The day of each tick of a clock that has so many a day; NEVER where there is none."""
    days = np.empty(len(ticks), np.int32)
    for k in range(len(ticks)):  # dividing floats is cheaper than dividing whole numbers
        days[k] = NEVER if ticks[k] == NO_DATE else np.floor(ticks[k] / a_day)
    return days


def year_of(days: Days, first_month: int = 1) -> Codes:
    """The year of each day, of those that begin with a month (7: 1 July to 30 June); NO_YEAR where there is none."""
    first, last = extremes(days)
    months = np.arange(first, last + 1).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return looked_up(days, first, (1970 + (months - (first_month - 1)) // 12).astype(np.int32))


@kernel
def extremes(days: Days) -> tuple[int, int]:
    """The first and the last day there is; the first day of all if there is none."""
    first, last = NEVER, -NEVER
    for k in range(len(days)):
        if days[k] < NEVER:
            first, last = min(first, days[k]), max(last, days[k])
    return (first, last) if first <= last else (0, 0)


@kernel
def looked_up(days: Days, first: int, years: Codes) -> Codes:
    """The year of each day, from those of all days since the first; NO_YEAR where there is none."""
    years_of_days = np.empty(len(days), np.int32)
    for k in range(len(days)):
        years_of_days[k] = NO_YEAR if days[k] >= NEVER else years[days[k] - first]
    return years_of_days


def academic_year_of(day: int) -> int:
    """The year in which the academic year of a day began."""
    return int(year_of(np.array([day], np.int32), FIRST_MONTH)[0])
