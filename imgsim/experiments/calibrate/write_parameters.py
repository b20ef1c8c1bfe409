"""Replace numbers in a country's parameter files by fitted ones; comments and layout stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from imgsim.base.files.atomic import write_file
from imgsim.base.files.toml import read_toml
from imgsim.base.files.toml_positions import nodes
from imgsim.experiments.calibrate.calibration_parameters import SHIFTED, Address, CalibrationParameter
from imgsim.experiments.calibrate.fit import Vector

Edit = tuple[int, int, bytes]  # first byte, end byte, new text
Path_ = tuple[Any, ...]  # keys and positions in a TOML file


def write_parameters(folder: Path, free: Sequence[CalibrationParameter], shift: Vector) -> None:
    """Replace every number of a calibration parameter by its shifted value, to four significant digits."""
    for file in sorted((folder / "parameters").glob("*.toml")):
        content = file.read_bytes()
        tree = nodes(content)
        edits = [
            edit
            for adjusted, amount in zip(free, shift, strict=True)
            for address in adjusted.rows
            for edit in edits_of(tree, address, adjusted, float(amount))
        ]
        for begin, end, text in sorted(edits, reverse=True):
            content = content[:begin] + text + content[end:]
        if edits:
            write_file(file, content)
            read_toml(file)


def edits_of(tree: dict[Path_, Any], address: Address, adjusted: CalibrationParameter, amount: float) -> list[Edit]:
    """The edits of one row address in one file."""
    name, category, start = address
    parent = tuple(name.split("."))
    edits = []
    for path, node in tree.items():
        if path[: len(parent)] != parent or node.type not in ("integer", "float"):
            continue
        rest = path[len(parent) :]
        row = parent + rest[:2]
        if not is_value(rest) or (category and rest[-1] != category) or (start and date_of(tree, row) != start):
            continue
        value = SHIFTED[adjusted.shift](float(node.text), amount)
        edits.append((node.start_byte, node.end_byte, f"{value:.4g}".encode()))
    return edits


def is_value(rest: Path_) -> bool:
    """Whether this is a parameter's number: ``value``, ``value.category``, ``values[k].value``, ``values[k].of.*``."""
    if rest[:1] == ("value",):
        return len(rest) <= 2
    return rest[:1] == ("values",) and len(rest) in (3, 4) and rest[2] in ("value", "of")


def date_of(tree: dict[Path_, Any], row: Path_) -> str:
    """The ``from`` of a row, or the empty string."""
    node = tree.get((*row, "from"))
    return node.text.decode() if node is not None else ""
