"""A flipped bit anywhere in results or kept parts is noticed; `flips` does the same with a real run, many times."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from builders.small_engine import SMALL, SmallScenario, small_outcomes
from reliability.flips import Work, flips

from imgsim.runs.results import Run
from imgsim.runs.run import run_scenario


def draw(unfinished: Run) -> None:
    (unfinished.folder / "figures").mkdir()
    (unfinished.folder / "figures" / "age.svg").write_text("<svg/>")


def small_run(out: Path, figures: bool) -> Path:
    return run_scenario(SmallScenario().of(3), workers=1, out=out, job=SMALL, quiet=True, figures=figures).folder


def test_sixty_flipped_bits_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imgsim.outcomes.headline", small_outcomes())
    monkeypatch.setattr("imgsim.runs.run._draw", draw)
    outcomes = list(flips([Work(small_run, "imgsim.runs.store.Store.write")], tmp_path, 60, 1))
    assert len(outcomes) == 60
    assert set(outcomes) == {"named by verify", "known as damaged", "computed again, with the same tables"}
