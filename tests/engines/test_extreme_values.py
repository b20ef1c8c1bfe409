"""Settings are obeyed at their ends: nothing is none, for ever is never, and nobody comes before the first day."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from builders import toy

from imgsim.base.dates.day_numbers import NEVER, to_days
from imgsim.base.randomness.quantiles import gompertz_age
from imgsim.engines.compiled.replication import simulate
from imgsim.engines.equality import compare_engines
from imgsim.engines.model import build
from imgsim.engines.simpy.processes import simulate as simulate_in_simpy
from imgsim.inputs.new_country import new_country
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.scenario import Scenario
from imgsim.markets.match.programmes import by_share
from imgsim.persons.risk_equations import Who, expires_after, lasts

Tables = dict[str, pd.DataFrame]
SMALL, WINDOW = 0.05, ("run.end=2020-01-01",)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Tables]:
    """The tables of a small country under some settings."""
    folder = tmp_path_factory.mktemp("extremes")
    new_country("atlantis", folder)

    @cache
    def tables(*sets: str) -> Tables:
        return simulate(build(scenario(folder, *sets)), 0)

    return tables


def scenario(folder: Path, *sets: str) -> Scenario:
    return load_scenario(folder / "atlantis.toml", [*WINDOW, *sets], scale=SMALL)


def count(tables: Tables, event: str) -> int:
    return int((tables["events"]["event"] == event).sum())


# A setting, and the event that nobody then has.
NEVER_HAPPENS = [
    ("exam.licensing.attempts=0", "exam.licensing.sat"),
    ("exam.licensing.per_year=0", "exam.licensing.sat"),
    ("exam.licensing.prepare=366000", "exam.licensing.sat"),
    ("exam.licensing.result=366000", "exam.licensing.passed"),
    ("exam.licensing.passed=0", "exam.licensing.passed"),
    ("exam.licensing.passed=1", "exam.licensing.failed"),
    ("match.places=0", "match.placed"),
    ("match.places=1000000", "match.unplaced"),
    ("residency.completed=1000", "residency.completed"),
    ("residency.left=0", "residency.left"),
    ("residency.left=1000", "residency.completed"),
    ("practice.left=0", "practice.left"),
    ("clock.death=1000", "died"),
    ("clock.patience=1000", "clock.patience"),
    ("population.entrants=0", "entry"),
]


@pytest.mark.parametrize(("setting", "event"), NEVER_HAPPENS)
def test_what_is_set_to_nothing_or_for_ever_does_not_happen(
    simulated: Callable[..., Tables], setting: str, event: str
) -> None:
    assert count(simulated(setting), event) == 0
    assert count(simulated(), event) > 0


def test_one_attempt_is_one_sitting_and_a_year_apart_one_a_year(simulated: Callable[..., Tables]) -> None:
    once = simulated("exam.licensing.attempts=1")["events"]
    sittings = once[once["event"] == "exam.licensing.sat"].groupby("person").size()
    assert set(sittings) == {1}
    yearly = simulated("exam.licensing.per_year=1", "exam.licensing.retake=0")["events"]
    dates = yearly[yearly["event"] == "exam.licensing.sat"].groupby("person")["date"]
    apart = dates.diff().dropna().dt.days
    assert len(apart) > 0
    assert apart.min() >= 366


def test_a_longer_wait_never_lets_more_people_through(simulated: Callable[..., Tables]) -> None:
    for name, lengths, event in (
        ("exam.licensing.prepare", (0, 300, 3_000, 30_000, 366_000), "exam.licensing.sat"),
        ("exam.licensing.late_gap", (0, 3_000, 366_000), "exam.licensing.sat"),
        ("residency.completed", (0, 5, 50, 1_000), "residency.completed"),
        ("clock.death", (0, 50, 100, 1_000), "died"),
    ):
        counts = [count(simulated(f"{name}={length}"), event) for length in lengths]
        assert counts == sorted(counts, reverse=True), name


@pytest.mark.parametrize(
    "sets",
    [
        ("exam.licensing.per_year=0",), ("exam.licensing.attempts=0",), ("match.places=0",),
        ("exam.licensing.prepare=366000", "exam.licensing.prepare.sd_log=5"),
        ("clock.death=1000", "clock.patience=1000", "clock.retirement=1000", "residency.completed=1000"),
        ("clock.death=0", "clock.death.scale=0.1"), ("residency.left=1000", "practice.left=1000"),
        ("population.entry_after=80", "population.entry_after.sd_log=5"),
        ("run.start=2000-07-15",), ("run.start=2007-12-31",),
    ],
)  # fmt: skip
def test_both_engines_are_equal_at_the_ends(tmp_path: Path, sets: tuple[str, ...]) -> None:
    new_country("atlantis", tmp_path)
    assert compare_engines(scenario(tmp_path, *sets)).difference == ""


# --- lengths of time ------------------------------------------------------------------------------------------------


def test_a_length_that_no_calendar_holds_never_ends() -> None:
    assert [to_days(days) for days in (-1e300, -0.5, 0.0, 0.9, 1.0, 366_000.7)] == [0, 0, 0, 0, 1, 366_000]
    assert {to_days(days) for days in (2.0**30, 2.0**31, 2.0**63, 1e20, 9e99, 1e308, np.inf)} == {NEVER}


@pytest.mark.parametrize("distribution", ["lognormal", "exponential", "gompertz"])
def test_no_duration_however_long_turns_into_a_short_one(distribution: str) -> None:
    for value in (1e12, 1e20, 9e99, 1e300):
        given = [toy.parameter("x", "years", value, distribution=distribution)]
        given += [toy.parameter("x.scale", "number", 9.0)] if distribution == "gompertz" else []
        rules, row = toy.book(*given), np.zeros(60)
        for actor in range(20):
            who = Who(1, 0, actor)
            assert lasts(rules.rules, who, rules.number("x"), 0, row, 0) == NEVER


def test_a_rate_however_small_never_ends_a_stay_early() -> None:
    for rate in (1e-15, 1e-20, 1e-99, 1e-300):
        rules = toy.book(toy.parameter("x", "rate", rate))
        asked = rules.number("x")
        for actor in range(20):
            assert expires_after(rules.rules, Who(1, 0, actor), asked, 0, np.zeros(60), 0) == NEVER


def test_somebody_far_beyond_the_age_of_death_is_not_immortal() -> None:
    assert gompertz_age(0.5, 0.0, 0.1, 100.0) == 100.0
    assert gompertz_age(0.5, 1e6, 9.0, 30.0) > 900_000


# --- the first day --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["2000-01-01", "2000-01-02", "2000-04-02", "2000-07-15", "2000-12-31", "2004-02-29"])
def test_nobody_enters_and_nothing_happens_before_the_first_day(simulated: Callable[..., Tables], start: str) -> None:
    tables, first = simulated(f"run.start={start}"), pd.Timestamp(start)
    assert tables["people"]["entry_date"].min() >= first
    assert tables["events"]["date"].min() >= first
    assert tables["livelihood"]["start"].min() >= first
    held = tables["rounds"]["year"].min()
    assert held >= first.year + (first > pd.Timestamp(first.year, 4, 1))  # it allocates on 1 April


def test_those_who_enter_later_live_as_they_would_in_a_run_that_begins_earlier(
    simulated: Callable[..., Tables],
) -> None:
    """Without a Match to compete in, nobody's life depends on who came before."""
    sets = ("match.places=0",)
    early, late = (simulated(*sets, f"run.start={start}") for start in ("2000-01-01", "2000-07-15"))
    entered = early["people"][early["people"]["entry_date"] >= pd.Timestamp("2000-07-15")]
    assert len(late["people"]) == len(entered)
    assert (late["people"]["birth_date"].to_numpy() == entered["birth_date"].to_numpy()).all()
    assert (late["people"]["end"].astype(str).to_numpy() == entered["end"].astype(str).to_numpy()).all()


def test_the_definition_obeys_the_first_day_too() -> None:
    road = toy.career()
    given = toy.scenario(road, *toy.career_numbers(), near=40, far=40, start="2000-09-10")
    tables = simulate_in_simpy(build(given), 0)
    first = pd.Timestamp("2000-09-10")
    assert tables["people"]["entry_date"].min() >= first
    assert tables["events"]["date"].min() >= first
    assert tables["rounds"]["year"].min() == 2001  # it allocates on 15 March


def test_a_round_that_meets_no_time_a_year_places_nobody() -> None:
    numbers = [*toy.career_numbers(), toy.parameter("fair.meetings", "count", 0)]
    tables = simulate(build(toy.scenario(toy.career(), *numbers, near=40, far=40)), 0)
    assert len(tables["rounds"]) == 0
    assert toy.count(tables, "fair.placed") == 0


def test_specialties_without_a_share_have_no_positions() -> None:
    assert by_share(10, np.zeros(2)).tolist() == [0, 0]
