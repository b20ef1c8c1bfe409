"""Yearly stocks and flows by state, which balance: what stands at the end is what stood, plus in, minus out."""

from __future__ import annotations

import numpy as np

from imgsim.engines.records.activity_years import status_days
from imgsim.engines.records.columns import Columns
from imgsim.engines.records.encode import coded
from imgsim.engines.records.event_codes import half_years, state_names
from imgsim.engines.records.finished import Finished
from imgsim.inputs.traits import LIVELIHOODS


def yearly_table(finished: Finished) -> Columns:
    """Per calendar year and state: heads on 1 January, entering, leaving, and on the next 1 January."""
    model, inflow, outflow = finished.model, finished.accumulators.inflow, finished.accumulators.outflow
    states, years = state_names(model), range(model.first_year, model.last_year + 1)
    end = np.cumsum(inflow - outflow, axis=0)
    return {
        "year": np.repeat(np.array(years, np.int32), len(states)),
        "state": coded(np.tile(np.arange(len(states)), len(years)), states),
        "stock_start": (end - inflow + outflow).ravel(),
        "inflow": inflow.ravel(),
        "outflow": outflow.ravel(),
        "stock_end": end.ravel(),
    }


def livelihood_years_table(finished: Finished) -> Columns:
    """Per calendar year and livelihood: days that people lived on it, from graduation on."""
    years = range(finished.model.first_year, finished.model.last_year + 1)
    days = status_days(finished.accumulators, half_years(years))
    year, state = np.nonzero(days)
    return {
        "year": (finished.model.first_year + year).astype(np.int32),
        "state": coded(state, LIVELIHOODS),
        "days": days[year, state],
    }
