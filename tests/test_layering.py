"""Imports point down only: the layers of the house as a table, and the import statements of every module against it."""

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

# From the ground up. A module may import from layers below its own, never from its own or from one above; a name
# stands for a module or for a whole package, and the modules of one package may import each other.
LAYERS = (
    (
        "errors",
        "calendar",
        "traits",
        "compiled",
        "tomlplaces",
        "dictionary",
        "journal",
        "progress",
        "cli_options",
        "cli_out",
    ),
    ("addresses", "ahead", "dates", "handed", "joined", "chance", "distributions", "tomlfile", "atomic", "parquet"),
    ("parameters", "pathway"),  # what every number and every road is
    ("standstill",),
    ("parameter_files", "road_checks", "rules", "rounds", "series", "run_settings", "contract", "road_layout", "parts"),
    ("pathway_files", "composed", "rulebook", "livelihood", "sittings", "changes"),
    ("composed_numbers", "pass_rules", "reforms"),
    ("scenario",),
    ("scenario_files", "roadmap", "population", "manifest", "news", "new_country"),
    ("reform_files",),
    ("reform_overlay", "road_svg"),
    ("subjects",),
    ("markets", "explain", "draw", "store"),
    ("mechanisms", "bibliography", "checks", "describe", "explain_reforms"),
    ("model",),
    ("tables",),
    ("engines",),
    ("outcomes",),
    ("calibrate", "story", "replicate"),
    ("plots",),
    ("results",),
    ("run",),
    ("compare",),
    ("cli_more",),
    ("cli",),
    ("__init__", "__main__"),  # the two doors of the house
)

# Imports that look up, each for a reason, and none of them when the module loads.
UPWARD = {
    ("parameters", "parameter_files"): "load_parameters is asked for where Parameters are, and opens its reader then",
    ("pathway", "pathway_files"): "load_pathway likewise",
    ("pathway", "road_checks"): "check_pathway likewise",
    ("pathway", "composed"): "load_pathway likewise",
    ("scenario", "scenario_files"): "load_scenario likewise",
    ("scenario", "reform_overlay"): "load_scenario likewise",
    ("explain", "explain_reforms"): "a reformed scenario is explained by what changes; opened then",
    ("reforms", "reform_files"): "read_reform likewise",
    ("engines.life", "engines.replication"): "only the type of the replication that a life is part of",
    ("tables.exams", "tables.build"): "only the type of what is recorded",
    ("tables.seasons", "tables.build"): "likewise",
    ("tables.people", "tables.build"): "only the type of what is recorded",
    ("tables.yearly", "tables.build"): "only the type of what is recorded",
}

MODULES = {
    ".".join(file.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): file
    for file in sorted(PACKAGE.rglob("*.py"))
}


def imported(node: ast.AST) -> Iterator[str]:
    """Modules of the project that one statement imports, without the leading `imgsim.`."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module:
        below = [f"{node.module}.{alias.name}" for alias in node.names]
        names = [name if name.removeprefix("imgsim.") in MODULES else node.module for name in below]
    else:
        names = []
    yield from (name.removeprefix("imgsim.") for name in names if name.startswith("imgsim."))


def imports(module: str, *, at_load: bool = False) -> set[str]:
    """Modules that a module imports: anywhere in its text, or only by the statements that run when it loads."""
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    nodes = tree.body if at_load else ast.walk(tree)
    return {name for node in nodes for name in imported(node)}


def layer(module: str) -> int | None:
    """Place of a module's layer, from the ground; None where the table forgets it."""
    named = {name: level for level, names in enumerate(LAYERS) for name in names}
    return named.get(module, named.get(module.split(".")[0]))


def housemates(one: str, other: str) -> bool:
    return one.split(".")[0] == other.split(".")[0]


def test_every_module_has_a_layer() -> None:
    assert [module for module in MODULES if layer(module) is None] == []


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down_only(module: str) -> None:
    own = layer(module)
    assert own is not None
    looks_up = [
        other
        for other in sorted(imports(module))
        if (module, other) not in UPWARD and not housemates(module, other) and not (layer(other) or 0) < own
    ]
    assert looks_up == []


def test_imports_go_round_nowhere() -> None:
    graph = {module: {other for other in imports(module) if (module, other) not in UPWARD} for module in MODULES}
    assert list(TopologicalSorter(graph).static_order())  # raises CycleError with the circle


def test_the_exceptions_are_needed_and_load_nothing() -> None:
    assert [pair for pair in UPWARD if pair[1] not in imports(pair[0])] == []
    assert [pair for pair in UPWARD if pair[1] in imports(pair[0], at_load=True)] == []


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
