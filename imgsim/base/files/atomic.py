"""Folders that are there complete or not at all, whenever the process or the machine stops."""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType

from imgsim.base.errors import ImgsimError


@contextmanager
def refused_in_one_line(doing: str) -> Iterator[None]:
    """Report a full disk or a read-only folder as one message; DuckDB reports them in its own words."""
    import duckdb

    try:
        yield
    except OSError as error:
        raise ImgsimError(f"{doing}: {error.strerror or error}") from error
    except duckdb.Error as error:
        raise ImgsimError(f"{doing}: {_reason(str(error))}") from error


def _reason(text: str) -> str:
    """The system's own reason if DuckDB's message quotes one, else its first line."""
    known = [os.strerror(number) for number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EFBIG)]
    quoted = next((reason for reason in known if reason in text), None)
    return quoted or text.strip().partition("\n")[0]


@contextmanager
def published(target: Path) -> Iterator[Path]:
    """A new folder beside `target` that is renamed to it when the block ends well, and is removed otherwise."""
    unfinished = temporary(target)
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        unfinished.mkdir(parents=True)
        yield unfinished
        _to_disk(unfinished)
        unfinished.rename(target)
        _flush(target.parent)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def write_file(target: Path, content: bytes) -> None:
    """Put new content into a file, or leave it as it was; links are followed and permissions stay."""
    file = target.resolve()
    unfinished = temporary(file)
    try:
        unfinished.write_bytes(content)
        if file.exists():
            shutil.copymode(file, unfinished)
        _flush(unfinished)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def temporary(target: Path) -> Path:
    """A name beside `target` that says who writes it, so that only what a dead process left is ever swept."""
    return target.with_name(f".{target.name}.{_machine()}.{os.getpid()}.tmp")


def sweep(folder: Path) -> None:
    """Remove the temporary folders in `folder` whose writing process on this machine is dead."""
    for leftover in folder.glob(".*.tmp"):
        machine, _, process = leftover.name.removesuffix(".tmp").rpartition(".")
        if machine.endswith(f".{_machine()}") and process.isdigit() and not _alive(int(process)):
            shutil.rmtree(leftover, ignore_errors=True)


def remove_if_empty(folder: Path) -> None:
    """Remove a folder if it is empty; any other stays."""
    with suppress(OSError):
        folder.rmdir()


def _machine() -> str:
    return platform.node() or "here"


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _to_disk(folder: Path) -> None:
    """Flush a folder and all its files to disk: the rename must not reach it before its contents."""
    for path in sorted(folder.rglob("*")):
        _flush(path)
    _flush(folder)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checksums(folder: Path, known: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """The SHA-256 of every file under a folder, by its path inside the folder; those that are known are not read."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: known.get(name) or sha256(path) for name, path in files.items()}
