"""Concatenate Parquet files by copying their compressed parts as they are.

A Parquet file is a mark, row groups, a footer that says where in the file each column of each row group lies, the
footer's length, and the mark again. Copying the row groups of several files and moving the offsets in
their footers saves writing the table a second time (docs/decisions/0003).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final

from imgsim.base.files.parquet_footer import Footer, parse

MARK: Final = b"PAR1"
LENGTH: Final = 4  # bytes of the footer's length
AT_ONCE: Final = 2**20  # bytes that are copied together


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied from one file: its number of rows, and the SHA-256 of the very bytes that were read."""

    rows: int
    sha256: str


def concat(paths: Sequence[Path], target: Path) -> list[Copied]:
    """Write one file with the rows of all ``paths`` in their order, and say what was copied from each.

    ValueError names a file that is damaged or has other columns than the first. The checksums let a caller see whether
    the files were still what they had been; no file is read twice.
    """
    copied: list[Copied] = []
    footers: list[Footer] = []
    with target.open("xb") as file:
        file.write(MARK)
        for path in paths:
            with path.open("rb") as source:
                try:
                    part, footer = append(source, file)
                except ValueError as error:
                    raise ValueError(f"{path}: {error}") from error
            if footers and footer.rest != footers[0].rest:
                raise ValueError(f"{path}: has other columns than {paths[0].name}, or another writer")
            copied.append(part)
            footers.append(footer)
        write_footer(file, together(footers))
    return copied


def append(source: IO[bytes], file: IO[bytes]) -> tuple[Copied, Footer]:
    """Copy the row groups of a file to the end of another; what was copied, and the footer for its new place."""
    tail, begin = read_tail(source)
    shift = file.tell() - len(MARK)
    digest = hashlib.sha256(MARK)
    for part in parts(source, begin):
        digest.update(part)
        file.write(part)
    digest.update(tail)
    footer = parse(tail[: -LENGTH - len(MARK)], shift)
    return Copied(footer.rows, digest.hexdigest()), footer


def read_tail(source: IO[bytes]) -> tuple[bytes, int]:
    """A file's footer with its length and the mark, and the offset at which it begins."""
    size = source.seek(0, 2)
    source.seek(max(0, size - LENGTH - len(MARK)))
    end = source.read()
    begin = size - len(end) - int.from_bytes(end[:LENGTH], "little")
    source.seek(0)
    if end[LENGTH:] != MARK or begin < len(MARK) or source.read(len(MARK)) != MARK:
        raise ValueError("is no whole Parquet file")
    source.seek(begin)
    return source.read(size - begin), begin


def parts(source: IO[bytes], end: int) -> Iterator[bytes]:
    """The bytes of a file's row groups, which end where its footer begins."""
    left = end - source.seek(len(MARK))
    while left > 0:
        part = source.read(min(left, AT_ONCE))
        if not part:
            raise ValueError("became shorter while it was read")
        left -= len(part)
        yield part


def together(footers: Sequence[Footer]) -> Footer:
    """The footer of a file with the row groups of several."""
    return replace(
        footers[0],
        rows=sum(footer.rows for footer in footers),
        number_of_groups=sum(footer.number_of_groups for footer in footers),
        groups=b"".join(footer.groups for footer in footers),
    )


def write_footer(file: IO[bytes], footer: Footer) -> None:
    """Write the footer of the new file, and end it."""
    length = file.write(footer.to_bytes())
    file.write(length.to_bytes(LENGTH, "little") + MARK)
