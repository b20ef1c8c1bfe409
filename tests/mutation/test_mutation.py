"""The tests of the modules that decide notice mistakes; ``python -m tests.mutation`` runs all that it knows."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from mutation.mutants import mutants_of, mutated, parsed
from mutation.run import ROOT, Result, chosen, modules
from mutation.transplant import transplant


@pytest.mark.parametrize("name", modules())
def test_the_list_names_modules_tests_and_mutants_that_there_are(name: str) -> None:
    module = modules()[name]
    assert module.file.is_file()
    assert [test for test in module.tests if not (ROOT / test).is_file()] == []
    assert set(module.always) - {str(mutant) for mutant in mutants_of(module.file)} == set()
    for test in module.always.values():
        file, _, function = test.partition("::")
        assert file in module.tests
        assert f"def {function}(" in (ROOT / file).read_text("utf-8")


def test_sooner_first_ends_and_blocking_pairs_cannot_be_mistaken_unnoticed() -> None:
    command = [sys.executable, "-m", "tests.mutation", "--always", "--least", "100"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    rows = [line.split(" | ") for line in run.stdout.splitlines() if line.startswith("| ")][1:]
    assert {row[0].removeprefix("| "): int(row[1]) for row in rows} == {
        name: len(module.always) for name, module in modules().items() if module.always
    }


SMALL = """
from math import pi
LIMIT: int = 3
def first(values, least=0):
    \"\"\"A docstring.\"\"\"
    if values and values[0] >= least:
        return f"{values[0]} of {LIMIT}"
    raise ValueError("none")
"""


def test_mutants_are_single_mistakes_in_code_and_the_same_every_time(tmp_path: Path) -> None:
    file = tmp_path / "small.py"
    file.write_text(SMALL)
    mutants = mutants_of(file)
    assert mutants == mutants_of(file)
    texts = [ast.unparse(mutated(file, mutant)) for mutant in mutants]
    assert len(set(texts)) == len(texts)
    assert ast.unparse(parsed(file)) not in texts
    functions = [str(mutant).partition(": ")[0] for mutant in mutants]
    assert set(functions) == {"LIMIT", "first"}
    wrongs = (
        "LIMIT: int = 4", "LIMIT: int = 2", "least=1", "values[0] > least", "values[0] < least", "values[1]", "if True",
        "if False", "values or values[0]", "if values:", "if values[0] >= least:", "pass", "'not none'",
    )  # fmt: skip
    for wrong in wrongs:
        assert any(wrong in text for text in texts), wrong
    assert not any("not A docstring" in text or "import not" in text for text in texts)


def test_a_sample_is_the_same_for_the_same_seed() -> None:
    module = modules()["quantiles"]
    one, again, other = (chosen(module, 20, seed)[1] for seed in (1, 1, 2))
    assert one == again != other
    assert len(set(one)) == 20
    assert chosen(module, None, 1)[1] == mutants_of(module.file)


def test_a_mutant_is_at_work_wherever_its_module_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "small_module_of_a_test.py"
    file.write_text(SMALL)
    spec = spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module, user = module_from_spec(spec), ModuleType("user_of_a_test")
    for one in (module, user):
        monkeypatch.setitem(sys.modules, one.__name__, one)
    spec.loader.exec_module(module)
    used, user.LIMIT = module.first, module.LIMIT  # type: ignore[attr-defined]
    results: dict[str, object] = {}
    for mutant in mutants_of(file):
        transplant(module, mutated(file, mutant))
        try:
            results[mutant.change.partition(" => ")[2]] = used([0, 7]), used.__defaults__, user.LIMIT
        except ValueError as error:
            results[mutant.change.partition(" => ")[2]] = str(error)
        transplant(module, parsed(file))
        assert (used([0, 7]), used.__defaults__, user.LIMIT) == ("0 of 3", (0,), 3)
    for after, result in (
        ("LIMIT: int = 4", ("0 of 4", (0,), 4)), ("f values and values[0] > least:", "none"),
        ("return f'{values[1]} of {LIMIT}'", ("7 of 3", (0,), 3)),
    ):  # fmt: skip
        assert results[after] == result


def test_the_score_is_the_share_that_some_test_noticed() -> None:
    module = modules()["philox"]
    noticed = dict(zip(mutants_of(module.file)[:4], ["a", None, "b", "c"], strict=True))
    result = Result(module, noticed)
    assert result.score == 0.75
    assert result.survivors == [mutants_of(module.file)[1]]
