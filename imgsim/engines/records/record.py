"""Record events and activity spells in the accumulators, as they happen or from logs; every engine records alike.

``record_event`` is given the events of a person in sequence; ``close_all`` comes once nothing more can happen.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Ints
from imgsim.base.compiled.by_reference import by_reference
from imgsim.base.compiled.jit import called_kernel, inline_kernel, kernel
from imgsim.engines.model import Model
from imgsim.engines.records.accumulators import Accumulators, new_accumulators
from imgsim.engines.records.activity_years import record_spell
from imgsim.engines.records.application_seasons import record_season
from imgsim.engines.records.event_codes import (
    END_MILESTONE,
    EXAM,
    FAMILY,
    FIRST_MILESTONE,
    PRICE,
    SEASON_PART,
    STATE,
    STATUS,
    Codes,
    codes_of,
)
from imgsim.engines.records.exam_sittings import record_sitting
from imgsim.engines.records.state_flows import count_move, move
from imgsim.persons.population import Population
from imgsim.persons.risk_equations import base

Meaning = npt.NDArray[np.int16]


def accumulators_of(model: Model, population: Population, events: Ints, spells: Ints) -> Accumulators:
    """The accumulators of a replication, from its events and spells (rows, 5), sorted by person and sequence."""
    codes = codes_of(model)
    accumulators = new_accumulators(model, codes, population)
    record_all(codes, accumulators, events, spells)
    close_all(codes, accumulators)
    return accumulators


@called_kernel
def record_event(codes: Codes, accumulators: Accumulators, person: int, day: int, event: int, value: int) -> None:
    """Record one event of a person.

    Milestones come first: what happens on the day of a milestone still counts up to it.
    """
    meaning = codes.meaning[event]
    reach_milestones(codes, accumulators, person, day, meaning)
    if meaning[PRICE] >= 0:
        add_price(codes, accumulators, person, day, meaning)
    if meaning[STATUS] >= 0:
        set_visa_status(codes, accumulators, person, day, meaning)
    if meaning[EXAM] >= 0:
        record_sitting(codes, accumulators, person, day, meaning, value)
    if meaning[FAMILY] >= 0:
        row = accumulators.traits[person]
        seasons = accumulators.season[person], accumulators.seasons[person], accumulators.won[person]
        event_of = meaning[FAMILY], meaning[SEASON_PART], value
        record_season(
            accumulators.applied, *seasons, row, *event_of, codes.first_year, codes.citizen, codes.prices.academic_year
        )
    if meaning[STATE] >= 0 and meaning[STATE] != accumulators.state[person]:  # another state
        move(codes, accumulators, person, day, event)


@inline_kernel
def close_person(codes: Codes, accumulators: Accumulators, person: int) -> None:
    """Count the move of the last day of a person to whom nothing more happens; a second time changes nothing."""
    count_move(codes, accumulators, person)
    accumulators.previous_state[person] = accumulators.state[person]


@inline_kernel
def reach_milestones(codes: Codes, accumulators: Accumulators, person: int, day: int, meaning: Meaning) -> None:
    """Record the first day of each milestone that the event belongs to."""
    for k in range(meaning[FIRST_MILESTONE], meaning[END_MILESTONE]):
        column = codes.milestone[k]
        accumulators.milestones[person, column] = min(accumulators.milestones[person, column], day)


@inline_kernel
def is_past(accumulators: Accumulators, person: int, milestone: int, day: int) -> bool:
    """Does a day come after that of a milestone? Never if the pathway does not have it."""
    return milestone >= 0 and day > accumulators.milestones[person, milestone]


@inline_kernel
def add_price(codes: Codes, accumulators: Accumulators, person: int, day: int, meaning: Meaning) -> None:
    """Add the price of an event, at the prices of the day, unless the certificate was issued before."""
    if not is_past(accumulators, person, codes.certified, day):
        accumulators.spent[person] += base(
            codes.prices, int(np.int64(meaning[PRICE])), day, accumulators.traits[person]
        )


@inline_kernel
def set_visa_status(codes: Codes, accumulators: Accumulators, person: int, day: int, meaning: Meaning) -> None:
    """Record the visa status that an event gives, unless training began on an earlier day."""
    if not is_past(accumulators, person, codes.training, day):
        accumulators.status[person] = meaning[STATUS]


@kernel
def record_all(codes_given: Codes, given: Accumulators, events: Ints, spells: Ints) -> None:
    """Record logged events and activity spells, those of a person in sequence.

    Rows of events: person, sequence, day, event code, value; of spells: person, sequence, state, start, end.
    """
    codes, accumulators = by_reference(codes_given), by_reference(given)
    for k in range(len(events)):
        record_event(codes, accumulators, events[k, 0], events[k, 2], events[k, 3], events[k, 4])
    for k in range(len(spells)):
        record_spell(codes, accumulators, spells[k, 0], spells[k, 2], spells[k, 3], spells[k, 4])


@kernel
def close_all(codes_given: Codes, given: Accumulators) -> None:
    """Count the moves of the last day of everybody, when nothing more happens to anybody."""
    codes, accumulators = by_reference(codes_given), by_reference(given)
    for person in range(len(accumulators.spent)):
        close_person(codes, accumulators, person)
