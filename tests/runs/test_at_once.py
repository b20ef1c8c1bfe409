"""Eight runs begun at once with one results folder, in processes and threads, of equal and other inputs, succeed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from imgsim.base.files import atomic, locks
from imgsim.base.files.atomic import publish, remove, remove_if_empty, sweep, temporary, unfinished
from imgsim.base.files.checksums import checksums
from imgsim.base.files.locks import lock_file, try_lock
from imgsim.runs.verify import verified

TWO_RUNS = """
import sys, threading
from builders.small_engine import SMALL, SmallScenario, small_outcomes
sys.modules["imgsim.outcomes.headline"] = small_outcomes()
from imgsim.runs.run import run_scenario

def run(replications):
    scenario = SmallScenario().of(replications)
    print(run_scenario(scenario, workers=1, out=sys.argv[1], job=SMALL, figures=False, quiet=True).folder, flush=True)

sys.stdin.readline()  # all begin at once
threads = [threading.Thread(target=run, args=(replications,)) for replications in (2, 3)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


def test_eight_runs_at_once_in_processes_and_threads_each_get_their_own_folder(tmp_path: Path) -> None:
    """Four processes with two threads each; four runs have the same inputs, and the other four."""
    path = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parents[2])])
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", TWO_RUNS, str(tmp_path)],
            env={**os.environ, "PYTHONPATH": path}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("begin\n")
        process.stdin.flush()
    ended = [process.communicate(timeout=300) for process in processes]
    assert [errors for _, errors in ended if errors] == []
    folders = {Path(line) for output, _ in ended for line in output.splitlines()}
    assert len(folders) == 8
    assert all(verified(folder).sound for folder in folders)
    tables = Counter(tuple(sorted(checksums(folder / "tables").items())) for folder in folders)
    assert sorted(tables.values()) == [4, 4]
    assert sorted(tmp_path.iterdir()) == [tmp_path / "small"]
    assert sorted((tmp_path / "small").iterdir()) == sorted(folders)


def test_folders_of_one_name_made_in_threads_are_all_published_under_names_of_their_own(tmp_path: Path) -> None:
    def write(number: int) -> Path:
        with unfinished(tmp_path / "home" / "run") as folder:
            (folder / "number").write_text(str(number))
            names = (tmp_path / "home" / f"run-{n}" for n in range(1, 100))
            path = publish(folder, names)
        remove_if_empty(tmp_path / "home")  # as a run does that has just refused something
        return path

    with ThreadPoolExecutor(8) as threads:
        paths = list(threads.map(write, range(40)))
    assert sorted(int(path.name.removeprefix("run-")) for path in paths) == list(range(1, 41))
    assert [int((path / "number").read_text()) for path in paths] == list(range(40))


def test_a_folder_that_others_remove_while_it_is_empty_is_made_again(tmp_path: Path) -> None:
    stop = threading.Event()

    def remove_and_sweep() -> None:
        while not stop.is_set():
            remove_if_empty(tmp_path / "home")
            sweep(tmp_path / "home")

    def make(_: int) -> bool:
        with unfinished(tmp_path / "home" / "run") as folder:
            (folder / "there").touch()
            return (folder / "there").exists()

    with ThreadPoolExecutor(4) as threads:
        sweeper = threads.submit(remove_and_sweep)
        try:
            assert all(threads.map(make, range(200)))
        finally:
            stop.set()
        sweeper.result()


@pytest.mark.parametrize("made", ["folder", "file"])
def test_a_writer_is_not_swept_away_between_making_and_locking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: str
) -> None:
    """A sweeper that has locked what is not yet locked by its writer removes it before the writer can lock it."""
    late: list[bool | None] = []

    def removing(path: Path) -> None:  # the sweeper is about to remove: now the writer tries to lock
        handle = os.open(path, os.O_RDONLY)
        late.append(try_lock(handle, shared=True))
        os.close(handle)
        remove(path)

    name = temporary(tmp_path / "run")
    name.mkdir() if made == "folder" else name.touch()
    monkeypatch.setattr("imgsim.base.files.atomic.remove", removing)
    sweep(tmp_path)
    assert late == [False]
    assert not name.exists()


def test_one_of_many_threads_has_the_lock_at_a_time(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def take(number: int) -> int:
        with lock_file(tmp_path / "home" / "a.lock") as free:
            if free:
                inside.append(number)
                most.append(len(inside))
                inside.remove(number)
        remove_if_empty(tmp_path / "home")
        return free

    with ThreadPoolExecutor(8) as threads:
        taken = sum(threads.map(take, range(300)))
    assert taken > 0
    assert set(most) == {1}
    assert not (tmp_path / "home").exists()


def test_threads_exclude_each_other_where_locks_belong_to_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "try_lock", lambda handle, shared=False: True)
    with lock_file(tmp_path / "a.lock") as first, lock_file(tmp_path / "a.lock") as second:
        assert (first, second) == (True, False)
    with lock_file(tmp_path / "a.lock") as third:
        assert third


def test_a_lock_whose_file_was_removed_by_its_last_holder_is_taken_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between opening and locking, the holder removes the file; a third one makes and locks another."""
    path = tmp_path / "a.lock"
    others: list[int] = []

    def late(handle: int, shared: bool = False) -> bool | None:
        if not others:
            path.unlink()
            others.append(os.open(path, os.O_RDWR | os.O_CREAT))
            assert try_lock(others[0])
        return try_lock(handle, shared=shared)

    monkeypatch.setattr(locks, "try_lock", late)
    with lock_file(path) as free:
        assert not free
    assert path.exists()
    os.close(others[0])


def test_without_locks_of_the_system_a_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "try_lock", lambda handle, shared=False: None)
    monkeypatch.setattr(atomic, "try_lock", lambda handle, shared=False: None)
    with lock_file(tmp_path / "a.lock") as free, unfinished(tmp_path / "b") as folder:
        sweep(tmp_path)  # the process lives
        assert free
        assert folder.exists()
