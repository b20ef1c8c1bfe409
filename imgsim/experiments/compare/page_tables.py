"""Pieces of the page of a comparison: tables and lists of texts as HTML."""

from __future__ import annotations

import html
from collections.abc import Iterable

import pandas as pd


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """An HTML table of texts."""
    top = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(str(value))}</td>" for value in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def items(texts: Iterable[str]) -> str:
    """An HTML list of texts; nothing if there are none."""
    listed = "".join(f"<li>{html.escape(text)}</li>" for text in texts)
    return f"<ul>{listed}</ul>" if listed else ""


def number_or_blank(value: float, form: str) -> str:
    """A number as text, or nothing where it is missing."""
    return "" if pd.isna(value) else form.format(value)
