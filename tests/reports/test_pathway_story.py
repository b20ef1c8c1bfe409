"""Beliefs about a pathway as indented text: it is current and short, names every stage once, and shows branches."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders.toy import end, road, stage, timer

from imgsim.cli.main import main
from imgsim.inputs.countries import COUNTRIES, shipped_countries
from imgsim.inputs.kinds.branch import condition
from imgsim.inputs.pathways.load import load_pathway
from imgsim.inputs.pathways.pathway import Pathway
from imgsim.reports.pathway_story import children, story


def lines_of(pathway: Pathway) -> list[str]:
    """The lines of the stages, ends left out."""
    lines = story(pathway).splitlines()
    first = next(k for k, line in enumerate(lines) if line.startswith(f"{pathway.entry}: "))
    return lines[first : lines.index("", first)]


@pytest.mark.parametrize("name", shipped_countries())
def test_the_text_that_is_kept_is_current(name: str, root: Path) -> None:
    """If not: ``imgsim describe COUNTRY --story --out docs/pathways/COUNTRY.txt``."""
    kept = (root / "docs" / "pathways" / f"{name}.txt").read_text("utf-8")
    assert kept == story(load_pathway(COUNTRIES / name / "pathway.toml"))


def test_the_text_of_the_first_country_can_be_read_on_two_screens() -> None:
    assert 60 <= len(story(load_pathway(COUNTRIES / "us" / "pathway.toml")).splitlines()) <= 100


@pytest.mark.parametrize("name", shipped_countries())
def test_every_stage_begins_one_line(name: str) -> None:
    pathway = load_pathway(COUNTRIES / name / "pathway.toml")
    lines = [line.strip() for line in story(pathway).splitlines()]
    begun = {stage: sum(line.startswith(f"{stage}: ") for line in lines) for stage in pathway.stages}
    assert set(begun.values()) == {1}
    assert max(map(len, story(pathway).splitlines())) <= 100


def test_branches_are_indented_until_they_come_together() -> None:
    pathway = road(
        stage("start", "choose", {"long": "first", "short": "meet"}),
        stage("first", "wait", {"done": "second", "refused": "over"}),
        stage("second", "wait", {"done": "meet"}),
        stage("meet", "work", {"completed": "last", "left": "over"}),
        stage("last", "work", {"left": "over"}),
        end("over"),
    )
    assert [line.partition(":")[0] for line in lines_of(pathway)] == ["start", "  first", "  second", "meet", "last"]
    assert children(pathway)["start"] == ["first", "meet"]


def test_a_circle_does_not_hide_who_comes_first() -> None:
    pathway = road(
        stage("try", "wait", {"done": "ask"}),
        stage("ask", "choose", {"again": "rest", "on": "post"}),
        stage("rest", "wait", {"done": "try"}),
        stage("post", "work", {"left": "over"}),
        end("over"),
    )
    assert children(pathway) == {"": ["try"], "try": ["ask"], "ask": ["rest", "post"], "rest": [], "post": []}


def test_a_line_says_conditions_effects_and_timers() -> None:
    pathway = road(
        stage(
            "fork", "branch", {"yes": "rest", "no": "rest", "other": "rest"},
            when={"yes": condition("citizen"), "no": condition("not citizen")}, sets_flag={"yes": ("marked",)},
        ),
        stage("rest", "round", {"placed": "post", "unplaced": "over", "ineligible": "over"}, mechanism="ranked"),
        stage("post", "work", {"left": "over"}),
        end("over"),
        timers=[timer("patience", "over", ("rest",)), timer("death", "over")],
        flags={"marked": "marked"},
    )  # fmt: skip
    assert lines_of(pathway) == [
        "fork: fork | yes if citizen (sets marked) -> rest; no if not citizen -> rest; other -> rest",
        "rest: rest, a round (ranked) | placed -> post; unplaced, ineligible -> over [patience]",
        "post: post | left -> over",
    ]


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", "canada", "--story"]) == 0
    assert capsys.readouterr().out == story(load_pathway(COUNTRIES / "canada" / "pathway.toml"))
