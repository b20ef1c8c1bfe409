"""Compiled code is stored by the sources that it is built from: an edit is noticed where it matters, and only there."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numba
import pytest

import imgsim
from imgsim.base.compiled import code_cache
from imgsim.base.compiled.code_cache import compiled_by, import_closure, imported_by, is_cached, source_digest
from imgsim.base.compiled.code_folder import code_folders
from imgsim.base.compiled.sealed_code import sealed

NUMBA: Any = numba.config  # its settings are not typed
PACKAGE = Path(imgsim.__file__).parent
MODULES = {
    ".".join(("imgsim", *file.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): file
    for file in sorted(PACKAGE.rglob("*.py"))
}
CACHED = (code_folders, code_cache.source, imported_by, import_closure, source_digest)


def forget() -> None:
    for function in CACHED:
        function.cache_clear()


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    forget()
    yield
    forget()


# --- a whole process, with a cache folder that others use too ---------------------------------------------------------

SCRIPT = """
import json
import numba
import numpy as np
from imgsim.persons.risk_equations import AGE, BIRTH, trait

@numba.njit(cache=True)
def of_another_package(number):
    return number + 1

row = np.zeros(100)
row[BIRTH] = -30 * 365.25
print(json.dumps([trait(row, AGE, 0, 0), of_another_package(1), of_another_package.stats.cache_path]))
"""


def age_in_a_process(folder: Path) -> float:
    """The age that a compiled rule gives in a copy of the project that shares its cache folder with other packages."""
    env = {**os.environ, "PYTHONPATH": str(folder), "NUMBA_CACHE_DIR": str(folder / "cache")}
    command = [sys.executable, "-B", str(folder / "script.py")]
    done = subprocess.run(command, env=env, capture_output=True, text=True, cwd=folder, timeout=120)
    assert done.returncode == 0, done.stderr
    age, answer, of_others = json.loads(done.stdout)
    assert answer == 2
    assert Path(of_others).parent == folder / "cache"  # what other packages compile stays where it would be without us
    return float(age)


def compiled_rules(folder: Path) -> dict[Path, int]:
    """The files of compiled code of the rule, with the moment each was written."""
    return {file: file.stat().st_mtime_ns for file in (folder / "cache" / "imgsim").rglob("risk_equations.trait-*.nbc")}


@pytest.mark.skipif(bool(NUMBA.DISABLE_JIT), reason="nothing is compiled")
def test_a_changed_constant_of_another_module_is_noticed_in_a_cache_folder_of_the_users_choice(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "imgsim", ignore=shutil.ignore_patterns("__pycache__", "countries"))
    (tmp_path / "script.py").write_text(SCRIPT, "utf-8")
    assert age_in_a_process(tmp_path) == 30.0
    before = compiled_rules(tmp_path)
    assert len(before) == 1
    assert age_in_a_process(tmp_path) == 30.0
    assert compiled_rules(tmp_path) == before  # the second process compiled nothing
    constants = tmp_path / "imgsim" / "base" / "dates" / "day_numbers.py"
    text = constants.read_text("utf-8")
    assert text.count("DAYS_A_YEAR: Final = 365.25\n") == 1
    constants.write_text(text.replace("DAYS_A_YEAR: Final = 365.25\n", "DAYS_A_YEAR: Final = 400.0\n"), "utf-8")
    assert age_in_a_process(tmp_path) == pytest.approx(30 * 365.25 / 400)
    assert len(compiled_rules(tmp_path)) == 2


# --- digests of a small package ---------------------------------------------------------------------------------------

SMALL = {
    "first": "import numba\nfrom imgsim.second import rule\n",
    "second": "from imgsim.room import (\n    third,\n)\n\ndef rule():\n    import imgsim.fourth\n",
    "room/__init__": '"""A room."""\n',
    "room/third": "CONSTANT = 1\n",
    "fourth": "from imgsim.second import rule\n",  # a circle does no harm
    "outside": "from imgsim.first import rule\n",
}
CLOSURE = {"first", "second", "room/__init__", "room/third", "fourth"}


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package in which ``first`` is built from all modules but ``outside``."""
    package = tmp_path / "imgsim"
    for name, text in SMALL.items():
        file = package / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    monkeypatch.setattr(code_cache, "PACKAGE", package)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    return package


