"""One try of the campaign of kills; `python -m tests.reliability.kills` makes as many as are asked for."""

from __future__ import annotations

import random

import pytest
from reliability.kills import Expected, Place, faults_of


def test_a_run_that_was_interrupted_twice_is_begun_again_with_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    place, expected = Place(tmp_path_factory.mktemp("kills") / "place"), Expected()
    place.prepare()
    expected.learn(place, "run in one process", times=1)
    expected.is_the_same_for("run", "run in one process")
    assert list(faults_of(place, "run", "two interrupts", expected, random.Random(19))) == []
