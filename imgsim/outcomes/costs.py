"""Out-of-pocket costs up to certification, in the prices of the day."""

from __future__ import annotations

import numpy as np

from imgsim.outcomes.counts import inside
from imgsim.outcomes.definitions import MEASURED
from imgsim.outcomes.outcome_rows import Rows, ratio
from imgsim.outcomes.people_arrays import View


def costs(view: View, rows: Rows) -> None:
    """Mean cost from entry to the certificate, in its own money, of those certified in the measured window."""
    if not view.knows("certified"):
        return
    spent = view.people["spent_to_certificate"].to_numpy(np.float64)
    heads, (total,) = view.pooled(view.measured(view.day("certified")), [spent])
    for group, cells in view.groups.items():
        n = inside(heads, cells)
        rows.add("cost_per_certified", MEASURED, group, ratio(inside(total, cells), n), n)
