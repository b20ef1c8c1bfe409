"""Competitors: applicants to a Match whose own careers are not simulated, given by kind and year."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imgsim.addresses import COMPETITOR, actor, decision
from imgsim.compiled import compiled
from imgsim.dates import day_of
from imgsim.distributions import normal
from imgsim.markets.choice import chooses_among, options
from imgsim.parameters import Parameters
from imgsim.population import keep
from imgsim.rulebook import Rulebook
from imgsim.rules import Row, Rules, Who, draw, predict
from imgsim.traits import BIRTH, GRADUATION, LAST_CLINICAL, PLACE

Ints = npt.NDArray[np.int64]

ABILITY, KIND, WISH = PLACE["ability"], PLACE["competitor"], PLACE["wish"]
CITIZEN, READY = PLACE["citizen"], PLACE["ready"]
UNSET = [PLACE[name] for name in ("group", "region", "specialty", "sponsor", "livelihood")]


class Competitors:
    """Draws the competitors of a year from their addresses."""

    def __init__(self, name: str, parameters: Parameters, book: Rulebook, width: int, scale: float) -> None:
        self.name, self.parameters, self.book, self.width, self.scale = name, parameters, book, width, scale
        self.kinds = list(book.categories["competitor"])
        self.sampled = decision(f"{name}.competitor.sampled")
        self.ability = book.number(f"{name}.competitor_ability")
        self.asked, self.wishes = options(book, f"{name}.competitor_wish", tuple(book.categories["specialty"]))

    def of_year(self, year: int, seed: int, replication: int) -> tuple[Ints, npt.NDArray[np.float64]]:
        """Actors and traits of the year's competitors, kind by kind."""
        day = day_of(year, 3, 1)
        kept = [
            keep(actor(COMPETITOR, year, code, 0), self.count(kind, day), seed, replication, self.scale, self.sampled)
            for code, kind in enumerate(self.kinds)
        ]
        actors = np.concatenate([np.empty(0, np.int64), *kept])
        traits = np.zeros((len(actors), self.width))
        traits[:, UNSET] = -1.0
        traits[:, KIND] = (actors >> 32) & 0xFFFF
        traits[:, [CITIZEN, READY]] = 1.0
        traits[:, [GRADUATION, LAST_CLINICAL]] = day
        traits[:, BIRTH] = day
        draw_competitors(self.book.rules, seed, replication, actors, self.ability, self.asked, self.wishes, day, traits)
        return actors, traits

    def count(self, kind: str, day: int) -> int:
        """How many of a kind submit a rank list in a year, at full size."""
        return round(self.parameters.value(f"{self.name}.competitors", day, kind))


@compiled
def draw_competitors(
    rules: Rules, seed: int, replication: int, actors: Ints, ability: int, asked: Ints, wishes: Ints, day: int,
    traits: npt.NDArray[np.float64],
) -> None:  # fmt: skip
    """Draw ability and wish of every competitor into the rows."""
    for k in range(len(actors)):
        who = Who(seed, replication, actors[k])
        row: Row = traits[k]
        row[ABILITY] = predict(rules, ability, day, row) + normal(draw(rules, who, ability, 0))
        row[WISH] = wishes[chooses_among(rules, who, asked, day, row, 0)]
