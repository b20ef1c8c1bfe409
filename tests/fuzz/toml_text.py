"""Dictionaries as TOML text; there is no writer among our libraries, and these files may be wrong on purpose."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any

DELETE = 0x7F  # the only other character that a TOML text must escape
SURROGATES = range(0xD800, 0xE000)


def toml(data: Mapping[str, Any]) -> str:
    """A document: plain values first, then tables, each as an inline value of one line."""
    return "".join(f"{quoted(key)} = {value(data[key])}\n" for key in data)


def value(of: Any) -> str:
    """One value as TOML writes it; lone surrogates, which no TOML file can hold, become question marks."""
    if isinstance(of, bool):
        return "true" if of else "false"
    if isinstance(of, str):
        return quoted(of)
    if isinstance(of, Mapping):
        return "{ " + ", ".join(f"{quoted(str(key))} = {value(item)}" for key, item in of.items()) + " }"
    if isinstance(of, (list, tuple)):
        return "[" + ", ".join(map(value, of)) + "]"
    if isinstance(of, (datetime.date, datetime.time)):
        return of.isoformat()
    return str(of)  # whole numbers, and floats as Python writes them: inf and nan too


def quoted(text: str) -> str:
    """A text in quotes."""
    text = "".join("?" if ord(each) in SURROGATES else each for each in text)
    return json.dumps(text, ensure_ascii=False).replace(chr(DELETE), "\\u007f")
