"""The footer of a Parquet file: how many rows, which columns, and where in the file each of their parts lies.

A footer is a structure in Thrift's compact protocol: fields with a number, a kind and a value, one after the other.
Only what joining files has to change is read (docs/decisions/0003); every other byte is copied as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

# Kinds of values in the protocol.
STOP, TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCTURE = range(13)
FIXED: Final = {TRUE: 0, FALSE: 0, BYTE: 1, DOUBLE: 8}  # bytes of values that are always as long
INTEGERS: Final = (I16, I32, I64)
NEXT: Final = 1 << 4  # in the first byte of a field: its number is that of the field before it and one
LONG_LIST: Final = 15  # in the first byte of a list: the number of its values follows
ROWS: Final = 3  # the number of this field of a footer; before it come version and columns, behind it the row groups

# What joining changes in a row group, by number of the field: offsets, alone or in structures inside, and its number in
# the file, which DuckDB leaves out.
OFFSET, REFUSED = 0, 1
Offsets = Mapping[int, Any]
PAGES: Final[Offsets] = {9: OFFSET, 10: OFFSET, 11: OFFSET, 14: OFFSET}  # data, index, dictionary, Bloom filter
COLUMN: Final[Offsets] = {2: OFFSET, 3: PAGES, 4: OFFSET, 6: OFFSET}  # the column, its pages, two indexes of them
ROW_GROUP: Final[Offsets] = {1: COLUMN, 5: OFFSET, 7: REFUSED}


@dataclass(frozen=True, slots=True)
class Footer:
    """The footer of a file, in the pieces that joining needs."""

    rows: int
    number_of_groups: int
    groups: bytes  # the row groups, with offsets that are moved already
    rest: tuple[bytes, bytes]  # what stands before the number of rows and behind the row groups: columns and writer

    def to_bytes(self) -> bytes:
        """The footer as it stands in a file."""
        short = self.number_of_groups < LONG_LIST
        count = [self.number_of_groups] if short else [LONG_LIST, *varint(self.number_of_groups)]
        numbers = [NEXT | I64, *varint(zigzag(self.rows)), NEXT | LIST, count[0] << 4 | STRUCTURE, *count[1:]]
        return b"".join((self.rest[0], bytes(numbers), self.groups, self.rest[1]))


def parse(data: bytes, shift: int = 0) -> Footer:
    """The footer in some bytes, a number of bytes added to each of its offsets; ValueError if it is none."""
    try:
        footer, end = _parse(data, shift)
    except (IndexError, KeyError, RecursionError) as error:
        raise ValueError("its footer is damaged") from error
    if end != len(data):
        raise ValueError("its footer is damaged")
    return footer


def _parse(data: bytes, shift: int) -> tuple[Footer, int]:
    """The footer, and where it ends."""
    at = 0
    for _ in range(1, ROWS):
        at = behind(data[at] & 0x0F, data, at + 1)
    if data[0] >> 4 != 1 or data[at] != NEXT | I64:
        raise ValueError("its footer has not the fields of a Parquet file")
    before, (rows, at) = data[:at], unsigned(data, at + 1)
    if data[at] != NEXT | LIST:
        raise ValueError("its footer has no row groups")
    count, _, at = list_header(data, at + 1)
    out: list[bytes] = []
    copied = at
    for _ in range(count):
        at, copied = shifted(data, at, ROW_GROUP, shift, out, copied)
    groups = b"".join([*out, data[copied:at]])
    return Footer(unzigzag(rows), count, groups, (before, data[at:])), behind(STRUCTURE, data, at)


def shifted(data: bytes, at: int, offsets: Offsets, shift: int, out: list[bytes], copied: int) -> tuple[int, int]:
    """Copy a structure with a number added to its offsets; where it ends, and up to where its bytes are copied.

    An offset of 0 stands for one that is not given.
    """
    number = 0
    while head := data[at]:
        number, at = field_number(data, at, number)
        inner = offsets.get(number)
        if inner is None:
            at = behind(head & 0x0F, data, at)
        elif inner == OFFSET:
            out.append(data[copied:at])
            offset, at = unsigned(data, at)
            out.append(varint(zigzag(unzigzag(offset) + shift) if offset else 0))
            copied = at
        elif inner == REFUSED:
            raise ValueError("its row groups are numbered, which joining would make wrong")
        else:
            count, at = list_header(data, at)[::2] if head & 0x0F == LIST else (1, at)
            for _ in range(count):
                at, copied = shifted(data, at, inner, shift, out, copied)
    return at + 1, copied


def field_number(data: bytes, at: int, before: int) -> tuple[int, int]:
    """The number of a field, most often told as the difference from the one before it; where its value begins."""
    if difference := data[at] >> 4:
        return before + difference, at + 1
    number, at = unsigned(data, at + 1)
    return unzigzag(number), at


def behind(kind: int, data: bytes, at: int) -> int:
    """Where a value of a kind ends that begins at some place."""
    if kind in INTEGERS:
        while data[at] & 0x80:
            at += 1
        return at + 1
    if kind == BINARY:
        length, at = unsigned(data, at)
        return at + length
    if kind == STRUCTURE:
        while head := data[at]:
            _, at = field_number(data, at, 0)
            at = behind(head & 0x0F, data, at)
        return at + 1
    if kind in (LIST, SET):
        count, kind, at = list_header(data, at)
        for _ in range(count):
            at = behind(BYTE if kind in (TRUE, FALSE) else kind, data, at)
        return at
    return at + FIXED[kind]


def list_header(data: bytes, at: int) -> tuple[int, int, int]:
    """How many values a list has, of which kind, and where they begin."""
    head = data[at]
    count, at = unsigned(data, at + 1) if head >> 4 == LONG_LIST else (head >> 4, at + 1)
    return count, head & 0x0F, at


def unsigned(data: bytes, at: int) -> tuple[int, int]:
    """A whole number, seven bits a byte, the lowest first; where it ends."""
    value = bits = 0
    while (byte := data[at]) & 0x80:
        value |= (byte & 0x7F) << bits
        bits += 7
        at += 1
    return value | byte << bits, at + 1


def varint(number: int) -> bytes:
    """A whole number in as few bytes as will do, seven bits each."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def zigzag(number: int) -> int:
    """A whole number as one that is not negative: 0, -1, 1, -2 as 0, 1, 2, 3."""
    return number << 1 if number >= 0 else -(number << 1) - 1


def unzigzag(number: int) -> int:
    """The whole number that `zigzag` gave."""
    return number >> 1 ^ -(number & 1)
