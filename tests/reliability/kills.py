"""``python -m tests.reliability.kills --count N --seed S``: commands killed at random moments, and begun again.

Each try begins a command on a small country, disturbs it at a random moment (two interrupts, an end asked for, a killed
program, a killed worker), and looks at how it ends; then it runs the command again and compares every file with those
of an undisturbed run, byte for byte. No process may outlive a disturbed command, and nothing may be left beside the
results once it has run again.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the tests find their helpers by plain names

import psutil
from builders.reforms import MORE_PLACES

ROOT: Final = Path(__file__).resolve().parents[2]
MARK: Final = "IMGSIM_TRY"  # in the environment of all processes of a try
HANG: Final = 60.0  # seconds in which a disturbed command must have ended, on a machine with much else to do
DAYTIME: Final = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?|\d{8}-\d{6}-\w{8}(-\d+)?")

SCENARIO: Final = 'title = "small"\nextends = "atlantis.toml"\n[run]\nreplications = 6\n[population]\nscale = 0.1\n'
FREE: Final = """
[[parameter]]
name = "passing"
shift = "logit"
rows = ["exam.licensing.passed"]
low = -1
high = 1
[[parameter]]
name = "preparing"
shift = "log"
rows = ["exam.licensing.prepare"]
low = -0.5
high = 0.5
"""
TARGETS: Final = """
[[target]]
measure = "age_certified"
statistic = "mean"
group = "all"
cohort = "2010"
value = 28.0
error = 0.2
use = "fit"
source = "nobody"
where = "nowhere"
"""
COMMANDS: Final = {
    "run": ("run", "small.toml", "--workers", "2"),
    "run in one process": ("run", "small.toml", "--workers", "1"),
    "compare": (
        "compare", "small.toml", "--reform", "more.toml", "--replications", "2", "--uncertainty", "4", "--workers", "2",
    ),
    "calibrate": (
        "calibrate", "small.toml", "--scale", "0.1", "--rounds", "1", "--end", "2015-01-01", "--workers", "2",
    ),
}  # fmt: skip
WRITES_RESULTS: Final = ("run", "compare")  # commands with --out; a calibration saves a file instead


@dataclass
class Place:
    """A folder with a small country, where a command runs."""

    folder: Path

    def prepare(self) -> None:
        """Write the country, a scenario, a reform, and what a calibration needs."""
        self.folder.mkdir(parents=True)
        (self.folder / "tmp").mkdir()
        imgsim(self, "new-country", "atlantis").communicate()
        (self.folder / "small.toml").write_text(SCENARIO)
        (self.folder / "more.toml").write_text(MORE_PLACES)
        (self.folder / "atlantis" / "calibration.toml").write_text(FREE)
        (self.folder / "atlantis" / "targets.toml").write_text(TARGETS)

    def begin(self, command: str, token: str = "") -> subprocess.Popen[bytes]:
        """Begin a command; all of its processes carry the token."""
        words = COMMANDS[command]
        to = ("--out", "out") if words[0] in WRITES_RESULTS else ("--save", "fit.toml")
        return imgsim(self, *words, *to, token=token)

    def run(self, command: str) -> tuple[int, bytes, bytes]:
        """Run a command to its end: exit code, output, remarks."""
        process = self.begin(command)
        out, err = process.communicate(timeout=10 * HANG)
        return process.returncode, out, err

    def results(self) -> list[dict[str, str]]:
        """The digest of every file of every result, by its name."""
        folders = {path.parent for path in self.folder.glob("out/**/manifest.json") if ".checkpoints" not in path.parts}
        saved = [{file.name: digest(file)} for file in self.folder.glob("fit.toml")]
        return [digests(folder) for folder in sorted(folders)] + saved

    def leftovers(self) -> list[str]:
        """What stands beside the results: checkpoints, locks, temporary files."""
        found = [path for path in self.folder.rglob("*") if path.name.startswith(".") or path.name.endswith(".tmp")]
        found += (self.folder / "tmp").iterdir()
        return sorted(str(path.relative_to(self.folder)) for path in found)

    def clear(self) -> None:
        """Remove results and leftovers."""
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        (self.folder / "fit.toml").unlink(missing_ok=True)


def imgsim(place: Place, *words: str, token: str = "") -> subprocess.Popen[bytes]:
    """Begin the command line in a process group of its own, as a shell does."""
    environment = {**os.environ, MARK: token, "PYTHONPATH": str(ROOT), "TMPDIR": str(place.folder / "tmp")}
    return subprocess.Popen(
        [sys.executable, "-m", "imgsim", *words], cwd=place.folder, env=environment, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def digests(folder: Path) -> dict[str, str]:
    """The digest of every file of a folder but its manifest, which says when and where it was written."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and "manifest" not in path.name]
    return {str(path.relative_to(folder)): digest(path) for path in files}


def digest(path: Path) -> str:
    """The SHA-256 of a file without the time of day at which it was written."""
    content = path.read_bytes()
    return hashlib.sha256(DAYTIME.sub(b"", content) if path.suffix in (".html", ".toml") else content).hexdigest()


