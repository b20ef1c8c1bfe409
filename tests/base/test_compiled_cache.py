"""Compiled code is stored by the sources that it is built from: an edit is noticed where it matters, and only there."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numba
import pytest

import imgsim
from imgsim.base.compiled import code_cache
from imgsim.base.compiled.code_cache import (
    cache_folder,
    cache_root,
    caching_for,
    import_closure,
    imported_by,
    is_cached,
)

NUMBA: Any = numba.config  # its settings are not typed
PACKAGE = Path(imgsim.__file__).parent
MODULES = {
    ".".join(("imgsim", *file.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): file
    for file in sorted(PACKAGE.rglob("*.py"))
}
CACHED = (code_cache.cache_root, code_cache.source, imported_by, import_closure, cache_folder)


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


# --- folders of a small package ---------------------------------------------------------------------------------------

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


def folder_after(edit: Path) -> Path:
    """The folder of the first module once a line was added to a file."""
    edit.write_text(edit.read_text("utf-8") + "# edited\n", "utf-8")
    forget()
    return cache_folder("imgsim.first")


@pytest.mark.parametrize("module", sorted(SMALL))
def test_a_folder_changes_with_any_module_that_is_imported_and_with_no_other(small: Path, module: str) -> None:
    before = cache_folder("imgsim.first")
    assert before.parent == small.parent / "cache" / "imgsim"
    assert (folder_after(small / f"{module}.py") != before) == (module in CLOSURE)


def test_a_folder_depends_on_where_a_line_stands(small: Path) -> None:
    """A line that moves from one module to another leaves the same bytes one after the other."""
    before = cache_folder("imgsim.first")
    (small / "room" / "third.py").write_text("", "utf-8")
    (small / "second.py").write_text(SMALL["room/third"] + SMALL["second"], "utf-8")
    forget()
    assert cache_folder("imgsim.first") != before


def test_a_module_outside_the_project_counts_with_what_it_imports_of_it(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    own = tmp_path / "elsewhere" / "a_users_own_rules.py"
    own.write_text("if False:\n    from imgsim.room import third\n", "utf-8")
    monkeypatch.delitem(sys.modules, "a_users_own_rules", raising=False)
    __import__("a_users_own_rules")
    folders = [cache_folder("a_users_own_rules")]
    for edited in (own, small / "room" / "third.py", small / "outside.py"):
        edited.write_text(edited.read_text("utf-8") + "# edited\n", "utf-8")
        forget()
        folders.append(cache_folder("a_users_own_rules"))
    assert len(set(folders[:3])) == 3
    assert folders[3] == folders[2]


@pytest.mark.skipif(bool(NUMBA.DISABLE_JIT), reason="nothing is compiled")
def test_code_counts_as_cached_only_in_the_folder_of_its_own_sources(small: Path) -> None:
    name = "imgsim.second.rule"
    assert not is_cached(name)
    index = cache_folder("imgsim.second") / "imgsim_0123" / "second.rule-3.py311.nbi"
    index.parent.mkdir(parents=True)
    index.touch()
    assert is_cached(name)
    assert not is_cached("imgsim.second.rul")
    folder_after(small / "room" / "third.py")
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


# --- where the cache lies ---------------------------------------------------------------------------------------------


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """The three places for the cache; a place is made unusable by a file in its way, which stops root too."""
    places = {name: tmp_path / name for name in ("asked", "home", "temporary")}
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(places["asked"]))
    monkeypatch.setenv("XDG_CACHE_HOME", str(places["home"]))
    monkeypatch.setattr(tempfile, "tempdir", str(places["temporary"]))
    return places


def test_the_cache_lies_where_it_is_asked_for(places: dict[str, Path]) -> None:
    assert cache_root() == places["asked"] / "imgsim"


def test_a_folder_that_cannot_be_written_is_left_for_the_users_cache(places: dict[str, Path]) -> None:
    places["asked"].touch()
    assert cache_root() == places["home"] / "imgsim"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_left_for_the_users_cache(places: dict[str, Path]) -> None:
    (places["asked"] / "imgsim").mkdir(parents=True)
    (places["asked"] / "imgsim").chmod(0o500)
    assert cache_root() == places["home"] / "imgsim"


def test_without_any_of_them_the_cache_is_a_temporary_folder_of_this_user(places: dict[str, Path]) -> None:
    places["asked"].touch()
    places["home"].touch()
    root = cache_root()
    assert root == places["temporary"] / f"imgsim-{os.getuid()}"
    assert root.stat().st_mode & 0o077 == 0


def test_a_temporary_folder_that_somebody_else_made_is_not_trusted(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    places["asked"].touch()
    places["home"].touch()
    owner = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    planted = places["temporary"] / f"imgsim-{owner + 1}"
    planted.mkdir(parents=True)
    root = cache_root()
    assert root != planted
    assert root.parent == places["temporary"]
    assert root.stat().st_mode & 0o077 == 0


def test_a_user_without_a_home_has_a_cache_too(places: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert cache_root().parent == places["temporary"]


def test_numba_is_told_of_the_folder_only_meanwhile() -> None:
    def declare() -> None:
        with caching_for("imgsim.persons.livelihood"):
            assert Path(NUMBA.CACHE_DIR) == cache_folder("imgsim.persons.livelihood")
            raise ValueError("a function that numba refuses")

    before = NUMBA.CACHE_DIR
    with pytest.raises(ValueError, match="refuses"):
        declare()
    assert before == NUMBA.CACHE_DIR
