"""The C twin of IMG-lite: compiled here, run here, and compared with imgsim life by life through a checksum."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import numpy as np

from imgsim.base.randomness.addresses import decision
from imgsim.engines.model import Model
from imgsim.engines.records.finished import Finished

FOLDER = Path(__file__).parent / "img_lite"
FLAGS = ("-O3", "-march=native", "-ffp-contract=off")  # no fused operations: the same bits as imgsim

DECISIONS = {
    "H_ENTRY": "population.entry", "H_NEEDS_VISA": "population.needs_visa", "H_ABILITY": "population.ability",
    "H_PREPARE1": "exam.step1.prepare", "H_PASS1": "exam.step1.passed", "H_RETAKE1": "exam.step1.retake",
    "H_PREPARE2": "exam.step2.prepare", "H_PASS2": "exam.step2.passed", "H_RETAKE2": "exam.step2.retake",
    "H_CERTIFICATE": "certificate.done", "H_MERIT": "match.merit.spread", "H_OUT": "again.out",
    "H_REFUSED": "visa.refused", "H_LEFT": "training.left",
}  # fmt: skip
EVENTS = {
    "CODE_ENTRY": "entry", "CODE_EXAM1": "exam.step1.passed", "CODE_EXAM2": "exam.step2.passed",
    "CODE_CERTIFICATE": "certificate.done", "CODE_ENTERED": "match.entered", "CODE_PLACED": "match.placed",
    "CODE_UNPLACED": "match.unplaced", "CODE_OUT": "again.out", "CODE_AGAIN": "again.again",
    "CODE_NEEDED": "visa.needed.yes", "CODE_NOT_NEEDED": "visa.needed.no", "CODE_VISA": "visa.done",
    "CODE_REFUSED": "visa.refused", "CODE_BEGIN": "begin.done", "CODE_STARTED": "training.started",
    "CODE_COMPLETED": "training.completed", "CODE_LEFT": "training.left", "CODE_PRACTICE": "practice",
    "CODE_GAVE_UP": "gave_up",
}  # fmt: skip


class Counts(NamedTuple):
    """What a run of either leaves: seconds of processor time, and figures that must be the same."""

    seconds: float
    events: int
    certified: int
    trained: int
    survival_days: int
    checksum: int


def header(model: Model) -> str:
    """The addresses and event codes that the C program shares with a model."""
    codes = {name: model.stage_plans.events.index(event) for name, event in EVENTS.items()}
    numbers = {name: decision(words) for name, words in DECISIONS.items()} | codes
    return "".join(f"#define {name} {number}u\n" for name, number in numbers.items())


def compiled(model: Model, folder: Path) -> Path | None:
    """The C program, compiled into a folder; None where there is no C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    (folder / "decisions.h").write_text(header(model), "utf-8")
    program, source = folder / "img_lite", FOLDER / "img_lite.c"
    subprocess.run([compiler, *FLAGS, "-I", str(folder), "-o", str(program), str(source), "-lm"], check=True)
    return program


def run(program: Path, people: int, seed: int = 1, replications: int = 1) -> list[Counts]:
    """One line of figures a replication."""
    command = [str(program), str(people), str(seed), str(replications)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [Counts(float(seconds), *map(int, rest)) for seconds, *rest in map(str.split, lines)]


def counts(finished: Finished, seconds: float = 0.0) -> Counts:
    """The same figures of a replication of imgsim."""
    events = finished.events
    assert events is not None
    actor = finished.population.actor.astype(np.uint64)[events[:, 0]]
    day, code = events[:, 2].astype(np.uint64), events[:, 3].astype(np.uint64)
    mixed = (day * np.uint64(2654435761)) ^ (actor * np.uint64(40503) + code)
    names = finished.model.stage_plans.events
    number = {name: int((events[:, 3] == names.index(name)).sum()) for name in ("certificate.done", "training.started")}
    return Counts(
        seconds, len(events), number["certificate.done"], number["training.started"],
        int(finished.days_in[:, 4].sum()), int(mixed.sum(dtype=np.uint64)),
    )  # fmt: skip
