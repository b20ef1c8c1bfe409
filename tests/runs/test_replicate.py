"""Replications survive whatever kills a worker or the run, and are the same for any number of workers."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from builders.small_engine import SMALL, SmallScenario, small_outcomes

from imgsim.base.errors import ImgsimError
from imgsim.base.files.checksums import checksums
from imgsim.runs.checkpoints import Checkpoints
from imgsim.runs.replicate import run_replications
from imgsim.runs.run import run_scenario
from imgsim.runs.workers import Workers

HERE = Path(__file__).parent
SCRIPT = """
import sys
from builders.small_engine import SMALL, SmallScenario, small_outcomes
sys.modules["imgsim.outcomes.headline"] = small_outcomes()
from imgsim.runs.run import run_scenario
from imgsim.runs.workers import Workers
if __name__ == "__main__":
    scenario = SmallScenario(behaviour={"seconds": 0.4}).of(8)
    try:
        run_scenario(scenario, workers=int(sys.argv[1]), out=sys.argv[2], job=SMALL, figures=False, quiet=True)
    except KeyboardInterrupt:
        sys.exit(130)
"""


def tables_of(folder: Path, workers: int = 1, replications: int = 4, **behaviour: object) -> dict[str, str]:
    """The checksums of the checkpoints."""
    scenario = SmallScenario(behaviour=behaviour)
    run_replications(scenario, Checkpoints(folder), replications, Workers(workers), lambda count=1: None, SMALL)
    return checksums(folder)


def test_one_and_two_workers_give_the_same_bytes_and_leave_the_answers_to_signals(tmp_path: Path) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    assert tables_of(tmp_path / "one", workers=1) == tables_of(tmp_path / "two", workers=2)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_each_replication_is_ticked_once_also_if_it_was_finished_before(tmp_path: Path) -> None:
    ticks: list[int] = []
    tables_of(tmp_path, replications=2)
    run_replications(
        SmallScenario(), Checkpoints(tmp_path), 5, Workers(), lambda count=1: ticks.extend([1] * count), SMALL
    )
    assert len(ticks) == 5


def test_what_a_killed_worker_took_with_it_is_computed_again(tmp_path: Path) -> None:
    expected = tables_of(tmp_path / "undisturbed")
    assert tables_of(tmp_path / "killed", workers=2, die_once=str(tmp_path / "mark")) == expected
    assert (tmp_path / "mark").exists()


def test_workers_that_always_die_end_in_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imgsim.runs.tasks.TRIES", 1)
    with pytest.raises(ImgsimError, match=r"replication 0 was lost 2 times \(a worker was killed") as caught:
        tables_of(tmp_path, workers=2, replications=2, die_always=True)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_refusal_in_a_replication_arrives_as_it_was_raised(tmp_path: Path, workers: int) -> None:
    with pytest.raises(ImgsimError, match=r"^replication 2 cannot be$"):
        tables_of(tmp_path, workers=workers, refuse=2)


def start_run(out: Path, workers: int) -> subprocess.Popen[bytes]:
    path = os.pathsep.join([str(HERE.parent), str(HERE.parents[1]), *filter(None, sys.path)])
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(workers), str(out)],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finish_run(out: Path) -> Path:
    """What the script does, here and without waiting."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "imgsim.outcomes.headline", small_outcomes())
        run_scenario(SmallScenario().of(8), workers=1, out=out, job=SMALL, figures=False)
    return out


def finished_batches(out: Path) -> list[Path]:
    return sorted(out.glob(".checkpoints/*/rep-*"))


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def tables_in(out: Path) -> dict[str, str]:
    (tables,) = out.glob("small/*/tables")
    return checksums(tables)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return tables_in(finish_run(tmp_path_factory.mktemp("undisturbed")))


def test_a_run_killed_at_any_moment_and_started_again_gives_the_same_bytes(
    tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    process = start_run(tmp_path, 2)
    wait_until(lambda: bool(finished_batches(tmp_path)))
    time.sleep(random.random() * 0.15)
    workers = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate()
    finished = len(finished_batches(tmp_path))
    assert finished < 8
    assert not list(tmp_path.glob("small/2*"))
    assert not psutil.wait_procs(workers, timeout=5)[1], "workers outlive their run"
    assert tables_in(finish_run(tmp_path)) == undisturbed
    assert not list(tmp_path.glob(".checkpoints/*"))


@pytest.mark.parametrize("workers", [1, 2])
def test_control_c_ends_cleanly_and_leaves_only_finished_batches(tmp_path: Path, workers: int) -> None:
    process = start_run(tmp_path, workers)
    wait_until(lambda: bool(finished_batches(tmp_path)))
    children = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the run and all its workers
    output, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert (output, errors) == (b"", b"")
    assert not psutil.wait_procs(children, timeout=5)[1]
    assert not list(tmp_path.glob("small/*"))
    assert [path.name[:4] for path in tmp_path.glob(".checkpoints/*/*")] == ["rep-"] * len(finished_batches(tmp_path))
    assert finished_batches(tmp_path)


@pytest.mark.parametrize("times", [1, 2])
def test_control_c_while_workers_start_says_nothing_either(tmp_path: Path, times: int) -> None:
    process = start_run(tmp_path, 2)
    run = psutil.Process(process.pid)
    wait_until(lambda: sum("LokyProcess" in " ".join(child.cmdline()) for child in run.children()) == 2)
    children = run.children(recursive=True)
    for _ in range(times):
        os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    assert process.returncode in (130, -signal.SIGINT)  # the second one may come when the script has ended
    assert (output, errors) == (b"", b"")
    assert not psutil.wait_procs(children, timeout=5)[1]
