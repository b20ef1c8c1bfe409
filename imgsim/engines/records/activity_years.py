"""Days in each activity status by calendar year, from graduation on."""

from __future__ import annotations

import numpy as np

from imgsim.base.arrays import Ints
from imgsim.base.compiled.jit import called_kernel
from imgsim.engines.records.accumulators import Accumulators
from imgsim.engines.records.event_codes import Codes, half_year_of
from imgsim.inputs.traits import GRADUATION


@called_kernel
def record_spell(codes: Codes, accumulators: Accumulators, person: int, state: int, begin: int, end: int) -> None:
    """Add the days of an activity spell, from graduation on, to the calendar years in which they lie.

    Days of the first and the last year are added up; of the full years between only begin and end are counted.
    """
    day = max(begin, int(accumulators.traits[person, GRADUATION]))
    if day < end:
        first, last = half_year_of(codes, day) // 2, half_year_of(codes, end - 1) // 2
        if first == last:
            accumulators.status_days[first, state, 0] += end - day
        else:
            accumulators.status_days[first, state, 0] += codes.half_year[2 * (first + 1)] - day
            accumulators.status_days[last, state, 0] += end - codes.half_year[2 * last]
            accumulators.status_days[first + 1, state, 1] += 1
            accumulators.status_days[last, state, 1] -= 1


def status_days(accumulators: Accumulators, half_year: Ints) -> Ints:
    """Days of all graduates by calendar year and activity status, shape (years, statuses)."""
    full_years = np.cumsum(accumulators.status_days[:, :, 1], axis=0)
    lengths = np.append(np.diff(half_year[::2]), 0)  # the last year is open: nobody is counted for all of it
    days: Ints = accumulators.status_days[:, :, 0] + full_years * lengths[:, None]
    return days
