"""A lottery at full size whatever the scale: every applicant of a sample stands for one over the scale applicants.

Whether a jurisdiction's places run out depends on how many ask for them, and how far that number scatters. In a thin
sample both a few places and a few applicants scatter much more than at full size, so that places stay unused which at
full size are taken. So places are left as they are and applicants are multiplied. Of those for whom an applicant
stands, the share who win is the chance of the applicant, and as many are placed as the scale says, with these chances
(Pareto sampling: Rosén, "On sampling with probability proportional to size", J. Statist. Plann. Inference 62, 1997).
At full size everybody stands for nobody else, and those who win are those who are placed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.base.compiled.jit import kernel
from imgsim.base.randomness.philox import uniform


class Copies(NamedTuple):
    """The applicants of a round at full size, those for whom one applicant stands beside each other."""

    applicant: Ints  # the row of the applicant who stands for each
    number: Ints  # 0 for the applicant, from 1 on for the others


def full_size(rounding: Floats, scale: float) -> Copies:
    """As many copies of each applicant as one over the scale, rounded by a uniform of the applicant's own."""
    times = (1.0 / scale + rounding).astype(np.int64)
    first = np.cumsum(times) - times
    applicant = np.repeat(np.arange(len(times)), times)
    return Copies(applicant, np.arange(len(applicant)) - first[applicant])


@kernel
def uniforms_of_copies(
    seed: int, replication: int, actor: Ints, decided: int, occurrence: int, applicant: Ints, number: Ints
) -> Floats:
    """The uniform of every copy at one decision: of number 0 the applicant's own, of others with it as partner."""
    draws = np.empty(len(applicant))
    for k in range(len(applicant)):
        draws[k] = uniform(seed, replication, actor[applicant[k]], decided, occurrence, number[k])
    return draws


def sampled(copies: Copies, won: Bools, own: Floats, scale: float, rounding: float) -> Bools:
    """Which applicants are placed when some copies win: as many as are worth the scale, by chances of their own.

    ``own`` is a uniform of each applicant, by which those with the same chance are ordered.
    """
    shares = np.bincount(copies.applicant, won, len(own)) / np.bincount(copies.applicant, minlength=len(own))
    possible = np.flatnonzero(shares > 0.0)
    chance, luck = shares[possible], own[possible]
    order = np.lexsort((luck, luck * (1.0 - chance) / ((1.0 - luck) * chance)))
    placed = np.zeros(len(own), np.bool_)
    placed[possible[order[: sampled_number(int(won.sum()), scale, rounding)]]] = True
    return placed


def sampled_number(at_full_size: int, scale: float, rounding: float) -> int:
    """How many of a number at full size a sample has, rounded by a uniform: right on average."""
    return int(at_full_size * scale + rounding)
