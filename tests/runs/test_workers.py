"""Numbers of workers that make no sense are refused, too many are fewer, and where none may be there are none."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from imgsim.base.errors import InputError
from imgsim.experiments.calibrate.run import Settings
from imgsim.experiments.compare.run import compare
from imgsim.runs import workers as module
from imgsim.runs.workers import Workers, chosen_workers

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("count", [0, -1, True, False, "2", 2.0, 1.5, float("nan")])
def test_what_is_no_number_of_workers_is_refused(count: object) -> None:
    for refusing in (chosen_workers, lambda given: compare("none.toml", ["none.toml"], workers=given)):
        with pytest.raises(InputError, match="argument `workers`: must be a whole number of at least 1, not"):
            refusing(count)


@pytest.mark.parametrize("count", [17, 10**9])
def test_more_workers_than_a_machine_bears_are_fewer_with_a_remark(
    count: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "cores", lambda: 2)
    assert chosen_workers(count) == Workers(16)
    assert capsys.readouterr().err == f"imgsim: {count} workers are too many for this machine: 16 are used\n"
    assert chosen_workers(16) == Workers(16)
    assert chosen_workers(count, quiet=True) == Workers(16)
    assert capsys.readouterr().err == ""


def test_without_a_number_there_is_a_worker_for_each_core_that_the_process_may_use() -> None:
    code = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
    code += "from imgsim.runs.workers import chosen_workers; print(chosen_workers().count)"
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this system binds no process to a core")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


def workers_here(_: int) -> tuple[int, int]:
    return chosen_workers(2, quiet=True).count, chosen_workers(quiet=True).count


def test_a_daemonic_process_computes_by_itself() -> None:
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.map(workers_here, [0]) == [(1, 1)]


def test_a_daemonic_process_says_that_it_computes_by_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(multiprocessing.current_process()._config, "daemon", True)  # type: ignore[attr-defined]
    assert chosen_workers(1) == Workers(1)
    assert capsys.readouterr().err == ""
    assert chosen_workers(4) == Workers(1)
    assert capsys.readouterr().err.startswith("imgsim: a daemonic process can have no workers")


def test_a_manifest_names_the_kind_of_executor_or_the_number_of_workers() -> None:
    assert Workers(3).described == 3
    assert Workers(executor=ThreadPoolExecutor(1)).described == "ThreadPoolExecutor"


def test_a_calibration_is_computed_by_what_its_settings_name() -> None:
    executor = ThreadPoolExecutor(1)
    assert Settings(executor=executor).by() == Workers(executor=executor)
    assert Settings(workers=2).by() == Workers(2)
