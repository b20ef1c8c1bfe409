"""The peak of a process's memory while it does one thing (Linux; elsewhere the peak since it began)."""

from __future__ import annotations

import gc
import resource
import sys
from collections.abc import Callable
from pathlib import Path

STATUS = Path("/proc/self/status")
PEAK_RESET = Path("/proc/self/clear_refs")  # writing 5 sets VmHWM back to what is used now (proc(5))


def status(field: str) -> int:
    """A memory field of this process, in bytes."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) * 1024


def highest() -> int:
    """The peak of resident memory since this process began, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def peak_above_start(work: Callable[[], object]) -> int:
    """Bytes by which resident memory rose, at its highest, while `work` ran."""
    gc.collect()
    if not PEAK_RESET.exists():
        before = highest()
        work()
        return highest() - before
    PEAK_RESET.write_text("5")
    before = status("VmRSS")
    work()
    return status("VmHWM") - before
