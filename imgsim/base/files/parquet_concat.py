"""Concatenate Parquet files by copying their compressed parts as they are.

A Parquet file is a mark, row groups, a footer that says where in the file each column of each row group lies, the
footer's length, and the mark again. Copying the row groups of several files and moving the offsets in
their footers saves writing the table a second time (docs/decisions/0003).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final

MARK: Final = b"PAR1"
LENGTH: Final = 4  # bytes of the footer's length
AT_ONCE: Final = 2**20  # bytes that are copied together
OFFSETS: Final = {  # the fields of a footer that are offsets in the file, by the structure that they are fields of
    "row group": ("file_offset",),
    "column": ("file_offset", "offset_index_offset", "column_index_offset"),
    "pages": ("data_page_offset", "dictionary_page_offset", "index_page_offset", "bloom_filter_offset"),
}


def concat(paths: Sequence[Path], target: Path) -> None:
    """Write one file with the rows of all ``paths`` in their order; they must have the same columns."""
    if len(paths) == 1:
        shutil.copyfile(paths[0], target)
        return
    with target.open("xb") as file:
        file.write(MARK)
        total = None
        for path in paths:
            with path.open("rb") as source:
                footer, end = read_footer(source)
                shift_offsets(footer, append(source, end, file))
            total = footer if total is None else with_rows_of(total, footer)
        write_footer(file, total)


def read_footer(source: IO[bytes]) -> tuple[Any, int]:
    """The footer of a file, and the offset at which it begins."""
    from fastparquet.cencoding import from_buffer

    end = source.seek(-LENGTH - len(MARK), 2)
    length = int.from_bytes(source.read(LENGTH), "little")
    begin = source.seek(end - length)
    return from_buffer(source.read(length), "FileMetaData"), begin


def append(source: IO[bytes], end: int, file: IO[bytes]) -> int:
    """Copy the row groups of a file, which end where its footer begins; by how many bytes their offsets grow."""
    begin = source.seek(len(MARK))
    shift, left = file.tell() - begin, end - begin
    while left > 0:
        left -= file.write(source.read(min(left, AT_ONCE)))
    return shift


def shift_offsets(footer: Any, shift: int) -> None:
    """Add a number of bytes to every offset in a footer."""
    for group in footer.row_groups:
        shift_fields(group, "row group", shift)
        for column in group.columns:
            shift_fields(column, "column", shift)
            shift_fields(column.meta_data, "pages", shift)


def shift_fields(structure: Any, kind: str, shift: int) -> None:
    """Add a number of bytes to the offsets of one structure in a footer; those it leaves out stay so."""
    for name in OFFSETS[kind]:
        offset = getattr(structure, name)
        if offset:
            setattr(structure, name, offset + shift)


def with_rows_of(total: Any, footer: Any) -> Any:
    """A footer with the row groups of another after its own; ValueError if their columns differ."""
    if total.schema != footer.schema:
        raise ValueError("files with other columns cannot be concatenated")
    total.row_groups = [*total.row_groups, *footer.row_groups]
    total.num_rows += footer.num_rows
    return total


def write_footer(file: IO[bytes], footer: Any) -> None:
    """Write the footer of the new file, and end it."""
    length = file.write(footer.to_bytes())
    file.write(length.to_bytes(LENGTH, "little") + MARK)
