"""Sittings of exams whose result came, in half-years, which add up to calendar and to academic years."""

from __future__ import annotations

import numpy as np

from imgsim.engines.records.columns import Columns
from imgsim.engines.records.encode import coded
from imgsim.engines.records.event_codes import exam_names
from imgsim.engines.records.finished import Finished


def exams_table(finished: Finished) -> Columns:
    """Results, passes and eventual passes of first attempts, by exam, half-year of sitting and kind of candidate."""
    tally = finished.accumulators.sittings
    exam, half, measured, citizen, first = np.nonzero(tally[..., 0])
    results, passed, ever = tally[exam, half, measured, citizen, first].T
    return {
        "exam": coded(exam, exam_names(finished.model.stage_plans)),
        "year": (finished.model.first_year + half // 2).astype(np.int32),
        "half": (1 + half % 2).astype(np.int32),
        "measured": measured == 1,
        "citizen": citizen == 1,
        "first": first == 1,
        "told": results,
        "passed": passed,
        "ever_passed": ever,
    }
