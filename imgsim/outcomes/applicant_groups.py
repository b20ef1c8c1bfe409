"""The tables of a Match by group of applicants as arrays: counts by replication, year and whatever else names a row."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Floats, Ints
from imgsim.inputs.pathways.pathway import GRADUATES
from imgsim.outcomes.definitions import ALL, IMG
from imgsim.outcomes.outcome_rows import Named, Rows, labels, ratio
from imgsim.outcomes.people_arrays import View, codes_in
from imgsim.outcomes.strata import APPLICANTS, Stratum

Counts = npt.NDArray[np.int64]
SPECIALTY: Final = "specialty"


def groups_of(view: View) -> dict[str, tuple[str, ...]]:
    """Every group of applicants with its kinds: each kind by itself, all graduates, those that a country declares."""
    pathway = view.scenario.pathway
    kinds = (*pathway.competitors, *GRADUATES)
    together = {name: group.of for name, group in pathway.applicant_groups.items()}
    return {kind: (kind,) for kind in kinds} | {IMG: GRADUATES} | together


def groups_with_specialties(view: View) -> list[str]:
    """Groups of whom rank lists are reported by specialty too: graduates, and the first that the country declares."""
    return [*GRADUATES, IMG, *list(view.scenario.pathway.applicant_groups)[:1]]


def applicants(group: str) -> Stratum:
    """The stratum of a group of applicants."""
    return Stratum(APPLICANTS, group)


@dataclass(frozen=True)
class MatchTable:
    """One table of a Match in the measured years."""

    view: View
    name: str

    @cached_property
    def rows(self) -> Ints:
        """The rows of measured years."""
        year, years = self.view.tables[self.name]["year"].to_numpy(np.int64), self.view.years
        return np.flatnonzero((year >= years.start) & (year < years.stop))

    @property
    def specialties(self) -> Sequence[str]:
        """The specialties of the country."""
        return self.view.scenario.pathway.categories.get("specialty", ())

    def column(self, name: str) -> Floats:
        """A column of numbers."""
        return self.view.tables[self.name][name].to_numpy(np.float64)[self.rows]

    def codes(self, name: str, names: Sequence[str]) -> Ints:
        """A column of text as indices into a list of names."""
        return codes_in(self.view.tables[self.name][name], names)[self.rows].astype(np.int64)

    def counts(self, columns: Sequence[str], axes: Sequence[tuple[Ints, int]]) -> dict[str, Counts]:
        """Counts by replication, year and further axes, each given by the code of each row and how many there are."""
        weights = {name: self.column(name) for name in columns}
        return {name: total.astype(np.int64) for name, total in self.sums(weights, axes).items()}

    def sums(self, weights: Mapping[str, Floats], axes: Sequence[tuple[Ints, int]]) -> dict[str, Floats]:
        """Total weights of rows by the same."""
        replicas = self.view.replicas_in(self.view.tables[self.name]).of(self.rows)
        year = self.column("year").astype(np.int64) - self.view.years.start
        shape = (replicas.all, len(self.view.years), *(size for _, size in axes))
        codes = (replicas.code.astype(np.int64), year, *(code for code, _ in axes))
        known = np.logical_and.reduce([code >= 0 for code in codes])
        cell, size = np.ravel_multi_index([code[known] for code in codes], shape), math.prod(shape)
        totals = {name: np.bincount(cell, weight[known], size) for name, weight in weights.items()}
        return {name: total.astype(np.float64).reshape(shape) for name, total in totals.items()}

    def kinds_and_wishes(self) -> list[tuple[Ints, int]]:
        """The axes of the kinds of applicants and of the specialties that they wish for."""
        kinds, names = self.kinds[:-1], self.specialties
        return [(self.codes("group", kinds), len(kinds)), (self.codes("specialty", names), len(names))]

    @property
    def kinds(self) -> list[str]:
        """The kinds of applicants, and everybody, in the order of the axis of groups."""
        return [*self.view.scenario.pathway.competitors, *GRADUATES, ALL]

    def membership(self, groups: Mapping[str, Sequence[str]]) -> Counts:
        """Which kinds each group is made of, shape (kinds, groups)."""
        return np.array([[int(kind in of) for of in groups.values()] for kind in self.kinds], np.int64)


def add(
    rows: Rows, view: View, measure: str, strata: Sequence[Stratum], value: Floats, n: npt.NDArray[Any],
    statistic: str = "share",
) -> None:  # fmt: skip
    """Rows for values of shape (replications, years, ...), whose further axes are the strata; none where n is 0."""
    cells = (*value.shape[:2], len(strata))
    value, n = value.reshape(cells), n.reshape(cells)
    replica, year, stratum = np.nonzero((n > 0) & np.isfinite(value))
    chosen = (replica, year, stratum)
    cohorts = Named(labels(view.years), year)
    rows.add(measure, cohorts, Named(list(strata), stratum), value[chosen], n[chosen], statistic, replica=replica)


def add_share(
    rows: Rows, view: View, measure: str, strata: Sequence[Stratum], hits: npt.NDArray[Any], n: npt.NDArray[Any]
) -> None:
    """How many of n are hits, as `add` takes them."""
    add(rows, view, measure, strata, ratio(hits, n), n)


def of_groups(table: MatchTable, by_kind: Mapping[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """Totals by kind and specialty (replications, years, kinds, specialties) as those of every group.

    Shape (replications, years, groups, specialties), all specialties together before each of them.
    """
    grouped = {name: by_group(table, total) for name, total in by_kind.items()}
    return {name: np.concatenate((own.sum(axis=3, keepdims=True), own), axis=3) for name, own in grouped.items()}


def by_group(table: MatchTable, total: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Totals by kind, which is the third axis, as those of every group."""
    kinds = table.kinds
    return np.stack([sum_of(total, [kinds.index(kind) for kind in of]) for of in groups_of(table.view).values()], 2)


def sum_of(total: npt.NDArray[Any], kinds: Sequence[int]) -> npt.NDArray[Any]:
    """The total of some kinds, which are the third axis."""
    summed: npt.NDArray[Any] = total[:, :, kinds[0]] if len(kinds) == 1 else total[:, :, kinds].sum(axis=2)
    return summed


def places_with_specialties(table: MatchTable) -> list[int]:
    """The places of the groups of whom rank lists are reported by specialty too, among all groups."""
    groups = list(groups_of(table.view))
    return [groups.index(group) for group in groups_with_specialties(table.view)]


def strata_of(table: MatchTable, group: str) -> tuple[Stratum, ...]:
    """A group of applicants, and those in it who wish for each specialty."""
    return with_wishes(group, tuple(table.specialties))


@cache
def with_wishes(group: str, specialties: tuple[str, ...]) -> tuple[Stratum, ...]:
    """The same, of a list of specialties."""
    return (applicants(group), *(Stratum(SPECIALTY, name).within(applicants(group)) for name in specialties))
