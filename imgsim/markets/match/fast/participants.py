"""Equals `reference_applicants.graduates`, behind the competitors: who takes part in a year's Match, as arrays."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.inputs.traits import COLUMN
from imgsim.markets.allocation import Applicants
from imgsim.markets.match.fast.applicant_rules import ApplicantRules, applicant_answers
from imgsim.markets.match.fast.competitors import Competitors
from imgsim.persons.risk_equations import Rules

CITIZEN, NEEDS_VISA, KIND = COLUMN["citizen"], COLUMN["needs_visa"], COLUMN["competitor"]
IMG_GROUPS: Final = ("citizen_img", "noncitizen_img")


class Participants(NamedTuple):
    """Competitors first, then the graduates whose careers are simulated; arrays of shape (applicants,)."""

    actor: Ints
    img: Bools
    group: Ints  # kind of competitor, then citizens and others among the graduates
    kind: Ints  # what programmes may refuse: 0 for competitors, else 1 + 2 x needs a visa + lacks the letter
    wish: Ints
    second: Ints  # second specialty, or -1
    wanted: Ints  # applications
    merit: Floats
    soap_merit: Floats


def participants_of(
    rules: Rules, own: ApplicantRules, competitors: Competitors, letter: int, seed: int, replication: int, year: int,
    as_of: int, applicants: Applicants,
) -> Participants:  # fmt: skip
    """The participants of a year, by the values of the day ``as_of``; ``letter`` is the trait of a letter, or -1."""
    others, their = competitors.of_year(year, as_of, seed, replication)
    traits = applicants.traits
    both = [
        applicant_answers(rules, own, seed, replication, year, as_of, applicants.day, actor, rows)
        for actor, rows in ((others, their), (applicants.actor, traits))
    ]
    lacks = traits[:, letter] == 0 if letter >= 0 else np.zeros(len(traits), bool)
    kind = 1 + 2 * (traits[:, NEEDS_VISA] > 0) + lacks
    group = len(competitors.kinds) + (traits[:, CITIZEN] <= 0)
    return Participants(
        np.concatenate([others, applicants.actor]),
        np.arange(len(others) + len(traits)) >= len(others),
        np.concatenate([their[:, KIND].astype(np.int64), group]),
        np.concatenate([np.zeros(len(others), np.int64), kind]),
        *(np.concatenate(columns) for columns in zip(*both, strict=True)),
    )
