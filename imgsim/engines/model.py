"""A scenario made ready to run: its rules compiled, its pathway resolved, its dates worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imgsim.base.dates.calendar import to_day
from imgsim.base.dates.day_numbers import year_of
from imgsim.base.randomness.addresses import decision
from imgsim.engines.stage_plans import StagePlans, resolve
from imgsim.inputs.pathways.combined import seen_from
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.markets.mechanisms import MECHANISMS, Mechanism
from imgsim.markets.round_dates import Schedule
from imgsim.persons.compile_rules import CompiledRules, compile_rules
from imgsim.persons.livelihood import ActivityTransitions, transitions_of


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What every replication of a scenario shares."""

    scenario: Scenario
    book: CompiledRules
    stage_plans: StagePlans
    transitions: ActivityTransitions
    schedules: Mapping[str, Schedule]
    mechanisms: Mapping[str, Mechanism]
    seed: int
    scale: float
    start: int  # first day
    end: int  # the horizon: first day not simulated
    first_year: int
    last_year: int

    def next_mark(self, until: str, day: int) -> int:
        """The day of a mark (``<round>.opens``, ``<round>.allocates``, ...) of the next round still open on a day."""
        name, _, mark = until.rpartition(".")
        dates = self.schedules[name].next(day)
        return self.end if dates is None else int(getattr(dates, mark))


def build(scenario: Scenario) -> Model:
    """The model of a scenario; takes a moment, is shared by all replications of a process."""
    book = compile_rules(scenario.parameters, scenario.pathway)
    start, end = to_day(scenario.run.start), to_day(scenario.run.end)
    years = range(year_of(start), year_of(end - 1) + 1)
    announced = range(years[0], years[-1] + 3)  # those who register before the horizon for a round that meets after it
    pathway = scenario.pathway
    rounds = {stage.name: stage.mechanism for stage in pathway.stages.values() if stage.kind == "round"}
    seed, scale = scenario.run.seed, scenario.run.scale
    return Model(
        scenario=scenario,
        book=book,
        stage_plans=resolve(pathway, book),
        transitions=transitions_of(book.number, decision, book.rules),
        schedules={name: Schedule(name, scenario.parameters, announced, start) for name in rounds},
        mechanisms={
            name: MECHANISMS[kind or ""](
                name, scenario.parameters, book, seen_from(scenario.pathway, name), seed, scale
            )
            for name, kind in rounds.items()
        },
        seed=seed,
        scale=scale,
        start=start,
        end=end,
        first_year=years[0],
        last_year=years[-1],
    )
