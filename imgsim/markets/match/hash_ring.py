"""The circle of programmes: an application falls at a uniform place and goes to the next programme.

Every programme stands at several fixed places of its specialty's circle, so a programme that is added only takes over
applications at its own places, and every other application stays as it was (consistent hashing).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.jit import inline_kernel, kernel
from imgsim.base.randomness.philox import words

Ints = npt.NDArray[np.int64]
Programme = npt.NDArray[np.uint16]

PLACE_BITS: Final = 16
PLACES: Final = 2**PLACE_BITS  # of one circle; a word of chance gives two
NODES: Final = 8  # places of one programme: applications spread evenly with this many, and one call gives them all


@inline_kernel
def eight_places(w0: np.uint64, w1: np.uint64, w2: np.uint64, w3: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Four words as two numbers of four places each."""
    return (w1 << np.uint64(32)) | w0, (w3 << np.uint64(32)) | w2


@kernel
def nodes(actor: Ints, seed: int, decided: int) -> Ints:
    """The fixed places of every programme, (programmes, NODES)."""
    found = np.empty((len(actor), NODES), np.int64)
    for p in range(len(actor)):
        low, high = eight_places(*words(seed, 0, actor[p], decided, 0, 0))
        for node in range(NODES):
            held = low if node < 4 else high
            found[p, node] = (held >> np.uint64(PLACE_BITS * (node % 4))) & np.uint64(PLACES - 1)
    return found


@kernel
def circles(node: Ints, specialty: Ints, running: npt.NDArray[np.bool_], specialties: int) -> Programme:
    """The programme that each place of each circle leads to, (specialties, PLACES).

    Of two programmes at one place the lower number keeps it. A circle without any leads to one after the last.
    """
    nobody = len(specialty)
    found = np.full((specialties, PLACES), nobody, np.uint16)
    for p in range(len(specialty) - 1, -1, -1):
        if running[p]:
            for k in range(NODES):
                found[specialty[p], node[p, k]] = p
    for s in range(specialties):
        lowest = 0
        while lowest < PLACES - 1 and found[s, lowest] == nobody:
            lowest += 1
        following = found[s, lowest]  # the places after the last programme lead to the first one
        for place in range(PLACES - 1, -1, -1):
            following = found[s, place] if found[s, place] < nobody else following
            found[s, place] = following
    return found
