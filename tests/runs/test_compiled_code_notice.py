"""The first run of an engine says that it compiles: what it looks for is there under this name."""

from __future__ import annotations

from importlib import import_module

import pytest

from imgsim.base.compiled.jit import kernel
from imgsim.engines.engine import ENGINES
from imgsim.runs.run import COMPILED_FUNCTIONS, _compiling


def plain(days: int) -> int:
    return days


@pytest.mark.parametrize("engine", ENGINES)
def test_the_function_whose_compiled_code_is_looked_for_is_a_kernel(engine: str) -> None:
    module, _, name = COMPILED_FUNCTIONS[engine].rpartition(".")
    assert type(getattr(import_module(module), name)) is type(kernel(plain))


def test_compiling_is_announced_only_while_the_code_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def is_cached(name: str) -> bool:
        asked.append(name)
        return len(asked) > 1

    monkeypatch.setattr("imgsim.base.compiled.code_cache.is_cached", is_cached)
    assert _compiling("simpy").startswith("; compiling it first")
    assert _compiling("simpy") == ""
    assert asked == [COMPILED_FUNCTIONS["simpy"]] * 2
