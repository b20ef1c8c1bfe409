"""All kept work has one kind of key: another version of the program or of a package it computes with gives another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from builders.small_engine import SmallScenario

from imgsim.experiments.compare.paired_replications import Worlds
from imgsim.experiments.uncertainty import parameter_draws
from imgsim.experiments.uncertainty.parameter_draws import Draws
from imgsim.runs import keys
from imgsim.runs.store import checkpoint_key


def all_keys() -> list[str]:
    """The keys of a run, a comparison and the draws of its parameters."""
    worlds = Worlds(("base",), (SmallScenario(),), "simpy")
    return [checkpoint_key(SmallScenario(), None), worlds.digest(), Draws(worlds, ("a",), np.zeros((2, 1))).digest()]


@pytest.fixture(autouse=True)
def no_uncertainty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small scenario has no country to draw from."""
    monkeypatch.setattr(parameter_draws, "uncertainties", lambda worlds: [])


@pytest.mark.parametrize("package", ["numpy", "numba", "llvmlite", "scipy", "pandas", "duckdb", "simpy"])
def test_another_version_of_a_package_gives_other_keys(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before, installed = all_keys(), keys.installed
    monkeypatch.setattr(keys, "installed", lambda name: "another" if name == package else installed(name))
    assert all(now != then for now, then in zip(all_keys(), before, strict=True))


def test_another_python_or_another_program_gives_other_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    first = all_keys()
    monkeypatch.setattr("platform.python_version", lambda: "4.0.0")
    second = all_keys()
    monkeypatch.setattr(keys, "code_digest", lambda: "another program")
    third = all_keys()
    assert len({*first, *second, *third}) == 9


def test_the_same_inputs_have_the_same_keys() -> None:
    assert all_keys() == all_keys()


def test_a_table_of_words_beside_the_code_is_part_of_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rules.py").touch()
    (tmp_path / "headline.toml").write_text("a = 1")
    (tmp_path / "countries").mkdir()
    monkeypatch.setattr(keys, "PACKAGE", tmp_path)
    digest = keys.code_digest.__wrapped__
    before = digest()
    (tmp_path / "countries" / "us.toml").write_text("b = 1")
    assert digest() == before
    (tmp_path / "headline.toml").write_text("a = 2")
    assert digest() != before


def test_a_wider_range_of_a_lever_gives_another_key_to_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    worlds = Worlds(("base",), (SmallScenario(),), "simpy")
    draws = Draws(worlds, ("a",), np.zeros((2, 1)))
    before = draws.digest()
    monkeypatch.setattr(parameter_draws, "uncertainties", lambda worlds: [{"reform.lever": (0, 1, 2)}])
    assert draws.digest() != before
