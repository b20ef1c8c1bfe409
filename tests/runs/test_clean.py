"""`imgsim clean` lists what killed runs have left, and removes nothing that a living process may need."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from imgsim.base.files.atomic import temporary, unfinished
from imgsim.cli.main import main
from imgsim.runs.checkpoints import Checkpoints, claimed
from imgsim.runs.clean import abandoned, age_text, size_text

KILLED = """
import os, sys
from pathlib import Path
from builders.small_engine import SmallScenario, simulate
from imgsim.base.files.atomic import unfinished
from imgsim.runs.checkpoints import claimed
root = Path(sys.argv[1])
with claimed(root / ".checkpoints", "abc", about="run of small.toml") as checkpoints:
    checkpoints.write(range(1), [simulate(SmallScenario(), 0)])
    with unfinished(checkpoints.part(range(1, 2)).folder), unfinished(root / "small" / "run"):
        os._exit(9)
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results folder of a run that was killed."""
    root = tmp_path_factory.mktemp("results")
    path = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parents[2])])
    run = subprocess.run([sys.executable, "-c", KILLED, str(root)], env={**os.environ, "PYTHONPATH": path})
    assert run.returncode == 9
    return root


def test_what_a_killed_run_left_is_listed_with_what_it_belongs_to_and_then_removed(
    killed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["clean", str(killed)]) == 0
    listed = capsys.readouterr()
    assert listed.out.count("half-written by a process that is dead: ") == 2
    assert "1 finished part of an interrupted run of small.toml: " in listed.out
    assert f"  {killed}/.checkpoints/abc\n" in listed.out
    assert "less than a minute old" in listed.out
    assert "Nothing was removed" in listed.err
    assert Checkpoints(killed / ".checkpoints" / "abc", key="abc").part(range(1)).fault() is None

    assert main(["clean", str(killed), "--yes"]) == 0
    assert capsys.readouterr().out.count("removed: ") == 3
    assert [path for path in killed.rglob("*") if path != killed / "small"] == []
    assert main(["clean", str(killed)]) == 0
    assert capsys.readouterr().out == f"{killed}: nothing was left by killed runs\n"


def test_what_a_living_process_works_in_is_not_even_listed(tmp_path: Path) -> None:
    checkpoints = tmp_path / ".checkpoints"
    with claimed(checkpoints, "abc") as first, claimed(checkpoints, "abc") as second, ExitStack() as stack:
        for target in (first.part(range(1)).folder, second.part(range(1)).folder, tmp_path / "small" / "run"):
            stack.enter_context(unfinished(target))
        assert abandoned(tmp_path) == []


def test_what_another_machine_writes_is_removed_only_when_all_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = temporary(tmp_path / "small" / "run").name.split(".")
    elsewhere = tmp_path / "small" / ".".join(["", "run", "node17", *name[-2:]])
    elsewhere.mkdir(parents=True)
    for given, there in (([], True), (["--yes"], True), (["--all"], True), (["--yes", "--all"], False)):
        assert main(["clean", str(tmp_path), *given]) == 0
        assert "half-written on another machine, node17" in capsys.readouterr().out
        assert elsewhere.exists() is there


def test_folders_that_only_look_alike_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in (".run.tmp", ".mine.here.7.tmp", "run.here.7-8-0123abcd.tmp"):
        (tmp_path / name).mkdir()
    assert main(["clean", str(tmp_path), "--yes", "--all"]) == 0
    assert len(list(tmp_path.iterdir())) == 3


def test_a_folder_that_is_not_there_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clean", str(tmp_path / "none")]) == 2
    assert "none: no such folder" in capsys.readouterr().err


def test_sizes_and_ages_are_in_the_words_of_people() -> None:
    assert [size_text(n) for n in (0, 999, 1_000, 2_340_000)] == ["0 bytes", "999 bytes", "1 kB", "2.34 MB"]
    assert [age_text(s) for s in (59, 60, 7_199, 7_200, 90_000, 200_000)] == [
        "less than a minute", "1 minute", "1 hour", "2 hours", "1 day", "2 days",
    ]  # fmt: skip
