"""Step five of a Match: those without a place ask the programmes with places left."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imgsim.chance import words
from imgsim.compiled import compiled
from imgsim.markets.noise import Address, Pairs

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@compiled
def asked_afterwards(
    at: Address, actor: Ints, kind: Ints, without: Ints, left: Ints, partner: Ints, takes: Bools, wanted: int
) -> Pairs:
    """Applications to programmes with places ``left``, of any specialty: each asks ``wanted`` of them on average."""
    vacant = np.flatnonzero(left > 0)
    others = partner[vacant]
    below = np.uint64(2.0**32 * min(1.0, wanted / len(vacant)))
    drawn = np.empty(len(vacant), np.uint64)
    found = Pairs(np.empty(0, np.int32), np.empty(0, np.int16))
    for writes in range(2):  # count first, then write
        n = 0
        for a in without:
            for k in range(len(vacant)):
                drawn[k] = words(at.seed, at.replication, actor[a], at.decision, at.year, others[k])[0]
            for k in range(len(vacant)):
                if drawn[k] < below and takes[kind[a], vacant[k]]:
                    if writes:
                        found.applicant[n], found.programme[n] = a, vacant[k]
                    n += 1
        if not writes:
            found = Pairs(np.empty(n, np.int32), np.empty(n, np.int16))
    return found
