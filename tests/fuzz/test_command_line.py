"""Random command lines end with a known exit code and plain lines; what once failed is refused."""

from __future__ import annotations

import pytest
from fuzz.command_lines import command_line, commands
from fuzz.command_oracle import judge_line, judged_lines, verdict, workplace
from fuzz.oracle import FAILED, RAN, REFUSED

FIT = ["calibrate", "main.toml", "--only", "all", "--workers", "1"]
ONCE_FAILED = [
    (["life", "main.toml", "--person", str(2**63)], f"no person {2**63} in replication 0"),
    (["life", "main.toml", "--person", str(10**30)], f"no person {10**30} in replication 0"),
    (["check", "b" * 5000], "File name too long"),
    (["b" * 5000], "No such command"),
    (["life", "main.toml", "--person", "0", "--replication", str(10**30)], "no person 0 in replication 1000"),
    ([*FIT, "--end", "1900-01-01"], "--end: must be after 2002-01-01, when measuring begins, and not after 2200-01-01"),
    ([*FIT, "--end", "9999-12-31"], "--end: must be after 2002-01-01"),
    ([*FIT, "--until", str(10**30)], "--until: must be a year from 2003 to 2200"),
    (["validate", "main.toml", "main.toml"], "only a Match named `match` has forecasts to be judged"),
]


@pytest.mark.parametrize(("words", "message"), ONCE_FAILED, ids=[" ".join(words)[:40] for words, _ in ONCE_FAILED])
def test_a_command_line_that_once_failed_is_refused(words: list[str], message: str) -> None:
    with workplace(figures=False):
        judged = judge_line(words)
    assert judged.kind == REFUSED, judged.said
    assert message in judged.said


def test_random_command_lines_end_with_a_known_exit_code_and_plain_lines() -> None:
    counts, failures = judged_lines(19, range(60), figures=False)
    assert not failures, failures
    assert counts[RAN] >= 5
    assert counts[REFUSED] >= 20


def test_a_command_line_is_the_same_whenever_it_is_asked_for() -> None:
    assert [command_line(1, number) for number in (5, 3)] == [command_line(1, number) for number in (3, 5)][::-1]


def test_every_command_is_asked_for() -> None:
    assert {command_line(1, number)[:1][0] for number in range(300) if command_line(1, number)} >= set(commands())


@pytest.mark.parametrize(
    ("code", "errors"),
    [(3, "imgsim: x"), (1, "imgsim: internal error, please report it"), (1, "Traceback"), (2, ""), (2, "\x1b[31m")],
)
def test_what_no_program_should_say_is_a_failure(code: int, errors: str) -> None:
    assert verdict(["run"], code, "", errors).kind == FAILED
    assert verdict(["run"], 2, "", "imgsim: plain").kind == REFUSED
