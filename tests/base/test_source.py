"""Beliefs about the files of users: regular ones are read as UTF-8, everything else is refused at once in one line."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from imgsim.base.errors import InputError
from imgsim.base.files.source import DEEPEST, LARGEST, read_text, sibling_paths
from imgsim.base.files.toml import read_toml

TEXT = 'title = "Škola"\n'


def refusal(file: Path) -> str:
    with pytest.raises(InputError) as refused:
        read_toml(file)
    message = str(refused.value)
    assert "\n" not in message
    return message


def written(folder: Path, content: bytes) -> Path:
    file = folder / "s.toml"
    file.write_bytes(content)
    return file


def test_a_byte_order_mark_is_no_part_of_the_text_and_moves_no_place(tmp_path: Path) -> None:
    assert read_text(written(tmp_path, b"\xef\xbb\xbf" + TEXT.encode())) == TEXT
    file = written(tmp_path, b"\xef\xbb\xbf" + b"a = 1\nb = 2\n")
    assert str(read_toml(file).error("no", "b")) == f"{file}:2:1: b: no"


@pytest.mark.parametrize(
    ("encoding", "looks"),
    [
        ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"), ("utf-32-le", "UTF-32"), ("utf-32-be", "UTF-32"),
        ("cp1250", "Latin-1 or Windows-1252 (byte 9)"),
    ],
)  # fmt: skip
def test_another_encoding_is_named(tmp_path: Path, encoding: str, looks: str) -> None:
    assert f"is not UTF-8: it looks like {looks}" in refusal(written(tmp_path, TEXT.encode(encoding)))


def test_a_nul_is_no_text(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, b'a = 1\nb = "\0"\n')).endswith(":2: is no text: it has a NUL (byte 11)")
    assert "is no text" in refusal(written(tmp_path, bytes(500)))


def test_line_ends_of_windows_are_read_and_those_of_an_old_macintosh_are_refused(tmp_path: Path) -> None:
    file = written(tmp_path, b"a = 1\r\nb = 2\r\n")
    assert read_toml(file).data == {"a": 1, "b": 2}
    assert str(read_toml(file).error("no", "b")) == f"{file}:2:1: b: no"
    assert "a line ends with a carriage return alone" in refusal(written(tmp_path, b"a = 1\rb = 2\r"))


def test_what_is_no_regular_file_is_refused_without_being_opened(tmp_path: Path) -> None:
    pipe, plug = tmp_path / "pipe.toml", tmp_path / "socket.toml"
    os.mkfifo(pipe)
    assert refusal(pipe) == f"{pipe}: is a pipe, not a file on a disk"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(plug))
    assert refusal(plug) == f"{plug}: is a socket, not a file"
    for name in ("/dev/zero", "/dev/null", "/dev/tty"):
        if Path(name).exists():
            assert refusal(Path(name)) == f"{name}: is a device, not a file"
    if Path("/proc/self/status").exists():
        assert "is not a file on a disk" in refusal(Path("/proc/self/status"))


def test_a_file_of_any_size_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = written(tmp_path, b"")
    os.truncate(file, 2**40)
    assert refusal(file) == f"{file}: larger than 16 MB ({LARGEST:,} bytes): this is no scenario"


def test_a_link_is_read_and_one_that_leads_nowhere_or_in_a_circle_is_named(tmp_path: Path) -> None:
    (tmp_path / "link.toml").symlink_to(written(tmp_path, b"a = 1\n"))
    assert read_toml(tmp_path / "link.toml").data == {"a": 1}
    (tmp_path / "broken.toml").symlink_to("gone.toml")
    assert refusal(tmp_path / "broken.toml").endswith("broken.toml: is a link to gone.toml, which does not exist")
    (tmp_path / "one.toml").symlink_to("other.toml")
    (tmp_path / "other.toml").symlink_to("one.toml")
    assert "cannot be read: Too many levels of symbolic links" in refusal(tmp_path / "one.toml")


def test_what_a_file_names_is_looked_for_beside_what_a_link_leads_to_and_then_beside_the_link(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    file, link = written(tmp_path, b""), tmp_path / "desk" / "s.toml"
    link.symlink_to(file)
    assert sibling_paths(link, "x.toml") == [tmp_path.resolve() / "x.toml", tmp_path / "desk" / "x.toml"]
    assert sibling_paths(file, "x.toml") == [tmp_path / "x.toml"]


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1),
        "[" + "a." * DEEPEST + "a]",
        "x = 1\n" + '"a" . ' * DEEPEST + "a = 1",
        "x = {" + "a." * DEEPEST + "a = 1}",
        "a = " + "{a = " * DEEPEST + "1" + "}" * DEEPEST,
        "[" + "a." * (DEEPEST - 9) + "a]\nx = " + "[" * 9 + "]" * 9,
    ],
)
def test_tables_in_tables_have_a_limit(tmp_path: Path, text: str) -> None:
    assert f"more than {DEEPEST}" in refusal(written(tmp_path, text.encode()))


@pytest.mark.parametrize("key", [r"a\u001b[2J", r"a\nb", r"a\u202eb", r"a\u2028b"])
def test_a_key_that_cannot_be_shown_is_refused_with_it_written_out(tmp_path: Path, key: str) -> None:
    message = refusal(written(tmp_path, f'ok = 1\n"{key}" = 2\n'.encode()))
    assert ":2:1: " in message
    assert "a key has a character that cannot be shown" in message
    assert message.isprintable()


def test_a_text_of_several_lines_is_one_paragraph(tmp_path: Path) -> None:
    file = written(tmp_path, b'a = """one\r\ntwo\\u2028three\n"""\nb = ["x\\ny"]\n[[c]]\nd = "p\\u000bq"\n')
    assert read_toml(file).data == {"a": "one two three", "b": ["x y"], "c": [{"d": "p q"}]}
