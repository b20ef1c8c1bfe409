"""Beliefs about the stages in which a timer can expire: a stage that is added to a phase stands under its timers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from imgsim.engines.model import build
from imgsim.inputs.countries import COUNTRIES
from imgsim.inputs.kinds.all_kinds import can_expire
from imgsim.inputs.pathways.load import load_pathway
from imgsim.inputs.pathways.pathway import Pathway, Scope
from imgsim.inputs.scenarios.load import load_scenario

ADDED = """\
[stage."exam.new"]
kind = "exam"
label = "An exam between Step 1 and Step 2 CK"
phase = "exams"
next = { passed = "exam.step2_ck", exhausted = "stopping" }

[rewire."exam.step1"]
passed = "exam.new"
"""
REFORM = """\
title = "One exam more"
actor = "nobody"
document = "none"
date = "2026"
reference = ["step2_cs_end"]
base = "us"
not_modelled = []
"""
NEEDS = ("prepare", "result", "attempts", "passed", "retake", "late_gap", "per_year")
NUMBERS = "\n".join(f'[parameter.exam.new.{word}]\nsame_as = "exam.step2_ck.{word}"' for word in NEEDS)


def under(pathway: Pathway, timer: str) -> list[str]:
    """The stages in which a timer of the pathway can expire."""
    return [name for name, stage in pathway.stages.items() if can_expire(pathway.timers[timer], stage)]


@pytest.fixture(scope="module")
def us() -> Pathway:
    return load_pathway(COUNTRIES / "us" / "pathway.toml")


def test_timers_of_phases_reach_the_stages_in_which_time_passes(us: Pathway) -> None:
    skills = ["visa.b1_cs", "exam.step2_cs", "exam.oet", "pathways"]
    assert under(us, "validity") == ["exam.step2_ck", *skills]
    assert under(us, "patience") == ["exam.step1", "exam.step2_ck", *skills, "diploma"]
    assert under(us, "retirement") == ["waiver.service", "practice"]
    assert under(us, "j1_ceiling") == ["fellowship"]


def test_an_exam_that_a_reform_adds_stands_under_patience_and_the_limit_on_passes(tmp_path: Path, root: Path) -> None:
    reform = tmp_path / "more.toml"
    reform.write_text(f"{REFORM}\n{ADDED}\n{NUMBERS}\n")
    scenario = load_scenario(root / "scenarios" / "us.toml", reforms=[reform])
    for timer in ("patience", "validity"):
        assert "exam.new" in under(scenario.pathway, timer)
    plans = build(scenario).stage_plans
    timers = [timer.name for timer in plans.timers]
    assert [timers[k] for k in plans.plans["exam.new"].applies_in] == ["validity", "patience"]


def test_a_country_of_the_world_has_its_timers_in_its_own_stages_only(us: Pathway) -> None:
    world = load_pathway(COUNTRIES / "world" / "pathway.toml")
    for timer in ("validity", "patience", "retirement"):
        assert under(world, f"us.{timer}") == [f"us.{name}" for name in under(us, timer)]
    new = replace(us.stages["exam.step1"], name="us.exam.new")
    grown = replace(world, stages={**world.stages, new.name: new})
    assert "us.exam.new" in under(grown, "us.patience")
    assert "us.exam.new" not in under(grown, "canada.patience")


def test_no_timer_expires_where_no_time_passes(us: Pathway) -> None:
    everywhere = replace(us.timers["patience"], applies_in=Scope(everywhere=True))
    phases = replace(us.timers["patience"], applies_in=Scope(phases=("exams",), stages=("stopping",)))
    for name in ("clinical_skills", "world_directory", "stopping", "died"):  # a branch, choices, an end
        assert not can_expire(everywhere, us.stages[name])
        assert not can_expire(phases, us.stages[name])
