"""Out-of-pocket costs up to certification, in the prices of the day."""

from __future__ import annotations

import numpy as np

from imgsim.outcomes.catalogue import measure
from imgsim.outcomes.counts import inside
from imgsim.outcomes.definitions import MEASURED
from imgsim.outcomes.outcome_rows import Rows, ratio
from imgsim.outcomes.people_arrays import View
from imgsim.outcomes.strata import BY_TRAITS


@measure(
    name="cost_per_certified", label="Cost to certification, mean", unit="currency of the costs",
    definition="Mean of all fees and costs paid from entry to the certificate, in the prices of the day, of those "
    "certified in the measured window.",
    denominator="simulated persons certified", by=BY_TRAITS, statistics=("mean",), needs=("certified",),
)  # fmt: skip
def costs(view: View, rows: Rows) -> None:
    """Mean cost from entry to the certificate, in the country's money, of those certified in the measured window."""
    if not view.knows("certified"):
        return
    spent = view.people["spent_to_certificate"].to_numpy(np.float64)
    persons, (total,) = view.pooled(view.measured(view.day("certified")), [spent])
    for stratum, cells in view.groups.items():
        n = inside(persons, cells)
        rows.add("cost_per_certified", MEASURED, stratum, ratio(inside(total, cells), n), n, "mean")
