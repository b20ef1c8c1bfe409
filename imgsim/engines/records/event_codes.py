"""What each event of a pathway means for the tables, as arrays that compiled code reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Ints
from imgsim.base.compiled.jit import inline_kernel
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
ENTRY: Final = 0  # the event with which every career begins
COST: Final = "cost."
CERTIFIED, TRAINING = "certified", "training"  # milestones up to which costs and visa status are recorded

Small = npt.NDArray[np.int16]


# Columns of Codes.meaning, -1 is none: the state an event leads to and the visa status it sets; the exam it is about
# and SAT, PASSED or NOT_PASSED; the family of rounds by merit it is about and APPLIED or PLACED; the quantity that is
# its price; where its milestones begin and end in Codes.milestone.
STATE, STATUS, EXAM, RESULT, FAMILY, SEASON_PART, PRICE, FIRST_MILESTONE, END_MILESTONE = range(9)


class Codes(NamedTuple):
    """What the events of a pathway mean, as arrays."""

    meaning: Small  # (events, 9)
    milestone: Ints  # columns of milestones, for each event those it belongs to
    citizen: Small  # by group: 1 for citizens, whatever a stage makes of a person later
    prices: Rules
    first_year: int  # simulated
    half_year: Ints  # (half-years,): first days, from the first simulated year on
    half_of: Small  # (days,): the half-year of each day from the first of those on
    stock_state: int  # in which the licensed of the census begin
    certified: int  # column of that milestone, as the next
    training: int
    measured_from: int  # day


@lru_cache(maxsize=4)
def codes_of(model: Model) -> Codes:
    """The codes of a model, the same for all of its replications."""
    stage_plans, years = model.stage_plans, range(model.first_year, model.last_year + 1)
    by_event_code = milestones_by_event(model)
    milestones, events = list(model.scenario.pathway.milestones), len(by_event_code)
    states = state_names(model)
    exam, result = exam_events(stage_plans)
    family, season = season_events(model)
    begins = dict(enumerate(accumulate(map(len, by_event_code), initial=0)))
    columns = (
        states_led_to(stage_plans, states), statuses_set(model), exam, result, family, season, costs(model),
        {event: begins[event] for event in range(events)}, {event: begins[event + 1] for event in range(events)},
    )  # fmt: skip
    return Codes(
        meaning=np.column_stack([by_event(stage_plans, column) for column in columns]),
        milestone=np.array([column for columns_of in by_event_code for column in columns_of], np.int64),
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
    """The half-year of every day of some years, to be looked up at each event."""
    days = np.arange(begins[0], day_of(last_year + 1, 1, 1))
    return (np.searchsorted(begins, days, side="right") - 1).astype(np.int16)


@inline_kernel
def half_year_of(codes: Codes, day: int) -> int:
    """The half-year of a day, by number; the first or last one for days outside the simulated years."""
    return int(codes.half_of[min(max(day - codes.half_year[0], 0), len(codes.half_of) - 1)])


def column_of(name: str, names: list[str]) -> int:
    """The index of a name in a list, or -1."""
    return names.index(name) if name in names else NONE


def by_event(stage_plans: StagePlans, given: Mapping[int, int]) -> Small:
    """Values by event code, -1 where none is given."""
    values = np.full(len(stage_plans.events), NONE, np.int16)
    values[list(given)] = list(given.values())
    return values


def state_names(model: Model) -> list[str]:
    """The states in which people are counted: the pathway's phases in their order, then the classes of ends."""
    plans = model.stage_plans.plans.values()
    return list(dict.fromkeys(plan.phase for plan in sorted(plans, key=lambda plan: plan.kind == END.name)))


def exam_names(stage_plans: StagePlans) -> list[str]:
    """The exams of a pathway in its order."""
    return [plan.name for plan in stage_plans.plans.values() if plan.kind == exams.EXAM.name]


def milestones_by_event(model: Model) -> list[list[int]]:
    """For every event code the columns of the milestones it belongs to."""
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
    return leads_to | {timer.event: states.index(stage_plans.plans[timer.to].phase) for timer in stage_plans.timers}


def statuses_set(model: Model) -> dict[int, int]:
    """Event code -> the visa status it sets."""
    pathway, plans = model.scenario.pathway, model.stage_plans.plans
    return {
        plans[stage.name].event[outcome]: pathway.categories["visa"].index(traits["visa"])
        for stage in pathway.stages.values()
        for outcome, traits in stage.sets_trait.items()
        if "visa" in traits
    }


def exam_events(stage_plans: StagePlans) -> tuple[dict[int, int], dict[int, int]]:
    """Event code -> number of the exam, and event code -> sitting, pass or failure."""
    events: Iterable[tuple[int, int, int]] = [
        (stage_plans.plans[name].event[word], number, code)
        for number, name in enumerate(exam_names(stage_plans))
        for word, code in exams.RESULTS.items()
        if word in stage_plans.plans[name].event
    ]
    return {event: number for event, number, _ in events}, {event: code for event, _, code in events}


def families(pathway: Pathway) -> dict[str, list[str]]:
    """The rounds by merit of each family: those called alike up to the last dot are iterations of one season."""
    rounds: dict[str, list[str]] = {}
    for stage in pathway.stages.values():
        if stage.mechanism == MERIT:
            rounds.setdefault(stage.name.rpartition(".")[0] or stage.name, []).append(stage.name)
    return rounds


def season_events(model: Model) -> tuple[dict[int, int], dict[int, int]]:
    """Event code -> number of the family of rounds by merit, and event code -> application or place."""
    events = [
        (model.stage_plans.plans[name].event[word], number, code)
        for number, rounds in enumerate(families(model.scenario.pathway).values())
        for name in rounds
        for word, code in SEASON.items()
    ]
    return {event: number for event, number, _ in events}, {event: code for event, _, code in events}


def costs(model: Model) -> dict[int, int]:
    """Event code -> the quantity that is its price, in the money of the country."""
    code = {name: place for place, name in enumerate(model.stage_plans.events)}
    parameters = model.scenario.parameters
    priced = [name for name in parameters.family(COST) if parameters[name].unit in MONEY]
    return {
        code[name.removeprefix(COST)]: model.book.number(name) for name in priced if name.removeprefix(COST) in code
    }
