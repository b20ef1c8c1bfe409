"""A bare SimPy loop: processes that only wait for the days they are given.

It loads nothing but NumPy and SimPy, so that its memory can be weighed in a process of its own:
`python benchmarks/bare.py FILE`, with the days of all lives in FILE (see `save`), prints lives and bytes.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import simpy
from memory import peak_above_start

Days = npt.NDArray[np.int64]


def life(env: simpy.Environment, days: list[int]) -> Generator[simpy.Event, Any, None]:
    """A process that waits for each of its days."""
    for day in days:
        yield env.timeout(day - env.now)


def entries(env: simpy.Environment, lives: list[Days]) -> Generator[simpy.Event, Any, None]:
    """Start every life on the day of its first event."""
    for days in lives:
        first, *others = days.tolist()
        yield env.timeout(first - env.now)
        env.process(life(env, others))


def loop(lives: list[Days]) -> None:
    """All lives, given in the order of entry, from the first day to the last, the garbage collector off."""
    env = simpy.Environment(initial_time=int(lives[0][0]))
    env.process(entries(env, lives))
    gc.disable()
    env.run()
    gc.enable()


def save(file: Path, lives: list[Days]) -> None:
    """Keep the days of all lives in one file, for a process that weighs them."""
    np.savez(file, days=np.concatenate(lives), ends=np.cumsum([len(days) for days in lives]))


def main() -> None:
    """Print the number of lives, and the bytes by which memory rose at its highest."""
    with np.load(sys.argv[1]) as kept:
        lives = np.split(kept["days"], kept["ends"][:-1])
    print(len(lives), peak_above_start(lambda: loop(lives)))


if __name__ == "__main__":
    main()
