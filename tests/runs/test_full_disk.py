"""A disk that is full at any moment is one message; what was finished stays, and with room again the run goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders.small_engine import SMALL, SmallScenario, small_outcomes

from imgsim.base.errors import ImgsimError
from imgsim.runs.results import Run
from imgsim.runs.run import run_scenario

SMALLEST, LARGEST, STEP = 16, 400, 32  # kB


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system in memory that can be made smaller and larger."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALLEST}k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs leave to mount a file system")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def resize(disk: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}k", str(disk)], check=True)


def run(out: Path) -> Run:
    return run_scenario(SmallScenario().of(3), workers=1, out=out, job=SMALL, quiet=True, figures=False)


def test_a_disk_that_is_full_at_any_moment_is_one_message_and_nothing_that_was_finished_is_lost(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "imgsim.outcomes.headline", small_outcomes())
    expected = run(tmp_path / "whole").manifest["sha256"]
    messages, parts, done = [], [0], None
    for size in range(SMALLEST, LARGEST, STEP):
        resize(small_disk, size)
        try:
            done = run(small_disk / "out")
            break
        except ImgsimError as error:
            messages.append(str(error))
        parts.append(len(list(small_disk.glob("out/.checkpoints/*/rep-*"))))
        assert not list(small_disk.glob("out/small/*")), "half a folder of results"
    assert done is not None
    assert done.manifest["sha256"] == expected
    assert len(messages) >= 3
    assert all("No space left on device" in message and "\n" not in message for message in messages), messages
    assert parts == sorted(parts)
    assert parts[-1] == 3, "the disk was never full at the join"
