"""The rooms of the house: a module imports its own room and rooms before it, and the graph of modules has no circle."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import imgsim

PACKAGE = Path(imgsim.__file__).parent
ROOMS = ("base", "inputs", "persons", "markets", "engines", "outcomes", "reports", "runs", "experiments", "cli")
DOORS = ("imgsim", "imgsim.__main__")  # what stands before the rooms: the names people import, and the command line

MODULES = {
    ".".join(("imgsim", *file.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): file
    for file in sorted(PACKAGE.rglob("*.py"))
}


def imported(node: ast.AST) -> Iterator[str]:
    """Modules of the project that one statement imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "imgsim")
    elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "imgsim":
        for alias in node.names:
            below = f"{node.module}.{alias.name}"
            yield below if below in MODULES else str(node.module)


def imports(module: str) -> set[str]:
    """Modules that a module imports anywhere in its text, inside functions and for types too."""
    return {name for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))) for name in imported(node)}


def room(module: str) -> int:
    """The place of a module's room, from the ground; the doors stand above all."""
    return len(ROOMS) if module in DOORS else ROOMS.index(module.split(".")[1])


def test_the_package_has_these_rooms_and_a_folder_of_data() -> None:
    beside = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert beside == {*ROOMS, "countries"}
    assert {path.name for path in PACKAGE.glob("*.py")} == {"__init__.py", "__main__.py"}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_its_own_room_and_rooms_before_it(module: str) -> None:
    assert [name for name in sorted(imports(module)) if name not in MODULES or room(name) > room(module)] == []


def test_the_graph_of_modules_has_no_circle() -> None:
    graph = {module: imports(module) for module in MODULES}
    assert len(list(TopologicalSorter(graph).static_order())) == len(MODULES)  # CycleError names the circle


def test_a_room_runs_nothing_when_it_is_entered() -> None:
    """Packages hold a docstring only, so that a module loads no neighbour that it does not import itself."""
    rooms = list(PACKAGE.glob("*/**/__init__.py"))
    assert rooms
    assert [file for file in rooms if len(ast.parse(file.read_text("utf-8")).body) != 1] == []


def loaded(code: str) -> set[str]:
    """Names of all modules in memory after some code has run in an interpreter of its own."""
    tell = "\nimport json, sys\nprint(json.dumps(list(sys.modules)), file=sys.stderr)"
    told = subprocess.run([sys.executable, "-c", code + tell], capture_output=True, text=True, cwd=PACKAGE.parent)
    assert told.returncode == 0, told.stderr
    return set(json.loads(told.stderr.splitlines()[-1]))


COMPUTES = {"numba", "pandas", "matplotlib", "scipy", "statsmodels", "simpy"}


def test_import_of_the_package_loads_nothing_but_python() -> None:
    assert {name for name in loaded("import imgsim") if name.startswith("imgsim.")} == set()


@pytest.mark.parametrize(
    ("command", "forbidden"),
    [
        (["--help"], COMPUTES | {"numpy", "duckdb", "loky"}),
        (["check", "scenarios/us.toml"], COMPUTES),
        (["explain", "us"], COMPUTES),
        (["sources", "us"], COMPUTES),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_question_loads_nothing_that_computes(command: list[str], forbidden: set[str]) -> None:
    assert loaded(f"from imgsim.cli.main import main\nassert main({command!r}) == 0") & forbidden == set()
