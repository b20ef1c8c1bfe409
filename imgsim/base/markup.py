"""Texts of users inside HTML and Markdown: they are shown as they are, and only addresses of the web become links."""

from __future__ import annotations

import html
import re
from typing import Final

WEB: Final = re.compile(r"https?://[^\s/]", re.IGNORECASE)
# What Markdown gives a meaning; an underscore or a sign of less has none between letters or before a number.
SIGNS: Final = re.compile(r"[\\`*\[\]]|<(?=[A-Za-z/!?])|&(?=#?\w+;)|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|~(?=~)|^#")


def linked(title: str, address: str) -> str:
    """A title as HTML, a link if its address is one of the web; others, as `javascript:`, could act or read files."""
    text = html.escape(title)
    if WEB.match(address):
        return f'<a href="{html.escape(address)}">{text}</a>'
    return f"{text} ({html.escape(address)})" if address else text


def as_markdown(text: str) -> str:
    """A text that Markdown shows as it is."""
    return SIGNS.sub(r"\\\g<0>", text)


def code(text: str) -> str:
    """A name as code in Markdown, also inside a table."""
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if len(fence) > 1 else ""
    return f"{fence}{space}{text}{space}{fence}".replace("|", "\\|")
