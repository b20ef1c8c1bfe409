"""The manifest of a run: its inputs, versions and machine, and the checksum of every file that it wrote."""

from __future__ import annotations

import os
import platform
import shlex
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsim.runs.keys import COMPUTE, PACKAGE, code_digest, installed

if TYPE_CHECKING:
    from imgsim.inputs.scenarios.scenario import Scenario

PACKAGES = (*COMPUTE, "loky", "matplotlib")


@dataclass(frozen=True, slots=True)
class Call:
    """The start, workers, settings and engine of a run, beyond its scenario."""

    start: datetime
    workers: int | str = 1  # or the kind of executor
    sets: tuple[str, ...] = ()
    engine: str = ""
    why: str = ""


def manifest(scenario: Scenario, call: Call) -> dict[str, Any]:
    """Everything needed to repeat a run (JSON); sealing the folder adds the checksums of its files."""
    return {
        "title": scenario.title,
        "scenario": scenario.name,
        "scenario_file": str(scenario.file),
        "scenario_sha256": scenario.digest(),
        "seed": scenario.run.seed,
        "scale": scenario.run.scale,
        "replications": scenario.run.replications,
        "sets": list(call.sets),
        "reforms": [str(reform.file) for reform in scenario.reforms],
        "levers": {
            f"{each.name}.{name}": lever.value for each in scenario.reforms for name, lever in each.levers.items()
        },
        "workers": call.workers,
        "engine": call.engine,
        "engine_why": call.why,
        "command": command(),
        "imgsim": installed("imgsim"),
        "code_sha256": code_digest(),
        "git": git_state(),
        "packages": {name: number for name in PACKAGES if (number := installed(name)) is not None},
        "machine": machine(),
        "start": call.start.isoformat(timespec="seconds"),
        "end": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def command() -> str:
    """The command that started the process; in a notebook that of its kernel."""
    name = Path(sys.argv[0]).name if sys.argv and sys.argv[0] else "python"
    return shlex.join(["imgsim" if name == "__main__.py" else name, *sys.argv[1:]])


def machine() -> dict[str, Any]:
    """System, processor and version of Python, without the name of the machine or its user."""
    return {
        "system": platform.platform(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def git_state() -> dict[str, Any] | None:
    """The commit of the source tree and whether it was changed since, or None outside a repository."""
    if not (PACKAGE.parent / ".git").exists():
        return None
    commit = _git("rev-parse", "HEAD")
    return {"commit": commit, "dirty": bool(_git("status", "--porcelain", "--", PACKAGE.name))} if commit else None


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(PACKAGE.parent), *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""
