"""What is called from Python is checked like what stands on the command line, and alike in every function."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import imgsim
from imgsim.base.errors import InputError
from imgsim.cli.main import main
from imgsim.inputs.arguments import CHECKS, check_arguments

# Argument, what is given, what is said of it.
REFUSED: list[tuple[str, Any, str]] = [
    ("reforms", "bill.toml", 'must be a list of texts, not the one text "bill.toml"'),
    ("reforms", Path("bill.toml"), "must be a list of texts, not bill.toml"),
    ("reforms", 3, "must be a list of texts, not 3"),
    ("reforms", [3], "must be the name of a file, not 3"),
    ("reforms", {"a": 1}, "must be a list of texts, not {'a': 1}"),
    ("sets", "a=1", 'must be a list of texts, not the one text "a=1"'),
    ("sets", [1], "must be a text, not 1"),
    ("sets", [None], "must be a text, not None"),
    ("tables", "people", 'must be a list of texts, not the one text "people"'),
    ("years", 0, "must be a whole number of at least 1, not 0"),
    ("years", -1, "must be a whole number of at least 1, not -1"),
    ("years", 2.5, "must be a whole number of at least 1, not 2.5"),
    ("years", True, "must be a whole number of at least 1, not true"),
    ("years", "12", 'must be a whole number of at least 1, not "12"'),
    ("years", 10**9, "must be at most 100, not 1000000000"),
    ("most", 1, "must be a whole number of at least 2, not 1"),
    ("most", 70_000, "must be at most 65536, not 70000"),
    ("replications", 0, "must be at least 1, not 0"),
    ("replications", 10**9, "at most 65536 replications have addresses of their own"),
    ("replications", 1.5, "must be a whole number, not 1.5"),
    ("seed", -1, "must be from 0 to 4294967295, not -1"),
    ("seed", 2**64 + 1, "must be from 0 to 4294967295, not 18446744073709551617"),
    ("scale", 0, "must be above 0 and at most 1, not 0"),
    ("scale", 1.0000001, "must be above 0 and at most 1, not 1.0000001"),
    ("scale", math.nan, "must be above 0 and at most 1, not nan"),
    ("uncertainty", -1, "must be a whole number of at least 0, not -1"),
    ("morris", 1.5, "must be a whole number of at least 0, not 1.5"),
    ("sobol", 10**7, "must be at most 1000000, not 10000000"),
    ("precision", 0, "must be a number above 0, not 0"),
    ("precision", -0.5, "must be a number above 0, not -0.5"),
    ("precision", math.nan, "must be a number above 0, not nan"),
    ("precision", math.inf, "must be a number above 0, not inf"),
    ("precision", True, "must be a number above 0, not true"),
    ("sweep", ["entries=1,2"], "must be a text, not ['entries=1,2']"),
    ("levers", ["entries=1"], "must be sizes by name, such as {'entries': 610}, not ['entries=1']"),
    ("levers", {"entries": "610"}, '`entries` must be a number, not "610"'),
    ("levers", {"entries": math.nan}, "`entries` must be a number, not nan"),
    ("levers", {"entries": 10**400}, "`entries` must be a number, not 1" + "0" * 36 + "..."),
    ("levers", {3: 1}, "must be a text, not 3"),
    ("doses", "entries=1", "must be sizes by name, such as {'entries': 610}, not \"entries=1\""),
    ("together", 1, "must be True or False, not 1"),
    ("quiet", "no", 'must be True or False, not "no"'),
    ("figures", 0, "must be True or False, not 0"),
    ("base", 3, "must be the name of a file, not 3"),
    ("path", ["us.toml"], "must be the name of a file, not ['us.toml']"),
    ("out", 3, "must be the name of a file, not 3"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "message"), REFUSED)
def test_an_argument_of_the_wrong_kind_is_refused_by_its_name(name: str, value: Any, message: str) -> None:
    with pytest.raises(InputError) as refused:
        check_arguments({name: value})
    assert str(refused.value) == f"argument `{name}`: {message}"


def test_every_check_has_a_case() -> None:
    assert {name for name, _, _ in REFUSED} == set(CHECKS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("years", np.int64(5)), ("precision", np.float64(0.5)), ("levers", {"entries": np.int32(5)}), ("sweep", None),
        ("sets", ()), ("sets", ("a=1",)), ("reforms", [Path("a.toml"), "b.toml"]), ("uncertainty", 0), ("out", None),
        ("reforms", (name for name in ("a.toml",))),
    ],
)  # fmt: skip
def test_what_means_the_same_is_taken(name: str, value: Any) -> None:
    check_arguments({name: value})


@pytest.mark.parametrize(("name", "value"), [("sets", "a=1"), ("levers", "x"), ("reforms", "bill.toml")])
def test_every_function_that_users_call_checks_its_arguments(name: str, value: Any) -> None:
    for call in (imgsim.run, imgsim.compare, imgsim.load_scenario):
        with pytest.raises(InputError, match=f"^argument `{name}`: must be"):
            call("nothing.toml", **{name: value})


def test_a_run_is_opened_by_the_name_of_its_folder() -> None:
    with pytest.raises(InputError, match="argument `path`: must be the name of a file, not 3"):
        imgsim.open_run(3)  # type: ignore[arg-type]


@pytest.mark.parametrize("points", ["0", "-5", "nan", "inf"])
def test_a_precision_is_refused_as_it_was_given(points: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "s.toml", "--reform", "r.toml", "--precision", points]) == 2
    assert f"{points} is no number of percentage points above 0" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "sweep",
    ["", "entries", "entries=", "entries=1", "entries=1,1", "entries=1,nan", "entries=1,inf", "=1,2", "entries=1,x"],
)
def test_a_sweep_needs_a_name_and_different_sizes(sweep: str) -> None:
    from imgsim.experiments.compare.sweep import sizes_of

    with pytest.raises(InputError, match="--sweep: `"):
        sizes_of(sweep)


def test_sizes_that_differ_in_their_last_digit_are_worlds_of_their_own() -> None:
    from imgsim.experiments.compare.sweep import world_of

    assert world_of("entries", 610.0) == "entries = 610"
    assert world_of("entries", 610.00001) == "entries = 610.00001"
