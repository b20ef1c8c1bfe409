"""Yearly stocks and flows by state, which balance: what stands at the end is what stood, plus in, minus out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.dates import day_of
from imgsim.model import Model
from imgsim.tables.coding import coded

if TYPE_CHECKING:
    from imgsim.tables.build import Finished

OUTSIDE = -1  # not yet in the model


def yearly_table(finished: Finished) -> pd.DataFrame:
    """Per calendar year and state: heads on 1 January, entering, leaving, and on the next 1 January."""
    model = finished.model
    states = state_names(model)
    person, day, state = states_entered(finished, states)
    before = np.where(np.r_[True, person[1:] != person[:-1]], OUTSIDE, np.r_[OUTSIDE, state[:-1]])
    moved = before != state
    years = range(model.first_year, model.last_year + 1)
    starts = np.array([day_of(year, 1, 1) for year in (*years, model.last_year + 1)])
    year = np.searchsorted(starts, day[moved], side="right") - 1
    inflow = np.zeros((len(years), len(states)), np.int64)
    outflow = np.zeros_like(inflow)
    np.add.at(inflow, (year, state[moved]), 1)
    left = before[moved] != OUTSIDE
    np.add.at(outflow, (year[left], before[moved][left]), 1)
    end = np.cumsum(inflow - outflow, axis=0)
    return pd.DataFrame(
        {
            "year": np.repeat(np.array(years, np.int32), len(states)),
            "state": coded(np.tile(np.arange(len(states)), len(years)), states),
            "stock_start": (end - inflow + outflow).ravel(),
            "inflow": inflow.ravel(),
            "outflow": outflow.ravel(),
            "stock_end": end.ravel(),
        }
    )


def state_names(model: Model) -> list[str]:
    """The states in which people are counted: the pathway's phases in their order, then the classes of ends."""
    plans = model.roadmap.plans.values()
    return list(
        dict.fromkeys([*(p.phase for p in plans if p.kind != "end"), *(p.phase for p in plans if p.kind == "end")])
    )


def states_entered(finished: Finished, states: list[str]) -> tuple[npt.NDArray[np.int64], ...]:
    """Person, day and state after each day on which something happened, in the order of lives."""
    leads_to = state_after(finished.model, states)
    rows = finished.events[leads_to[finished.events[:, 3]] >= 0]
    rows = starts_of_stock(finished, rows, states)
    person, day = rows[:, 0], rows[:, 2]
    state = np.where(rows[:, 3] < 0, -rows[:, 3] - 1, leads_to[np.maximum(rows[:, 3], 0)])
    last = np.r_[(person[1:] != person[:-1]) | (day[1:] != day[:-1]), True] if len(rows) else np.empty(0, bool)
    return person[last], day[last], state[last]


def starts_of_stock(finished: Finished, rows: npt.NDArray[np.int64], states: list[str]) -> npt.NDArray[np.int64]:
    """Rows in which the entry of stock people leads to the state of their own first stage (written as -1 - state)."""
    roadmap = finished.model.roadmap
    if roadmap.stock_entry is None:
        return rows
    rows = rows.copy()
    entry_of_stock = (rows[:, 3] == 0) & finished.population.stock[rows[:, 0]]
    rows[entry_of_stock, 3] = -1 - states.index(roadmap.plans[roadmap.stock_entry].phase)
    return rows


def state_after(model: Model, states: list[str]) -> npt.NDArray[np.int64]:
    """For every event code the state it leads to, or -1 if the stage goes on."""
    roadmap = model.roadmap
    leads_to = np.full(len(roadmap.events), -1, np.int64)
    leads_to[0] = states.index(roadmap.plans[roadmap.entry].phase)
    for plan in roadmap.plans.values():
        if plan.kind == "end":
            leads_to[plan.event[""]] = states.index(plan.phase)
        for outcome, following in plan.next.items():
            leads_to[plan.event[outcome]] = states.index(roadmap.plans[following].phase)
    for clock in roadmap.clocks:
        leads_to[clock.event] = states.index(roadmap.plans[clock.to].phase)
    return leads_to
