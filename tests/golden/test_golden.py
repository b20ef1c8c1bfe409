"""The results of a small run change only on purpose, and with a reason."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from golden import shipped_scenarios
from golden import toy_run as golden_run


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return golden_run.found()


@pytest.mark.parametrize("part", ["rows", "ends", "events", "years", "placed", "digest"])
def test_the_toy_gives_what_it_gave(part: str, found: dict[str, Any]) -> None:
    message = 'results changed; if they should: `python -m tests.golden --write "why"`'
    assert found[part] == golden_run.expected()[part], message


def test_the_golden_run_comes_to_every_part_of_the_road() -> None:
    """A quota knows no ineligible applicants; everything else that can happen does."""
    never = {name for name, n in golden_run.expected()["events"].items() if n == 0}
    assert never <= {"fair.ineligible"}


def test_the_reason_of_the_last_change_is_kept() -> None:
    assert len(json.loads(golden_run.FILE.read_text("utf-8"))["reason"]) > 10


def test_expected_results_are_not_written_without_a_reason(root: Path) -> None:
    before = golden_run.FILE.read_bytes()
    for arguments in ([], ["--write", " "]):
        command = [sys.executable, "-m", "tests.golden", *arguments]
        run = subprocess.run(
            command, cwd=root, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": str(root)}
        )
        assert run.returncode == 2
    assert golden_run.FILE.read_bytes() == before


@pytest.mark.parametrize("name", shipped_scenarios.SCALE)
def test_every_table_of_a_shipped_scenario_is_what_it_was(name: str) -> None:
    message = 'tables changed; if they should: `python -m tests.golden --scenarios --write "why"`'
    assert shipped_scenarios.found(name) == shipped_scenarios.expected()[name], message
