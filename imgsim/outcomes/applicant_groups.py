"""The tables of a Match by group of applicants as arrays: counts by replication, year and whatever else names a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Floats, Ints
from imgsim.inputs.pathways.pathway import GRADUATES
from imgsim.outcomes.definitions import ALL, IMG
from imgsim.outcomes.outcome_rows import Named, Rows, labels, ratio
from imgsim.outcomes.people_arrays import View, codes_in
from imgsim.outcomes.strata import APPLICANTS, Stratum

Counts = npt.NDArray[np.int64]


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
        """By replication, year and further axes, each given by the code of each row and how many there are."""
        replicas = self.view.replicas_in(self.view.tables[self.name]).of(self.rows)
        year = self.column("year").astype(np.int64) - self.view.years.start
        shape = (replicas.all, len(self.view.years), *(size for _, size in axes))
        codes = (replicas.code.astype(np.int64), year, *(code for code, _ in axes))
        known = np.logical_and.reduce([code >= 0 for code in codes])
        cell = np.ravel_multi_index([code[known] for code in codes], shape)
        size = int(np.prod(shape))
        return {
            name: np.bincount(cell, self.column(name)[known], size).astype(np.int64).reshape(shape) for name in columns
        }

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
