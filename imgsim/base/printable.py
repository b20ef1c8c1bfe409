"""Texts of users as they may be shown: nothing in them moves the cursor, hides words or begins a line of its own."""

from __future__ import annotations

from typing import Final
from unicodedata import category

LONGEST: Final = 500  # characters of one line of an error
JOINERS: Final = "\u200c\u200d"  # invisible, but parts of words in Persian and Hindi, and of emoji


def printable(text: str) -> str:
    r"""The text with control and other unprintable characters written out, such as ``\x1b``; lines stay lines."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c == "\n" or _is_printable(c) else _escaped(c) for c in text)


def one_line(text: str) -> str:
    """The text as one printable line: also its line breaks are written out."""
    return printable(text).replace("\n", "\\n")


def clipped(text: str) -> str:
    """One printable line, with its middle cut if it is too long for a message."""
    half = LONGEST // 2
    return one_line(text if len(text) <= LONGEST else f"{text[: half - 3]}...{text[-half:]}")


def in_one_paragraph(text: str) -> str:
    """The text with every line break, and what stands for one, replaced by a space."""
    return text if text.isprintable() else " ".join(text.splitlines())


def as_name(text: str) -> str:
    """The name of a file as that of a folder or a world: what cannot be shown, or is no text, is a low line."""
    return "".join(c if _is_printable(c) else "_" for c in text)


def _is_printable(character: str) -> bool:
    """Does a character show, or is it a space? Unlike ``str.isprintable``, no-break and wide spaces are."""
    return character.isprintable() or character in JOINERS or category(character) == "Zs"


def _escaped(character: str) -> str:
    return ascii(character)[1:-1]
