"""The engine on toy roads agrees with closed forms; who else is in a run changes a life only through scarce places."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from builders import toy
from builders.toy import count, days_of, end, exam, fair, parameter, road, stage, tables, timer

from imgsim.base.dates.calendar import to_day
from imgsim.base.dates.day_numbers import year_of
from imgsim.engines.compiled.replication import simulate as compiled
from imgsim.engines.engine import trace
from imgsim.engines.model import build
from imgsim.engines.simpy.career import Career
from imgsim.engines.simpy.processes import simulate
from imgsim.engines.simpy.replication import Replication
from imgsim.inputs.pathways.pathway import Pathway

ONCE = [(None, 2000.0), ("2001-01-01", 0.0)]  # two thousand people who enter in 2000
MANY = 2000


def within(found: float, share: float, n: int = MANY) -> bool:
    """Four standard errors of a share."""
    return abs(found - share) < 4 * math.sqrt(share * (1 - share) / n)


# --- exams ---------------------------------------------------------------------------------------------------------


def one_exam() -> Pathway:
    return road(stage("test", "exam", {"passed": "through", "exhausted": "out"}), end("through"), end("out"))


@pytest.mark.parametrize(("p", "k"), [(0.3, 1), (0.3, 4), (0.8, 2)])
def test_of_those_allowed_k_attempts_all_pass_but_those_who_fail_k_times(p: float, k: int) -> None:
    held = tables(one_exam(), *exam("test", p, k), near=ONCE)
    assert within(count(held, "test.passed") / MANY, 1 - (1 - p) ** k)
    assert count(held, "test.passed") + count(held, "test.exhausted") == MANY


def test_the_number_of_sittings_is_that_of_a_stopped_geometric_series() -> None:
    held = tables(one_exam(), *exam("test", 0.3, 4), near=ONCE)
    expected = sum(0.7**k for k in range(4))
    assert count(held, "test.sat") / MANY == pytest.approx(expected, abs=4 * 1.2 / math.sqrt(MANY))
    attempts = held["events"].query("event == 'test.sat'").groupby("person")["value"].agg(list)
    assert all(list(range(1, len(own) + 1)) == own for own in attempts)


@pytest.mark.parametrize("run", [simulate, compiled])
def test_who_failed_a_sitting_of_an_earlier_exam_is_known_by_it_for_ever(run: Callable[..., Any]) -> None:
    """Two exams, the second never failed; then a choice that is even, and certain for those who failed the first."""
    pathway = road(
        stage("test", "exam", {"passed": "second", "exhausted": "out"}),
        stage("second", "exam", {"passed": "way", "exhausted": "out"}),
        stage("way", "choose", {"marked": "through", "other": "out"}),
        end("through"),
        end("out"),
    )
    numbers = [*exam("test", 0.5, 9), *exam("second", 1.0), parameter("way.marked", "probability", 0.5)]
    numbers.append(parameter("way.marked.odds.has_failed", "factor", 1e6))
    held = run(toy.model(pathway, *numbers, near=ONCE), 0)
    failed = set(held["events"].query("event == 'test.failed'")["person"])
    other = set(held["events"].query("event == 'way.other'")["person"])
    assert failed & other == set()
    assert within(len(other) / MANY, 0.25)  # half of the half that never failed


def test_the_limit_of_attempts_is_that_in_force_on_the_day() -> None:
    """Prepared for 30 days, then a sitting every 30 days: whoever has sat four times when it falls to four is out."""
    limit = [(None, 6.0), ("2000-07-01", 4.0)]
    held = tables(one_exam(), *exam("test", 0.0, limit), near=ONCE)
    out = held["events"].query("event == 'test.exhausted'").set_index("person")["date"]
    sat = held["events"].query("event == 'test.sat'").groupby("person").size()
    entry = held["people"]["entry_date"]
    assert (sat[entry < "2000-01-03"] == 6).all()  # the sixth sitting, 180 days on, falls before 1 July
    assert (sat[(entry >= "2000-01-03") & (entry < "2000-02-02")] == 5).all()
    assert (sat[entry >= "2000-02-02"] == 4).all()
    assert (out - entry)[entry >= "2000-02-02"].dt.days.eq(150).all()


def test_sittings_keep_the_spacing_that_the_rules_ask_for() -> None:
    """Three in twelve months; then a year after the first of the last three and half a year after the last."""
    numbers = exam("test", 0.0, 5, prepare=0.0, per_year=3.0, late_gap=180.0)
    held = tables(one_exam(), *numbers, near=[(None, 20), ("2001-01-01", 0)])
    sat = held["events"].query("event == 'test.sat'").groupby("person")["date"].agg(list)
    for own in sat:
        assert [(day - own[0]).days for day in own] == [0, 30, 60, 366, 546]


def test_sittings_wait_for_sessions_and_leave_one_out_where_consecutive_ones_are_barred() -> None:
    sessions = {"test.session.1": 315.0, "test.session.2": 915.0}
    numbers = [
        *exam("test", 0.0, 3, prepare=0.0),
        *(parameter(name, "month-day", mark) for name, mark in sessions.items()),
        parameter("test.apart", "count", 2),
    ]
    held = tables(one_exam(), *numbers, near=[(None, 20), ("2001-01-01", 0)])
    sat = held["events"][held["events"]["event"] == "test.sat"]
    assert {(day.month, day.day) for day in sat["date"]} == {(3, 15), (9, 15)}
    years = sat.groupby("person")["date"].diff().dropna().dt.days / 365.25
    assert years.between(0.99, 1.01).all()
    assert (sat.groupby("person").size() == 3).all()
    entry = held["people"].set_index("person")["entry_date"]
    assert ((sat.groupby("person")["date"].min() - entry).dt.days < 185).all()


def test_a_wait_until_graduation_may_end_some_days_before_it() -> None:
    pathway = road(stage("student", "wait", {"done": "out"}, until="graduation"), end("out"))
    numbers = [parameter("population.entry_before", "years", 2.0), parameter("student.before", "days", 100)]
    people = tables(pathway, *numbers, near=[(None, 5), ("2001-01-01", 0)])["people"]
    assert ((people["graduation_date"] - people["end_date"]).dt.days == 100).all()


def test_a_round_by_merit_gives_its_places_to_the_ablest_of_those_who_wait() -> None:
    pathway = road(
        stage("fair", "round", {"placed": "won", "unplaced": "lost", "ineligible": "lost"}, mechanism="ranked"),
        end("won", "retired"), end("lost"),
    )  # fmt: skip
    marks = [held for held in fair("fair", 7) if held.name.split(".")[1] not in ("jurisdictions", "concentration")]
    merit = [parameter("fair.merit", "score", 0), parameter("fair.merit.plus.ability", "score", 1)]
    merit.append(parameter("fair.merit.spread", "number", 0))
    held = tables(pathway, *marks, *merit, near=[(None, 30), ("2001-01-01", 0)])
    people = held["people"]
    year = held["events"].query("event == 'fair.entered'").set_index("person")["value"].reindex(people["person"])
    for _, own in people.groupby(year.to_numpy()):
        won = own["end"] == "won"
        assert won.sum() == min(7, len(own))
        assert own.loc[won, "ability"].min() > own.loc[~won, "ability"].max() or (~won).sum() == 0


def test_an_exam_no_longer_given_lapses() -> None:
    pathway = road(
        stage("test", "exam", {"passed": "out", "exhausted": "out", "lapsed": "other"}), end("out"), end("other")
    )
    given = parameter("test.open", "probability", [(None, 1.0), ("2000-07-01", 0.0)])
    held = tables(pathway, *exam("test", 1.0), given, near=ONCE)
    late = held["people"]["entry_date"] >= "2000-06-01"  # thirty days of preparation later it is July
    assert (held["people"]["end"].eq("other") == late).all()


# --- roads as Markov chains -----------------------------------------------------------------------------------------


def test_stages_are_visited_as_often_as_an_absorbing_markov_chain_says() -> None:
    """Transient: one, two, three; fundamental matrix (I - Q)^-1, Kemeny and Snell 1960."""
    pathway = road(
        stage("one", "wait", {"done": "one.next"}),
        stage("one.next", "choose", {"two": "two", "three": "three", "out": "out"}),
        stage("two", "wait", {"done": "two.next", "refused": "out"}),
        stage("two.next", "choose", {"one": "one", "three": "three"}),
        stage("three", "wait", {"done": "three.next"}),
        stage("three.next", "choose", {"two": "two", "home": "home"}),
        end("out"),
        end("home"),
    )
    numbers = [
        *(parameter(f"{name}.done", "days", 10) for name in ("one", "two", "three")),
        parameter("two.refused", "probability", 0.2),
        parameter("one.next.two", "probability", 0.5),
        parameter("one.next.three", "probability", 0.6),
        parameter("two.next.one", "probability", 0.25),
        parameter("three.next.two", "probability", 0.4),
    ]
    moves = np.array([[0, 0.5, 0.3], [0.8 * 0.25, 0, 0.8 * 0.75], [0, 0.4, 0]])
    visits = np.linalg.inv(np.eye(3) - moves)[0]
    home = visits[2] * 0.6
    held = tables(pathway, *numbers, near=ONCE)
    left = [count(held, "one.done"), count(held, "two.done") + count(held, "two.refused"), count(held, "three.done")]
    assert np.array(left) / MANY == pytest.approx(visits, abs=4 * 1.5 / math.sqrt(MANY))
    assert within(count(held, "home") / MANY, home)
    assert count(held, "home") + count(held, "out") == MANY


# --- work -----------------------------------------------------------------------------------------------------------


def test_of_those_who_may_leave_at_a_rate_the_rest_complete() -> None:
    """Three years at 0.2 a year: exp(-0.6) complete; who leaves has stayed (1/r - T e^-rT / (1 - e^-rT)) on average."""
    pathway = road(stage("post", "work", {"completed": "done", "left": "gone"}), end("done"), end("gone"))
    held = tables(pathway, parameter("post.completed", "years", 3), parameter("post.left", "rate", 0.2), near=ONCE)
    stayed = math.exp(-0.6)
    assert within(count(held, "post.completed") / MANY, stayed)
    years = ((days_of(held, "post.left") - days_of(held, "post.started")).dropna()) / 365.25
    assert years.mean() == pytest.approx(1 / 0.2 - 3 * stayed / (1 - stayed), abs=4 * 0.87 / math.sqrt(len(years)))
    assert years.max() < 3


# --- clocks ---------------------------------------------------------------------------------------------------------


def test_a_clock_strikes_on_its_day_and_not_where_it_may_not() -> None:
    """Two years after entry, 731 days, in the long wait; the safe one is never disturbed."""
    pathway = road(
        stage("way", "choose", {"long": "long", "safe": "safe"}),
        stage("long", "wait", {"done": "home"}),
        stage("safe", "wait", {"done": "home"}),
        end("home"),
        end("tired"),
        timers=[timer("patience", "tired", ("long",))],
    )
    held = tables(
        pathway, parameter("way.long", "probability", 0.5), parameter("long.done", "days", 900),
        parameter("safe.done", "days", 900), parameter("clock.patience", "years", 2), near=ONCE,
    )  # fmt: skip
    entry, expired = days_of(held, "entry"), days_of(held, "clock.patience")
    assert set(expired - entry[expired.index]) == {731}
    assert set(expired.index) == set(days_of(held, "way.long").index)
    assert count(held, "safe.done") == count(held, "way.safe")


def test_a_pass_is_valid_for_its_years_and_a_new_one_for_as_many_again() -> None:
    """Passed on day 40; the second exam can never be passed; 7 years (2557 days) later all begin anew."""
    pathway = road(
        stage("first", "exam", {"passed": "second", "exhausted": "out"}, starts_timer={"passed": ("validity",)}),
        stage("second", "exam", {"passed": "out", "exhausted": "out"}),
        end("out"),
        timers=[timer("validity", "first", ("second",), None)],
    )
    held = tables(
        pathway, *exam("first", 1.0), *exam("second", 0.0, 999, retake=400.0), parameter("clock.validity", "years", 7),
        near=[(None, 50), ("2001-01-01", 0)], end="2020-01-01",
    )  # fmt: skip
    for name, following, gap in (("first.passed", "clock.validity", 2557), ("clock.validity", "first.passed", 40)):
        for passed, expired in zip(all_days(held, name), all_days(held, following), strict=True):
            pairs = zip(passed, [day for day in expired if day > passed[0]], strict=False)
            assert {after - before for before, after in pairs} == {gap}
    assert all(len(own) == 3 for own in all_days(held, "first.passed"))


def all_days(held: dict[str, pd.DataFrame], event: str) -> Iterator[list[int]]:
    """Every day of an event, person by person."""
    rows = held["events"][held["events"]["event"] == event]
    days = (rows["date"] - pd.Timestamp("1970-01-01")).dt.days
    return iter(days.groupby(rows["person"]).agg(list))


def test_on_one_day_death_comes_before_the_end_of_a_stage_and_other_clocks_after_it() -> None:
    def ends(applies_in: tuple[str, ...] | str) -> str:
        pathway = road(stage("long", "wait", {"done": "home"}), end("home"), end("struck"),
                       timers=[timer("rival", "struck", applies_in)])  # fmt: skip
        numbers = [parameter("long.done", "days", 365), parameter("clock.rival", "years", 365 / 365.25)]
        (found,) = set(tables(pathway, *numbers, near=[(None, 20), ("2001-01-01", 0)])["people"]["end"])
        return str(found)

    assert ends("everywhere") == "struck"
    assert ends(("long",)) == "home"


def test_on_one_day_clocks_come_before_the_allocation_of_a_round() -> None:
    """From the closing of the lists (1 February 2001) to the allocation (15 March) are 42 days."""

    def ends(days: int) -> set[str]:
        pathway = road(
            stage("early", "wait", {"done": "fair"}, until="fair.closes", starts_timer={"done": ("rival",)}),
            stage("fair", "round", {"placed": "home", "unplaced": "out", "ineligible": "out"}, mechanism="lottery"),
            end("home"), end("out"), end("struck"),
            timers=[timer("rival", "struck", ("fair",), None)],
        )  # fmt: skip
        numbers = [*fair("fair", 9999), parameter("clock.rival", "years", days / 365.25)]
        held = tables(pathway, *numbers, near=[(None, 0), ("2000-03-01", 50), ("2001-01-01", 0)])
        return set(held["people"]["end"][held["people"]["entry_date"] > "2000-02-01"])

    assert ends(42) == {"struck"}
    assert ends(43) == {"home"}


def test_who_comes_on_the_day_the_lists_close_and_allocate_is_still_served() -> None:
    pathway = road(
        stage("early", "wait", {"done": "fair"}, until="fair.allocates"),
        stage("fair", "round", {"placed": "home", "unplaced": "out", "ineligible": "out"}, mechanism="lottery"),
        end("home"), end("out"),
    )  # fmt: skip
    held = tables(pathway, *fair("fair", 9999, closes="03-15"), near=[(None, 50), ("2001-01-01", 0)])
    assert (days_of(held, "fair.entered") == days_of(held, "fair.placed")).all()


# --- queues and rounds ----------------------------------------------------------------------------------------------


def test_as_many_wait_as_arrive_in_the_time_a_wait_takes() -> None:
    """Little 1961: 200 a year, 3 years x exp(0.3^2 / 2) on average."""
    pathway = road(stage("queue", "wait", {"done": "home"}), end("home"))
    numbers = [parameter("queue.done", "days", 3 * 365.25), parameter("queue.done.sd_log", "number", 0.3)]
    held = tables(pathway, *numbers, near=200, end="2030-01-01")["yearly"]
    waiting = held[(held["state"] == "queue") & (held["year"] >= 2011)]["stock_end"]
    assert waiting.mean() == pytest.approx(200 * 3 * math.exp(0.045), rel=0.03)


def a_fair() -> Pathway:
    return road(
        stage("fair", "round", {"placed": "begin", "unplaced": "fair", "ineligible": "out"}, mechanism="lottery"),
        stage("begin", "wait", {"done": "home"}, until="post"),
        end("home"),
        end("out"),
        timers=[timer("patience", "out", ("fair",))],
    )


def test_a_scarce_round_fills_every_place_every_year_and_the_rest_wait_on() -> None:
    held = tables(a_fair(), *fair("fair", 7), parameter("clock.patience", "years", 50), near=30)
    placed = held["events"].query("event == 'fair.placed'")
    years = placed["date"].dt.year.value_counts()
    assert years.to_dict() == dict.fromkeys(range(2001, 2010), 7) | {2000: years[2000]}
    assert placed["date"].dt.strftime("%m-%d").eq("03-15").all()
    assert held["events"].query("event == 'begin.done'")["date"].dt.strftime("%m-%d").eq("07-01").all()
    rounds = held["rounds"].set_index("year")
    assert (rounds["seats"] == 7).all()
    assert (rounds["placed"] == rounds[["seats", "applicants"]].min(axis=1)).all()
    # whoever registered on or before 1 February 2009 and had no place before stands in the last round
    entered = held["events"].query("event == 'fair.entered' and value == 2009")
    assert rounds.loc[2009, "applicants"] == len(entered)


def test_who_comes_after_the_lists_close_waits_for_the_next_round() -> None:
    held = tables(a_fair(), *fair("fair", 999), parameter("clock.patience", "years", 50), near=ONCE)
    entry, placed = days_of(held, "entry"), days_of(held, "fair.placed")
    late = entry > to_day("2000-02-01")
    assert set(placed[~late]) == {to_day("2000-03-15")}
    assert {year_of(day) for day in placed[late]} <= {2001, 2002}  # 999 places a year


# --- who else is in the run -----------------------------------------------------------------------------------------

AMPLE = 10_000


def run(places: float = AMPLE, near: float = 60, **more: float) -> dict[str, pd.DataFrame]:
    """The toy career with the places given."""
    return tables(toy.career(), *toy.career_numbers(places), near=near, far=60, **more)  # type: ignore[arg-type]


def test_one_more_graduate_leaves_other_lives_unchanged() -> None:
    before, after = toy.lives(run()), toy.lives(run(near=61))
    same = after[after["person"].isin(before["person"])].reset_index(drop=True)
    assert after["person"].nunique() == before["person"].nunique() + 10  # one more a year
    pd.testing.assert_frame_equal(same, before)


def test_where_places_are_scarce_one_more_graduate_reaches_others_only_through_them() -> None:
    before, after = toy.lives(run(places=30)), toy.lives(run(places=30, near=90))
    changed = []
    for person, own in before.groupby("person"):
        other = after[after["person"] == person]
        k = next((k for k, (a, b) in enumerate(zip(own["event"], other["event"], strict=False)) if a != b), None)
        if k is not None:
            changed.append({own["event"].iloc[k], other["event"].iloc[k]})
    assert changed
    assert all(pair == {"fair.placed", "fair.unplaced"} for pair in changed)


def test_the_order_in_which_lives_are_created_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = toy.digest(run(places=5, near=600))

    def turned(self: Replication) -> Iterator[Career]:
        people = np.arange(len(self.population.actor))
        for person in np.lexsort((-people, self.population.entry)):  # on one day the last one first
            life = Career(self.model, self.number, self.population, int(person), self.journal, self.waiting)
            self.careers.append(life)
            yield life

    monkeypatch.setattr(Replication, "careers_by_entry", turned)
    assert toy.digest(run(places=5, near=600)) == expected


def test_the_same_seed_gives_the_same_tables_and_another_replication_or_seed_does_not() -> None:
    plain = toy.digest(run())
    assert toy.digest(run()) == plain
    assert toy.digest(run(replication=1)) != plain
    assert toy.digest(run(seed=2)) != plain


def test_a_smaller_scale_keeps_a_subset_of_the_same_lives() -> None:
    few, all_ = toy.lives(run(scale=0.3)), toy.lives(run())
    same = all_[all_["person"].isin(few["person"])].reset_index(drop=True)
    assert 0.2 < few["person"].nunique() / all_["person"].nunique() < 0.4
    pd.testing.assert_frame_equal(same, few)


def test_a_later_horizon_only_adds_to_a_life() -> None:
    short, long = (toy.lives(run(end=end)) for end in ("2006-01-01", "2010-01-01"))  # type: ignore[arg-type]
    early = long[long["date"] < "2006-01-01"].reset_index(drop=True)
    pd.testing.assert_frame_equal(early, short)


def test_results_do_not_depend_on_the_hash_seed_of_the_process(root: Path) -> None:
    small = "toy.tables(toy.career(), *toy.career_numbers(5), near=60, far=60)"
    code = f"from builders import toy; print(toy.digest({small}))"
    path = os.pathsep.join([str(root / "tests"), str(root)])
    other = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": "1", "PYTHONPATH": path},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert other.stdout.strip() == toy.digest(run(places=5))  # this process has a hash seed of its own


def test_a_reform_that_changes_nothing_changes_nothing() -> None:
    held = toy.scenario(toy.career(), *toy.career_numbers(5), near=60, far=60)
    again = [(None, 0.6), ("2004-01-01", 0.6)]
    same = held.parameters.replacing(replace(held.parameters["test.passed"], rows={"": toy.series(again)}))
    reform = replace(held, parameters=same)
    assert toy.digest(simulate(build(held), 0)) == toy.digest(simulate(build(reform), 0))


def test_a_reform_leaves_everything_before_its_day_as_it_was() -> None:
    held = toy.scenario(toy.career(), *toy.career_numbers(5), near=60, far=60)
    harder = toy.series([(None, 0.6), ("2004-01-01", 0.2)])
    reform = held.parameters.replacing(replace(held.parameters["test.passed"], rows={"": harder}))
    base, other = (
        toy.lives(simulate(build(replace(held, parameters=numbers)), 0)) for numbers in (held.parameters, reform)
    )
    early = [table[table["date"] < "2004-01-01"].reset_index(drop=True) for table in (base, other)]
    pd.testing.assert_frame_equal(early[0], early[1])
    assert len(base) != len(other)


def test_the_trace_of_one_life_is_that_life() -> None:
    model = toy.model(toy.career(), *toy.career_numbers(5), near=60, far=60)
    everybody = simulate(model, 0)
    for person in (0, 17, 301):
        own = trace("simpy", model, 0, person)
        for name in ("events", "livelihood"):
            expected = everybody[name].query("person == @person").reset_index(drop=True).drop(columns="replication")
            pd.testing.assert_frame_equal(own[name], expected)


def test_what_changes_results_changes_the_digest_of_the_inputs() -> None:
    """The order of a choice says what is asked first, of the clocks which strikes first, of the groups who is who."""
    held = toy.scenario(toy.career(), *toy.career_numbers())
    pathway = held.pathway
    way = pathway.stages["way"]
    swapped = replace(way, next=dict(reversed(list(way.next.items()))))
    others = [
        replace(pathway, stages=dict(pathway.stages) | {"way": swapped}),
        replace(pathway, timers=dict(reversed(list(pathway.timers.items())))),
        replace(pathway, groups=dict(reversed(list(pathway.groups.items())))),
    ]
    digests = {replace(held, pathway=other).digest() for other in [pathway, *others]}
    assert len(digests) == 4
    assert toy.scenario(toy.career(), *reversed(toy.career_numbers())).digest() == held.digest()
