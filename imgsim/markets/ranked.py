"""A capped round ranked by merit: the places of each pool go to those who stand highest in it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imgsim.addresses import decision
from imgsim.chance import uniform
from imgsim.compiled import lean
from imgsim.dates import day_of
from imgsim.distributions import normal
from imgsim.markets.allocation import Allocation, Applicants
from imgsim.markets.quota import first_in_line, tallied
from imgsim.parameters import Parameters
from imgsim.pathway import Pathway
from imgsim.rulebook import Rulebook
from imgsim.rules import Rules, predict
from imgsim.traits import trait_code

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Ranked:
    """Places go to the highest merit; given ``by`` a trait, each of its categories is a pool of its own.

    Parameters: ``<round>.places`` (count, in each pool), ``<round>.merit`` (score, with what adds to it) and
    ``<round>.merit.spread`` (number: standard deviation of the judgement of one year).
    """

    def __init__(
        self, name: str, parameters: Parameters, book: Rulebook, pathway: Pathway, seed: int, scale: float
    ) -> None:
        self.name, self.parameters, self.book, self.seed, self.scale = name, parameters, book, seed, scale
        self.merit, self.judged = book.number(f"{name}.merit"), decision(f"{name}.merit")
        self.rounding = decision(f"{name}.rounding")
        by = parameters[f"{name}.places"].by
        self.pools = tuple(book.categories[by]) if by else ("",)
        self.pool = trait_code(by, tuple(pathway.flags)) if by else -1

    def allocate(self, year: int, replication: int, applicants: Applicants) -> Allocation:
        """Those placed in the places of their pool, in the order of merit; equal merits in the order of actors."""
        day = day_of(year, 1, 1)
        places = np.array([self.places(pool, day, place) for place, pool in enumerate(self.pools)])
        spread = self.parameters.value(f"{self.name}.merit.spread", day)
        merit = np.empty(len(applicants.actor))
        judge(
            self.book.rules, self.seed, replication, applicants.actor, applicants.traits, applicants.day, year,
            self.merit, self.judged, spread, merit,
        )  # fmt: skip
        asked = applicants.traits[:, self.pool].astype(np.int64) if self.pool >= 0 else np.zeros(len(merit), np.int64)
        return tallied(first_in_line(asked, -merit, places), places, applicants)

    def places(self, pool: str, day: int, place: int) -> int:
        """The places of a pool at the run's scale, rounded by a uniform of its own."""
        exact = self.parameters.value(f"{self.name}.places", day, pool) * self.scale
        return int(exact + uniform(self.seed, 0, place, self.rounding, 0, 0))


@lean
def judge(
    rules: Rules, seed: int, replication: int, actor: Ints, traits: Floats, day: int, year: int, q: int, judged: int,
    spread: float, merit: Floats,
) -> None:  # fmt: skip
    """Write the merit of every applicant as judged in one year."""
    for k in range(len(actor)):
        luck = normal(uniform(seed, replication, actor[k], judged, year, 0))
        merit[k] = predict(rules, q, day, traits[k]) + spread * luck
