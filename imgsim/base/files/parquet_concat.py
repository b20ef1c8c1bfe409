"""Parquet files laid end to end: what is compressed already is copied as it is.

A Parquet file is a mark, row groups, a footer that says where in the file each column of each row group lies, the
footer's length, and the mark again. Writing a table anew from the files of its parts would take as long as writing it
the first time; copying their row groups and moving the places in their footers takes a twentieth of that.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final

MARK: Final = b"PAR1"
LENGTH: Final = 4  # bytes of the footer's length
AT_ONCE: Final = 2**20  # bytes that are copied together
PLACES: Final = {  # what a footer says lies somewhere in the file, by what it is said of
    "row group": ("file_offset",),
    "column": ("file_offset", "offset_index_offset", "column_index_offset"),
    "pages": ("data_page_offset", "dictionary_page_offset", "index_page_offset", "bloom_filter_offset"),
}


def join(paths: Sequence[Path], target: Path) -> None:
    """One file with the rows of all in the order of ``paths``, which must have the same columns; one is only copied."""
    if len(paths) == 1:
        shutil.copyfile(paths[0], target)
        return
    with target.open("xb") as file:
        file.write(MARK)
        whole = None
        for path in paths:
            with path.open("rb") as part:
                said, end = footer(part)
                moved(said, append(part, end, file))
            whole = said if whole is None else extended(whole, said)
        close(file, whole)


def footer(part: IO[bytes]) -> tuple[Any, int]:
    """What the footer of a file says, and where it begins."""
    from fastparquet.cencoding import from_buffer

    end = part.seek(-LENGTH - len(MARK), 2)
    length = int.from_bytes(part.read(LENGTH), "little")
    begin = part.seek(end - length)
    return from_buffer(part.read(length), "FileMetaData"), begin


def append(part: IO[bytes], end: int, file: IO[bytes]) -> int:
    """Copy the row groups of a file, which end where its footer begins; by how much further they lie now."""
    begin = part.seek(len(MARK))
    further, left = file.tell() - begin, end - begin
    while left > 0:
        left -= file.write(part.read(min(left, AT_ONCE)))
    return further


def moved(part: Any, further: int) -> None:
    """Move every place that a footer names."""
    for group in part.row_groups:
        move(group, "row group", further)
        for column in group.columns:
            move(column, "column", further)
            move(column.meta_data, "pages", further)


def move(held: Any, kind: str, further: int) -> None:
    """Move the places that one part of a footer names; those it leaves out stay so."""
    for name in PLACES[kind]:
        place = getattr(held, name)
        if place:
            setattr(held, name, place + further)


def extended(whole: Any, part: Any) -> Any:
    """A footer with the row groups of another after its own."""
    if whole.schema != part.schema:
        raise ValueError("files with other columns cannot be joined")
    whole.row_groups = [*whole.row_groups, *part.row_groups]
    whole.num_rows += part.num_rows
    return whole


def close(file: IO[bytes], whole: Any) -> None:
    """Write the footer of all."""
    length = file.write(whole.to_bytes())
    file.write(length.to_bytes(LENGTH, "little") + MARK)
