"""Branches: which option a certain rule leads to, from the person's traits and the date."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.jit import inline_kernel
from imgsim.persons.risk_equations import Row, trait

Conditions = npt.NDArray[np.float64]  # (tests, 5)

# Columns of a test: the option; whether it is the last test of an alternative; the trait; low <= trait < high.
OPTION, IS_LAST, TRAIT, LOW, HIGH = range(5)
WIDTH: Final = 5
DATE: Final = -98  # the code that stands for the date in the place of a trait


@inline_kernel
def first_true(
    conditions: Conditions, first: int, end: int, options: int, day: int, row: Row, academic_year: int
) -> int:
    """The first option of which one alternative holds, by the tests from ``first`` to ``end``; else the last option."""
    is_met = True
    for k in range(first, end):
        code = int(conditions[k, TRAIT])
        value = float(day) if code == DATE else trait(row, code, day, academic_year)
        is_met = is_met and conditions[k, LOW] <= value < conditions[k, HIGH]
        if conditions[k, IS_LAST] == 1.0:
            if is_met:
                return int(conditions[k, OPTION])
            is_met = True
    return options - 1
