"""Out-of-pocket costs up to certification, in the prices of the day."""

from __future__ import annotations

import numpy as np

from imgsim.outcomes.definitions import MEASURED
from imgsim.outcomes.rows import Rows
from imgsim.outcomes.view import View


def costs(view: View, rows: Rows) -> None:
    """Mean cost from entry to the certificate, in its own money, of those certified in the measured window."""
    if not view.knows("certified"):
        return
    chosen = np.flatnonzero(view.measured(view.day("certified")))
    spent, cell = view.people["spent_to_certificate"].to_numpy(np.float64)[chosen], view.cell[chosen]
    for group, cells in view.groups.items():
        held = spent[cells[cell]]
        if len(held):
            rows.add("cost_per_certified", MEASURED, group, held.mean(), len(held))
