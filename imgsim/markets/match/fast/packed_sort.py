"""Equals sorting by `reference.grade`: group, value and item packed into one 64-bit number, so that one sort does it.

Sorted numbers stand group by group, in each the highest value first and of equal values the item with the lower number.
Values are exact to 5e-7 between -32 and 32; whatever lies outside counts as the bound.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.jit import inline_kernel

Keys = npt.NDArray[np.uint64]

APPLICANT_BITS: Final = 22
PROGRAMME_BITS: Final = 15
MOST_APPLICANTS: Final = 2**APPLICANT_BITS
MOST_PROGRAMMES: Final = 2**PROGRAMME_BITS
VALUE_BITS: Final = 64 - APPLICANT_BITS - PROGRAMME_BITS
BOUND: Final = 32.0
TOP: Final = 2**VALUE_BITS - 1
UNIT: Final = 2**VALUE_BITS / (2 * BOUND)


@inline_kernel
def descending(value: float) -> np.uint64:
    """A value as a whole number of ``VALUE_BITS`` bits, the highest first."""
    return np.uint64(min(max((BOUND - value) * UNIT, 0.0), float(TOP)))


@inline_kernel
def by_programme(programme: int, value: float, applicant: int) -> np.uint64:
    """An entry of a programme's list of applicants."""
    head = (np.uint64(programme) << np.uint64(VALUE_BITS)) | descending(value)
    return (head << np.uint64(APPLICANT_BITS)) | np.uint64(applicant)


@inline_kernel
def by_applicant(applicant: int, value: float, programme: int) -> np.uint64:
    """An entry of an applicant's list of programmes."""
    head = (np.uint64(applicant) << np.uint64(VALUE_BITS)) | descending(value)
    return (head << np.uint64(PROGRAMME_BITS)) | np.uint64(programme)
