"""Sittings of exams: each is counted when its result comes, in the half-year of the sitting."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.jit import called_kernel, inline_kernel
from imgsim.engines.records.accumulators import GROUP, Accumulators
from imgsim.engines.records.event_codes import EXAM, NONE, RESULT, Codes, half_year_of
from imgsim.inputs.kinds.exam import PASSED, SAT

EVER_PASSED: Final = 2  # index in a tally of sittings, after those with a result and those passed
Meaning = npt.NDArray[np.int16]


@inline_kernel
def record_sitting(
    codes: Codes, accumulators: Accumulators, person: int, day: int, meaning: Meaning, value: int
) -> None:
    """Record a sitting, or its result, which counts it; a sitting without a result by the horizon is not counted."""
    exam, result = meaning[EXAM], meaning[RESULT]
    if result == SAT:
        accumulators.sitting[person], accumulators.sat[person], accumulators.is_retake[person] = (
            exam,
            day,
            1 if value > 1 else 0,
        )
    elif accumulators.sitting[person] == exam:
        count_sitting(codes, accumulators, person, exam, result == PASSED)
        accumulators.sitting[person] = NONE


@called_kernel
def count_sitting(codes: Codes, accumulators: Accumulators, person: int, exam: int, passed: bool) -> None:
    """Count a sitting in its half-year, apart for those before the measured window.

    Who passes also counts once in the half-year of the first attempt.
    """
    day, first = accumulators.sat[person], 1 - accumulators.is_retake[person]
    half, measured = half_year_of(codes, day), 1 if day >= codes.measured_from else 0
    citizen = codes.citizen[int(accumulators.traits[person, GROUP])]
    accumulators.sittings[exam, half, measured, citizen, first, 0] += 1
    if first == 1:
        accumulators.first_sat[person, exam] = 2 * half + measured
    if passed:
        accumulators.sittings[exam, half, measured, citizen, first, 1] += 1
        first_half = int(accumulators.first_sat[person, exam])
        if first_half != NONE:
            accumulators.sittings[exam, first_half // 2, first_half % 2, citizen, 1, EVER_PASSED] += 1
            accumulators.first_sat[person, exam] = NONE
