"""Interfaces of other packages that are not promised: each does what is needed of it, and none is used unlisted."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import numba
import pytest
from canaries.private_interfaces import INTERFACES, Interface

import imgsim

PACKAGE = Path(imgsim.__file__).parent
NOT_PROMISED = ("numba.core", "loky.backend", "llvmlite", "matplotlib.backends", "multiprocessing.resource_tracker")
OF_NAMED_TUPLES = {"_replace", "_fields", "_asdict", "_make"}  # documented, so that they collide with no field
OF_PYTHON = {"os._exit"}  # documented
COMPILES = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "interface",
    [pytest.param(row, marks=COMPILES) if row.package in ("numba", "llvmlite") else row for row in INTERFACES],
    ids=lambda row: row.check.__name__,
)
def test_an_interface_that_is_not_promised_does_what_is_needed_of_it(interface: Interface) -> None:
    try:
        interface.check()
    except Exception as error:
        what = f"{interface.package} {version(interface.package)} no longer does what is needed of it"
        pytest.fail(f"{what} in imgsim/{interface.used_in}: {interface.breaks} ({type(error).__name__}: {error})")


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def names_in(file: Path) -> set[str]:
    """The names of other packages that a module uses although they are not promised."""
    tree = ast.parse(file.read_text("utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.module.startswith("imgsim"):
            outside = node.module.startswith(NOT_PROMISED)
            names |= {each.name for each in node.names if outside or is_private(each.name)}
        elif isinstance(node, ast.Import):
            names |= {each.name for each in node.names if each.name.startswith(NOT_PROMISED)}
        elif isinstance(node, ast.keyword) and node.arg and is_private(node.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Attribute) and is_private(node.attr) and ast.unparse(node) not in OF_PYTHON:
            own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            names |= set() if own or node.attr in OF_NAMED_TUPLES else {node.attr}
    return names


def test_a_package_of_which_more_is_used_than_it_promises_has_an_upper_bound() -> None:
    requirements = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    bounded = {re.split(r"[<>=]", requirement)[0] for requirement in requirements if "<" in requirement}
    assert bounded == {row.package for row in INTERFACES}


FILES = [str(file.relative_to(PACKAGE)) for file in sorted(PACKAGE.rglob("*.py"))]
# Versions alone are read of it.
HARMLESS = {"base/compiled/code_cache.py": {"llvmlite"}}


def test_whatever_is_used_of_a_package_without_its_promise_is_in_the_table() -> None:
    listed: dict[str, set[str]] = {}
    for row in INTERFACES:
        listed.setdefault(row.used_in, set()).update(row.names)
    used = {name: names_in(PACKAGE / name) - HARMLESS.get(name, set()) for name in FILES}
    missing = {name: sorted(names - listed.get(name, set())) for name, names in used.items()}
    assert {name: names for name, names in missing.items() if names} == {}
    too_many = {name: sorted(names - used[name]) for name, names in listed.items()}
    assert {name: names for name, names in too_many.items() if names} == {}
