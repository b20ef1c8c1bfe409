"""How long one year's Match takes: the mean over the years of a run of the median of several turns.

`python benchmarks/match.py [--scale 1] [--turns 5] [--steps]`

The applicants of a year are drawn from the country's own population: of those who entered two to seven years before,
every fourth, with all papers ready. That gives somewhat more than a run has (18,000 on average), without simulating a
single career. Times are of one thread's processor, after compilation; the first turn of a year also works out what the
programmes offer that year.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import fmean, median
from time import thread_time
from typing import Any

import numpy as np
from memory import peak_above_start

from imgsim.base.dates.day_numbers import day_of
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.inputs.traits import COLUMN
from imgsim.markets.allocation import Applicants
from imgsim.markets.match import match
from imgsim.markets.match.fast import interviews, rank_lists
from imgsim.markets.match.match import Match
from imgsim.persons.compile_rules import compile_rules
from imgsim.persons.population import Population, populate

SCENARIO = Path(__file__).parents[1] / "scenarios" / "us.toml"
YEARS = range(1994, 2031)
LEAST_WAIT, LONGEST_WAIT, ONE_IN = 2, 7, 4  # years since entry; share of those who apply
SMALL = 0.02  # scale of the Match that only compiles
LIMIT, AIM = 0.060, 0.035  # seconds, the mean over the years at full size
STEPS = (
    (match, "participants_of"),
    (match, "apply"),
    (match, "screening_lists"),
    (match, "invite"),
    (match, "rank_lists"),
    (match, "scores"),
    (match, "deferred_acceptance"),
    (match, "soap_applications"),
    (match, "allocation_of"),
    (interviews, "screen_files"),
    (rank_lists, "preference_keys"),
)  # the last two are parts of others


def applicants(people: Population, year: int) -> Applicants:
    """Graduates who might apply in a year."""
    day = day_of(year, 3, 18)
    since, until = day_of(year - LONGEST_WAIT, 9, 15), day_of(year - LEAST_WAIT, 9, 15)
    chosen = np.flatnonzero(~people.stock & (people.entry >= since) & (people.entry < until))[::ONE_IN]
    traits = people.traits[chosen]
    traits[:, COLUMN["ready"]] = 1.0
    return Applicants(people.actor[chosen], traits, day)


def market(scenario: Scenario) -> tuple[Match, dict[int, Applicants]]:
    """The Match of a scenario and its applicants by year."""
    parameters, road, run = scenario.parameters, scenario.pathway, scenario.run
    book = compile_rules(parameters, road)
    entered = range(day_of(YEARS[0] - LONGEST_WAIT, 1, 1), day_of(YEARS[-1], 1, 1))
    people = populate(parameters, road, book, entered, run.seed, 0, run.scale)
    field = {year: applicants(people, year) for year in YEARS}
    small = replace(field[YEARS[-1]], actor=field[YEARS[-1]].actor[:100], traits=field[YEARS[-1]].traits[:100])
    Match("match", parameters, book, road, run.seed, SMALL).allocate(YEARS[-1], 0, small)  # compiles
    begin = thread_time()
    made = Match("match", parameters, book, road, run.seed, run.scale)
    print(f"making the Match: {thread_time() - begin:.4f} s")
    return made, field


def seconds(work: Callable[[], object]) -> float:
    """Processor time of one call."""
    begin = thread_time()
    work()
    return thread_time() - begin


def speed(made: Match, field: dict[int, Applicants], turns: int) -> None:
    """Print seconds by year, and the means that are held against limit and aim."""
    taken = {y: [seconds(partial(made.allocate, y, r, field[y])) for r in range(turns)] for y in YEARS}
    print(f"{'year':>6}{'graduates':>11}{'first turn s':>14}{'median s':>10}{'fastest s':>11}")
    for year in YEARS[::6]:
        own, graduates = taken[year], len(field[year].actor)
        print(f"{year:6}{graduates:11,}{own[0]:14.4f}{median(own):10.4f}{min(own):11.4f}")
    first, middle, fastest = (
        fmean(own) for own in zip(*((own[0], median(own), min(own)) for own in taken.values()), strict=True)
    )
    print(f"mean of {len(YEARS)} years: first turn {first:.4f} s, median {middle:.4f} s, fastest {fastest:.4f} s")
    print(f"limit {LIMIT:g} s {verdict(middle <= LIMIT)}, aim {AIM:g} s {verdict(middle <= AIM)} (median, at scale 1)")


def verdict(is_met: bool) -> str:
    """A word for it."""
    return "met" if is_met else "missed"


def steps(made: Match, field: dict[int, Applicants], turns: int) -> None:
    """Print milliseconds a year by step."""
    spent: dict[str, float] = defaultdict(float)
    for module, name in STEPS:
        setattr(module, name, timed(getattr(module, name), name, spent))
    whole = sum(seconds(partial(made.allocate, y, r, field[y])) for r in range(turns) for y in YEARS)
    for name, sum_of in sorted([("whole", whole), *spent.items()], key=lambda one: -one[1]):
        print(f"{name:24}{sum_of / turns / len(YEARS) * 1000:8.2f} ms")


def timed(work: Callable[..., Any], name: str, spent: dict[str, float]) -> Callable[..., Any]:
    """The same function, which adds up its time."""

    def result(*given: Any) -> Any:
        begin = thread_time()
        got = work(*given)
        spent[name] += thread_time() - begin
        return got

    return result


def main() -> None:
    """Print speed and memory, or the steps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", type=Path, default=SCENARIO)
    parser.add_argument("--scale", type=float, default=1.0, help="share of people and seats")
    parser.add_argument("--turns", type=int, default=5, help="replications of each year")
    parser.add_argument("--steps", action="store_true", help="where the time goes")
    options = parser.parse_args()
    made, field = market(load_scenario(options.scenario, scale=options.scale))
    if options.steps:
        steps(made, field, options.turns)
        return
    largest = max(YEARS, key=lambda year: len(field[year].actor))
    peak = peak_above_start(lambda: made.allocate(largest, 0, field[largest]))
    print(f"memory while the largest Match runs: {peak / 1e6:.0f} MB")
    speed(made, field, options.turns)


if __name__ == "__main__":
    main()
