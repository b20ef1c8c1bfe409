"""The status in which entrants begin training."""

from __future__ import annotations

from imgsim.outcomes.counts import tally
from imgsim.outcomes.definitions import MEASURED
from imgsim.outcomes.outcome_rows import Rows, labels
from imgsim.outcomes.people_arrays import View, codes_in


def visas(view: View, rows: Rows) -> None:
    """Shares of statuses among noncitizens who begin training, by year and pooled."""
    statuses = view.scenario.pathway.categories.get("visa", ())
    if not statuses or not view.knows("training"):
        return
    status = codes_in(view.people["visa_at_training"], statuses)
    of = view.measured(view.day("training")) & ~view.citizen & (status >= 0)
    heads = tally(view.replicas, view.touched, view.year("training"), len(statuses), status, of).heads
    years = labels(view.touched)
    for code, name in enumerate(statuses):
        rows.share("visa_mix", years, name, heads[:, :, code], heads.sum(axis=2))
        rows.share("visa_mix", MEASURED, name, heads[:, :, code].sum(axis=1), heads.sum(axis=(1, 2)))
