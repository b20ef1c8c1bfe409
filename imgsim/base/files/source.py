"""Read the files of users: regular ones only, of a bounded size, as UTF-8 text; anything else is refused at once."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from imgsim.base.errors import InputError

LARGEST: Final = 16 * 2**20  # bytes; no scenario is larger
DEEPEST: Final = 64  # tables in tables
UNBLOCKED: Final = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOCTTY", 0)
BINARY: Final = getattr(os, "O_BINARY", 0)
MARK: Final = b"\xef\xbb\xbf"  # the byte order mark of UTF-8, which editors on Windows write
WIDE_MARKS: Final = (
    (b"\xff\xfe\x00\x00", "UTF-32"), (b"\x00\x00\xfe\xff", "UTF-32"), (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"),
)  # fmt: skip
WIDTHS: Final = {2: "UTF-16", 3: "UTF-32"}  # by how many of four bytes are zero in letters of English
KINDS: Final = (
    (stat.S_ISDIR, "is a folder, not a file"),
    (stat.S_ISFIFO, "is a pipe, not a file on a disk"),
    (stat.S_ISSOCK, "is a socket, not a file"),
    (stat.S_ISCHR, "is a device, not a file"),
    (stat.S_ISBLK, "is a device, not a file"),
)


def read_bytes(file: Path) -> bytes:
    """The bytes of a regular file. InputError for anything else, which could block, never end or change as it is read.

    What it is is asked before it is opened, because opening some devices acts on them, and again once it is open.
    """
    try:
        refuse_special(file, os.stat(file))
        handle = os.open(file, os.O_RDONLY | UNBLOCKED | BINARY)
        with open(handle, "rb", buffering=0) as opened:
            size = refuse_special(file, os.fstat(handle))
            content = b"".join(iter(lambda: opened.read(LARGEST + 1 - opened.tell()) or b"", b""))
    except OSError as problem:
        raise InputError(unreadable(problem), file=str(file)) from None
    except ValueError:  # a name with a NUL
        raise InputError("no such file", file=str(file)) from None
    if len(content) != size:
        raise InputError("is not a file on a disk, or is being written just now", file=str(file))
    return content


def refuse_special(file: Path, status: os.stat_result) -> int:
    """The size of a file; InputError if it is no regular one, or too large to be anything that is read here."""
    refuse_no_file(file, status)
    if status.st_size > LARGEST:
        raise InputError(f"larger than {LARGEST >> 20} MB ({LARGEST:,} bytes): this is no scenario", file=str(file))
    return status.st_size


def refuse_no_file(file: Path, status: os.stat_result) -> None:
    """InputError for a folder, a pipe, a socket or a device."""
    for is_kind, message in KINDS:
        if is_kind(status.st_mode):
            raise InputError(message, file=str(file))
    if not stat.S_ISREG(status.st_mode):
        raise InputError("is no regular file", file=str(file))


def unreadable(problem: OSError) -> str:
    """Why a file cannot be read, in plain words."""
    if isinstance(problem, FileNotFoundError):
        target = linked(problem.filename)
        return "no such file" if target is None else f"is a link to {target}, which does not exist"
    return f"cannot be read: {problem.strerror}"


def linked(name: object) -> str | None:
    """What a symbolic link says it leads to; None for what is no link."""
    try:
        return os.fsdecode(os.readlink(os.fspath(name)))  # type: ignore[call-overload]
    except (OSError, TypeError, ValueError):
        return None


def is_text(path: Path) -> bool:
    """Whether the name of a file is text in UTF-8; DuckDB neither reads nor writes any other."""
    try:
        return os.fsencode(path) == str(path).encode()
    except UnicodeEncodeError:
        return False


def read_text(file: Path) -> str:
    """The text of a regular file in UTF-8, without a byte order mark. InputError if it is anything else."""
    return as_text(read_bytes(file), file)


def as_text(content: bytes, file: Path) -> str:
    """Bytes read as UTF-8. InputError that names what they look like instead."""
    for mark, name in WIDE_MARKS:
        if content.startswith(mark):
            raise not_utf8(file, f"it looks like {name}")
    if b"\0" in content:
        raise no_text(file, content)
    try:
        return content.removeprefix(MARK).decode("utf-8")
    except UnicodeDecodeError as problem:
        start = problem.start + len(content) - len(content.removeprefix(MARK))
        line = content.count(b"\n", 0, start) + 1
        looks = f"it looks like Latin-1 or Windows-1252 (byte {start})"
        raise not_utf8(file, looks, line) from None


def no_text(file: Path, content: bytes) -> InputError:
    """The error for a content with NULs: a text in wide characters, or no text at all."""
    beginning = content[:4000]
    few = len(beginning) // 40  # of a quarter of the bytes: a tenth
    empty = sum(beginning[place::4].count(0) > few for place in range(4))
    if empty in WIDTHS:
        return not_utf8(file, f"it looks like {WIDTHS[empty]}")
    at = content.index(b"\0")
    message = f"is no text: it has a NUL (byte {at})"
    return InputError(message, file=str(file), line=content.count(b"\n", 0, at) + 1)


def not_utf8(file: Path, looks: str, line: int | None = None) -> InputError:
    """The error for a text in another encoding."""
    return InputError(f"is not UTF-8: {looks}; save it as UTF-8", file=str(file), line=line)


def sibling_paths(file: Path, name: str) -> list[Path]:
    """Where a file that another one names may lie: beside the other one, and first beside what it is a link to."""
    real = Path(os.path.realpath(file))
    return list(dict.fromkeys([real.parent / name, file.parent / name] if file.is_symlink() else [file.parent / name]))
