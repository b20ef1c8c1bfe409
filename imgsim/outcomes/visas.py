"""The status in which entrants begin training."""

from __future__ import annotations

import numpy as np

from imgsim.outcomes.definitions import MEASURED
from imgsim.outcomes.rows import Ints, Rows
from imgsim.outcomes.view import View, days, year_of


def visas(view: View, rows: Rows) -> None:
    """Shares of statuses among noncitizens who begin training, by year and pooled."""
    statuses = view.scenario.pathway.categories.get("visa", ())
    if not statuses or not view.knows("training"):
        return
    since = view.day("training")
    status, year = status_on(view, since), year_of(since)
    of = view.measured(since) & ~view.citizen
    for code, name in enumerate(statuses):
        rows.shares("visa_mix", name, year, status == code, of)
        rows.share("visa_mix", MEASURED, name, status == code, of)


def status_on(view: View, on: Ints) -> Ints:
    """The code of the status each person holds on a day: what the last event so far has set, else the first."""
    statuses = list(view.scenario.pathway.categories["visa"])
    status = np.zeros(len(on), np.int64)
    sets = setting_events(view)
    kept = view.events(sets)
    row, day = view.row_of(kept["person"]), days(kept["date"])
    code = np.array([statuses.index(sets[str(event)]) for event in kept["event"]], np.int64)
    so_far = day <= on[row]
    status[row[so_far]] = code[so_far]  # of several assignments to one person the last one stands
    return status


def setting_events(view: View) -> dict[str, str]:
    """Events that set the status, and what they set it to."""
    return {
        f"{stage.name}.{outcome}": held["visa"]
        for stage in view.scenario.pathway.stages.values()
        for outcome, held in stage.status.items()
        if "visa" in held
    }
