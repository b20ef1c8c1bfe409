"""Beliefs about texts of users where they are shown: what moves the cursor or hides words is written out."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from imgsim.base import streams
from imgsim.base.errors import ImgsimError, InputError
from imgsim.base.files.checksums import MANIFEST, write_manifest
from imgsim.base.printable import as_name, in_one_paragraph, one_line, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"), ("a\rb", r"a\rb"), ("a\tb", r"a\tb"), ("\x9b2J", r"\x9b2J"),
        ("\u202egnp.exe", r"\u202egnp.exe"), ("\u2066x\u2069", r"\u2066x\u2069"), ("\ufeffx", r"\ufeffx"),
        ("a\u2028b\x85c", r"a\u2028b\x85c"), ("\udcff", r"\udcff"), ("\U000e0041", r"\U000e0041"),
    ],
)  # fmt: skip
def test_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert one_line(text) == shown


@pytest.mark.parametrize("text", ["Škola", "日本　語", "Médecins : 3", "سەرنج‌دان", "👩‍⚕️", "→ ≤ “x”", r"\x1b"])
def test_letters_of_every_language_are_left_as_they_are(text: str) -> None:
    assert printable(text) == text


def test_only_lines_of_our_own_are_lines() -> None:
    assert printable("a\nb") == "a\nb"
    assert one_line("a\nb") == r"a\nb"
    assert in_one_paragraph("a\r\nb\u2029c") == "a b c"


def test_a_name_of_a_folder_is_text_that_can_be_shown() -> None:
    assert as_name("Škola\udcff\n\x1b[2J") == "Škola__" + "_[2J"


def test_a_manifest_keeps_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    write_manifest(tmp_path, {"file": "la\udcff"})
    assert json.loads((tmp_path / MANIFEST).read_text("utf-8")) == {"file": "la\udcff"}


def test_an_error_is_one_line_whatever_it_names() -> None:
    assert str(ImgsimError("x\nimgsim: all is well")) == r"x\nimgsim: all is well"
    error = InputError("no", file="a\nb\x1b[2J", name="stat\x1b", known=["stat\x1b[31m\n"])
    assert str(error).isprintable()
    assert "did you mean" in str(error)


def test_to_name_what_is_nearest_to_a_very_long_name_is_not_tried() -> None:
    assert InputError("no", name="a" * 10**6, known=["a" * 1000] * 1000).suggestion is None


class Stream(io.TextIOWrapper):
    """A stream of an encoding, whose bytes can be seen."""

    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, errors="strict")

    def content(self) -> bytes:
        return self.buffer.getvalue()  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize(("encoding", "shown"), [("ascii", rb"\u0160kola \u2192"), ("cp1250", b"\x8akola \\u2192")])
def test_a_letter_that_the_encoding_lacks_is_written_out(
    monkeypatch: pytest.MonkeyPatch, encoding: str, shown: bytes
) -> None:
    out, err = Stream(encoding), Stream(encoding)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    streams.make_usable()
    streams.show("Škola →")
    streams.remark("Škola →")
    assert out.content() == shown
    assert err.content() == shown + b"\n"


def test_a_remark_that_nobody_can_read_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    ascii_only, closed = Stream("ascii"), io.StringIO()
    closed.close()
    for stream in (None, closed, ascii_only):
        monkeypatch.setattr(sys, "stderr", stream)
        streams.remark("Škola")
    assert ascii_only.content() == b"\\u0160kola\n"


def test_no_module_prints_past_the_one_that_writes_out_what_cannot_be_seen(root: Path) -> None:
    for file in (root / "imgsim").rglob("*.py"):
        text = file.read_text("utf-8")
        for call in ("print(", "typer.echo(", "typer.secho(", "sys.stderr.write(", "sys.stdout.write("):
            assert f" {call}" not in text, f"{file.name}: use imgsim.base.streams, not {call}"
