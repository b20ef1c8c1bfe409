"""Names of reforms: that of the file, with as many folders before it as are needed to tell files apart."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Final

from imgsim.base.errors import InputError
from imgsim.base.printable import as_name

OPTION: Final = "--reform"


def distinct_names(files: Sequence[Path | str], taken: Container[str] = ()) -> tuple[str, ...]:
    """A name for each file, none of them twice and none of those taken: ``bill``, or ``house/bill`` where needed.

    InputError for a file that is given twice, be it by another path or through a link.
    """
    refuse_same_file(files)
    choices = [list(candidates(Path(file))) for file in files]
    chosen = [0] * len(files)
    while True:
        names = [choice[at] for choice, at in zip(choices, chosen, strict=True)]
        clashing = [k for k, name in enumerate(names) if names.count(name) > 1 or name in taken]
        if not clashing:
            return tuple(names)
        for k in clashing:
            if chosen[k] + 1 == len(choices[k]):
                raise InputError(f"{files[k]} cannot be told by its name from another world", key=OPTION)
            chosen[k] += 1


def candidates(file: Path) -> Iterator[str]:
    """The names a file can have, from the shortest on; the last one is its path."""
    parts = Path(os.path.abspath(file)).parts
    folders = [part for part in parts[:-1] if part != os.sep]
    for depth in range(len(folders) + 1):
        yield as_name("/".join([*folders[len(folders) - depth :], file.stem]))
    yield "/".join([*folders, file.name])


def refuse_same_file(files: Sequence[Path | str]) -> None:
    """InputError if two paths lead to one file."""
    for one, other in combinations(files, 2):
        if is_same_file(one, other):
            message = f"{one} is given twice" if str(one) == str(other) else f"{one} and {other} are the same file"
            raise InputError(message, key=OPTION)


def is_same_file(one: Path | str, other: Path | str) -> bool:
    """Do two paths lead to one file? Files that cannot be read are compared by their paths."""
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        return os.path.abspath(one) == os.path.abspath(other)
