"""The two engines give the same lives: every table equal bit for bit, on shipped scenarios and on random roads."""

from __future__ import annotations

import ast
import inspect
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from builders import random_pathways as random_roads
from builders import toy
from hypothesis import HealthCheck, given, settings

from imgsim.engines import equality
from imgsim.engines.compiled import career as compiled_career
from imgsim.engines.compiled import replication as compiled_engine
from imgsim.engines.compiled import stages as compiled_stages
from imgsim.engines.engine import ENGINES, finished_replication, trace, with_log
from imgsim.engines.model import build
from imgsim.engines.simpy import career as simpy_career
from imgsim.engines.simpy import processes as simpy_engine
from imgsim.engines.simpy import stages as simpy_stages
from imgsim.inputs.kinds.all_kinds import KINDS
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.inputs.scenarios.scenario import Scenario

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = [*sorted((ROOT / "scenarios").glob("*.toml")), ROOT / "benchmarks" / "img_lite" / "img_lite.toml"]


def career() -> Scenario:
    return toy.scenario(toy.career(), *toy.career_numbers(), near=30, far=30)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_every_shipped_scenario_gives_the_same_lives_in_both_engines(file: Path) -> None:
    proof = equality.prove(load_scenario(file), people=3_000)
    assert proof.difference == ""
    assert proof.people > 1_000
    assert proof.events > 10_000


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(random_roads.scenarios())
def test_any_road_gives_the_same_lives_in_both_engines(scenario: Scenario) -> None:
    model = build(scenario)
    one, other = finished_replication("simpy", model, 0), finished_replication("compiled", model, 0)
    assert equality.first_difference(one, other) == ""


@pytest.mark.parametrize("replication", [0, 1])
def test_every_table_is_the_same_in_both_engines(replication: int) -> None:
    model = build(career())
    assert toy.digest(simpy_engine.simulate(model, replication)) == toy.digest(
        compiled_engine.simulate(model, replication)
    )


def test_two_threads_give_the_same_lives_as_one() -> None:
    model = build(career())
    one, two = (with_log(compiled_engine.run(model, 0, threads)) for threads in (1, 2))
    assert equality.first_difference(one, two) == ""


def test_lives_do_not_depend_on_the_room_in_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Walked again in pieces of seven people, and with a journal that holds little more than one stage."""
    model = build(career())
    once = finished_replication("compiled", model, 0)
    monkeypatch.setattr(compiled_engine, "CHUNK", 7)
    monkeypatch.setattr(compiled_engine, "ROOM", 2 * (model.end - model.start) + 70)
    assert equality.first_difference(once, finished_replication("compiled", model, 0)) == ""


def test_an_empty_population_and_a_single_person_can_be_walked() -> None:
    for people in (0, 1):
        scenario = toy.scenario(toy.career(), *toy.career_numbers(), near=[(None, people), ("2001-01-01", 0.0)])
        done = [toy.digest(engine.simulate(build(scenario), 0)) for engine in (simpy_engine, compiled_engine)]
        assert done[0] == done[1]


def test_the_trace_of_one_life_is_the_same_in_both_engines() -> None:
    model = build(career())
    for person in (0, 17, 299):
        one, other = (trace(name, model, 0, person) for name in ENGINES)
        assert toy.digest(one) == toy.digest(other)


def test_a_difference_is_told_by_its_first_event() -> None:
    model = build(career())
    one, other = finished_replication("simpy", model, 0), finished_replication("compiled", model, 0)
    assert other.events is not None
    changed = other.events.copy()
    changed[5, 2] += 1
    told = equality.first_difference(one, replace(other, events=changed))
    assert told.startswith("first differing event: simpy: person 0, event 5, ")
    assert "compiled: person 0" in told
    assert "none" in equality.first_difference(one, replace(other, events=other.events[:-1]))


def test_a_difference_in_the_tallies_of_a_match_by_specialty_is_seen(scenarios: Path) -> None:
    scenario = load_scenario(scenarios / "us.toml", scale=0.02)
    run = replace(scenario.run, start=date(2006, 1, 1), measured_from=date(2007, 1, 1), end=date(2009, 1, 1))
    one = finished_replication("compiled", build(replace(scenario, run=run)), 0)
    table = one.round_details["rank_lists"]
    assert np.asarray(table["persons"]).sum() > 0
    other = {**one.round_details, "rank_lists": {**table, "persons": np.asarray(table["persons"]) + 1}}
    assert equality.first_difference(one, one) == ""
    assert equality.first_difference(one, replace(one, round_details=other)) == "`round_details` differs"


def test_both_engines_know_every_stage_kind() -> None:
    """A kind added to one engine only, or to pathways alone, fails here."""
    assert set(simpy_stages.PROCESSES) | {"end"} == set(compiled_stages.PROCESSES) | {"end"} == set(KINDS)
    assert list(ENGINES) == ["simpy", "compiled"]


def functions(module: ModuleType) -> dict[str, str | None]:
    """The functions of a module and their docstrings, in the order of the file."""
    body = ast.parse(Path(str(module.__file__)).read_text("utf-8")).body
    return {node.name: ast.get_docstring(node) for node in body if isinstance(node, ast.FunctionDef)}


def test_a_stage_kind_is_read_side_by_side_in_both_engines() -> None:
    """The same functions with the same docstrings in the same order."""
    assert list(functions(simpy_stages).items()) == list(functions(compiled_stages).items())


def test_what_all_stages_share_has_the_same_names_in_both_engines() -> None:
    shared = [name for name in vars(simpy_career.Career) if inspect.isfunction(getattr(simpy_career.Career, name))]
    assert [name for name in shared if not name.startswith("_") and name not in functions(compiled_career)] == []


def test_the_kernels_give_the_same_lives_without_compilation() -> None:
    """As plain Python they can be debugged and their coverage measured."""
    program = (
        "import sys; sys.path[:0] = ['tests', 'tests/engines']; from builders import toy; import test_two_engines as t;"
        "from imgsim.engines.compiled import replication as engine; from imgsim.engines.model import build;"
        "print(toy.digest(engine.simulate(build(t.career()), 0)))"
    )
    plain = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT,
        env=os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert plain.stdout.strip() == toy.digest(compiled_engine.simulate(build(career()), 0))
