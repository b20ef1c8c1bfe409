"""Everybody who takes part in a Match in one year."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.dates.day_numbers import day_of
from imgsim.inputs.traits import COLUMN
from imgsim.markets.allocation import Applicants
from imgsim.markets.match.applicant_rules import Questions, answers
from imgsim.markets.match.competitors import Competitors
from imgsim.persons.risk_equations import Rules

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

CITIZEN, NEEDS_VISA, KIND = COLUMN["citizen"], COLUMN["needs_visa"], COLUMN["competitor"]
IMG_GROUPS: Final = ("citizen_img", "noncitizen_img")


class Field(NamedTuple):
    """Competitors first, then the graduates whose lives are simulated; arrays of shape (applicants,)."""

    actor: Ints
    img: Bools
    group: Ints  # kind of competitor, then citizens and others among the graduates
    kind: Ints  # what programmes may refuse: 0 for competitors, else 1 + 2 x needs a visa + lacks the letter
    wish: Ints
    second: Ints  # second specialty, or -1
    wanted: Ints  # applications
    merit: Floats
    after_merit: Floats


def field_of(
    rules: Rules, asked: Questions, competitors: Competitors, letter: int, seed: int, replication: int, year: int,
    applicants: Applicants,
) -> Field:  # fmt: skip
    """The field of a year; ``letter`` is the trait of those who have one, or -1."""
    others, their = competitors.of_year(year, seed, replication)
    opened, traits = day_of(year, 3, 1), applicants.traits
    both = [
        answers(rules, asked, seed, replication, year, opened, applicants.day, actor, held)
        for actor, held in ((others, their), (applicants.actor, traits))
    ]
    lacks = traits[:, letter] == 0 if letter >= 0 else np.zeros(len(traits), bool)
    kind = 1 + 2 * (traits[:, NEEDS_VISA] > 0) + lacks
    group = len(competitors.kinds) + (traits[:, CITIZEN] <= 0)
    return Field(
        np.concatenate([others, applicants.actor]),
        np.arange(len(others) + len(traits)) >= len(others),
        np.concatenate([their[:, KIND].astype(np.int64), group]),
        np.concatenate([np.zeros(len(others), np.int64), kind]),
        *(np.concatenate(columns) for columns in zip(*both, strict=True)),
    )
