"""Any executor of `concurrent.futures` computes the same bytes, whatever it loses, repeats or doubles."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from builders.small_engine import SMALL, SmallScenario
from builders.unreliable import BROKEN, DOUBLED, LOST, REFUSED, SOUND, TWICE, UNWRITTEN, Unreliable

import imgsim
from imgsim.base.errors import ImgsimError, InputError
from imgsim.base.files.checksums import checksums
from imgsim.inputs.new_country import new_country
from imgsim.runs.checkpoints import Checkpoints
from imgsim.runs.replicate import run_replications
from imgsim.runs.tasks import in_order
from imgsim.runs.workers import Workers


def tables_of(folder: Path, workers: Workers, replications: int = 6, **behaviour: object) -> dict[str, str]:
    """The checksums of the checkpoints that some workers have written."""
    checkpoints, scenario = Checkpoints(folder), SmallScenario(behaviour=behaviour)
    run_replications(scenario, checkpoints, replications, workers, lambda count=1: None, SMALL)
    return checksums(folder)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return tables_of(tmp_path_factory.mktemp("here"), Workers())


def threads() -> Executor:
    return ThreadPoolExecutor(3)


def processes() -> Executor:
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))


def of_loky() -> Executor:
    from loky import ProcessPoolExecutor as OfLoky

    executor: Executor = OfLoky(1)
    return executor


def of_dask() -> Executor:
    distributed = pytest.importorskip("distributed")
    client = distributed.Client(processes=False, n_workers=1, threads_per_worker=2, dashboard_address=None)
    executor: Executor = client.get_executor()
    return executor


def of_executorlib() -> Executor:
    executor: Executor = pytest.importorskip("executorlib").SingleNodeExecutor(max_workers=1)
    return executor


@pytest.mark.parametrize("begun", [threads, processes, of_loky, of_dask, of_executorlib])
def test_every_executor_gives_the_bytes_of_one_process(
    tmp_path: Path, expected: dict[str, str], begun: Callable[[], Executor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))  # some workers begin without the tests' own folder
    with begun() as executor:
        assert tables_of(tmp_path, Workers(executor=executor)) == expected


@pytest.mark.parametrize("fate", [LOST, BROKEN, TWICE, DOUBLED, UNWRITTEN, REFUSED])
def test_what_becomes_of_single_tasks_changes_no_byte(tmp_path: Path, expected: dict[str, str], fate: str) -> None:
    with Unreliable([fate, SOUND, fate, SOUND, SOUND, fate, fate]) as executor:
        assert tables_of(tmp_path, Workers(executor=executor)) == expected
        assert executor.calls > 6 or fate in (TWICE, DOUBLED)


def test_an_executor_that_loses_everything_ends_in_one_message(tmp_path: Path) -> None:
    with Unreliable([BROKEN] * 1000) as executor, pytest.raises(ImgsimError) as caught:
        tables_of(tmp_path, Workers(executor=executor), 2)
    assert str(caught.value) == (
        r"replication 0 was lost 4 times (ConnectionError: the connection\nwas lost); "
        "try fewer workers or a smaller scale; finished replications are kept for the next run"
    )


def test_an_executor_that_was_shut_down_ends_in_one_message(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as executor:
        pass
    with pytest.raises(ImgsimError, match="RuntimeError: cannot schedule new futures after shutdown"):
        tables_of(tmp_path, Workers(executor=executor))


def test_a_worker_with_another_version_of_the_program_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = iter(["that of this process", *["an older one"] * 100])
    monkeypatch.setattr("imgsim.runs.job.program", lambda: next(versions))
    with threads() as executor, pytest.raises(ImgsimError, match="a worker has another version of imgsim, Python or"):
        tables_of(tmp_path, Workers(executor=executor), 1)


def test_a_refusal_by_an_executors_worker_arrives_as_it_was_raised(tmp_path: Path) -> None:
    with threads() as executor, pytest.raises(ImgsimError, match=r"^replication 2 cannot be$"):
        tables_of(tmp_path, Workers(executor=executor), refuse=2)


def test_a_worker_of_an_executor_may_stand_in_another_folder(
    tmp_path: Path, expected: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "elsewhere").mkdir()

    class Elsewhere(Executor):
        """Runs tasks in this process, in another folder."""

        def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]
            with pytest.MonkeyPatch.context() as patch, threads() as inner:
                patch.chdir("elsewhere")
                future = inner.submit(fn, *args)
                future.exception()
            return future

    assert tables_of(Path("here"), Workers(executor=Elsewhere())) == expected


def halved(number: int, of: int) -> float:
    return of / number


def test_the_results_of_tasks_come_in_their_order() -> None:
    with Unreliable([BROKEN, LOST]) as executor:
        assert in_order(Workers(executor=executor), partial(halved, of=12), [1, 2, 3, 4]) == [12, 6, 4, 3]


def test_a_defect_in_a_task_is_no_lost_task() -> None:
    with Unreliable([]) as executor, pytest.raises(Exception, match="ZeroDivisionError: division by zero") as caught:
        in_order(Workers(executor=executor), partial(halved, of=1), [0])
    assert executor.calls == 1
    assert "in halved" in str(caught.value.__cause__)


# --- the real engines in threads ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("country")
    new_country("atlantis", folder)
    return folder / "atlantis.toml"


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_threads_do_not_disturb_each_others_lives(tmp_path: Path, country: Path, engine: str) -> None:
    def tables(name: str, **by: Any) -> dict[str, str]:
        same: dict[str, Any] = {"scale": 0.03, "replications": 4, "engine": engine, "quiet": True, "figures": False}
        return checksums(imgsim.run(country, out=tmp_path / name, **same, **by).folder / "tables")

    with threads() as executor:
        assert tables("threads", executor=executor) == tables("one", workers=1)


def test_what_is_no_executor_is_refused(country: Path) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"executor": 3}, "argument `executor`: must be a concurrent.futures.Executor, not int"),
        ({"executor": threads(), "workers": 2}, "argument `executor`: has its own workers: give `workers` or"),
    ]
    for given, message in wrong:
        with pytest.raises(InputError) as refused:
            imgsim.run(country, **given)
        assert message in str(refused.value)
