"""Applicant-proposing deferred acceptance (Gale and Shapley 1962; Roth and Peranson 1999 without couples)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imgsim.compiled import compiled

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@compiled
def deferred_acceptance(first: Ints, programme: Ints, score: Floats, capacity: Ints) -> Ints:
    """The stable matching that is best for every applicant; the pair each holds, or -1, shape (applicants,).

    Pairs are the entries of the applicants' rank lists, best first: applicant ``a`` ranks ``programme[k]`` for k from
    ``first[a]`` to ``first[a + 1]``, and ``score[k]`` is what that programme thinks of ``a`` (higher is better; of
    equal scores the applicant with the lower number wins). ``capacity`` is by programme.
    """
    applicants = len(first) - 1
    owner = owners(first, len(programme))
    seat = np.zeros(len(capacity) + 1, np.int64)
    seat[1:] = np.cumsum(capacity)
    held = np.full(seat[-1], -1, np.int64)  # pairs held, programme by programme
    filled = np.zeros(len(capacity), np.int64)
    proposal = first[:-1].copy()
    outcome = np.full(applicants, -1, np.int64)
    for start in range(applicants):
        a = start
        while a >= 0 and proposal[a] < first[a + 1]:
            pair = proposal[a]
            proposal[a] += 1
            p = programme[pair]
            if filled[p] < capacity[p]:
                held[seat[p] + filled[p]] = pair
                filled[p] += 1
                outcome[a] = pair
                a = -1
            elif capacity[p] > 0:
                worst = worst_held(held, seat[p], seat[p + 1], score, owner)
                if better(pair, held[worst], score, owner):
                    rejected = owner[held[worst]]
                    held[worst] = pair
                    outcome[a] = pair
                    outcome[rejected] = -1
                    a = rejected
    return outcome


@compiled
def owners(first: Ints, pairs: int) -> Ints:
    """The applicant of every pair."""
    owner = np.empty(pairs, np.int64)
    for a in range(len(first) - 1):
        owner[first[a] : first[a + 1]] = a
    return owner


@compiled
def better(pair: int, other: int, score: Floats, owner: Ints) -> bool:
    """Does a programme prefer one pair to another?"""
    return bool(score[pair] > score[other] or (score[pair] == score[other] and owner[pair] < owner[other]))


@compiled
def worst_held(held: Ints, begin: int, end: int, score: Floats, owner: Ints) -> int:
    """The seat of the pair a full programme likes least (programmes are small: a scan beats a heap)."""
    worst = begin
    for seat in range(begin + 1, end):
        if better(held[worst], held[seat], score, owner):
            worst = seat
    return worst


@compiled
def blocking_pairs(first: Ints, programme: Ints, score: Floats, capacity: Ints, outcome: Ints) -> int:
    """How many pairs would both rather have each other than what a matching gives them; 0 if it is stable."""
    owner = owners(first, len(programme))
    filled = np.zeros(len(capacity), np.int64)
    lowest = np.full(len(capacity), -1, np.int64)
    for a in range(len(outcome)):
        if outcome[a] >= 0:
            p = programme[outcome[a]]
            filled[p] += 1
            if lowest[p] < 0 or better(lowest[p], outcome[a], score, owner):
                lowest[p] = outcome[a]
    blocking = 0
    for a in range(len(outcome)):
        last = outcome[a] if outcome[a] >= 0 else first[a + 1]
        for pair in range(first[a], last):
            p = programme[pair]
            if capacity[p] > filled[p] or (capacity[p] > 0 and better(pair, lowest[p], score, owner)):
                blocking += 1
    return blocking
