"""Random numbers by address: the same seed, person, decision and occurrence always get the same number.

The generator is Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011),
checked in the tests against the vectors its authors published. The key is (seed, decision); the counter is
(actor, replication and occurrence, partner).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from imgsim.base.arrays import Floats, Ints
from imgsim.base.compiled.jit import inline_kernel, kernel

M0: Final = np.uint64(0xD2511F53)
M1: Final = np.uint64(0xCD9E8D57)
W0: Final = np.uint64(0x9E3779B9)
W1: Final = np.uint64(0xBB67AE85)
LOW: Final = np.uint64(0xFFFFFFFF)
WORD: Final = np.uint64(32)
SIX: Final = np.uint64(6)
ALL_REPLICATIONS: Final = 0  # the replication in addresses of draws that all replications share
TWO_26: Final = 67108864.0
TWO_M52: Final = 2.0**-52


@inline_kernel
def philox(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Four 32-bit words (each in a uint64) for a counter of four words and a key of two."""
    for _ in range(10):
        p0 = M0 * c0
        p1 = M1 * c2
        c0, c1, c2, c3 = (p1 >> WORD) ^ c1 ^ k0, p1 & LOW, (p0 >> WORD) ^ c3 ^ k1, p0 & LOW
        k0 = (k0 + W0) & LOW
        k1 = (k1 + W1) & LOW
    return c0, c1, c2, c3


@inline_kernel
def uniform(seed: int, replication: int, actor: int, decision: int, occurrence: int, partner: int) -> float:
    """The uniform at an address, strictly between 0 and 1, on a grid of 2**-52 shifted by half a step.

    seed and decision are 32 bits wide, actor 64, replication and occurrence 16 each, partner 32.
    """
    who = np.uint64(actor)
    c0 = who & LOW
    c1 = who >> WORD
    c2 = (np.uint64(replication) << np.uint64(16)) | (np.uint64(occurrence) & np.uint64(0xFFFF))
    c3 = np.uint64(partner) & LOW
    w0, w1, _, _ = philox(c0, c1, c2 & LOW, c3, np.uint64(seed) & LOW, np.uint64(decision) & LOW)
    return (float(w0 >> SIX) * TWO_26 + float(w1 >> SIX) + 0.5) * TWO_M52


@kernel
def uniforms(seed: int, replication: int, actor: Ints, decision: int, occurrence: int) -> Floats:
    """The uniform of each of many actors at one decision."""
    draws = np.empty(len(actor))
    for k in range(len(actor)):
        draws[k] = uniform(seed, replication, actor[k], decision, occurrence, 0)
    return draws


@inline_kernel
def words(
    seed: int, replication: int, actor: int, decision: int, occurrence: int, partner: int
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """The four 32-bit words at an address, for draws by the million that take several from one call.

    The address is laid out as in ``uniform``, which is made of the first two words.
    """
    who = np.uint64(actor)
    moment = (np.uint64(replication) << np.uint64(16)) | (np.uint64(occurrence) & np.uint64(0xFFFF))
    key, other = np.uint64(seed) & LOW, np.uint64(decision) & LOW
    return philox(who & LOW, who >> WORD, moment & LOW, np.uint64(partner) & LOW, key, other)
