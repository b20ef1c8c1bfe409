"""The visa status in which entrants begin training."""

from __future__ import annotations

from imgsim.outcomes.catalogue import measure
from imgsim.outcomes.counts import tally
from imgsim.outcomes.definitions import MEASURED
from imgsim.outcomes.outcome_rows import Rows, labels
from imgsim.outcomes.people_arrays import View, codes_in
from imgsim.outcomes.strata import Stratum


@measure(
    name="visa_mix", label="Visa status at the start of training", unit="share",
    definition="Share of a visa status among noncitizens who begin training in the calendar year, or at any time in "
    "the measured window.",
    denominator="simulated noncitizens who begin training with a known status",
    by=("visa",), needs=("training", "visas"),
)  # fmt: skip
def visas(view: View, rows: Rows) -> None:
    """Shares of visa statuses among noncitizens who begin training, by year and pooled."""
    statuses = view.scenario.pathway.categories.get("visa", ())
    if not statuses or not view.knows("training"):
        return
    status = codes_in(view.people["visa_at_training"], statuses)
    of = view.measured(view.day("training")) & ~view.citizen & (status >= 0)
    persons = tally(view.replicas, view.touched, view.year("training"), len(statuses), status, of).persons
    years = labels(view.touched)
    for code, name in enumerate(statuses):
        visa = Stratum("visa", name)
        rows.share("visa_mix", years, visa, persons[:, :, code], persons.sum(axis=2))
        rows.share("visa_mix", MEASURED, visa, persons[:, :, code].sum(axis=1), persons.sum(axis=(1, 2)))
