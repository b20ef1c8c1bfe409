"""One switch for compilation: every rule function is compiled the same way, or not at all.

Compiled code keeps IEEE arithmetic (no fused or reordered operations), so that a rule gives the same bits wherever it
is called from. ``NUMBA_DISABLE_JIT=1`` runs the same functions as plain Python.

Compiled code is kept in the user's cache folder, under a name made from the sources: Numba itself looks only at the
file a function stands in, and would not notice that a constant of another module has changed.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar, cast

import numba
from numba import njit

P = ParamSpec("P")
R = TypeVar("R")
PACKAGE: Final = Path(__file__).parents[2]


def cache_folder() -> Path:
    """A folder of this version of the sources that can be written to: in the user's cache, or else a temporary one."""
    digest = hashlib.sha256(str(PACKAGE).encode())  # Numba keeps code by the folder of its source
    for file in sorted(PACKAGE.rglob("*.py")):
        digest.update(file.read_bytes())
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for root in (home, Path(tempfile.gettempdir())):
        folder = root / "imgsim" / digest.hexdigest()[:16]
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix="imgsim-"))


if not numba.config.CACHE_DIR:  # type: ignore[attr-defined]
    numba.config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]


def is_kept(name: str) -> bool:
    """Is the compiled code of a function (``module.function``) in the cache, or none needed?"""
    folder = Path(numba.config.CACHE_DIR)  # type: ignore[attr-defined]
    off = bool(numba.config.DISABLE_JIT)  # type: ignore[attr-defined]
    return off or any(folder.rglob(f"{name}-*.nbi"))


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function, compiled on first use and cached on disk; the GIL is released while it runs."""
    result: Any = njit(function, cache=True, nogil=True, error_model="numpy", forceinline=False)
    return cast(Callable[P, R], result)


def lean(function: Callable[P, R]) -> Callable[P, R]:
    """As ``compiled``, for a function that makes no arrays: it counts no references, and becomes part of its caller.

    Counting costs a rule that is handed the dozen arrays of a scenario ten times what it computes (150 ns against 10).
    """
    make: Any = njit  # `_nrt` is no documented option: only arrays made inside a function need what it turns off
    result: Any = make(function, cache=True, nogil=True, error_model="numpy", _nrt=False, forceinline=True)
    return cast(Callable[P, R], result)


def shared(function: Callable[P, R]) -> Callable[P, R]:
    """As ``lean``, for what is asked in many places: one function of its own, so that its callers stay small.

    Whoever calls it hands over named tuples by reference (``imgsim.base.compiled.by_reference``).
    """
    make: Any = njit  # what is not said here is taken over from the first caller, who may be part of its own
    result: Any = make(function, cache=True, nogil=True, error_model="numpy", _nrt=False, forceinline=False)
    return cast(Callable[P, R], result)
