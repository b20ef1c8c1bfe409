"""Which sources compiled code was made from: each module has a digest of them, which names the folder of its code.

Numba itself looks only at the file in which a function stands, and would go on using old code after a constant of
another module has changed. The sources are therefore a module's own file and those of all modules of the project that
it imports, directly or not: an edit leaves the folders of all other modules as they are. Another version of Numba or
of Python, and other settings of Numba, have folders of their own.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

import llvmlite  # type: ignore[import-untyped]
import numba
import numpy

from imgsim.base.compiled.code_folder import code_folders
from imgsim.base.compiled.sealed_code import SUFFIX, file_name, read_sealed

PACKAGE: Final = Path(__file__).parents[2]
IMPORTS: Final = re.compile(r"^\s*(?:from (imgsim[.\w]*) import (\([^)]*\)|.*)|import (imgsim[.\w]*))", re.MULTILINE)
HARMLESS: Final = ("NUMBA_CACHE_DIR", "NUMBA_NUM_THREADS", "NUMBA_DISABLE_JIT", "NUMBA_DEBUG_CACHE")  # same code
config: Any = numba.config  # not typed


def source_file(module: str) -> Path | None:
    """The file of a module of the project, or of another module that is loaded; None if there is none."""
    path = PACKAGE.parent.joinpath(*module.split("."))
    loaded = None if module.split(".")[0] == PACKAGE.name else getattr(sys.modules.get(module), "__file__", None)
    candidates = (path.with_suffix(".py"), path / "__init__.py", *([Path(loaded)] if loaded else []))
    return next((file for file in candidates if file.is_file()), None)


@cache
def source(module: str) -> bytes:
    """The text of a module's file; nothing if it has none."""
    file = source_file(module)
    return file.read_bytes() if file else b""


def can_be_seen(function: Callable[..., object]) -> bool:
    """Does a function stand in the file of its module? What was typed in, in a notebook for one, has no sources."""
    file = source_file(function.__module__)
    return file is not None and file.name == Path(function.__code__.co_filename).name


@cache
def imported_by(module: str) -> frozenset[str]:
    """The project's modules that a module itself imports, anywhere in its text."""
    names: set[str] = set()
    for package, members, plain in IMPORTS.findall(source(module).decode("utf-8")):
        names |= {package, plain, *(f"{package}.{member}" for member in re.findall(r"\w+", members))}
    return frozenset(name for name in names if name and source_file(name))


@cache
def import_closure(module: str) -> tuple[str, ...]:
    """A module and all of the project that it imports, directly or not, sorted by name."""
    closure, waiting = {module}, [module]
    while waiting:
        further = imported_by(waiting.pop()) - closure
        closure |= further
        waiting += further
    return tuple(sorted(closure))


@cache
def source_digest(module: str) -> str:
    """A name made from the sources of a module, and from what compiles them."""
    digest = hashlib.sha256(repr((str(PACKAGE), compiled_by())).encode())
    for name in import_closure(module):
        digest.update(b"\0".join((name.encode(), source(name), b"")))
    return digest.hexdigest()[:16]


def compiled_by() -> tuple[object, ...]:
    """Versions of what compiles, and the settings of Numba that change what it makes."""
    settings = {name: value for name, value in os.environ.items() if name.startswith("NUMBA_") and name not in HARMLESS}
    versions = (numba.__version__, llvmlite.__version__, numpy.__version__, sys.implementation.cache_tag)
    return (*versions, sorted(settings.items()))


def is_cached(name: str) -> bool:
    """Is the compiled code of a function (``imgsim.room.module.function``) stored intact, or none needed?"""
    module, _, function = name.rpartition(".")
    pattern = f"{source_digest(module)}/{file_name(module, function)}-*{SUFFIX}"
    files = (file for folder in code_folders() for file in folder.glob(pattern))
    return bool(config.DISABLE_JIT) or any(read_sealed(file) is not None for file in files)
