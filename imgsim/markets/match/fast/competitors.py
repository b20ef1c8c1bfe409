"""Equals `reference_applicants.competitors`: applicants whose own careers are not simulated, given by kind and year."""

from __future__ import annotations

from typing import Final

import numpy as np

from imgsim.base.arrays import Floats, Ints
from imgsim.base.compiled.by_reference import by_reference
from imgsim.base.compiled.jit import kernel
from imgsim.base.randomness.addresses import COMPETITOR, actor, decision
from imgsim.base.randomness.philox import uniforms
from imgsim.base.randomness.quantiles import normal
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.traits import BIRTH, COLUMN, GRADUATION, LAST_CLINICAL, TRAITS
from imgsim.persons.compile_rules import CompiledRules
from imgsim.persons.population import sample
from imgsim.persons.risk_equations import Rules, draw_many, predict

ABILITY, KIND, WISH = COLUMN["ability"], COLUMN["competitor"], COLUMN["wish"]
TINY: Final = 1e-300  # shares that are all zero are divided by something
# What every competitor is, trait by trait, before kind, day, ability and wish are given.
COMPETITOR_TRAITS: Final = [trait.unset if trait.competitors is None else trait.competitors for trait in TRAITS]


class Competitors:
    """The competitors of a Match, drawn year by year from their addresses."""

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
        self.specialties, self.wishes = specialties, decision(f"{name}.competitor_wish")

    def of_year(self, year: int, day: int, seed: int, replication: int) -> tuple[Ints, Floats]:
        """Actors and traits of the year's competitors, kind by kind, by the values of a day."""
        sampled = [
            sample(actor(COMPETITOR, year, code, 0), self.count(kind, day), seed, replication, self.scale, self.sampled)
            for code, kind in enumerate(self.kinds)
        ]
        actors = np.concatenate([np.empty(0, np.int64), *sampled])
        kind = (actors >> 32) & 0xFFFF
        traits = self.shared_traits(day)[kind]
        draw_abilities(self.book.rules, seed, replication, actors, self.ability, day, traits)
        u = uniforms(seed, replication, actors, self.wishes, 0)
        traits[:, WISH] = (u[:, np.newaxis] >= self.wish_shares(day)[kind]).sum(axis=1)
        return actors, traits

    def wish_shares(self, day: int) -> Floats:
        """The uniform below which each specialty but the last is wished for, (kinds, specialties - 1), rising."""
        name, value = f"{self.name}.competitor_wish", self.parameters.value
        shares = np.array([[value(f"{name}.{kind}", day, s) for s in self.specialties] for kind in self.kinds])
        rising: Floats = np.cumsum(shares.reshape(len(self.kinds), -1), axis=1)
        return rising[:, :-1] / np.maximum(rising[:, -1:], TINY)

    def shared_traits(self, day: int) -> Floats:
        """The traits that all competitors of a kind share, one row a kind: everything but ability and wish."""
        traits = np.zeros((len(self.kinds), self.width))
        traits[:, : len(COMPETITOR_TRAITS)] = COMPETITOR_TRAITS
        traits[:, KIND] = np.arange(len(self.kinds))
        traits[:, [GRADUATION, LAST_CLINICAL, BIRTH]] = day
        return traits

    def count(self, kind: str, day: int) -> int:
        """How many of a kind submit a rank list in a year, at full size."""
        return round(self.parameters.value(f"{self.name}.competitors", day, kind))


@kernel
def draw_abilities(
    rules: Rules, seed: int, replication: int, actors: Ints, ability: int, day: int, traits: Floats
) -> None:
    """Draw every competitor's ability into the rows of traits."""
    all_rules, able = by_reference(rules), draw_many(rules, seed, replication, actors, ability, 0)
    for k in range(len(actors)):
        traits[k, ABILITY] = predict(all_rules, ability, day, traits[k]) + normal(able[k])
