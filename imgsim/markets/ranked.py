"""A capped round whose places go to the highest merit, in one pool or in a pool for each category of a trait."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.addresses import decision
from imgsim.chance import uniform
from imgsim.compiled import compiled
from imgsim.distributions import normal
from imgsim.markets.allocation import (
    IN_ROUND,
    INELIGIBLE,
    NO_CHANNEL,
    PLACED,
    UNPLACED,
    Allocation,
    Applicants,
)
from imgsim.markets.asking import merits
from imgsim.markets.quota import uniforms
from imgsim.parameters import Parameters
from imgsim.pathway import Pathway
from imgsim.rulebook import Rulebook
from imgsim.traits import PLACE

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NOWHERE: Final = -1  # the pool of those without a category, and the place of those without one
CITIZENSHIP: Final = {"citizen_img": 1.0, "noncitizen_img": 0.0}


class Ranked:
    """Places of a year by pool, taken in the order of merit as judged on the day.

    Parameters: ``<round>.places`` (count: one pool, or one for each category of the trait it is given by),
    ``<round>.merit`` (score: the predictor of merit) and ``<round>.merit.spread`` (number: standard deviation of the
    judgement, drawn anew each year). Equal merit is settled in the order of actors.
    """

    def __init__(
        self, name: str, parameters: Parameters, book: Rulebook, pathway: Pathway, seed: int, scale: float
    ) -> None:
        del pathway
        self.name, self.parameters, self.book, self.seed, self.scale = name, parameters, book, seed, scale
        self.merit = book.number(f"{name}.merit")
        self.judged, self.rounding = decision(f"{name}.merit.spread"), decision(f"{name}.rounding")
        self.by = parameters[f"{name}.places"].by
        self.pools = tuple(book.categories[self.by]) if self.by else ("",)

    def allocate(self, year: int, replication: int, applicants: Applicants) -> Allocation:
        """Those placed in the places of their pool, in the order of merit."""
        asked = applicants.traits[:, PLACE[self.by]].astype(np.int64) if self.by else np.zeros_like(applicants.actor)
        score = self.scores(year, replication, applicants)
        places = self.places(applicants.day)
        held = best_first(asked, in_order(score), places)
        return self.tallied(asked, held, places, applicants)

    def scores(self, year: int, replication: int, applicants: Applicants) -> Floats:
        """Merit as judged this year, one for each applicant, in standard deviations."""
        spread = self.parameters.value(f"{self.name}.merit.spread", applicants.day)
        known = merits(self.book.rules, self.merit, applicants.day, applicants.traits)
        drawn = uniforms(self.seed, replication, applicants.actor, year, self.judged)
        return known + spread * normals(drawn)

    def places(self, day: int) -> Ints:
        """Whole places of each pool at the run's scale, rounded by a uniform that belongs to the pool."""
        full = [self.parameters.value(f"{self.name}.places", day, pool) * self.scale for pool in self.pools]
        return rounded(self.seed, self.rounding, np.array(full))

    def tallied(self, asked: Ints, held: Ints, places: Ints, applicants: Applicants) -> Allocation:
        """The allocation, with tallies for all, by citizenship and by pool."""
        n, placed = len(held), held != NOWHERE
        nobody, whole = np.full(n, -1), np.ones(n, bool)
        citizen = applicants.traits[:, PLACE["citizen"]]
        rows = [row("all", int(places.sum()), whole, placed)]
        rows += [row(group, 0, citizen == code, placed) for group, code in CITIZENSHIP.items()]
        if self.by:
            rows += [row(pool, int(places[k]), asked == k, placed) for k, pool in enumerate(self.pools)]
        return Allocation(
            outcome=np.where(placed, PLACED, np.where(asked == NOWHERE, INELIGIBLE, UNPLACED)),
            channel=np.where(placed, IN_ROUND, NO_CHANNEL),
            interviews=np.zeros(n, np.int64),
            ranks=np.zeros(n, np.int64),
            active=asked != NOWHERE,
            specialty=nobody,
            sponsor=nobody,
            rows=rows,
        )


def row(group: str, seats: int, of: Bools, placed: Bools) -> dict[str, object]:
    """The tallies of one group of applicants."""
    n = int(of.sum())
    held: dict[str, object] = {"group": group, "seats": seats, "applicants": n, "active": n}
    return held | {"placed": int((of & placed).sum()), "outside": 0, "after": 0}


def in_order(score: Floats) -> Ints:
    """Applicants from the highest score down; equal scores in the order in which they stand."""
    return np.argsort(-score, kind="stable")


@compiled
def best_first(asked: Ints, order: Ints, places: Ints) -> Ints:
    """The pool that places each applicant, or NOWHERE: each in turn takes a place of the own pool if one is left."""
    held = np.full(len(asked), NOWHERE)
    left = places.copy()
    for k in order:
        pool = asked[k]
        if pool >= 0 and left[pool] > 0:
            held[k] = pool
            left[pool] -= 1
    return held


@compiled
def normals(u: Floats) -> Floats:
    """Standard normal quantiles of uniforms."""
    found = np.empty(len(u))
    for k in range(len(u)):
        found[k] = normal(u[k])
    return found


@compiled
def rounded(seed: int, decided: int, places: Floats) -> Ints:
    """Whole places, one uniform for each pool."""
    found = np.empty(len(places), np.int64)
    for pool in range(len(places)):
        found[pool] = int(places[pool] + uniform(seed, 0, pool, decided, 0, 0))
    return found
