"""The first signal ends a program in order, the second one at once, whatever the program is doing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from imgsim.base.interrupts import WORDS, answered, postponed

ROOT = Path(__file__).parents[2]
PROGRAM = """
import multiprocessing, os, signal, sys, time
from imgsim.base.interrupts import answered

def wait_for_ever():
    while True:
        try:
            time.sleep(100)
        except BaseException:
            pass

def main(how):
    child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(100,))
    try:
        if how == "with a child":
            child.start()
            print(child.pid, flush=True)
        elif how == "with a worker":
            from loky import get_reusable_executor
            executor = get_reusable_executor(1)
            worker = executor.submit(os.getpid).result()
            executor.submit(time.sleep, 100)
            print(worker, flush=True)
        else:
            print("begun", flush=True)
        time.sleep(100)
    finally:
        print("ending", flush=True)
        if how != "orderly":
            wait_for_ever()
        print("ended in order", flush=True)

if __name__ == "__main__":
    with answered(for_good=True) as signals:
        try:
            main(sys.argv[1])
        except KeyboardInterrupt:
            print(signals.words, flush=True)
    sys.exit(signals.exit_code)
"""


def begun(how: str, preexec_fn: Callable[[], object] | None = None) -> subprocess.Popen[str]:
    """A program under way, which prints a line when it is ready to be disturbed."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, how], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=preexec_fn,
    )  # fmt: skip


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("number", list(WORDS))
def test_the_first_signal_ends_a_program_in_order(number: signal.Signals) -> None:
    process = begun("orderly")
    line_of(process)
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    assert output.splitlines() == ["ending", "ended in order", WORDS[number]]
    assert (process.returncode, errors) == (128 + number, "")


@pytest.mark.parametrize("numbers", [(signal.SIGINT, signal.SIGINT), (signal.SIGTERM, signal.SIGINT)])
def test_the_second_signal_ends_a_program_that_never_finishes_ending(numbers: tuple[int, int]) -> None:
    process = begun("for ever")
    line_of(process)
    process.send_signal(numbers[0])
    assert line_of(process) == "ending"
    process.send_signal(numbers[1])
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (128 + numbers[0], "")


def test_two_signals_at_one_moment_are_two() -> None:
    process = begun("for ever")
    line_of(process)
    process.send_signal(signal.SIGSTOP)  # so that both wait for it
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGCONT)
    process.communicate(timeout=60)
    assert process.returncode in (130, 143)


@pytest.mark.parametrize("child_of", ["with a child", "with a worker"])
def test_a_program_that_is_ended_at_once_takes_its_children_along(child_of: str) -> None:
    process = begun(child_of)
    child = psutil.Process(int(line_of(process)))
    process.send_signal(signal.SIGINT)
    assert line_of(process) == "ending"
    process.send_signal(signal.SIGINT)
    assert not psutil.wait_procs([child], timeout=20)[1]
    process.communicate(timeout=60)


EARLY = """
import os, signal, sys

class Interrupts:
    def find_spec(self, name, path=None, target=None):
        if name == "imgsim.cli.main":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupts())
from imgsim.__main__ import main
sys.exit(main())
"""


def test_an_interrupt_while_the_command_line_loads_ends_it_without_a_word() -> None:
    ended = subprocess.run([sys.executable, "-c", EARLY], cwd=ROOT, capture_output=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGINT, b"", b"")


@pytest.mark.parametrize("number", list(WORDS))
def test_an_interrupt_that_a_callback_swallows_is_answered_after_it(
    number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    class Interrupted:
        def __del__(self) -> None:
            os.kill(os.getpid(), number)

    def wait_in_vain() -> None:
        Interrupted()  # nothing refers to it, so it is removed at once
        threading.Event().wait(60)

    start = time.monotonic()
    with answered(for_good=False) as signals, pytest.raises(KeyboardInterrupt):
        wait_in_vain()
    assert time.monotonic() - start < 30  # not after the wait
    for counting in [thread for thread in threading.enumerate() if thread.name == "signals"]:
        counting.join(30)
    assert (signals.first, signals.count) == (number, 1)
    assert capsys.readouterr().err == ""


def test_other_exceptions_of_callbacks_are_reported_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __del__(self) -> None:
            raise ValueError("broken")

    reported: list[str] = []
    monkeypatch.setattr("sys.unraisablehook", lambda lost: reported.append(str(lost.exc_value)))
    with answered(for_good=False):
        Broken()
    assert reported == ["broken"]


def test_an_interrupted_program_no_longer_warns() -> None:
    program = (
        "import os, signal, warnings\n"
        "from imgsim.base.interrupts import answered\n"
        "with answered(for_good=True):\n"
        "    try:\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    except KeyboardInterrupt:\n"
        "        warnings.warn('half loaded', UserWarning)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stderr == ""


def test_a_signal_that_was_ignored_stays_ignored() -> None:
    process = begun("orderly", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))  # as nohup does
    line_of(process)
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert output.splitlines()[-1] == "terminated"
    assert process.returncode == 143


def handlers() -> list[object]:
    return [signal.getsignal(number) for number in WORDS]


def test_a_call_from_another_program_leaves_its_answers_as_they_were() -> None:
    before, wakeup = handlers(), signal.set_wakeup_fd(-1)
    with answered(for_good=False) as signals:
        assert signal.getsignal(signal.SIGTERM) == signals.interrupt
    assert handlers() == before
    assert signal.set_wakeup_fd(wakeup) == -1


def test_only_the_main_thread_answers_signals() -> None:
    before = handlers()
    inside: list[object] = []

    def elsewhere() -> None:
        with answered(for_good=False), postponed():
            inside.extend(handlers())

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert inside == before


def test_a_postponed_signal_is_answered_at_the_end_of_its_block() -> None:
    before = handlers()
    steps: list[str] = []

    def block() -> None:
        with postponed():
            signal.raise_signal(signal.SIGINT)
            steps.append("the rest of the block")

    with pytest.raises(KeyboardInterrupt):
        block()
    assert steps == ["the rest of the block"]
    assert handlers() == before
