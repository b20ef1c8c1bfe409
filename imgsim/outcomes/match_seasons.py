"""The seasons table as arrays, one entry a person and Match, sorted by person and year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Bools, Ints
from imgsim.markets.allocation import CHANNELS
from imgsim.outcomes.counts import Codes, Replicas, Tally, earlier, tally
from imgsim.outcomes.people_arrays import View, codes_in

PLACED: Final = ("outside", "match", "soap")  # channels


@dataclass(frozen=True)
class Seasons:
    """The Match seasons of entrants as arrays, sorted by person and year."""

    view: View

    @cached_property
    def rows(self) -> Ints | slice:
        """The rows of entrants in their order."""
        table = self.view.tables["seasons"]
        person, year = self.view.row_of(table), table["year"].to_numpy(np.int64)
        key = (person << 12) | year
        order = np.argsort(key, kind="stable") if (key[1:] < key[:-1]).any() else slice(None)
        entrant = self.view.entrant[person[order]]
        return order if entrant.all() else np.arange(len(table))[order][entrant]

    def column(self, name: str, kind: type[Any]) -> npt.NDArray[Any]:
        """A numeric or yes-no column of the seasons of entrants."""
        return self.view.tables["seasons"][name].to_numpy(kind)[self.rows]

    def codes(self, name: str, names: Sequence[str]) -> Codes:
        """A text column of the seasons of entrants as indices into a list of names."""
        return codes_in(self.view.tables["seasons"][name], names)[self.rows]

    @cached_property
    def person(self) -> Ints:
        """The row in the table of people of each season's person."""
        return self.view.row_of(self.view.tables["seasons"])[self.rows]

    @cached_property
    def replicas(self) -> Replicas:
        """The replication of each season."""
        return self.view.replicas.of(self.person)

    @cached_property
    def cell(self) -> Codes:
        """The cell (region by citizenship) of each season's person."""
        return self.view.cell[self.person]

    @cached_property
    def year(self) -> Codes:
        """The year of the Match of each season."""
        return self.column("year", np.int32)

    @cached_property
    def active(self) -> Bools:
        """Whether a rank list was submitted in each season."""
        return self.column("active", bool)

    @cached_property
    def channel(self) -> Codes:
        """The channel by which a place was obtained in each season, below 0 for none."""
        return self.codes("channel", CHANNELS)

    def came_by(self, *channels: str) -> Bools:
        """Whether a place was obtained by one of these channels in each season."""
        return np.array([*(name in channels for name in CHANNELS), False])[self.channel]

    @property
    def specialty_names(self) -> Sequence[str]:
        """The specialties of the country."""
        return self.view.scenario.pathway.categories.get("specialty", ())

    @cached_property
    def specialty(self) -> Codes:
        """The specialty of the place obtained in each season, or else the one wished for."""
        return self.codes("specialty", self.specialty_names)

    @cached_property
    def measured(self) -> Bools:
        """Whether each season lies in a measured year."""
        years = self.view.years
        return (self.year >= years.start) & (self.year < years.stop)

    @cached_property
    def rung(self) -> Codes:
        """Which active attempt of the person each season is, from 1; 0 where there was no rank list."""
        return np.where(self.active, self.before(self.active) + np.int32(1), np.int32(0))

    @cached_property
    def placed_before(self) -> Bools:
        """Whether each season follows an earlier one with a place, as from a preliminary post."""
        return self.before(self.came_by(*PLACED)) > 0

    def before(self, hit: Bools) -> Codes:
        """How many earlier seasons of the same person were hits."""
        return earlier(self.person, hit)

    def tally(self, of: Bools, hit: Bools) -> Tally:
        """Seasons in `of`, and hits among them, by replication, measured year and cell."""
        return self.by(self.view.cells, self.cell, of, hit)

    def by(self, kinds: int, kind: Codes, of: Bools, hit: Bools) -> Tally:
        """Seasons in `of`, and hits among them, by replication, measured year and another code than the cell."""
        return tally(self.replicas, self.view.years, self.year, kinds, kind, of, hit)

    @cached_property
    def by_ranks(self) -> Tally:
        """Active applicants, and those placed in the round, by measured year and length of the rank list."""
        ranks = self.column("ranks", np.int32)
        most = int(ranks.max()) + 1
        return self.by(most, ranks, self.active & self.measured, self.came_by("match"))

    def by_specialty(self, of: Bools) -> Ints:
        """Seasons in `of` by replication, specialty and cell."""
        names = range(len(self.specialty_names))
        return tally(self.replicas, names, self.specialty, self.view.cells, self.cell, of).persons