# --- disturbances ---------------------------------------------------------------------------------------------------


@dataclass
class Try:
    """A command under way, to be disturbed."""

    process: subprocess.Popen[bytes]
    chance: random.Random

    def to_program(self, number: int) -> None:
        """Send a signal to the program alone."""
        with suppress(ProcessLookupError):
            self.process.send_signal(number)

    def to_group(self, number: int) -> None:
        """Send a signal to the program and all that it has started, as a terminal does."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def to_worker(self, number: int) -> None:
        """Send a signal to a worker, as soon as there is one."""
        end = time.monotonic() + HANG
        while self.process.poll() is None and time.monotonic() < end:
            if workers := workers_of(self.process.pid):
                with suppress(psutil.NoSuchProcess):
                    self.chance.choice(workers).send_signal(number)
                return
            time.sleep(0.02)

    def pause(self, number: int) -> None:
        """Wait between two signals, at least until the first has arrived: two that wait for a busy machine are one."""
        time.sleep(self.chance.choice((0.0, 0.02, 0.1, 0.3, self.chance.random())))
        end = time.monotonic() + HANG
        while waits(self.process.pid, number) and time.monotonic() < end:
            time.sleep(0.001)


def waits(program: int, number: int) -> bool:
    """Does a signal wait for a program that has no time to take it?"""
    with suppress(OSError):
        status = Path(f"/proc/{program}/status").read_text()
        return any(int(mask, 16) >> (number - 1) & 1 for mask in re.findall(r"^ShdPnd:\s*(\w+)", status, re.MULTILINE))
    return False


def workers_of(program: int) -> list[psutil.Process]:
    """The worker processes of a program."""
    with suppress(psutil.NoSuchProcess):
        children = psutil.Process(program).children(recursive=True)
        return [child for child in children if is_worker(child)]
    return []


def is_worker(process: psutil.Process) -> bool:
    """Is this a process of loky that computes?"""
    with suppress(psutil.NoSuchProcess):
        return "--process-name" in process.cmdline()
    return False


def twice(send: Callable[[Try, int], None], number: int) -> Callable[[Try], None]:
    """The same signal two times."""

    def disturb(under_way: Try) -> None:
        send(under_way, number)
        under_way.pause(number)
        send(under_way, number)

    return disturb


def once(send: Callable[[Try, int], None], number: int) -> Callable[[Try], None]:
    """One signal."""
    return lambda under_way: send(under_way, number)


INT, TERM, HUP, KILL, SEGV = signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL, signal.SIGSEGV
ENDS: Final = (128 + INT, -INT, 128 + TERM, -TERM, 128 + HUP, -HUP)  # a signal before the program's first line: -n
# How a command is disturbed, and the exit codes with which it may end, besides 0 where it was done before.
DISTURBANCES: Final[dict[str, tuple[Callable[[Try], None], Sequence[int]]]] = {
    "two interrupts": (twice(Try.to_group, INT), ENDS[:2]),
    "two interrupts to the program alone": (twice(Try.to_program, INT), ENDS[:2]),
    "one interrupt": (once(Try.to_group, INT), ENDS[:2]),
    "terminated": (once(Try.to_program, TERM), ENDS[2:4]),
    "terminated twice": (twice(Try.to_group, TERM), ENDS[2:4]),
    "terminal closed": (once(Try.to_group, HUP), ENDS[4:]),
    "program killed": (once(Try.to_program, KILL), (-KILL,)),
    "all killed": (once(Try.to_group, KILL), (-KILL,)),
    "worker killed": (once(Try.to_worker, KILL), ()),
    "worker's memory violated": (once(Try.to_worker, SEGV), ()),
    "worker terminated": (once(Try.to_worker, TERM), ()),
    "worker interrupted": (once(Try.to_worker, INT), ()),
}
SILENT: Final = {name for name in DISTURBANCES if "memory" not in name}  # Python says where a violation happened


# --- a try ----------------------------------------------------------------------------------------------------------


@dataclass
class Expected:
    """What an undisturbed run of each command writes, prints, and takes."""

    results: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    output: dict[str, bytes] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def learn(self, place: Place, command: str, times: int = 2) -> None:
        """Run a command undisturbed, twice where its time counts: at first its code may be compiled."""
        for _ in range(times):
            place.clear()
            began = time.monotonic()
            code, output, errors = place.run(command)
            assert code == 0, errors.decode()
        self.seconds[command] = time.monotonic() - began
        self.results[command], self.output[command] = place.results(), printed(output)
        assert self.results[command]
        assert place.leftovers() == []

    def is_the_same_for(self, command: str, other: str) -> None:
        """Expect of a command what another one gives."""
        for known in (self.results, self.output, self.seconds):
            known[command] = known[other]  # type: ignore[assignment]


def printed(output: bytes) -> bytes:
    """What a command prints, without the name of its folder."""
    return DAYTIME.sub(b"", output)


def faults_of(place: Place, command: str, disturbance: str, expected: Expected, chance: random.Random) -> Iterator[str]:
    """Disturb a command and run it again; all that is not as it must be."""
    place.clear()
    token = f"{os.getpid()}-{chance.random()}"
    process = place.begin(command, token)
    time.sleep(chance.random() * expected.seconds[command])
    disturb, codes = DISTURBANCES[disturbance]
    disturb(Try(process, chance))
    asked = time.monotonic()
    try:
        process.wait(HANG)  # what it prints fits into the pipe
        seconds = time.monotonic() - asked
        _, errors = process.communicate(timeout=HANG)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, KILL)
        yield f"still there after {HANG:g} s"
        process.communicate()
        return
    if ("two" in disturbance or "twice" in disturbance) and seconds > 1 + slowness():
        yield f"ended only after {seconds:.2f} s"
    if process.returncode not in (0, *codes):
        yield f"exit code {process.returncode}: {errors.decode()[-500:]}"
    if disturbance in SILENT and (noise := [line for line in errors.splitlines() if is_noise(line)]):
        yield f"says {b' | '.join(noise[-6:]).decode(errors='replace')}"
    if outliving := survivors(token):
        yield f"outlived by {outliving}"
    if process.returncode == 0 and expected.results[command] != place.results():
        yield "other results from the disturbed run"
    code, output, errors = place.run(command)
    if code or printed(output) != expected.output[command]:
        yield f"begun again: exit code {code}, other output or {errors.decode()[-300:]}"
    if any(result != expected.results[command][0] for result in place.results()):
        yield "begun again: other results"
    if left := place.leftovers():
        yield f"left behind: {left}"


def is_noise(line: bytes) -> bool:
    """Is this line of a kind that the program does not mean to print?"""
    return bool(line.strip()) and not line.startswith((b"imgsim:", b"misfit"))


def slowness() -> float:
    """Seconds that a machine with other work may take longer than an idle one."""
    return 0.5 * max(0.0, os.getloadavg()[0] / (os.cpu_count() or 1) - 0.5)


def survivors(token: str) -> list[str]:
    """Processes of a try that are still there some seconds after it ended."""
    end = time.monotonic() + 10
    while (alive := [process for process in psutil.process_iter() if carries(process, token)]) and (
        time.monotonic() < end
    ):
        time.sleep(0.1)
    return [f"{process.pid} {command_of(process)}" for process in alive]


def carries(process: psutil.Process, token: str) -> bool:
    """Has a process this token in its environment?"""
    with suppress(psutil.Error, OSError):
        return bool(process.environ().get(MARK) == token and process.status() != psutil.STATUS_ZOMBIE)
    return False


def command_of(process: psutil.Process) -> str:
    """The command line of a process, if it is still there."""
    with suppress(psutil.Error):
        return " ".join(process.cmdline())[:100]
    return ""


def campaign(count: int, seed: int, commands: Sequence[str], disturbances: Sequence[str], work: Path) -> list[str]:
    """So many tries; one line for each fault."""
    place, expected, faults = Place(work / "place"), Expected(), []
    place.prepare()
    for command in commands:
        expected.learn(place, command)
    plan = random.Random(seed)
    done: Counter[str] = Counter()
    for number in range(count):
        command, disturbance = plan.choice(commands), plan.choice(disturbances)
        if "worker" in disturbance and "1" in COMMANDS[command]:  # it has none
            disturbance = disturbances[0]
        for fault in faults_of(place, command, disturbance, expected, random.Random(f"{seed} {number}")):
            faults.append(f"try {number}, {command}, {disturbance}: {fault}")
            print(faults[-1], flush=True)
        done[f"{command}, {disturbance}"] += 1
        if number % 10 == 9:
            print(f"{number + 1} of {count} tries, {len(faults)} faults", flush=True)
    for name, tries in sorted(done.items()):
        print(f"{tries:4d}  {name}")
    print(f"{count} tries with seed {seed}: {len(faults)} faults")
    return faults


def hear_signals() -> None:
    """Have this program and those that it starts hear signals that a shell has a command in the background ignore."""
    signal.signal(INT, signal.default_int_handler)
    signal.signal(HUP, signal.SIG_DFL)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.kills", description=__doc__)
    parser.add_argument("--count", type=int, default=30, help="tries")
    parser.add_argument("--seed", type=int, default=1, help="of commands, disturbances and moments")
    parser.add_argument("--command", choices=list(COMMANDS), action="append", help="only this command; may be repeated")
    parser.add_argument("--disturbance", choices=list(DISTURBANCES), action="append", help="only this one, likewise")
    given = parser.parse_args()
    commands, disturbances = given.command or list(COMMANDS), given.disturbance or list(DISTURBANCES)
    hear_signals()
    with tempfile.TemporaryDirectory() as work:
        faults = campaign(given.count, given.seed, commands, disturbances, Path(work))
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
