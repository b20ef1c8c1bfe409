"""Replace numbers in a country's parameter files by fitted ones; comments and layout stay as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from imgsim.base.files.atomic import write_file
from imgsim.base.files.toml import read_toml
from imgsim.base.files.toml_positions import nodes
from imgsim.experiments.calibrate.calibration_parameters import SHIFTED, Address, CalibrationParameter
from imgsim.experiments.calibrate.fit import Vector

Place = tuple[int, int]  # first and end byte of a number
Path_ = tuple[Any, ...]  # keys and positions in a TOML file


def write_parameters(folder: Path, free: Sequence[CalibrationParameter], shift: Vector) -> None:
    """Replace every number of a calibration parameter by its shifted value, to four significant digits."""
    for file in sorted((folder / "parameters").glob("*.toml")):
        content = file.read_bytes()
        values = shifted_numbers(nodes(content), free, shift)
        for (begin, end), value in sorted(values.items(), reverse=True):
            content = content[:begin] + f"{value:.4g}".encode() + content[end:]
        if values:
            write_file(file, content)
            read_toml(file)


def shifted_numbers(tree: dict[Path_, Any], free: Sequence[CalibrationParameter], shift: Vector) -> dict[Place, float]:
    """The new values of numbers in one file; where several shifts are of one number, all of them."""
    values: dict[Place, float] = {}
    for adjusted, amount in zip(free, shift, strict=True):
        for address in adjusted.rows:
            for node in numbers_at(tree, address):
                place = (node.start_byte, node.end_byte)
                before = values.get(place, float(node.text))
                values[place] = SHIFTED[adjusted.shift](before, float(amount))
    return values


def numbers_at(tree: dict[Path_, Any], address: Address) -> Iterator[Any]:
    """The numbers of one row address in one file."""
    name, category, start = address
    parent = tuple(name.split("."))
    for path, node in tree.items():
        if path[: len(parent)] != parent or node.type not in ("integer", "float"):
            continue
        rest = path[len(parent) :]
        row = parent + rest[:2]
        if is_value(rest) and (not category or rest[-1] == category) and (not start or date_of(tree, row) == start):
            yield node


def is_value(rest: Path_) -> bool:
    """Whether this is a parameter's number: ``value``, ``value.category``, ``values[k].value``, ``values[k].of.*``."""
    if rest[:1] == ("value",):
        return len(rest) <= 2
    return rest[:1] == ("values",) and len(rest) in (3, 4) and rest[2] in ("value", "of")


def date_of(tree: dict[Path_, Any], row: Path_) -> str:
    """The ``from`` of a row, or the empty string."""
    node = tree.get((*row, "from"))
    return node.text.decode() if node is not None else ""
