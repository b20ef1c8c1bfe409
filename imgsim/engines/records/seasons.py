"""Seasons of rounds by merit: whoever enters any round of a family in a year applies once that year."""

from __future__ import annotations

import numpy as np

from imgsim.engines.records.columns import Columns
from imgsim.engines.records.encode import coded
from imgsim.engines.records.event_codes import families
from imgsim.engines.records.finished import Finished


def applications_table(finished: Finished) -> Columns:
    """Per family of rounds by merit, year, and kind of applicant: persons who applied, and who got a place."""
    tally = finished.accumulators.applied
    family, year, citizen, current, season = np.nonzero(tally[..., 0])
    applied, placed = tally[family, year, citizen, current, season].T
    return {
        "family": coded(family, list(families(finished.model.scenario.pathway))),
        "year": (finished.model.first_year + year).astype(np.int32),
        "citizen": citizen == 1,
        "current_year": current == 1,
        "season": (1 + season).astype(np.int32),
        "applied": applied,
        "placed": placed,
    }
