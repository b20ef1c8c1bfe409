"""What lives are spent on: person-years by livelihood, and years of practice."""

from __future__ import annotations

import numpy as np

from imgsim.outcomes.definitions import FOLLOW_UP_YEARS, MEASURED, PRACTICE, SURVIVAL
from imgsim.outcomes.rows import Rows, labels
from imgsim.outcomes.view import View, year_of
from imgsim.traits import LIVELIHOODS


def livelihoods(view: View, rows: Rows) -> None:
    """Person-years per entrant by livelihood, from entry to practice, end or horizon, for entrants followed long."""
    states = [state for state in LIVELIHOODS if f"years_{state}" in view.people]
    held = {state: view.people[f"years_{state}"].to_numpy(np.float64) for state in states}
    imposed = {stage.livelihood for stage in view.scenario.pathway.stages.values()}
    before = [state for state in states if state not in imposed]
    of = view.measured(view.day("entry"), FOLLOW_UP_YEARS)
    for group, inside in view.groups.items():
        chosen = of & inside
        if not (n := int(np.count_nonzero(chosen))):
            continue
        total = {state: held[state][chosen].sum() for state in states}
        for state in states:
            rows.add(f"person_years_{state}", MEASURED, group, total[state] / n, n)
        if SURVIVAL in total:
            rows.add("survival_years_per_100", MEASURED, group, 100 * total[SURVIVAL] / n, n)
        shares(rows, group, {state: total[state] for state in before}, n)


def shares(rows: Rows, group: str, total: dict[str, float], n: int) -> None:
    """How the person-years before and beside training divide over livelihoods."""
    if (years := sum(total.values())) > 0:
        for state, spent in total.items():
            held = state if group == "all" else f"{state}/{group}"
            rows.add("livelihood_share", MEASURED, held, spent / years, n)


def practice(view: View, rows: Rows) -> None:
    """Physician-years of practice up to the horizon, by year of entry and pooled, in the whole population."""
    if f"years_{PRACTICE}" not in view.people:
        return
    entry = view.day("entry")
    year, spent = year_of(entry), view.people[f"years_{PRACTICE}"].to_numpy(np.float64)
    for group, inside in view.groups.items():
        of = view.measured(entry) & inside & (year < view.years.stop)
        if of.any():
            first = int(year[of].min())
            n = np.bincount(year[of] - first)
            total = np.bincount(year[of] - first, weights=spent[of])
            rows.add("physician_years", labels(range(first, first + len(n))), group, total / view.scale, n)
            rows.add("physician_years", MEASURED, group, total.sum() / view.scale, n.sum())
