"""The generated file of flat calls is current, and a flat call asks the rule itself."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

from imgsim.engines.simpy import _generated_flat_calls as flat_calls
from imgsim.engines.simpy.generate_flat_calls import RULES, TARGET, flat_call, generated, python_function


class Pair(NamedTuple):
    weight: npt.NDArray[np.float64]
    shift: int


def test_the_generated_file_is_current() -> None:
    """If not: ``python -m imgsim.engines.simpy.generate_flat_calls``."""
    assert TARGET.read_text("utf-8") == generated()


def test_every_rule_is_generated_once_and_no_other() -> None:
    names = [python_function(rule).__name__ for rule in RULES]
    assert len(set(names)) == len(names)
    assert [name for name in names if not callable(getattr(flat_calls, name, None))] == []
    assert TARGET.read_text("utf-8").count("@inline_kernel") == len(names)


def test_a_named_tuple_is_taken_field_by_field_and_the_rest_as_it_is() -> None:
    def rule(pair: Pair, day: int, row: npt.NDArray[np.float64]) -> bool:
        return bool(pair.weight[0] + row[0] > day + pair.shift)

    rule.__annotations__ = {"pair": Pair, "day": int, "row": npt.NDArray[np.float64], "return": bool}
    lines = flat_call(rule).splitlines()
    assert lines[3:6] == ["def rule(", "    pair_weight: Floats, pair_shift: int, day: int, row: Floats,", ") -> bool:"]
    assert lines[-2:] == ["        by_reference(Pair(pair_weight, pair_shift)), day, row,", "    )"]


def test_a_type_that_the_file_cannot_name_is_refused() -> None:
    def rule(name: str) -> int:
        return len(name)

    with pytest.raises(TypeError, match=r"str.* has no name in the generated file"):
        flat_call(rule)
