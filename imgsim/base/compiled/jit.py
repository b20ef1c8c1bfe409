"""One switch for compilation: every rule function is compiled in one of three ways, or not at all.

Compiled code keeps IEEE arithmetic (no fused or reordered operations), so that a rule gives the same bits wherever it
is called from. ``NUMBA_DISABLE_JIT=1`` runs the same functions as plain Python.

Compiled code is kept in a folder whose name is made from the sources that a module is built from: its own and those of
all it imports. Numba itself looks only at the file a function stands in, and would not notice that a constant of
another module has changed.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar, cast

import numba
from numba import njit

P = ParamSpec("P")
R = TypeVar("R")
PACKAGE: Final = Path(__file__).parents[2]
IMPORTS: Final = re.compile(r"^\s*(?:from (imgsim[.\w]*) import (\([^)]*\)|.*)|import (imgsim[.\w]*))", re.MULTILINE)


@cache
def cache_root() -> Path:
    """The first of these that can be written to: ``NUMBA_CACHE_DIR``, the user's cache, a temporary folder."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    asked = os.environ.get("NUMBA_CACHE_DIR")
    for root in (Path(asked) if asked else home, Path(tempfile.gettempdir())):
        folder = root / "imgsim"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix="imgsim-"))


def source_file(module: str) -> Path | None:
    """The file of one of the project's modules; None if there is none of that name."""
    path = PACKAGE.parent.joinpath(*module.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


@cache
def imported_by(module: str) -> frozenset[str]:
    """The project's modules that a module imports by itself, anywhere in its text."""
    file = source_file(module)
    found: set[str] = set()
    for package, names, plain in IMPORTS.findall(file.read_text("utf-8") if file else ""):
        below = {f"{package}.{name}" for name in re.findall(r"\w+", names)}
        found |= {name for name in {package, plain, *below} if name and source_file(name)}
    return frozenset(found)


@cache
def sources(module: str) -> tuple[str, ...]:
    """A module and all of the project that it is built from, sorted by name."""
    found, todo = {module}, [module]
    while todo:
        new = imported_by(todo.pop()) - found
        found |= new
        todo += new
    return tuple(sorted(found))


@cache
def cache_folder(module: str) -> Path:
    """Where the compiled code of a module is kept: below the cache, under a name made from its sources."""
    digest = hashlib.sha256(str(PACKAGE).encode())  # Numba keeps code by the folder of its source
    for name in sources(module):
        file = source_file(name)
        digest.update(name.encode() + b"\0" + (file.read_bytes() if file else b""))
    return cache_root() / digest.hexdigest()[:16]


@contextmanager
def cached_for(module: str) -> Iterator[None]:
    """Numba keeps what is compiled meanwhile in the module's own folder."""
    before = numba.config.CACHE_DIR  # type: ignore[attr-defined]
    numba.config.CACHE_DIR = str(cache_folder(module))  # type: ignore[attr-defined]
    try:
        yield
    finally:
        numba.config.CACHE_DIR = before  # type: ignore[attr-defined]


def is_cached(name: str) -> bool:
    """Is the compiled code of a function (``imgsim.room.module.function``) in the cache, or none needed?"""
    module, _, function = name.rpartition(".")
    off = bool(numba.config.DISABLE_JIT)  # type: ignore[attr-defined]
    return off or any(cache_folder(module).rglob(f"{module.rpartition('.')[2]}.{function}-*.nbi"))


def compile_cached(function: Callable[P, R], **options: Any) -> Callable[P, R]:
    """The function, compiled on first use and kept on disk; the GIL is released while it runs."""
    make: Any = njit  # `_nrt`, which some callers set, is no documented option
    with cached_for(function.__module__):
        result: Any = make(function, cache=True, nogil=True, error_model="numpy", **options)
    return cast(Callable[P, R], result)


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """The function compiled as one of its own, for what makes arrays or is called from Python."""
    return compile_cached(function, forceinline=False)


def inline_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """As ``kernel``, for a function that makes no arrays: it counts no references, and becomes part of its caller.

    Counting costs a rule that is handed the dozen arrays of a scenario ten times what it computes. Only arrays made
    inside a function need what ``_nrt`` turns off.
    """
    return compile_cached(function, _nrt=False, forceinline=True)


def called_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """As ``inline_kernel``, for what is asked in many places: one function of its own, so that its callers stay small.

    Whoever calls it passes named tuples by reference (``by_reference``). What is not said here would be taken over from
    the first caller, who may be part of its own.
    """
    return compile_cached(function, _nrt=False, forceinline=False)
