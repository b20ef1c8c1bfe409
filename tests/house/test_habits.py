"""Habits of the house that a machine can check: no country in Python, no hidden chance, short modules, honest lists."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import imgsim

PACKAGE = Path(imgsim.__file__).parent
ROOT = PACKAGE.parent
FILES = {str(file.relative_to(PACKAGE)): file for file in sorted(PACKAGE.rglob("*.py"))}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

LONGEST_MODULE = 300
LONGEST_FUNCTION = 40

# Countries, their institutions, their exams and their visas: all of these are data.
COUNTRY = re.compile(
    r"""us_citizen | \bu\.?s\.?a\.?\b | united.states | americ | canad | austral | caribbean | \bindia | pakistan
      | usmle | ecfmg | nrmp | \beras\b | carms | \bamc\b | ahpra | mccqe? | acgme | conrad | uscis
      | \b(step|nac|plab)_?\d | \bj_?-?1\b | \bh_?-?1_?-?b\b""",
    re.IGNORECASE | re.VERBOSE,
)
# The help of the command line may show one real parameter and one real file.
EXAMPLE = re.compile(r"exam\.step1\b[.\w]*")


def tree(name: str) -> ast.Module:
    return ast.parse(FILES[name].read_text("utf-8"))


@pytest.mark.parametrize("name", FILES)
def test_no_python_file_names_a_country_or_its_institutions(name: str) -> None:
    lines = enumerate(FILES[name].read_text("utf-8").splitlines(), 1)
    assert [f"{name}:{n}: {line.strip()}" for n, line in lines if COUNTRY.search(EXAMPLE.sub("", line))] == []


@pytest.mark.parametrize("name", FILES)
def test_chance_comes_from_addresses_alone(name: str) -> None:
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            assert not any(alias.name in ("random", "secrets", "numpy.random") for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.module not in ("random", "secrets", "numpy.random")
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("np", "numpy"):
            assert node.attr != "random"


@pytest.mark.parametrize("name", FILES)
def test_modules_and_functions_are_short(name: str) -> None:
    length = len(FILES[name].read_text("utf-8").splitlines())
    assert length <= LONGEST_MODULE, f"{name} has {length} lines"
    functions = [node for node in ast.walk(tree(name)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {f"{name}:{f.lineno} {f.name}": (f.end_lineno or f.lineno) - f.lineno + 1 for f in functions}
    assert {where: lines for where, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def imported_packages() -> set[str]:
    """Every package from outside that some module imports, now or later."""
    found = set()
    for name in FILES:
        for node in ast.walk(tree(name)):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"imgsim"}


def required(requirements: list[str]) -> set[str]:
    """Names of the packages in a list of requirements."""
    return {re.split(r"[ <>=;\[]", requirement, maxsplit=1)[0] for requirement in requirements}


def test_the_dependencies_are_what_is_imported() -> None:
    optional = required(PROJECT["optional-dependencies"]["sensitivity"])  # imported where it is asked for
    needed = {name.replace("-", "_") for name in required(PROJECT["dependencies"]) | optional}
    assert needed == {name.lower() for name in imported_packages()}


def test_the_lock_pins_and_hashes_everything_and_knows_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    pins = re.findall(r"^([a-z0-9][\w.-]*)==", lock, re.MULTILINE)
    wanted = required([*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]])
    assert wanted - set(pins) == set()
    entries = re.split(r"\n(?=[a-z0-9])", lock)
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"://|--index|--extra-index|--find-links", lock) == []


def test_checks_before_a_commit_use_programs_of_the_lock() -> None:
    programs = set(re.findall(r"entry: \.venv/bin/([\w-]+)", (ROOT / ".pre-commit-config.yaml").read_text("utf-8")))
    assert programs == {"ruff", "codespell", "mypy"}
    assert programs - required(PROJECT["optional-dependencies"]["dev"]) == set()


def test_the_wheel_carries_every_road_and_number(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    data = {str(file.relative_to(ROOT)) for file in PACKAGE.rglob("*.toml")}
    assert data
    assert data - held == set()
    assert "imgsim/py.typed" in held


def test_the_version_is_the_one_of_the_project() -> None:
    assert imgsim.__version__ == PROJECT["version"]


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'simulate_everything'"):
        _ = imgsim.simulate_everything
