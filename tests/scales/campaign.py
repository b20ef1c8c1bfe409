"""Replications of a scenario at several scales, as many more of the small ones as they are smaller."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple

from scales.drift import Drift, drifts
from scales.figures import Figure, figures

from imgsim.inputs.scenarios.load import load_scenario

SCENARIOS: Final = Path(__file__).parents[2] / "scenarios"
SCALES: Final = (0.05, 0.1, 0.3, 1.0)
AT_MOST: Final = 12  # times as many replications at a small scale as at full size


class Task(NamedTuple):
    """One replication: a shipped scenario, a scale, and a seed of its own, so that programmes are drawn anew too."""

    scenario: str
    scale: float
    seed: int


def tasks(scenario: str, scales: Sequence[float], replications: int, seed: int) -> Iterator[Task]:
    """The replications of every scale, the largest first."""
    for scale in sorted(scales, reverse=True):
        for number in range(round(replications * min(1 / scale, AT_MOST))):
            yield Task(scenario, scale, seed + number)


def simulated(task: Task) -> list[Figure]:
    """The figures of one replication."""
    file = SCENARIOS / f"{task.scenario}.toml"
    return figures(load_scenario(file, scale=task.scale, seed=task.seed, replications=1))


def campaign(every: Sequence[Task], processes: int) -> list[Drift]:
    """The drifts of one scenario, computed by some processes."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(simulated, every))
    by_scale: dict[float, list[list[Figure]]] = {}
    for task, each in zip(every, found, strict=True):
        by_scale.setdefault(task.scale, []).append(each)
    return drifts(by_scale)
