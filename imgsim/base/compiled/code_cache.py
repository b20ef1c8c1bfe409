"""Where compiled code is stored: a folder for each module, named after the sources that the module is built from.

Numba itself looks only at the file in which a function stands, and would go on using old code after a constant of
another module has changed. The sources are therefore a module's own file and those of all modules of the project that
it imports, directly or not: an edit leaves the folders of all other modules as they are.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import numba

PACKAGE: Final = Path(__file__).parents[2]
IMPORTS: Final = re.compile(r"^\s*(?:from (imgsim[.\w]*) import (\([^)]*\)|.*)|import (imgsim[.\w]*))", re.MULTILINE)
config: Any = numba.config  # not typed


@cache
def cache_root() -> Path:
    """The folder of all compiled code of the project.

    It stands in the first of these places that can be written to: ``NUMBA_CACHE_DIR``, the user's cache, the folder for
    temporary files. Compiled code is loaded as it is, so in a place that all users share only an own folder will do.
    """
    for place in (os.environ.get("NUMBA_CACHE_DIR"), user_cache()):
        if place and is_writable(folder := Path(place, "imgsim").absolute()):
            return folder
    user = os.getuid() if hasattr(os, "getuid") else 0
    own = Path(tempfile.gettempdir(), f"imgsim-{user}")
    if is_writable(own) and own.lstat().st_uid == user:
        return own
    return Path(tempfile.mkdtemp(prefix="imgsim-"))


def user_cache() -> str | None:
    """The user's folder for caches; None for a user without a home."""
    folder = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return folder if os.path.isabs(folder) else None


def is_writable(folder: Path) -> bool:
    """Can files be written to this folder, once it is made if it is not there?"""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


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
def cache_folder(module: str) -> Path:
    """The folder for a module's compiled code, under a name made from its sources."""
    digest = hashlib.sha256(str(PACKAGE).encode())  # numba stores code by the folder of its source
    for name in import_closure(module):
        digest.update(b"\0".join((name.encode(), source(name), b"")))
    return cache_root() / digest.hexdigest()[:16]


@contextmanager
def caching_for(module: str) -> Iterator[None]:
    """Have numba store the functions that are declared meanwhile in the module's own folder, and no others."""
    before = config.CACHE_DIR
    config.CACHE_DIR = str(cache_folder(module))
    try:
        yield
    finally:
        config.CACHE_DIR = before


def is_cached(name: str) -> bool:
    """Is the compiled code of a function (``imgsim.room.module.function``) in the cache, or none needed?"""
    module, _, function = name.rpartition(".")
    index = f"{module.rpartition('.')[2]}.{function}-*.nbi"
    return bool(config.DISABLE_JIT) or any(cache_folder(module).rglob(index))
