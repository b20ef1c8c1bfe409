"""Equals `reference_applicants.graduates`, behind the competitors: who takes part in a year's Match, as arrays."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.inputs.traits import COLUMN
from imgsim.markets.allocation import Applicants
from imgsim.markets.match.fast.applicant_rules import (
    ApplicantAnswers,
    ApplicantRules,
    Spreads,
    When,
    applicant_answers,
)
from imgsim.markets.match.fast.competitors import Competitors
from imgsim.markets.match.positions import FROM_ABROAD, HAS_FAILED, LACKS_EXPERIENCE, LACKS_LETTER, NEEDS_VISA
from imgsim.persons.risk_equations import Rules

CITIZEN, VISA, KIND = COLUMN["citizen"], COLUMN["needs_visa"], COLUMN["competitor"]
FAILED, EXPERIENCE = COLUMN["has_failed"], COLUMN["experience"]
IMG_GROUPS: Final = ("citizen_img", "noncitizen_img")


class Values(NamedTuple):
    """What applicants' parts in a year's Match follow from, beyond the rules that depend on the person."""

    linked: Floats  # by specialty: share of those who wish for it that applies for a first year as well
    spreads: Spreads
    experience: float  # years of clinical experience that programmes ask for, where they do
    letter: int  # the trait of a letter, or -1


class Participants(NamedTuple):
    """Competitors first, then the graduates whose careers are simulated; arrays of shape (applicants,)."""

    actor: Ints
    img: Bools
    group: Ints  # kind of competitor, then citizens and others among the graduates
    origin: Ints  # -1 for competitors, 0 for graduates from abroad, 1 for citizens among them
    lacks: Ints  # bits of what programmes may refuse unread
    answers: ApplicantAnswers


def participants_of(
    rules: Rules, own: ApplicantRules, competitors: Competitors, when: When, values: Values, applicants: Applicants
) -> Participants:
    """The participants of a year's Match."""
    others, their = competitors.of_year(when.year, when.as_of, when.seed, when.replication)
    traits = applicants.traits
    both = [
        applicant_answers(rules, own, when, actor, rows, values.linked, values.spreads)
        for actor, rows in ((others, their), (applicants.actor, traits))
    ]
    citizen = traits[:, CITIZEN] > 0
    kind = their[:, KIND].astype(np.int64)
    return Participants(
        actor=np.concatenate([others, applicants.actor]),
        img=np.arange(len(others) + len(traits)) >= len(others),
        group=np.concatenate([kind, len(competitors.kinds) + ~citizen]),
        origin=np.concatenate([np.full(len(others), -1), citizen.astype(np.int64)]),
        lacks=np.concatenate([np.zeros(len(others), np.int64), lacking(traits, values)]),
        answers=ApplicantAnswers(*(np.concatenate(columns) for columns in zip(*both, strict=True))),
    )


def lacking(traits: Floats, values: Values) -> Ints:
    """What programmes may refuse in each graduate, as bits."""
    letter = values.letter
    lacks = {
        FROM_ABROAD: np.ones(len(traits), bool),
        NEEDS_VISA: traits[:, VISA] > 0,
        LACKS_LETTER: traits[:, letter] == 0 if letter >= 0 else np.zeros(len(traits), bool),
        HAS_FAILED: traits[:, FAILED] > 0,
        LACKS_EXPERIENCE: traits[:, EXPERIENCE] < values.experience,
    }
    return sum((bit * lack.astype(np.int64) for bit, lack in lacks.items()), np.zeros(len(traits), np.int64))
