"""Flows between states: who stands in another state at the end of a day than at its beginning has moved once."""

from __future__ import annotations

from imgsim.base.compiled.jit import inline_kernel
from imgsim.engines.records.accumulators import Accumulators
from imgsim.engines.records.event_codes import ENTRY, STATE, Codes, half_year_of


@inline_kernel
def move(codes: Codes, accumulators: Accumulators, person: int, day: int, event: int) -> None:
    """Record a change of state; only the state at the end of the day makes it a move."""
    if day != accumulators.state_day[person]:
        count_move(codes, accumulators, person)
        accumulators.previous_state[person], accumulators.state_day[person] = accumulators.state[person], day
    if event == ENTRY and accumulators.stock[person] and codes.stock_state >= 0:
        accumulators.state[person] = codes.stock_state
    else:
        accumulators.state[person] = codes.meaning[event, STATE]


@inline_kernel
def count_move(codes: Codes, accumulators: Accumulators, person: int) -> None:
    """Count the move of the last day on which the state changed, if the day ended in another state than it began."""
    before, state = accumulators.previous_state[person], accumulators.state[person]
    if before != state:
        year = half_year_of(codes, accumulators.state_day[person]) // 2
        accumulators.inflow[year, state] += 1
        if before >= 0:
            accumulators.outflow[year, before] += 1
