"""Sizes of levers are given as ``levers`` or by the former name of that argument, never a name by both."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from imgsim.base.errors import InputError
from imgsim.experiments.compare.run import compare
from imgsim.inputs.reforms.lever_sizes import lever_sizes
from imgsim.inputs.scenarios.load import load_scenario
from imgsim.runs.run import run

SIZES = {"entries": 400.0}


@pytest.mark.parametrize(
    ("levers", "doses", "sizes"),
    [
        (None, None, {}),
        ({"a": 1.0}, None, {"a": 1.0}),
        (None, {"b": 2.0}, {"b": 2.0}),
        ({"a": 1.0}, {"b": 2.0}, {"a": 1.0, "b": 2.0}),
    ],
)
def test_sizes_come_from_both_names_of_the_argument(
    levers: dict[str, float] | None, doses: dict[str, float] | None, sizes: dict[str, float]
) -> None:
    assert lever_sizes(levers, doses) == sizes


def test_a_lever_given_by_both_names_is_refused_by_every_function_that_takes_levers(scenarios: Path) -> None:
    base, reforms = scenarios / "us.toml", [scenarios / "reforms" / "gme_posts.toml"]
    functions: list[Callable[..., object]] = [load_scenario, run, compare]
    for function in functions:
        with pytest.raises(InputError, match=r"argument `doses`: `entries` is given in `levers` too"):
            function(base, reforms=reforms, levers=SIZES, doses=SIZES)
