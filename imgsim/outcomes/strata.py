"""Strata: what kind of thing a group is, and which one."""

from __future__ import annotations

from typing import Final, NamedTuple

from imgsim.inputs.traits import TRAITS
from imgsim.outcomes.definitions import ALL, CITIZEN, NONCITIZEN

CITIZENSHIP: Final = "citizenship"
REGION: Final = "region"  # of the school
LIVELIHOOD: Final = "livelihood"
COMPETITOR: Final = "competitor"
APPLICANTS: Final = "applicants"  # of a round: everybody by citizenship, and each kind of competitor


class Stratum(NamedTuple):
    """The columns ``by`` and ``group`` of an outcome: (region, south), or (all, all) for everybody.

    Groups by two things name both, in one order: (region/citizenship, south/citizen).
    """

    by: str
    group: str

    def within(self, other: Stratum) -> Stratum:
        """The group by two things: of those in the other stratum, those in this one; by one where that is everybody."""
        if other == EVERYBODY:
            return self
        return Stratum(f"{self.by}/{other.by}", f"{self.group}/{other.group}")


EVERYBODY: Final = Stratum(ALL, ALL)
CITIZENS, OTHERS = Stratum(CITIZENSHIP, CITIZEN), Stratum(CITIZENSHIP, NONCITIZEN)
STRATIFYING: Final = tuple(trait for trait in TRAITS if trait.stratifies)


def by_trait(trait: str) -> str:
    """The column ``by`` of groups that a trait makes: its name, or citizenship."""
    return CITIZENSHIP if trait == CITIZEN else trait


BY_PEOPLE: Final = (ALL, CITIZENSHIP)
BY_TRAITS: Final = (ALL, *(by_trait(trait.name) for trait in STRATIFYING))
