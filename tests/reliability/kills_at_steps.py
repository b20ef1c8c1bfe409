"""``python -m tests.reliability.kills_at_steps``: a run is killed at every step that changes a file, and begun again.

A step is a folder made, a file opened to be written, a renaming or a removal, from the first lock to the last part that
is removed. After the kill a folder of results is there complete or not at all; the next run gives the same tables and
leaves nothing else behind. ``--count`` chooses so many of the steps, spread evenly.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the tests find their helpers by plain names

from builders.small_engine import SMALL, SmallScenario, small_outcomes

from imgsim.base.files.checksums import checksums
from imgsim.runs.run import run_scenario
from imgsim.runs.verify import verified

KILLED = 9
# What a run loads; loaded before the forks, it is loaded once.
LOADED = ("cloudpickle", "duckdb", "imgsim.engines.model", "imgsim.runs.replicate", "imgsim.runs.store")
CHANGES = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def run(out: Path) -> dict[str, str]:
    """A small run; the checksums of its tables."""
    sys.modules["imgsim.outcomes.headline"] = small_outcomes()
    given: dict[str, Any] = {"workers": 1, "job": SMALL, "engine": "simpy", "figures": False, "quiet": True}
    done = run_scenario(SmallScenario().of(2), out=out, **given)
    return checksums(done.folder / "tables")


def in_a_child(work: Callable[[], object]) -> int:
    """Do something in a process of its own, which has no threads of this one; its exit code."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(step: int, out: Path) -> None:
    """Run, and end without a word at a step; 0 ends at none."""
    done = 0

    def count(event: str, args: tuple[object, ...]) -> None:
        nonlocal done
        if not is_change(event, args) or str(out) not in str(args[0]):
            return
        done += 1
        if done == step:
            os._exit(KILLED)

    sys.addaudithook(count)
    run(out)
    if not step:
        (out.parent / "steps").write_text(str(done))


def is_change(event: str, args: tuple[object, ...]) -> bool:
    """Whether an event of Python's is one that changes a file or a folder."""
    return event in CHANGES or (event == "open" and isinstance(args[2], int) and bool(args[2] & WRITES))


def check_after(out: Path, expected: Path) -> None:
    """What must hold after a kill, and after the run was begun again."""
    left = sorted(out.glob("small/2*"))
    assert all(verified(folder).sound for folder in left), "half a folder of results"
    tables = run(out)
    assert tables == checksums(expected), "other tables"
    there = sorted(path.name for path in out.iterdir())
    assert there == ["small"], f"left behind: {there}"
    folders = sorted(path.name for path in (out / "small").iterdir())
    assert len(folders) == len(left) + 1, f"left behind: {folders}"


def kills(root: Path, count: int | None) -> tuple[int, list[str]]:
    """Kill a run at some of its steps, or at each; how many kills there were, and what went wrong."""
    for module in LOADED:
        import_module(module)
    assert in_a_child(lambda: killed_at(0, root / "whole")) == 0
    (expected,) = root.glob("whole/small/*/tables")
    every = range(1, int((root / "steps").read_text()) + 1)
    chosen = every if count is None else sorted({every[len(every) * n // count] for n in range(count)})
    wrong = []
    for step in chosen:
        out = root / f"killed-{step}"
        if (code := in_a_child(lambda out=out, step=step: killed_at(step, out))) != KILLED:  # type: ignore[misc]
            wrong.append(f"step {step}: ended with {code}")
        elif in_a_child(lambda out=out: check_after(out, expected)):  # type: ignore[misc]
            wrong.append(f"step {step}: see above")
    return len(chosen), wrong


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.kills_at_steps", description=__doc__)
    parser.add_argument("--count", type=int, default=None, help="so many of the steps (default: every one)")
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        number, wrong = kills(Path(folder), given.count)
    print("\n".join([*wrong, f"killed at {number} steps: {len(wrong)} lost or changed anything"]))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
