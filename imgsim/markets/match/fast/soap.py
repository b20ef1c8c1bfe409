"""Equals `reference.fill_by_soap`: positions left are offered, round by round, to those left without one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from imgsim.base.arrays import Bools, Floats, Ints
from imgsim.base.compiled.jit import kernel
from imgsim.base.randomness.philox import words
from imgsim.markets.match.fast.applications import Screens, considers
from imgsim.markets.match.fast.idiosyncratic import Chance, Pairs


class Left(NamedTuple):
    """Who and what is left after the Match."""

    who: Bools  # (applicants,): takes part in SOAP
    lacks: Ints  # (applicants,): bits of what programmes may refuse
    years: Floats  # (applicants,): since graduation
    first_year: Bools  # (applicants,): needs a one-year post and nothing else
    seats: Ints  # (programmes,)
    appeal: Floats  # (programmes,): share of those left who would take its posts
    one_year: Bools  # (programmes,): offers one-year posts


@kernel
def soap_applications(chance: Chance, left: Left, screens: Screens, wanted: float) -> Pairs:
    """Applications to programmes with positions left: so many on average, of those programmes that the applicant likes.

    Whether a programme appeals, and whether an application goes to it, are two draws of the pair.
    """
    vacant = np.flatnonzero((left.seats > 0) & (left.appeal > 0)).astype(np.uint16)
    who = np.flatnonzero(left.who)
    below = 2.0**32 * min(1.0, wanted / max(1, len(vacant)))
    most = len(who) * len(vacant) + 1
    applicant, programme, n = np.empty(most, np.int32), np.empty(most, np.uint16), 0
    for a in who:
        lacks, years = np.uint8(left.lacks[a]), np.float32(left.years[a])
        for p in vacant:
            if (left.first_year[a] and not left.one_year[p]) or not considers(screens, p, lacks, years):
                continue
            w = words(chance.seed, chance.replication, chance.actor[a], chance.decision, chance.year, chance.partner[p])
            if w[0] < below and w[1] < 2.0**32 * left.appeal[p]:
                applicant[n], programme[n] = a, p
                n += 1
    return Pairs(applicant[:n], programme[:n])


@kernel
def offers(pairs: Pairs, score: Floats, seats: Ints, applicants: int, rounds: int) -> Ints:
    """The pair by which each applicant is placed after so many rounds of offers, or -1, shape (applicants,).

    Pairs are entries of the applicants' lists, best first. In each round a programme offers its vacant positions to the
    best of those still without one; each takes the best offer at once and for good, so that nobody asked is left.
    """
    order = np.argsort(-score, kind="mergesort")
    vacant, outcome = seats.copy(), np.full(applicants, -1)
    for _ in range(rounds):
        free, best = vacant.copy(), np.full(applicants, -1)
        for pair in order:
            a, p = pairs.applicant[pair], pairs.programme[pair]
            if outcome[a] < 0 and free[p] > 0:
                free[p] -= 1
                if best[a] < 0 or pair < best[a]:
                    best[a] = pair
        if (best < 0).all():
            break
        for pair in best[best >= 0]:
            outcome[pairs.applicant[pair]] = pair
            vacant[pairs.programme[pair]] -= 1
    return outcome
