"""Equals `reference_applicants.competitors`: applicants whose own careers are not simulated, given by kind and year."""

from __future__ import annotations

from typing import Final

import numpy as np

from imgsim.base.arrays import Floats, Ints
from imgsim.base.compiled.by_reference import by_reference
from imgsim.base.compiled.jit import kernel
from imgsim.base.randomness.addresses import COMPETITOR, actor, decision
from imgsim.base.randomness.quantiles import normal
from imgsim.inputs.parameters.parameter import Parameters
from imgsim.inputs.traits import BIRTH, COLUMN, GRADUATION, LAST_CLINICAL, TRAITS
from imgsim.markets.match.fast.specialty_choice import options
from imgsim.persons.compile_rules import CompiledRules
from imgsim.persons.population import sample
from imgsim.persons.risk_equations import Rules, draw_many, predict, probability

ABILITY, KIND, WISH = COLUMN["ability"], COLUMN["competitor"], COLUMN["wish"]
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
        self.options, self.wishes = options(book, f"{name}.competitor_wish", specialties)

    def of_year(self, year: int, day: int, seed: int, replication: int) -> tuple[Ints, Floats]:
        """Actors and traits of the year's competitors, kind by kind, by the values of a day."""
        sampled = [
            sample(actor(COMPETITOR, year, code, 0), self.count(kind, day), seed, replication, self.scale, self.sampled)
            for code, kind in enumerate(self.kinds)
        ]
        actors = np.concatenate([np.empty(0, np.int64), *sampled])
        kind = (actors >> 32) & 0xFFFF
        shared = self.shared_traits(day)
        traits = shared[kind]
        shares = wish_shares(self.book.rules, self.options, day, shared)
        draw_competitors(
            self.book.rules,
            seed,
            replication,
            actors,
            kind,
            self.ability,
            self.options,
            self.wishes,
            shares,
            day,
            traits,
        )
        return actors, traits

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
def wish_shares(rules: Rules, options: Ints, day: int, shared: Floats) -> Floats:
    """The uniform below which each specialty but the last is wished for, (kinds, specialties - 1), rising.

    The choice of ``specialty_choice.chooses_among``, worked out once a kind instead of once a person.
    """
    all_rules, shares = by_reference(rules), np.empty((len(shared), len(options)))
    for kind in range(len(shared)):
        passed_over = 1.0
        for option in range(len(options)):
            passed_over *= 1.0 - probability(all_rules, options[option], day, shared[kind])
            shares[kind, option] = 1.0 - passed_over
    return shares


@kernel
def draw_competitors(
    rules: Rules, seed: int, replication: int, actors: Ints, kind: Ints, ability: int, options: Ints, wishes: Ints,
    shares: Floats, day: int, traits: Floats,
) -> None:  # fmt: skip
    """Draw every competitor's ability and the specialty wished for into the rows of traits."""
    all_rules = by_reference(rules)
    able = draw_many(rules, seed, replication, actors, ability, 0)
    wishing = draw_many(rules, seed, replication, actors, options[0], 0) if len(options) else able  # not read then
    for k in range(len(actors)):
        u, option, row = wishing[k], 0, traits[k]
        row[ABILITY] = predict(all_rules, ability, day, row) + normal(able[k])
        while option < len(options) and u >= shares[kind[k], option]:
            option += 1
        row[WISH] = wishes[option]
