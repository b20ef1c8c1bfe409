"""Equals `reference.apply_for_first_year`: how many one-year posts of a kind each applicant applies for."""

from __future__ import annotations

import numpy as np

from imgsim.base.arrays import Floats, Ints
from imgsim.markets.match.fast.applicant_rules import ApplicantAnswers
from imgsim.markets.match.fast.applications import Seeking


def first_year_seeking(answers: ApplicantAnswers, lacks: Ints, specialty: int, share: Floats) -> Seeking:
    """What applicants seek among one-year posts of a specialty; ``share`` of their applications by specialty wished."""
    nobody = np.full(len(lacks), -1)
    wanted = np.floor(answers.first_year * np.append(share, 0.0)[answers.wish] + answers.rounding)  # of no wish (-1): 0
    wanted = np.where(answers.first_year > 0, wanted, 0).astype(np.int64)
    return Seeking(np.full(len(lacks), specialty), nobody, wanted, lacks, answers.years)
