"""Equals `reference.programme_at`: consistent hashing of random points to programmes.

Every programme stands at several fixed points of its specialty's ring, and a point leads to the next programme. So a
programme that is added only takes over applications at its own points, and every other application stays as it was.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Ints
from imgsim.base.compiled.jit import inline_kernel, kernel
from imgsim.base.randomness.philox import words

Programme = npt.NDArray[np.uint16]

POINT_BITS: Final = 16
POINTS: Final = 2**POINT_BITS  # of one ring; a word of chance gives two
POINTS_PER_PROGRAMME: Final = 8  # applications spread evenly with this many, and one call gives them all


@inline_kernel
def eight_points(w0: np.uint64, w1: np.uint64, w2: np.uint64, w3: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Four words as two numbers of four points each."""
    return (w1 << np.uint64(32)) | w0, (w3 << np.uint64(32)) | w2


@kernel
def ring_points(actor: Ints, seed: int, decided: int) -> Ints:
    """The fixed points of every programme, (programmes, POINTS_PER_PROGRAMME)."""
    points = np.empty((len(actor), POINTS_PER_PROGRAMME), np.int64)
    for p in range(len(actor)):
        low, high = eight_points(*words(seed, 0, actor[p], decided, 0, 0))
        for k in range(POINTS_PER_PROGRAMME):
            four = low if k < 4 else high
            points[p, k] = (four >> np.uint64(POINT_BITS * (k % 4))) & np.uint64(POINTS - 1)
    return points


@kernel
def hash_rings(points: Ints, specialty: Ints, running: npt.NDArray[np.bool_], specialties: int) -> Programme:
    """The programme that each point of each ring leads to, (specialties, POINTS).

    Of two programmes at one point the lower number keeps it. A ring without any leads to one after the last.
    """
    nobody = len(specialty)
    rings = np.full((specialties, POINTS), nobody, np.uint16)
    for p in range(len(specialty) - 1, -1, -1):
        if running[p]:
            for k in range(POINTS_PER_PROGRAMME):
                rings[specialty[p], points[p, k]] = p
    for s in range(specialties):
        lowest = 0
        while lowest < POINTS - 1 and rings[s, lowest] == nobody:
            lowest += 1
        following = rings[s, lowest]  # the points after the last programme lead to the first one
        for point in range(POINTS - 1, -1, -1):
            following = rings[s, point] if rings[s, point] < nobody else following
            rings[s, point] = following
    return rings
