"""The pages about the code name what exists: files, rooms, and arrows between rooms."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from house.test_rooms import MODULES, ROOMS, imports

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted(ROOT.glob("CONTRIBUTING.md")),
    ROOT / "docs" / "architecture.md",
    *sorted((ROOT / "docs" / "decisions").glob("*.md")),
]
FILE = re.compile(r"`([\w./-]+(?:/[\w.-]+)*\.(?:py|toml|md|json|yaml))`")
FOLDERS = (ROOT, ROOT / "imgsim", ROOT / "imgsim" / "countries" / "us", ROOT / "docs")
OF_A_USER = ("own.toml",)  # names that stand for a reader's own file


def files_of(page: Path) -> list[str]:
    """The files that a page names."""
    return [name for name in FILE.findall(page.read_text("utf-8")) if name not in OF_A_USER]


def exists(name: str) -> bool:
    """Is there a file of this name in the project, in the package, or in a country's folder?"""
    return any((folder / name).is_file() for folder in FOLDERS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_names_files_that_exist(page: Path) -> None:
    assert [name for name in files_of(page) if not exists(name)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_links_to_files_that_exist(page: Path) -> None:
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_walk_of_one_graduate_visits_every_room_that_carries_her() -> None:
    visited = {name.split("/")[0] for name in files_of(ROOT / "docs" / "architecture.md")}
    assert set(ROOMS) - visited == {"experiments", "cli"}


def test_the_table_of_rooms_is_the_list_of_rooms() -> None:
    rows = re.findall(r"^\| `(\w+)/` \|", (ROOT / "docs" / "architecture.md").read_text("utf-8"), re.MULTILINE)
    assert rows == ["countries", *ROOMS]


def test_every_arrow_between_rooms_in_the_diagram_is_an_import() -> None:
    (diagram,) = re.findall(r"```mermaid\n(.*?)```", (ROOT / "docs" / "architecture.md").read_text("utf-8"), re.DOTALL)
    drawn = re.findall(r"^  (\w+).*?-->(?:\|[^|]*\|)? (\w+)", diagram, re.MULTILINE)
    arrows = {(used, user) for used, user in drawn if used != "countries"}
    imported = {
        (name.split(".")[1], module.split(".")[1])
        for module in MODULES
        for name in imports(module)
        if module.count(".") > 1 and name.count(".") > 1
    }
    assert len(arrows) >= len(ROOMS)
    assert {room for arrow in arrows for room in arrow} == set(ROOMS)
    assert arrows - imported == set()
