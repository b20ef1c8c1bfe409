"""A life is told in dates and plain words, each event once, in order."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from imgsim.inputs.countries import country_folder
from imgsim.inputs.pathways.load import load_pathway
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.reports import life_story as story

US = country_folder("us") / "pathway.toml"


@pytest.fixture(scope="module")
def road() -> Pathway:
    return load_pathway(US)


@pytest.fixture
def tables() -> dict[str, Any]:
    events = [
        ("2010-02-01", "entry", 0),
        ("2010-07-01", "exam.step1.sat", 1),
        ("2010-07-22", "exam.step1.failed", 1),
        ("2011-01-10", "exam.step1.sat", 2),
        ("2011-01-31", "exam.step1.passed", 1),
        ("2012-03-16", "match.placed", 2012),
        ("2040-01-01", "clock.death", 0),
        ("2040-01-01", "died", 0),
    ]
    spells = [("2010-02-01", "2010-12-01", "preparing"), ("2010-12-01", "2012-07-01", "survival_job")]
    person = {"person": 7, "group": "india", "citizen": False, "needs_visa": True, "stock": False, "entry_year": 2010,
              "birth_date": pd.Timestamp("1984-02-01"), "graduation_date": pd.Timestamp("2009-02-01"),
              "wish": "internal_medicine"}  # fmt: skip
    return {
        "person": pd.DataFrame([person]),
        "events": pd.DataFrame([{"date": pd.Timestamp(d), "event": e, "value": float(v)} for d, e, v in events]),
        "livelihood": pd.DataFrame(
            [{"start": pd.Timestamp(a), "end": pd.Timestamp(b), "state": s} for a, b, s in spells]
        ),
    }


def test_every_event_and_spell_is_told_once_in_order_of_date(tables: dict[str, Any], road: Pathway) -> None:
    told = [line for line in story.tell(tables, road).splitlines() if line[:2] in ("19", "20")]
    assert len(told) == len(tables["events"]) + len(tables["livelihood"])
    assert [line[:10] for line in told] == sorted(line[:10] for line in told)


def test_ages_are_counted_from_birth(tables: dict[str, Any], road: Pathway) -> None:
    assert "2010-02-01  26.0  enters the pathway" in story.tell(tables, road)


def test_attempts_are_numbered(tables: dict[str, Any], road: Pathway) -> None:
    assert "2011-01-10  26.9  sits USMLE Step 1, attempt 2" in story.tell(tables, road)


def test_livelihood_stands_between_the_events(tables: dict[str, Any], road: Pathway) -> None:
    lines = story.tell(tables, road).splitlines()
    place = next(i for i, line in enumerate(lines) if "survival job" in line)
    assert "fails USMLE Step 1" in lines[place - 1]
    assert "sits USMLE Step 1, attempt 2" in lines[place + 1]


def test_years_in_each_livelihood_are_summed(tables: dict[str, Any], road: Pathway) -> None:
    assert "preparing 0.8, survival job 1.6." in story.tell(tables, road)


def test_every_event_a_road_can_have_has_words(road: Pathway) -> None:
    for stage in road.stages.values():
        for outcome in (*stage.next, "sat", "failed", "entered", "started"):
            assert stage.label in story.sentence(road, f"{stage.name}.{outcome}", 1.0)
    for timer in road.timers.values():
        assert timer.label in story.sentence(road, f"clock.{timer.name}", 0.0)


def test_an_end_is_named(tables: dict[str, Any], road: Pathway) -> None:
    assert "END: Died" in story.tell(tables, road)


def test_a_life_not_ended_says_so(tables: dict[str, Any], road: Pathway) -> None:
    tables["person"]["end"] = "under_way"
    assert "still under way" in story.tell(tables, road)


def test_the_specialty_given_stands_beside_the_wish(tables: dict[str, Any], road: Pathway) -> None:
    tables["person"]["specialty"] = "family_medicine"
    assert "hoped for: internal medicine; specialty given: family medicine." in story.tell(tables, road)
