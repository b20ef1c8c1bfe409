"""Putting fitted numbers into the parameter files, in the place of the old ones; comments and layout stay."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from imgsim.base.files.toml import read_toml
from imgsim.base.files.toml_positions import nodes
from imgsim.experiments.calibrate.fit import Vector
from imgsim.experiments.calibrate.knobs_and_targets import SHIFTED, Knob

Edit = tuple[int, int, bytes]  # first byte, end byte, new text


def rewrite(folder: Path, knobs: Sequence[Knob], shift: Vector) -> None:
    """Replace every number that a knob turned by its shifted value, four significant digits."""
    for file in sorted((folder / "parameters").glob("*.toml")):
        content = file.read_bytes()
        held = nodes(content)
        edits = [
            edit
            for knob, amount in zip(knobs, shift, strict=True)
            for address in knob.rows
            for edit in edits_of(held, address, knob, float(amount))
        ]
        for begin, end, text in sorted(edits, reverse=True):
            content = content[:begin] + text + content[end:]
        if edits:
            file.write_bytes(content)
            read_toml(file)


def edits_of(held: dict[tuple[Any, ...], Any], address: tuple[str, str, str], knob: Knob, amount: float) -> list[Edit]:
    """The edits of one row address in one file."""
    name, category, start = address
    own = tuple(name.split("."))
    found = []
    for path, node in held.items():
        if path[: len(own)] != own or node.type not in ("integer", "float"):
            continue
        rest = path[len(own) :]
        row = own + rest[:2]
        if not is_value(rest) or (category and rest[-1] != category) or (start and date_of(held, row) != start):
            continue
        value = SHIFTED[knob.shift](float(node.text), amount)
        found.append((node.start_byte, node.end_byte, f"{value:.4g}".encode()))
    return found


def is_value(rest: tuple[Any, ...]) -> bool:
    """Is this a parameter's own number, in ``value``, ``value.category``, ``values[k].value`` or ``values[k].of.*``?"""
    if rest[:1] == ("value",):
        return len(rest) <= 2
    return rest[:1] == ("values",) and len(rest) in (3, 4) and rest[2] in ("value", "of")


def date_of(held: dict[tuple[Any, ...], Any], row: tuple[Any, ...]) -> str:
    """The ``from`` of a row, or the empty string."""
    node = held.get((*row, "from"))
    return node.text.decode() if node is not None else ""
