"""One switch for compilation: every rule function is compiled the same way, or not at all.

Compiled code keeps IEEE arithmetic (no fused or reordered operations), so that a rule gives the same bits wherever it
is called from. ``NUMBA_DISABLE_JIT=1`` runs the same functions as plain Python.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function, compiled on first use and cached on disk; the GIL is released while it runs."""
    result: Callable[P, R] = njit(function, cache=True, nogil=True, error_model="numpy")
    return result
