"""A run that is killed at any step that changes a file leaves results whole or not at all, and is begun again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_six_steps_at_which_a_run_is_killed_lose_nothing() -> None:
    """In a process of its own, as forks of this one would have its threads."""
    command = [sys.executable, "-m", "tests.reliability.kills_at_steps", "--count", "6"]
    env = {**os.environ, "PYTHONPATH": str(TESTS.parent)}
    done = subprocess.run(command, cwd=TESTS.parent, env=env, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "killed at 6 steps: 0 lost or changed anything\n", "")