def digest_after(edit: Path) -> str:
    """The digest of the first module once a line was added to a file."""
    edit.write_text(edit.read_text("utf-8") + "# edited\n", "utf-8")
    forget()
    return source_digest("imgsim.first")


@pytest.mark.parametrize("module", sorted(SMALL))
def test_a_digest_changes_with_any_module_that_is_imported_and_with_no_other(small: Path, module: str) -> None:
    before = source_digest("imgsim.first")
    assert (digest_after(small / f"{module}.py") != before) == (module in CLOSURE)


def test_a_digest_depends_on_where_a_line_stands(small: Path) -> None:
    """A line that moves from one module to another leaves the same bytes one after the other."""
    before = source_digest("imgsim.first")
    (small / "room" / "third.py").write_text("", "utf-8")
    (small / "second.py").write_text(SMALL["room/third"] + SMALL["second"], "utf-8")
    forget()
    assert source_digest("imgsim.first") != before


def test_a_module_outside_the_project_counts_with_what_it_imports_of_it(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    own = tmp_path / "elsewhere" / "a_users_own_rules.py"
    own.write_text("if False:\n    from imgsim.room import third\n", "utf-8")
    monkeypatch.delitem(sys.modules, "a_users_own_rules", raising=False)
    __import__("a_users_own_rules")
    folders = [source_digest("a_users_own_rules")]
    for edited in (own, small / "room" / "third.py", small / "outside.py"):
        edited.write_text(edited.read_text("utf-8") + "# edited\n", "utf-8")
        forget()
        folders.append(source_digest("a_users_own_rules"))
    assert len(set(folders[:3])) == 3
    assert folders[3] == folders[2]


@pytest.mark.parametrize("setting", ["NUMBA_OPT", "NUMBA_BOUNDSCHECK", "NUMBA_CPU_NAME"])
def test_other_settings_of_numba_have_other_digests(small: Path, monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    before = source_digest("imgsim.first")
    monkeypatch.setenv(setting, "1")
    forget()
    assert source_digest("imgsim.first") != before


def test_another_version_of_numba_has_another_digest(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = source_digest("imgsim.first")
    monkeypatch.setattr(numba, "__version__", "0.0.1")
    forget()
    assert source_digest("imgsim.first") != before


def test_where_code_is_stored_and_how_many_threads_run_change_no_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    before = compiled_by()
    for setting in ("NUMBA_CACHE_DIR", "NUMBA_NUM_THREADS", "NUMBA_DISABLE_JIT"):
        monkeypatch.setenv(setting, "7")
    assert compiled_by() == before


@pytest.mark.skipif(bool(NUMBA.DISABLE_JIT), reason="nothing is compiled")
def test_code_counts_as_cached_only_in_the_folder_of_its_own_sources_and_intact(small: Path) -> None:
    name = "imgsim.second.rule"
    assert not is_cached(name)
    file = code_folders()[-1] / source_digest("imgsim.second") / "second.rule-0123.nbc"
    file.parent.mkdir(parents=True)
    file.touch()
    assert not is_cached(name)
    file.write_bytes(sealed(b"machine code"))
    assert is_cached(name)
    assert not is_cached("imgsim.second.rul")
    digest_after(small / "room" / "third.py")
    assert not is_cached(name)


def test_without_compilation_nothing_has_to_be_cached(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NUMBA, "DISABLE_JIT", 1)
    assert is_cached("imgsim.second.rule")


# --- the project itself -----------------------------------------------------------------------------------------------


def imports(file: Path) -> set[str]:
    """What a module imports of the project by Python's own grammar, packages above a module among it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import"
            names |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names & set(MODULES)


def test_imports_are_read_as_python_reads_them() -> None:
    missed = {module: imports(file) - imported_by(module) for module, file in MODULES.items()}
    assert {module: names for module, names in missed.items() if names} == {}
    assert sum(len(imports(file)) for file in MODULES.values()) > len(MODULES)
