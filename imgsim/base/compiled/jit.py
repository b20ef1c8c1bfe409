"""One switch for compilation: every rule function is compiled in one of three ways, or not at all.

Compiled code keeps IEEE arithmetic (no fused or reordered operations), so that a rule gives the same bits wherever it
is called from. ``NUMBA_DISABLE_JIT=1`` runs the same functions as plain Python.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from numba import njit

from imgsim.base.compiled.code_cache import can_be_seen, source_digest
from imgsim.base.compiled.sealed_code import SealedCode

P = ParamSpec("P")
R = TypeVar("R")


def compile_cached(function: Callable[P, R], **options: Any) -> Callable[P, R]:
    """The function, compiled on first use and stored on disk; the GIL is released while it runs."""
    make: Any = njit  # `_nrt`, which some callers set, is no documented option
    dispatcher: Any = make(function, nogil=True, error_model="numpy", **options)
    if dispatcher is not function and can_be_seen(function):
        dispatcher._cache = SealedCode(function, source_digest(function.__module__))
    return cast(Callable[P, R], dispatcher)


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """The function compiled as one of its own, for functions that make arrays or are called from Python."""
    return compile_cached(function, forceinline=False)


def inline_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """The function compiled into each of its callers, for short rules that make no arrays.

    Such a function counts no references: counting those of the dozen arrays of a scenario costs a rule more than what
    it computes (docs/decisions/0004). Only arrays made inside a function need what ``_nrt`` turns off.
    """
    return compile_cached(function, _nrt=False, forceinline=True)


def called_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """The function compiled as one of its own, for rules without new arrays that are called in many places.

    Its callers stay small; they pass named tuples by reference (``by_reference``). An option that is not given here
    would be taken over from the first caller, which may itself be compiled into others.
    """
    return compile_cached(function, _nrt=False, forceinline=False)
