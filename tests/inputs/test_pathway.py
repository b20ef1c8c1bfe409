"""Beliefs about roads: what a file says is what is walked; a road that cannot be walked is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from builders.paper import ROAD, Country
from hypothesis import given
from hypothesis import strategies as st

from imgsim.base.errors import InputError
from imgsim.inputs.countries import COUNTRIES
from imgsim.inputs.countries import shipped_countries as countries
from imgsim.inputs.kinds.all_kinds import KINDS, required_parameters
from imgsim.inputs.kinds.round import MARKS, MECHANISMS
from imgsim.inputs.pathways.checks import check_pathway
from imgsim.inputs.pathways.load import load_pathway
from imgsim.inputs.pathways.pathway import Pathway, Scope, Stage
from imgsim.inputs.pathways.reachability import leads_to_end, reachable
from imgsim.markets.mechanisms import MECHANISMS as MADE

NAMES = countries()
LOTTERY = {"way.jurisdictions": "count", "way.places": "count", "way.concentration": "number"}
EXAM = {f"test.{word}": "days" for word in ("prepare", "retake", "result", "late_gap")}
EXAM |= {"test.passed": "probability", "test.attempts": "count", "test.per_year": "count"}


@pytest.fixture
def road(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pathway:
    return load_pathway(Country(tmp_path, monkeypatch).folder / "pathway.toml")


def with_stage(pathway: Pathway, **changes: object) -> Pathway:
    """The road with one stage changed."""
    (name,) = [name for name in pathway.stages if name == changes["name"]]
    return replace(pathway, stages={**pathway.stages, name: replace(pathway.stages[name], **changes)})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_every_pathway_that_ships_can_be_simulated(name: str) -> None:
    pathway = load_pathway(COUNTRIES / name / "pathway.toml")
    assert pathway.country == name
    assert reachable(pathway) == leads_to_end(pathway) == set(pathway.stages)


@pytest.mark.parametrize("name", NAMES)
def test_every_pathway_that_ships_holds_no_numbers(name: str) -> None:
    text = (COUNTRIES / name / "pathway.toml").read_text("utf-8")
    values = [line.partition("#")[0].partition("=")[2] for line in text.splitlines()]
    assert [value for value in values if value.strip().lstrip("+-")[:1].isdigit()] == []


def test_a_pathway_is_what_its_file_says(road: Pathway) -> None:
    assert (road.entry, road.stock_entry, list(road.stages)[:3]) == ("test", None, ["test", "paper", "way"])
    assert road.stages["test"].starts_timer == {"passed": ("validity",)}
    assert road.stages["test"].sets_flag == {"passed": ("marked",)}
    assert road.stages["home"].end_class == "retired"
    assert road.timers["patience"].applies_in == Scope(stages=("test",))
    assert road.timers["validity"].starts is None
    assert road.groups["far"].region == "south"
    assert not road.groups["far"].citizen


def test_options_keep_the_order_of_the_file(road: Pathway) -> None:
    # the last one takes what the others leave, so the order is part of the road
    assert list(road.stages["way"].next) == ["straight", "away"]


def test_a_stage_that_only_a_timer_leads_to_can_be_reached(road: Pathway) -> None:
    aside = Stage("aside", "end", "Aside", "", {}, {}, {}, {}, end_class="gave_up")
    stages = {**road.stages, "aside": aside}
    with pytest.raises(InputError, match=r"road.toml: stage.aside: this stage cannot be reached"):
        check_pathway(replace(road, stages=stages), "road.toml")
    timers = {**road.timers, "patience": replace(road.timers["patience"], to="aside")}
    check_pathway(replace(road, stages=stages, timers=timers), "road.toml")


def test_a_timer_that_applies_everywhere_is_no_way_off_a_pathway_without_end(road: Pathway) -> None:
    death = replace(road.timers["patience"], name="death", applies_in=Scope(everywhere=True))
    circle = with_stage(road, name="way", next={"straight": "post", "away": "post"})
    circle = with_stage(circle, name="post", next={"left": "way"})
    circle = replace(
        circle, stages={name: stage for name, stage in circle.stages.items() if name != "home"}, milestones={}
    )
    with pytest.raises(InputError, match=r"stage\.way: no end can be reached") as caught:
        check_pathway(replace(circle, timers={**road.timers, "death": death}), "road.toml")
    assert "stage.post: no end can be reached" in str(caught.value)


def test_a_stock_of_the_licensed_makes_its_stage_reached(road: Pathway) -> None:
    cut = with_stage(road, name="way", next={"straight": "gone", "away": "gone"})
    with pytest.raises(InputError, match=r"stage\.post: this stage cannot be reached"):
        check_pathway(cut, "road.toml")
    check_pathway(replace(cut, stock_entry="post"), "road.toml")


def test_the_mechanisms_a_pathway_may_name_are_those_that_exist() -> None:
    assert set(MECHANISMS) == set(MADE)


def test_what_must_be_wired_are_outcomes_of_the_kind() -> None:
    for kind in KINDS.values():
        assert set(kind.certain) <= set(kind.outcomes or ())


@pytest.mark.parametrize(
    ("name", "changes", "wanted"),
    [
        ("paper", {}, {"paper.done": "days", "paper.refused": "probability"}),
        ("paper", {"until": "graduation"}, {"paper.refused": "probability"}),
        ("paper", {"next": {"done": "way"}}, {"paper.done": "days"}),
        ("way", {}, {"way.straight": "probability"}),
        ("way", {"next": {"a": "post", "b": "post", "c": "gone"}}, {"way.a": "probability", "way.b": "probability"}),
        ("post", {}, {"post.left": "rate", "post.completed": "years"}),
        ("post", {"next": {"left": "gone"}}, {"post.left": "rate"}),
        ("gone", {}, {}),
        ("way", {"kind": "round", "mechanism": "lottery"}, {f"way.{mark}": "month-day" for mark in MARKS} | LOTTERY),
        ("test", {}, EXAM),
    ],
)  # fmt: skip
def test_a_stage_needs_the_numbers_of_its_kind(
    road: Pathway, name: str, changes: dict[str, object], wanted: dict[str, str]
) -> None:
    needed = required_parameters(with_stage(road, name=name, **changes))
    assert {need: unit for need, unit in needed if need.startswith(f"{name}.")} == wanted


def test_an_exam_that_may_lapse_needs_to_know_when_it_is_given(road: Pathway) -> None:
    lapsing = with_stage(road, name="test", next={**road.stages["test"].next, "lapsed": "gone"})
    assert ("test.open", "probability") in required_parameters(lapsing)


def test_every_timer_needs_its_years(road: Pathway) -> None:
    assert required_parameters(road)[-2:] == [("clock.patience", "years"), ("clock.validity", "years")]


@given(st.permutations(ROAD.split("\n\n")[4:]))
def test_the_order_of_tables_in_the_file_does_not_matter_to_the_check(tables: list[str]) -> None:
    import tempfile

    head = ROAD.split("\n\n")[:4]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pathway.toml"
        file.write_text("\n\n".join([*head, *tables]))
        assert set(load_pathway(file).stages) == {"test", "paper", "way", "post", "gone", "home"}
