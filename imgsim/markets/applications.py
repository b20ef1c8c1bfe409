"""Applications, interviews and rank lists: from applicants and programmes to the pairs that a matching works on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.chance import uniform
from imgsim.compiled import compiled
from imgsim.distributions import normal
from imgsim.markets.programmes import Programmes

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NODES = 8  # places of one programme on the circle of its specialty: applications spread evenly with this many
TRIES = 3  # draws allowed per application wanted, before an applicant has run out of programmes


class Pairs(NamedTuple):
    """Applicant and programme of every pair, sorted by applicant."""

    applicant: Ints
    programme: Ints

    def taking(self, chosen: Ints | npt.NDArray[np.bool_]) -> Pairs:
        """Some of the pairs."""
        return Pairs(self.applicant[chosen], self.programme[chosen])


class Circle(NamedTuple):
    """The running programmes of all specialties, each at several fixed places in [0, 1).

    An application falls at a uniform place and goes to the next programme; so a programme that is added only takes
    over applications at its own places, and every other application stays as it was (consistent hashing).
    """

    first: Ints  # (specialties + 1,): where each specialty begins
    place: Floats
    programme: Ints


def circle(programmes: Programmes, running: npt.NDArray[np.bool_], seed: int, decided: int, specialties: int) -> Circle:
    """The circle of the programmes that have seats this year."""
    own = np.flatnonzero(running)
    place = places(programmes.actor[own], seed, decided)
    programme = np.repeat(own, NODES)
    order = np.lexsort((programme, place, programmes.specialty[programme]))
    first = np.searchsorted(programmes.specialty[programme][order], np.arange(specialties + 1))
    return Circle(first, place[order], programme[order])


@compiled
def places(actor: Ints, seed: int, decided: int) -> Floats:
    """The fixed places of each programme, ``NODES`` in a row."""
    found = np.empty(len(actor) * NODES)
    for k in range(len(actor)):
        for node in range(NODES):
            found[k * NODES + node] = uniform(seed, 0, actor[k], decided, node, 0)
    return found


@compiled
def apply(
    ring: Circle, seed: int, replication: int, year: int, decided: int, actor: Ints, wish: Ints, second: Ints,
    wanted: Ints, takes: npt.NDArray[np.bool_], refused_kind: Ints,
) -> tuple[Ints, Ints]:  # fmt: skip
    """Applicant and programme of every application, without repeats.

    Two in three go to the specialty wished for and one in three to the second one, or all of them if there is none
    (-1). ``takes`` is (kinds of applicant, programmes): whether a programme considers that kind at all;
    ``refused_kind`` is each applicant's kind.
    """
    most = wanted.sum()
    applicant, programme = np.empty(most, np.int64), np.empty(most, np.int64)
    n = 0
    for a in range(len(actor)):
        begin = n
        for k in range(wanted[a] * TRIES):
            if n - begin >= wanted[a]:
                break
            specialty = second[a] if second[a] >= 0 and k % 3 == 2 else wish[a]
            lo, hi = ring.first[specialty], ring.first[specialty + 1]
            if hi > lo:
                u = uniform(seed, replication, actor[a], decided, year, k)
                at = lo + np.searchsorted(ring.place[lo:hi], u)
                p = ring.programme[at if at < hi else lo]
                if takes[refused_kind[a], p] and not listed(programme, begin, n, p):
                    applicant[n], programme[n] = a, p
                    n += 1
    return applicant[:n], programme[:n]


@compiled
def listed(programme: Ints, begin: int, end: int, p: int) -> bool:
    """Is the programme already on the list?"""
    for k in range(begin, end):
        if programme[k] == p:
            return True
    return False


@compiled
def noise(
    seed: int, replication: int, year: int, decided: int, actor: Ints, applicant: Ints, partner: Ints, spread: float
) -> Floats:
    """One addressed normal per pair, of its applicant and the programme as partner."""
    found = np.empty(len(applicant))
    for k in range(len(applicant)):
        found[k] = spread * normal(uniform(seed, replication, actor[applicant[k]], decided, year, partner[k]))
    return found


def invited(pairs: Pairs, score: Floats, limit: Ints, attends: int) -> npt.NDArray[np.bool_]:
    """The pairs that become interviews.

    Programmes go down their lists at the same pace relative to the interviews they hold (``limit``); whoever already
    has ``attends`` interviews declines, and the programme goes on to the next.
    """
    order, pace = by_score(pairs.programme, score, limit)
    return accept(pairs, order[np.argsort(pace, kind="stable")], limit, attends)


@compiled
def by_score(programme: Ints, score: Floats, limit: Ints) -> tuple[Ints, Floats]:
    """The pairs programme by programme, best first, and how far down each stands relative to the programme's limit."""
    end = np.zeros(len(limit) + 1, np.int64)
    for p in programme:
        end[p + 1] += 1
    first = np.cumsum(end)
    end = first[:-1].copy()
    order, pace = np.empty(len(programme), np.int64), np.empty(len(programme))
    for pair in range(len(programme)):
        order[end[programme[pair]]] = pair
        end[programme[pair]] += 1
    for p in range(len(limit)):
        own = order[first[p] : first[p + 1]]
        order[first[p] : first[p + 1]] = own[np.argsort(-score[own], kind="mergesort")]
        for rank in range(first[p + 1] - first[p]):
            pace[first[p] + rank] = rank / max(limit[p], 1)
    return order, pace


@compiled
def accept(pairs: Pairs, order: Ints, limit: Ints, attends: int) -> npt.NDArray[np.bool_]:
    """Go through the pairs in this order; each becomes an interview while both sides have room."""
    room = limit.copy()
    attended = np.zeros(pairs.applicant.max() + 1 if len(order) else 0, np.int64)
    chosen = np.zeros(len(order), np.bool_)
    for k in order:
        a, p = pairs.applicant[k], pairs.programme[k]
        if room[p] > 0 and attended[a] < attends:
            room[p] -= 1
            attended[a] += 1
            chosen[k] = True
    return chosen


def rank_lists(applicant: Ints, liking: Floats, applicants: int) -> tuple[Ints, Ints]:
    """The order of pairs by applicant and falling liking, and where each applicant's list begins."""
    order = np.lexsort((-liking, applicant))
    first = np.searchsorted(applicant[order], np.arange(applicants + 1))
    return order, first
