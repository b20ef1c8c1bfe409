"""Equals `reference.deferred_acceptance`: Gale and Shapley (1962); Roth and Peranson (1999) without couples."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.base.compiled.jit import inline_kernel, kernel

Programmes = npt.NDArray[np.int64] | npt.NDArray[np.uint16]


@kernel
def deferred_acceptance(
    first: Ints, programme: Programmes, score: Floats, least: float, capacity: Ints, who: Bools
) -> Ints:
    """The stable matching that is best for every applicant: the pair each is matched by, or -1, shape (applicants,).

    Pairs are the entries of the applicants' rank lists, best first: applicant ``a`` ranks ``programme[k]`` for k from
    ``first[a]`` to ``first[a + 1]``, and ``score[k]`` is that programme's score of ``a`` (higher is better; of
    equal scores the applicant with the lower number wins); programmes do not rank whom they score below ``least``.
    ``capacity`` is by programme.
    Only those of ``who`` take part.
    """
    begin = np.zeros(len(capacity) + 1, np.int64)
    begin[1:] = np.cumsum(capacity)
    holder = np.full(begin[-1], -1, np.int64)  # seat by seat, programme by programme
    holder_score = np.empty(begin[-1])
    free, worst = begin[:-1].copy(), begin[:-1].copy()
    proposal, outcome = first[:-1].copy(), np.full(len(first) - 1, -1, np.int64)
    for start in range(len(outcome)):
        a = start if who[start] else -1
        while a >= 0 and proposal[a] < first[a + 1]:
            pair = proposal[a]
            proposal[a] += 1
            p = programme[pair]
            if capacity[p] == 0 or score[pair] < least:
                continue
            seat = worst[p]
            if free[p] < begin[p + 1]:
                seat = free[p]
                free[p] += 1
            elif not better(score[pair], a, holder_score[seat], holder[seat]):
                continue
            rejected = holder[seat]
            holder[seat], holder_score[seat], outcome[a] = a, score[pair], pair
            if rejected >= 0:
                outcome[rejected] = -1
            if free[p] == begin[p + 1]:
                worst[p] = worst_seat(holder, holder_score, begin[p], begin[p + 1])
            a = rejected
    return outcome


@inline_kernel
def better(score: float, applicant: int, other_score: float, other: int) -> bool:
    """Does a programme prefer one applicant to another?"""
    return score > other_score or (score == other_score and applicant < other)


@inline_kernel
def worst_seat(holder: Ints, holder_score: Floats, begin: int, end: int) -> int:
    """The seat of the applicant a full programme likes least (programmes are small: a scan beats a heap)."""
    worst = begin
    for seat in range(begin + 1, end):
        if better(holder_score[worst], holder[worst], holder_score[seat], holder[seat]):
            worst = seat
    return worst


@kernel
def blocking_pairs(
    first: Ints, programme: Programmes, score: Floats, least: float, capacity: Ints, outcome: Ints
) -> int:
    """How many applicants and programmes prefer each other to what a matching gives them; 0 if it is stable."""
    filled = np.zeros(len(capacity), np.int64)
    lowest = np.full(len(capacity), -1, np.int64)  # whom each programme likes least of those it has
    for a in range(len(outcome)):
        if outcome[a] >= 0:
            p = programme[outcome[a]]
            filled[p] += 1
            if lowest[p] < 0 or better(score[outcome[lowest[p]]], lowest[p], score[outcome[a]], a):
                lowest[p] = a
    blocking = 0
    for a in range(len(outcome)):
        last = outcome[a] if outcome[a] >= 0 else first[a + 1]
        for pair in range(first[a], last):
            p = programme[pair]
            vacant, full = filled[p] < capacity[p], filled[p] == capacity[p] > 0
            wanted = vacant or (full and better(score[pair], a, score[outcome[lowest[p]]], lowest[p]))
            if wanted and score[pair] >= least:
                blocking += 1
    return blocking
