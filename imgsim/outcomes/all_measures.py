"""All measures of some replications."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

import pandas as pd

from imgsim.outcomes.catalogue import Maker, entry_of, makers
from imgsim.outcomes.headline import measures_shown
from imgsim.outcomes.outcome_rows import Rows
from imgsim.outcomes.people_arrays import View

if TYPE_CHECKING:
    from imgsim.inputs.scenarios.scenario import Scenario

CURVE: Final = "cumulative_incidence_entry"  # the curve that a comparison draws


def measures(
    tables: Mapping[str, pd.DataFrame], scenario: Scenario, chosen: Iterable[Maker] | None = None
) -> pd.DataFrame:
    """Tidy outcomes of the replications in some tables, which never depend on what others are measured with them.

    Columns: replication, measure, cohort, by, group, time (years), statistic, value, n (simulated persons). All
    measures of the catalogue, or those that the ``chosen`` functions make.
    """
    view = View(tables, scenario)
    rows = Rows(view.replications)
    for maker in makers() if chosen is None else chosen:
        maker(view, rows)
    return rows.frame()


@cache
def headline_makers() -> tuple[Maker, ...]:
    """The functions that make a line of the headline table, or its curve: all that a comparison keeps."""
    shown = {entry_of(name).name for name in (*measures_shown(), CURVE)}
    return tuple(maker for maker, made in makers().items() if shown & {entry.name for entry in made})
