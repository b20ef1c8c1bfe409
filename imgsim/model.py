"""A scenario made ready to run: its rules compiled, its road resolved, its dates worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imgsim.addresses import decision
from imgsim.calendar import to_day
from imgsim.composed import seen_from
from imgsim.dates import year_of
from imgsim.livelihood import Moves, moves_of
from imgsim.mechanisms import MECHANISMS, Mechanism
from imgsim.roadmap import Roadmap, resolve
from imgsim.rounds import Schedule
from imgsim.rulebook import Rulebook, compile_rules
from imgsim.scenario import Scenario


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What every replication of a scenario shares."""

    scenario: Scenario
    book: Rulebook
    roadmap: Roadmap
    moves: Moves
    schedules: Mapping[str, Schedule]
    mechanisms: Mapping[str, Mechanism]
    seed: int
    scale: float
    start: int  # first day
    end: int  # the horizon: first day not simulated
    first_year: int
    last_year: int


def build(scenario: Scenario) -> Model:
    """The model of a scenario; takes a moment, is shared by all replications of a process."""
    book = compile_rules(scenario.parameters, scenario.pathway)
    start, end = to_day(scenario.run.start), to_day(scenario.run.end)
    years = range(year_of(start), year_of(end - 1) + 1)
    announced = range(years[0], years[-1] + 3)  # those who register before the horizon for a round that meets after it
    road = scenario.pathway
    rounds = {stage.name: stage.mechanism for stage in road.stages.values() if stage.kind == "round"}
    seed, scale = scenario.run.seed, scenario.run.scale
    return Model(
        scenario=scenario,
        book=book,
        roadmap=resolve(road, book),
        moves=moves_of(book.number, decision, book.rules),
        schedules={name: Schedule(name, scenario.parameters, announced) for name in rounds},
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
