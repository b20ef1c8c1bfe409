"""Beliefs about the streams of the command line: closed, full, left or of another encoding, none costs a result."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from imgsim.inputs.new_country import new_country

FULL = Path("/dev/full")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("country")
    new_country("atlantis", folder)
    title = r"\u001b[31mŠkola 日本 \u202e\nResults: elsewhere"
    (folder / "s.toml").write_text(f'title = "{title}"\nextends = "atlantis.toml"\n', "utf-8")
    os.symlink("s.toml", os.fsencode(folder) + b"/latin\xff\n\x1b.toml")
    return folder


def shell(folder: Path, line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A line of the shell in which `imgsim` is the command."""
    root = str(Path(__file__).parents[2])
    script = f'imgsim() {{ "{sys.executable}" -m imgsim "$@"; }}\n{line}'
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, capture_output=True, check=False, timeout=200,
        env={**os.environ, "PYTHONPATH": root, **environment},
    )  # fmt: skip


PLAIN = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize("environment", [{"PYTHONIOENCODING": "cp1252"}, PLAIN])
def test_output_is_given_in_any_encoding(folder: Path, environment: dict[str, str]) -> None:
    line = "imgsim check s.toml && imgsim describe s.toml && imgsim check $'latin\\xff\\n\\x1b.toml'"
    done = shell(folder, line, **environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"latin\\udcff\\n\\x1b.toml: valid." in done.stdout


def test_a_title_neither_moves_the_cursor_nor_begins_a_line(folder: Path) -> None:
    shown = shell(folder, "imgsim check s.toml; imgsim check no.toml $'--\\e[31m'")
    assert b"\x1b" not in shown.stdout + shown.stderr
    title = next(line for line in shown.stdout.decode().split("\n") if "title" in line)
    assert title == r"  title       \x1b[31mŠkola 日本 \u202e Results: elsewhere"


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("command", ["--help", "check s.toml", "--version"])
def test_a_full_output_is_one_line_and_exit_code_1(folder: Path, command: str) -> None:
    done = shell(folder, f"imgsim {command} > /dev/full")
    assert done.returncode == 1
    assert done.stderr.endswith(b"No space left on device\n")
    assert done.stderr.count(b"\n") == 1


def test_a_full_or_closed_stream_for_remarks_leaves_the_exit_code(folder: Path) -> None:
    done = shell(folder, "for to in /dev/full '&-'; do eval imgsim check no.toml 2\\>$to; echo $?; done")
    assert (done.stdout, done.stderr) == (b"2\n2\n", b"")


def test_a_closed_output_is_no_failure_and_no_file_takes_its_place(folder: Path) -> None:
    line = "imgsim describe s.toml --out s.md >&- <&- && imgsim check s.toml >&- 2>&- && head -c 5 s.md"
    done = shell(folder, line)
    assert (done.returncode, done.stderr) == (0, b"Written: s.md\n")
    assert done.stdout[:2] == b"# "


def test_a_reader_that_leaves_ends_the_program_quietly(folder: Path) -> None:
    done = shell(folder, "imgsim explain s.toml | true; imgsim --help | true; echo ${PIPESTATUS[0]}")
    assert (done.stdout, done.stderr) == (b"0\n", b"")


@pytest.mark.parametrize("command", ["describe s.toml", "draw s.toml"])
def test_a_device_is_not_replaced_by_a_file(folder: Path, command: str) -> None:
    done = shell(folder, f"imgsim {command} --out /dev/null")
    assert (done.returncode, done.stderr) == (2, b"imgsim: /dev/null: is a device, not a file\n")
