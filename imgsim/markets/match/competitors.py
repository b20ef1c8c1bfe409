"""Competitors: applicants to a Match whose own careers are not simulated, given by kind and year."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.by_reference import by_reference
from imgsim.base.compiled.jit import kernel
from imgsim.base.dates.day_numbers import day_of
from imgsim.base.randomness.addresses import COMPETITOR, actor, decision
from imgsim.base.randomness.quantiles import normal
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.traits import BIRTH, COLUMN, GRADUATION, LAST_CLINICAL, TRAITS
from imgsim.markets.match.specialty_choice import options
from imgsim.persons.compile_rules import CompiledRules
from imgsim.persons.population import keep
from imgsim.persons.risk_equations import Rules, draw_many, predict, probability

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ABILITY, KIND, WISH = COLUMN["ability"], COLUMN["competitor"], COLUMN["wish"]
# What every competitor is, trait by trait, before kind, day, ability and wish are given.
PLAIN: Final = [trait.unset if trait.competitors is None else trait.competitors for trait in TRAITS]


class Competitors:
    """Draws the competitors of a year from their addresses."""

    def __init__(
        self,
        name: str,
        parameters: Parameters,
        book: CompiledRules,
        specialties: tuple[str, ...],
        width: int,
        scale: float,
    ) -> None:
        self.name, self.parameters, self.book, self.width, self.scale = name, parameters, book, width, scale
        self.kinds = list(book.categories["competitor"])
        self.sampled = decision(f"{name}.competitor.sampled")
        self.ability = book.number(f"{name}.competitor_ability")
        self.asked, self.wishes = options(book, f"{name}.competitor_wish", specialties)

    def of_year(self, year: int, seed: int, replication: int) -> tuple[Ints, Floats]:
        """Actors and traits of the year's competitors, kind by kind."""
        day = day_of(year, 3, 1)
        kept = [
            keep(actor(COMPETITOR, year, code, 0), self.count(kind, day), seed, replication, self.scale, self.sampled)
            for code, kind in enumerate(self.kinds)
        ]
        actors = np.concatenate([np.empty(0, np.int64), *kept])
        kind = (actors >> 32) & 0xFFFF
        alike = self.alike(day)
        traits = alike[kind]
        shares = wish_shares(self.book.rules, self.asked, day, alike)
        draw_competitors(
            self.book.rules, seed, replication, actors, kind, self.ability, self.asked, self.wishes, shares, day, traits
        )
        return actors, traits

    def alike(self, day: int) -> Floats:
        """What all competitors of a kind have in common, one row a kind: everything but ability and wish."""
        traits = np.zeros((len(self.kinds), self.width))
        traits[:, : len(PLAIN)] = PLAIN
        traits[:, KIND] = np.arange(len(self.kinds))
        traits[:, [GRADUATION, LAST_CLINICAL, BIRTH]] = day
        return traits

    def count(self, kind: str, day: int) -> int:
        """How many of a kind submit a rank list in a year, at full size."""
        return round(self.parameters.value(f"{self.name}.competitors", day, kind))


@kernel
def wish_shares(rules: Rules, asked: Ints, day: int, alike: Floats) -> Floats:
    """Below which uniform each specialty but the last is wished for, (kinds, specialties - 1), rising.

    The same choice as ``specialty_choice.chooses_among`` makes, worked out once a kind instead of once a head.
    """
    held, found = by_reference(rules), np.empty((len(alike), len(asked)))
    for kind in range(len(alike)):
        passed_over = 1.0
        for option in range(len(asked)):
            passed_over *= 1.0 - probability(held, asked[option], day, alike[kind])
            found[kind, option] = 1.0 - passed_over
    return found


@kernel
def draw_competitors(
    rules: Rules, seed: int, replication: int, actors: Ints, kind: Ints, ability: int, asked: Ints, wishes: Ints,
    shares: Floats, day: int, traits: Floats,
) -> None:  # fmt: skip
    """Draw ability and wish of every competitor into the rows."""
    held = by_reference(rules)
    able = draw_many(rules, seed, replication, actors, ability, 0)
    wishing = draw_many(rules, seed, replication, actors, asked[0], 0) if len(asked) else able  # no choice: not read
    for k in range(len(actors)):
        u, option, row = wishing[k], 0, traits[k]
        row[ABILITY] = predict(held, ability, day, row) + normal(able[k])
        while option < len(asked) and u >= shares[kind[k], option]:
            option += 1
        row[WISH] = wishes[option]
