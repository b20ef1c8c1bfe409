"""The second track: spells with constant rates behave as a Markov chain does, and nothing but rates moves them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from builders import toy
from builders.toy import end, parameter, road, stage, tables
from scipy import stats

from imgsim.base.errors import InputError
from imgsim.engines.model import build
from imgsim.inputs.countries import COUNTRIES
from imgsim.inputs.parameters.parameter import Parameter
from imgsim.inputs.pathways.load import load_pathway
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.traits import COLUMN
from imgsim.persons.livelihood import SPAN, exit_rate, sum_of_rates

ONCE = [(None, 2000.0), ("2001-01-01", 0.0)]
MANY = 2000


def waiting(years: float = 50) -> tuple[Pathway, Parameter]:
    """A road on which nothing happens."""
    pathway = road(stage("queue", "wait", {"done": "home"}), end("home"))
    return pathway, parameter("queue.done", "days", years * 365.25)


def rate(states: str, value: toy.Given, **more: str) -> Parameter:
    return parameter(f"livelihood.{states}", "rate", value, **more)


def spells(held: dict[str, pd.DataFrame], state: str) -> pd.DataFrame:
    found = held["livelihood"]
    return found[found["state"] == state]


def in_state(held: dict[str, pd.DataFrame], state: str, years: float) -> float:
    """Share of people in a state so long after their entry."""
    own = spells(held, state)
    day = held["people"]["entry_date"].loc[own["person"]].to_numpy() + np.timedelta64(round(years * 365.25), "D")
    return float(np.sum((own["start"].to_numpy() <= day) & (day < own["end"].to_numpy())) / len(held["people"]))


def within(found: float, share: float) -> bool:
    return abs(found - share) < 4 * math.sqrt(share * (1 - share) / MANY)


def test_a_spell_at_a_constant_rate_lasts_exponentially() -> None:
    held = tables(*waiting(), rate("preparing.unemployed", 0.5), near=ONCE, end="2040-01-01")
    own = spells(held, "preparing")
    years = (own["end"] - own["start"]).dt.days / 365.25
    assert stats.kstest(years * 0.5, "expon").pvalue > 0.001


def test_a_rate_of_nothing_moves_nobody() -> None:
    held = tables(*waiting(), rate("preparing.unemployed", 0.0), near=ONCE)
    assert len(held["livelihood"]) == MANY


def test_rival_moves_share_spells_out_in_proportion_to_their_rates() -> None:
    held = tables(
        *waiting(), rate("preparing.unemployed", 0.1), rate("preparing.survival_job", 0.3), near=ONCE, end="2060-01-01"
    )
    ended = [len(spells(held, state)) for state in ("unemployed", "survival_job")]
    assert sum(ended) > 0.99 * MANY
    assert within(ended[0] / sum(ended), 0.25)


def test_two_states_settle_at_the_ratio_of_their_rates() -> None:
    """In state 0 with b/(a+b) + a/(a+b) exp(-(a+b)t), leaving at a and returning at b."""
    held = tables(
        *waiting(), rate("preparing.survival_job", 0.6), rate("survival_job.preparing", 0.9),
        near=ONCE, end="2012-01-01",
    )  # fmt: skip
    for years in (0.5, 1.0, 8.0):
        assert within(in_state(held, "preparing", years), 0.6 + 0.4 * math.exp(-1.5 * years))


def test_a_rate_that_changes_by_law_uses_up_the_same_threshold() -> None:
    """0.2 a year until 2002 and 0.8 from then on: exp(-(0.2 x time before + 0.8 x time after))."""
    changes = rate("preparing.unemployed", [(None, 0.2), ("2002-01-01", 0.8)])
    held = tables(*waiting(), changes, near=ONCE, end="2004-01-01")
    before = (pd.Timestamp("2002-01-01") - held["people"]["entry_date"]).dt.days / 365.25
    stay = spells(held, "preparing")
    share = float(np.mean(np.exp(-0.2 * before - 0.8 * 2)))
    assert within(float((stay["end"] == "2004-01-01").mean()), share)
    assert within(float((stay["end"] >= "2002-01-01").mean()), float(np.mean(np.exp(-0.2 * before))))


def test_a_change_of_stage_rerolls_no_spell() -> None:
    chain = road(
        stage("queue", "wait", {"done": "next"}), stage("next", "wait", {"done": "last"}),
        stage("last", "wait", {"done": "home"}), end("home"),
    )  # fmt: skip
    steps = [parameter(f"{name}.done", "days", days) for name, days in (("queue", 100), ("next", 411), ("last", 9999))]
    transitions = [rate("preparing.survival_job", 0.6), rate("survival_job.preparing", 0.9)]
    broken = tables(chain, *steps, *transitions, near=300)["livelihood"]
    whole = tables(*waiting(), *transitions, near=300)["livelihood"]
    # daily rates are whole-day sums: a spell may end a day later when it is walked in pieces, never otherwise
    assert len(broken) == len(whole)
    assert (broken["state"] == whole["state"]).all()
    assert ((broken["end"] - whole["end"]).dt.days.abs() <= 1).mean() > 0.999


def test_rates_follow_the_traits_of_the_person() -> None:
    """Citizens (near) leave at 0.2 x 3, the others at 0.2."""
    held = tables(
        *waiting(), rate("preparing.unemployed", 0.2),
        parameter("livelihood.preparing.unemployed.times.citizen", "factor", 3), near=ONCE, far=ONCE, end="2003-01-01",
    )  # fmt: skip
    own = spells(held, "preparing").set_index("person")
    stayed = (own["end"] - own["start"]).dt.days > 2 * 365.25
    citizen = held["people"]["citizen"]
    assert within(float(stayed[citizen].mean()), math.exp(-0.6 * 2))
    assert within(float(stayed[~citizen].mean()), math.exp(-0.2 * 2))


def test_years_by_livelihood_are_the_spells_summed() -> None:
    held = tables(toy.career(), *toy.career_numbers(), near=60, far=60)
    own = held["livelihood"].assign(years=(held["livelihood"]["end"] - held["livelihood"]["start"]).dt.days / 365.25)
    for state in ("preparing", "survival_job", "local_experience", "in_training", "in_practice"):
        expected = own[own["state"] == state].groupby("person")["years"].sum()
        found = held["people"].set_index("person")[f"years_{state}"]
        assert np.allclose(found, expected.reindex(found.index, fill_value=0.0))


def test_training_takes_the_place_of_what_one_lived_on_and_gives_it_back() -> None:
    pathway = road(
        stage("queue", "wait", {"done": "post"}),
        stage("post", "work", {"completed": "after", "left": "after"}, livelihood="in_training"),
        stage("after", "wait", {"done": "home"}),
        end("home"),
    )
    numbers = [parameter("queue.done", "days", 100), parameter("after.done", "days", 50)]
    numbers += [parameter("post.completed", "years", 2), parameter("post.left", "rate", 0)]
    held = tables(pathway, *numbers, near=[(None, 30), ("2001-01-01", 0)])["livelihood"]
    for _, own in held.groupby("person"):
        assert own["state"].tolist() == ["preparing", "in_training", "preparing"]
        assert (own["end"] - own["start"]).dt.days.tolist() == [100, 731, 50]


def test_waits_rounds_and_stays_abroad_may_say_what_one_lives_on() -> None:
    """Post until 1 January 2003, papers until 11 April, the round in March 2004, home for 400 days."""
    pathway = road(
        stage("post", "work", {"completed": "papers"}, livelihood="in_training"),
        stage("papers", "wait", {"done": "fair"}, livelihood="in_training"),
        stage("fair", "round", dict.fromkeys(("placed", "unplaced", "ineligible"), "abroad"), mechanism="lottery",
              livelihood="in_training"),
        stage("abroad", "wait", {"done": "back"}, livelihood="practising_home"),
        stage("back", "choose", {"yes": "practice", "no": "practice"}),
        stage("practice", "work", {"left": "home"}, livelihood="in_practice"),
        end("home"),
    )  # fmt: skip
    numbers = [parameter("post.completed", "years", 2), parameter("post.left", "rate", 0), *toy.fair("fair", 10)]
    numbers += [parameter("papers.done", "days", 100), parameter("abroad.done", "days", 400)]
    numbers += [parameter("back.yes", "probability", 0.5), parameter("practice.left", "rate", 0)]
    held = tables(pathway, *numbers, near=[(None, 30), ("2001-01-01", 0)])
    for _, own in held["livelihood"].groupby("person"):
        assert own["state"].tolist() == ["in_training", "practising_home", "in_practice"]
        assert (own["end"] - own["start"]).dt.days.tolist()[1] == 400


def test_nobody_who_was_trained_in_the_united_states_goes_back_to_what_came_before() -> None:
    """After training every stage that takes time says what one lives on, until one is out or applies again."""
    stages = load_pathway(COUNTRIES / "us" / "pathway.toml").stages
    instant = ("choose", "branch")
    later = [one for one in stages.values() if one.phase in ("obligation", "practice") and one.kind not in instant]
    assert {held.name: held.livelihood for held in later} == {
        "waiver.papers": "in_training",
        "waiver.conrad": "in_training",
        "waiver.other": "in_training",
        "waiver.service": "in_practice",
        "home": "practising_home",
        "practice": "in_practice",
    }


def test_nobody_leaves_training_by_a_move_of_livelihood() -> None:
    held = tables(toy.career(), *toy.career_numbers(), near=60, far=60)
    began = held["events"].query("event == 'post.started'").groupby("person").size()
    trained = spells(held, "in_training").groupby("person").size()
    pd.testing.assert_series_equal(began, trained)


def test_local_experience_makes_experienced_and_the_exam_easier() -> None:
    """All sit after two years; those who spent them in the country are rated by them: odds 1 x 4 per year."""
    pathway = road(stage("test", "exam", {"passed": "home", "exhausted": "out"}), end("home"), end("out"))
    numbers = [*toy.exam("test", 0.05, 1, prepare=730.5), parameter("test.passed.odds.experience", "factor", 4)]
    start = [parameter(f"livelihood.start.{state}", "probability", 0) for state in ("preparing", "practising_home")]
    here = parameter("livelihood.start.local_experience", "probability", 1)
    share = {
        name: toy.count(tables(pathway, *numbers, *held, near=ONCE), "test.passed") / MANY
        for name, held in {"here": [*start, here], "elsewhere": []}.items()
    }
    odds = 0.05 / 0.95 * 4 ** (731 / 365.25)
    assert within(share["here"], odds / (1 + odds))
    assert within(share["elsewhere"], 0.05)


@pytest.mark.parametrize("clinical", [True, False])
def test_recency_of_practice_is_kept_by_the_states_that_count_as_clinical(clinical: bool) -> None:
    """All wait for four years in local experience; a gap of three years or more fails everybody."""
    pathway = road(stage("test", "exam", {"passed": "home", "exhausted": "out"}), end("home"), end("out"))
    start = [parameter(f"livelihood.start.{state}", "probability", 0) for state in ("preparing", "practising_home")]
    start.append(parameter("livelihood.start.local_experience", "probability", 1))
    counts = parameter("livelihood.clinical.local_experience", "flag", clinical)
    gap = parameter("test.passed.odds.practice_gap", "factor", 1e-9)
    numbers = [*toy.exam("test", 0.999, 1, prepare=4 * 365.25), gap, counts]
    passed = toy.count(tables(pathway, *numbers, *start, near=ONCE), "test.passed")
    assert passed > 0.98 * MANY if clinical else passed < 0.02 * MANY


def test_what_counts_as_clinical_cannot_change_from_a_day_on() -> None:
    changing = parameter("livelihood.clinical.in_practice", "flag", [(None, 1.0), ("2001-01-01", 0.0)])
    with pytest.raises(InputError, match=r"livelihood\.clinical\.in_practice.*one value for everybody"):
        tables(*waiting(), changing, near=ONCE)


def test_rates_that_are_kept_are_those_worked_out_for_the_person() -> None:
    """Flags and counts below the span are looked up, others (a share, a count beyond it, not set) never are."""
    model = build(load_scenario(COUNTRIES.parents[1] / "scenarios" / "us.toml"))
    rules, transitions = model.book.rules, model.transitions
    kept = transitions.leans[:, 0] > 0
    assert (transitions.exit_rates[kept, 0] > 0).any()
    for state in np.flatnonzero(kept).tolist():
        own = transitions.leans[state, 1 : 1 + transitions.leans[state, 0]]
        for value in (0.0, 1.0, 3.0, SPAN - 1.0, SPAN, 0.5, -1.0):
            row = np.zeros(len(COLUMN) + len(model.scenario.pathway.flags))
            row[own] = value
            assert exit_rate(rules, transitions, row, state, 12_000) == sum_of_rates(
                rules, transitions, row, state, 12_000
            )
            row[own] += 0.25
            assert exit_rate(rules, transitions, row, state, 12_000) == sum_of_rates(
                rules, transitions, row, state, 12_000
            )
