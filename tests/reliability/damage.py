"""What can become of a file: a bit is flipped, its end is lost, another stands in its place, it cannot be read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final


def flip_a_bit(file: Path, chance: Random) -> None:
    content = bytearray(file.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    file.write_bytes(content)


def cut_short(file: Path, chance: Random) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: chance.randrange(1, len(content))])


def lengthen(file: Path, chance: Random) -> None:
    file.write_bytes(file.read_bytes() + chance.randbytes(1 + chance.randrange(64)))


def empty(file: Path, chance: Random) -> None:
    file.write_bytes(b"")


def fill_with_noise(file: Path, chance: Random) -> None:
    file.write_bytes(chance.randbytes(file.stat().st_size))


def replace_by_a_neighbour(file: Path, chance: Random) -> None:
    others = sorted(other for other in file.parent.parent.rglob(f"*{file.suffix}") if other != file and other.is_file())
    file.write_bytes(chance.choice(others).read_bytes() if others else b"nothing else is there")


def remove(file: Path, chance: Random) -> None:
    file.unlink()


def replace_by_a_folder(file: Path, chance: Random) -> None:
    file.unlink()
    (file / "in the way").mkdir(parents=True)


def replace_by_a_dead_link(file: Path, chance: Random) -> None:
    file.unlink()
    file.symlink_to(file.parent / "nowhere")


def remove_the_folder(file: Path, chance: Random) -> None:
    shutil.rmtree(file.parent)


DAMAGES: Final[tuple[Callable[[Path, Random], None], ...]] = (
    flip_a_bit, cut_short, lengthen, empty, fill_with_noise, replace_by_a_neighbour, remove, replace_by_a_folder,
    replace_by_a_dead_link, remove_the_folder,
)  # fmt: skip
