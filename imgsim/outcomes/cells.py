"""Cells: people are counted once for each combination of the traits that stratify outcomes.

Every group of people that an outcome is given for (a region of school, citizens, a category of another declared trait)
is a set of cells, so that its numbers are sums over cells, however many groups there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from imgsim.base.arrays import Bools
from imgsim.inputs.traits import YES_NO
from imgsim.outcomes.counts import Codes
from imgsim.outcomes.strata import STRATIFYING, Stratum, by_trait

if TYPE_CHECKING:
    from imgsim.inputs.pathways.pathway import Pathway
    from imgsim.inputs.traits import Trait


@dataclass(frozen=True)
class Cells:
    """The numbers of the cells of a pathway: the codes of its stratifying traits, that of the last running fastest."""

    traits: tuple[Trait, ...]
    values: tuple[tuple[str, ...], ...]  # of each trait, in the order of the codes

    @cached_property
    def codes(self) -> tuple[int, ...]:
        """How many codes each trait has: of a categorical one, another for people without a category."""
        values = zip(self.traits, self.values, strict=True)
        return tuple(2 if trait.kind == YES_NO else len(listed) + 1 for trait, listed in values)

    def __len__(self) -> int:
        """The number of cells."""
        return prod(self.codes)

    def numbers(self, codes: Sequence[Codes]) -> Codes:
        """The cell of each person, from the code of each trait; below 0 is no category."""
        cell = np.zeros(len(codes[0]), np.int32)
        for size, code in zip(self.codes, codes, strict=True):
            cell = cell * np.int32(size) + np.where(code < 0, np.int32(size - 1), code)
        return cell

    def groups(self, trait: str) -> dict[Stratum, Bools]:
        """The groups that a trait makes, as masks over cells: its categories, or ``<trait>`` and ``non<trait>``."""
        index, by = [one.name for one in self.traits].index(trait), by_trait(trait)
        code = np.indices(self.codes).reshape(len(self.codes), -1)[index]
        if self.traits[index].kind == YES_NO:
            return {Stratum(by, trait): code == 1, Stratum(by, f"non{trait}"): code == 0}
        return {Stratum(by, value): code == k for k, value in enumerate(self.values[index])}


def cells_of(pathway: Pathway) -> Cells:
    """The cells of a pathway, by the declared traits that stratify and whose values it knows."""
    known = [(trait, values) for trait in STRATIFYING if (values := pathway.values(trait.name))]
    return Cells(tuple(trait for trait, _ in known), tuple(values for _, values in known))
