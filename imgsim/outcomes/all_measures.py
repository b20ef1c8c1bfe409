"""All measures of some replications."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import pandas as pd

from imgsim.outcomes.certified_cohorts import certified
from imgsim.outcomes.costs import costs
from imgsim.outcomes.destinations import destinations
from imgsim.outcomes.exams import exams
from imgsim.outcomes.incidence import incidence
from imgsim.outcomes.licensed_stock import licensed
from imgsim.outcomes.match_attempts import attempts
from imgsim.outcomes.matches import matches, queues
from imgsim.outcomes.merit_rounds import hazards, places
from imgsim.outcomes.milestones import ages, compared, reached, times
from imgsim.outcomes.outcome_rows import Rows
from imgsim.outcomes.people_arrays import View
from imgsim.outcomes.person_years import employment, livelihoods, practice
from imgsim.outcomes.visas import visas

if TYPE_CHECKING:
    from imgsim.inputs.scenarios.scenario import Scenario

MEASURES: Final[tuple[Callable[[View, Rows], None], ...]] = (
    certified, attempts, ages, compared, times, reached, matches, queues, places, hazards, exams, livelihoods,
    employment, practice, licensed, visas, costs, incidence, destinations,
)  # fmt: skip
# Those with a line in the headline table, or its curve: all that a comparison keeps.
LEADING: Final = (certified, attempts, ages, compared, times, places, livelihoods, employment, incidence)


def measures(
    tables: Mapping[str, pd.DataFrame], scenario: Scenario,
    families: Sequence[Callable[[View, Rows], None]] = MEASURES,
) -> pd.DataFrame:  # fmt: skip
    """Tidy outcomes of the replications in some tables, which never depend on what others are measured with them.

    Columns: replication, measure, cohort, group, time (years), value, denominator (simulated heads).
    """
    view = View(tables, scenario)
    rows = Rows(view.replications)
    for measure in families:
        measure(view, rows)
    return rows.frame()
