"""The road as a diagram says what the pathway file says: every stage, every outcome, every clock."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from imgsim.base.errors import InputError
from imgsim.inputs.countries import COUNTRIES, shipped_countries
from imgsim.inputs.kinds.all_kinds import can_expire
from imgsim.inputs.pathways.load import load_pathway
from imgsim.inputs.pathways.pathway import Pathway, Timer
from imgsim.reports import pathway_diagram as draw
from imgsim.reports import pathway_layout as road_layout

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module", params=shipped_countries())
def road(request: pytest.FixtureRequest) -> Pathway:
    return load_pathway(COUNTRIES / request.param / "pathway.toml")


def edges(road: Pathway) -> int:
    return sum(len(stage.next) for stage in road.stages.values())


def stages_under(road: Pathway, timer: Timer) -> list[str]:
    return [name for name, stage in road.stages.items() if can_expire(timer, stage)]


def test_mermaid_has_one_arrow_for_each_outcome(road: Pathway) -> None:
    assert len(re.findall(r"^  s\d+ -- ", draw.mermaid(road), re.M)) == edges(road)


def test_mermaid_declares_every_stage_once(road: Pathway) -> None:
    declared = re.findall(r"^    (s\d+)\W", draw.mermaid(road), re.M)
    assert sorted(declared) == sorted(f"s{i}" for i in range(len(road.stages)))


def test_mermaid_draws_each_clock_dashed_once_for_each_stage_it_names(road: Pathway) -> None:
    applies_in = sum(
        1 if timer.applies_in.everywhere else len(stages_under(road, timer)) for timer in road.timers.values()
    )
    assert draw.mermaid(road).count(" -. ") == applies_in


def test_svg_is_well_formed_and_names_every_stage(road: Pathway) -> None:
    texts = [node.text for node in ET.fromstring(draw.svg(road)).iter(f"{SVG}text")]
    assert set(road.stages) <= set(texts)


def test_svg_marks_every_stage_a_clock_can_strike(road: Pathway) -> None:
    texts = [node.text or "" for node in ET.fromstring(draw.svg(road)).iter(f"{SVG}text")]
    for timer in road.timers.values():
        if not timer.applies_in.everywhere:
            marks = sum(timer.name in text.split(", ") for text in texts)
            assert marks == len(stages_under(road, timer)) + 1  # and once in the legend


def test_boxes_do_not_overlap(road: Pathway) -> None:
    boxes = list(road_layout.layout(road).boxes.values())
    for i, one in enumerate(boxes):
        for other in boxes[i + 1 :]:
            apart = abs(one.x - other.x) >= road_layout.WIDTH or abs(one.y - other.y) >= road_layout.HEIGHT
            assert apart, (one.name, other.name)


def test_arrows_run_at_right_angles_and_cross_no_box(road: Pathway) -> None:
    page = road_layout.layout(road)
    for arrow in page.arrows:
        for (x, y), (u, v) in zip(arrow.points, arrow.points[1:], strict=False):
            assert x == u or y == v
            for box in page.boxes.values():
                inside_x = max(x, u) > box.x + 0.01 and min(x, u) < box.x + road_layout.WIDTH - 0.01
                inside_y = max(y, v) > box.y + 0.01 and min(y, v) < box.y + road_layout.HEIGHT - 0.01
                assert not (inside_x and inside_y), (arrow, box)


def test_lines_to_different_stages_never_share_a_lane(road: Pathway) -> None:
    page = road_layout.layout(road)
    vertical = [
        (x, min(y, v), max(y, v), arrow.target)
        for arrow in page.arrows
        for (x, y), (u, v) in zip(arrow.points, arrow.points[1:], strict=False)
        if x == u and len(arrow.points) > 2
    ]
    for x, low, high, target in vertical:
        for u, bottom, top, other in vertical:
            if x == u and target != other:
                assert high < bottom or top < low, (target, other)


def test_the_format_follows_the_ending_of_the_file(road: Pathway) -> None:
    assert draw.drawing(road, None, Path("road.mmd")).startswith("---")
    assert draw.drawing(road, None, Path("road.svg")).startswith("<svg")


def test_an_unknown_format_is_refused_with_the_nearest_name(road: Pathway) -> None:
    with pytest.raises(InputError, match="did you mean `mermaid`"):
        draw.drawing(road, "mermade")


def test_words_of_a_road_cannot_break_the_diagram() -> None:
    assert draw._quoted('a "b"') == '"a #quot;b#quot;"'


def test_drawing_needs_no_plotting_library() -> None:
    heavy = "('matplotlib', 'numpy', 'pandas')"
    code = f"import sys, imgsim.reports.pathway_diagram; sys.exit(any(m in sys.modules for m in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
