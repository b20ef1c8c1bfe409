"""Equals `reference.fill_by_soap`: who applies to which programmes with positions left."""

from __future__ import annotations

import numpy as np

from imgsim.base.arrays import Bools, Ints
from imgsim.base.compiled.jit import kernel
from imgsim.base.randomness.philox import words
from imgsim.markets.match.fast.idiosyncratic import Chance, Pairs


@kernel
def soap_applications(chance: Chance, kind: Ints, unmatched: Bools, left: Ints, takes: Bools, wanted: int) -> Pairs:
    """Applications to programmes with positions ``left``, of any specialty: each applicant sends ``wanted`` on average.

    In the order of kinds of applicant, so that only the programmes that consider a kind are looked at.
    """
    seed, replication, year, decision = chance.seed, chance.replication, chance.year, chance.decision
    below = np.uint64(2.0**32 * min(1.0, wanted / np.sum(left > 0)))
    most = 0
    for k in range(len(takes)):
        most += np.sum(unmatched & (kind == k)) * np.sum(takes[k] & (left > 0))
    applicant, programme, n = np.empty(most + 1, np.int32), np.empty(most + 1, np.uint16), np.uint64(0)
    for k in range(len(takes)):
        vacant = np.flatnonzero(takes[k] & (left > 0)).astype(np.uint16)
        others, drawn = chance.partner[vacant], np.empty(len(vacant), np.uint64)
        for a in np.flatnonzero(unmatched & (kind == k)):
            for v in range(len(vacant)):
                drawn[v] = words(seed, replication, chance.actor[a], decision, year, others[v])[0]
            begin = n
            for v in range(len(vacant)):
                programme[n] = vacant[v]
                n += np.uint64(drawn[v] < below)
            applicant[begin:n] = a
    return Pairs(applicant[:n], programme[:n])
