"""What each event of a road means for the tables, as arrays that compiled code reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.dates.calendar import to_day
from imgsim.base.dates.day_numbers import day_of
from imgsim.engines.model import Model
from imgsim.engines.stage_plans import StagePlans
from imgsim.inputs.kinds import exam as exams
from imgsim.inputs.kinds.end import END
from imgsim.inputs.kinds.round import MERIT, SEASON
from imgsim.inputs.parameters.parameter import MONEY
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.persons.risk_equations import Rules

NONE: Final = -1
ENTRY: Final = 0  # the event with which every life begins
COST: Final = "cost."
CERTIFIED, TRAINING = "certified", "training"  # milestones up to which money is counted and a status is kept

Small = npt.NDArray[np.int16]
Ints = npt.NDArray[np.int64]


# Columns of Codes.meaning, -1 is none: the state an event leads to and the visa status it sets; the exam it is about
# and SAT, PASSED or NOT_PASSED; the family of rounds by merit it is about and APPLIED or PLACED; the quantity that is
# its price; where its milestones begin and end in Codes.milestone.
STATE, STATUS, EXAM, RESULT, FAMILY, SAYS, PRICE, FIRST_MILESTONE, END_MILESTONE = range(9)


class Codes(NamedTuple):
    """What events mean."""

    meaning: Small  # (events, 9)
    milestone: Ints  # places of milestones
    citizen: Small  # by group: 1 for citizens, whatever a stage makes of a person later
    prices: Rules
    first_year: int  # simulated
    half_year: Ints  # (half-years,): first days, from the first simulated year on
    half_of: Small  # (days,): the half-year of each day from the first of those on
    stock_state: int  # where the licensed of the census begin
    certified: int  # places of milestones
    training: int
    measured_from: int  # day


@lru_cache(maxsize=4)
def codes_of(model: Model) -> Codes:
    """The codes of a model's road; every replication asks for them."""
    stage_plans, years = model.stage_plans, range(model.first_year, model.last_year + 1)
    held = milestones_by_event(model)
    milestones = list(model.scenario.pathway.milestones)
    states = state_names(model)
    exam, result = exam_events(stage_plans)
    family, season = season_events(model)
    begins = dict(enumerate(accumulate(map(len, held), initial=0)))
    columns = (
        states_led_to(stage_plans, states), statuses_set(model), exam, result, family, season, costs(model),
        {event: begins[event] for event in range(len(held))}, {event: begins[event + 1] for event in range(len(held))},
    )  # fmt: skip
    return Codes(
        meaning=np.column_stack([by_event(stage_plans, column) for column in columns]),
        milestone=np.array([place for places in held for place in places], np.int64),
        citizen=np.array([group.citizen for group in model.scenario.pathway.groups.values()], np.int16),
        prices=model.book.rules,
        first_year=model.first_year,
        half_year=half_years(years),
        half_of=half_of_days(half_years(years), model.last_year),
        stock_state=NONE
        if stage_plans.stock_entry is None
        else states.index(stage_plans.plans[stage_plans.stock_entry].phase),
        certified=column_of(CERTIFIED, milestones),
        training=column_of(TRAINING, milestones),
        measured_from=to_day(model.scenario.run.measured_from),
    )


def half_years(years: range) -> Ints:
    """The first day of every half of some years."""
    return np.array([day_of(year, month, 1) for year in years for month in (1, 7)], np.int64)


def half_of_days(begins: Ints, last_year: int) -> Small:
    """The half-year of every day of some years: asked for each event, it is looked up, not worked out."""
    days = np.arange(begins[0], day_of(last_year + 1, 1, 1))
    return (np.searchsorted(begins, days, side="right") - 1).astype(np.int16)


def column_of(name: str, names: list[str]) -> int:
    """The place of a name in a list, or -1."""
    return names.index(name) if name in names else NONE


def by_event(stage_plans: StagePlans, given: Mapping[int, int]) -> Small:
    """Values by event code, -1 where none is given."""
    found = np.full(len(stage_plans.events), NONE, np.int16)
    found[list(given)] = list(given.values())
    return found


def state_names(model: Model) -> list[str]:
    """The states in which people are counted: the pathway's phases in their order, then the classes of ends."""
    plans = model.stage_plans.plans.values()
    return list(dict.fromkeys(plan.phase for plan in sorted(plans, key=lambda plan: plan.kind == END.name)))


def exam_names(stage_plans: StagePlans) -> list[str]:
    """The exams of a road in its order."""
    return [plan.name for plan in stage_plans.plans.values() if plan.kind == exams.EXAM.name]


def milestones_by_event(model: Model) -> list[list[int]]:
    """For every event code the places of the milestones it belongs to."""
    milestones = model.scenario.pathway.milestones.values()
    return [[place for place, names in enumerate(milestones) if name in names] for name in model.stage_plans.events]


def states_led_to(stage_plans: StagePlans, states: list[str]) -> dict[int, int]:
    """Event code -> the state it leads to, for the events that end a stage."""
    leads_to = {ENTRY: states.index(stage_plans.plans[stage_plans.entry].phase)}
    for plan in stage_plans.plans.values():
        if plan.kind == END.name:
            leads_to[plan.event[""]] = states.index(plan.phase)
        for outcome, following in plan.next.items():
            leads_to[plan.event[outcome]] = states.index(stage_plans.plans[following].phase)
    return leads_to | {clock.event: states.index(stage_plans.plans[clock.to].phase) for clock in stage_plans.timers}


def statuses_set(model: Model) -> dict[int, int]:
    """Event code -> the visa status it sets."""
    pathway, plans = model.scenario.pathway, model.stage_plans.plans
    return {
        plans[stage.name].event[outcome]: pathway.categories["visa"].index(held["visa"])
        for stage in pathway.stages.values()
        for outcome, held in stage.sets_trait.items()
        if "visa" in held
    }


def exam_events(stage_plans: StagePlans) -> tuple[dict[int, int], dict[int, int]]:
    """Event code -> number of the exam, and event code -> what it says of a sitting."""
    found: Iterable[tuple[int, int, int]] = [
        (stage_plans.plans[name].event[word], number, said)
        for number, name in enumerate(exam_names(stage_plans))
        for word, said in exams.RESULTS.items()
        if word in stage_plans.plans[name].event
    ]
    return {code: number for code, number, _ in found}, {code: said for code, _, said in found}


def families(pathway: Pathway) -> dict[str, list[str]]:
    """The rounds by merit of each family: those called alike up to the last dot are iterations of one season."""
    found: dict[str, list[str]] = {}
    for stage in pathway.stages.values():
        if stage.mechanism == MERIT:
            found.setdefault(stage.name.rpartition(".")[0] or stage.name, []).append(stage.name)
    return found


def season_events(model: Model) -> tuple[dict[int, int], dict[int, int]]:
    """Event code -> number of the family of rounds by merit, and event code -> what it says of a season."""
    found = [
        (model.stage_plans.plans[name].event[word], number, said)
        for number, rounds in enumerate(families(model.scenario.pathway).values())
        for name in rounds
        for word, said in SEASON.items()
    ]
    return {code: number for code, number, _ in found}, {code: said for code, _, said in found}


def costs(model: Model) -> dict[int, int]:
    """Event code -> the quantity that is its price, in the money of the country."""
    code = {name: place for place, name in enumerate(model.stage_plans.events)}
    parameters = model.scenario.parameters
    priced = [name for name in parameters.family(COST) if parameters[name].unit in MONEY]
    return {
        code[name.removeprefix(COST)]: model.book.number(name) for name in priced if name.removeprefix(COST) in code
    }
