"""Sealed folders: a manifest lists every file with its SHA-256, and is itself sealed by a file beside it.

A bit that has changed anywhere in such a folder, in the manifest and in its seal too, is noticed, and so is a file that
is missing or that was not there. ``sha256sum -c manifest.sha256`` checks the manifest without this program.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, Final

from imgsim.base.errors import ImgsimError, InputError
from imgsim.base.printable import one_line

MANIFEST: Final = "manifest.json"
CHECKSUM: Final = "manifest.sha256"
AT_ONCE: Final = 2**20  # bytes that are read together
NONE_KNOWN: Final[Mapping[str, str]] = MappingProxyType({})

_checked: dict[str, tuple[object, ...]] = {}  # what a file looked like when its checksum was last right


class Changed(ImgsimError):
    """Something in a sealed folder is not as it was written."""


def add_manifest(folder: Path, record: Mapping[str, Any], known: Mapping[str, str] = NONE_KNOWN) -> None:
    """Write a folder's manifest, which is a record and the checksum of every file, and its seal."""
    written = checksums(folder, known)
    sha256 = {name: digest for name, digest in written.items() if name not in (MANIFEST, CHECKSUM)}
    write_manifest(folder, {**record, "sha256": sha256, "checksum": CHECKSUM})
    (folder / CHECKSUM).write_text(checksum_line((folder / MANIFEST).read_bytes()), "utf-8")


def write_manifest(folder: Path, content: Mapping[str, Any]) -> None:
    """Write a manifest as it stands, without a seal."""
    text = json.dumps(content, indent=1, ensure_ascii=False, default=str)
    (folder / MANIFEST).write_text(text + "\n", "utf-8", "backslashreplace")


def checksum_line(manifest: bytes) -> str:
    """The line that seals a manifest, as `sha256sum` writes it."""
    return f"{hashlib.sha256(manifest).hexdigest()}  {MANIFEST}\n"


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder, checked against its seal; those of older versions have none."""
    if has_checksum(folder) and not os.path.lexists(folder / MANIFEST):
        raise Changed(f"{folder / MANIFEST}: is missing")
    try:
        written = regular_bytes(folder / MANIFEST)
        line = regular_bytes(folder / CHECKSUM) if has_checksum(folder) else None
        if line is not None and line != checksum_line(written).encode():
            raise Changed(f"{folder / MANIFEST}: it or its seal, {CHECKSUM}, has changed since it was written")
        content: dict[str, Any] = json.loads(written)
        listed = dict(content["sha256"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError("is not the folder of a finished run (no readable manifest.json)", file=str(folder)) from error
    if line is None and "checksum" in content:
        raise Changed(f"{folder / CHECKSUM}: is missing")
    return {**content, "sha256": listed}


def regular_bytes(path: Path) -> bytes:
    """The bytes of a regular file; OSError for anything else, as reading a pipe may never end."""
    if not path.is_file():
        raise FileNotFoundError(errno.ENOENT, "no such regular file", str(path))
    return path.read_bytes()


def has_checksum(folder: Path) -> bool:
    """Whether a folder has a seal; those of older versions have a manifest alone."""
    return os.path.lexists(folder / CHECKSUM)


def problems(folder: Path) -> list[str]:
    """Each file of a folder that has changed, is missing, or was not there when the folder was sealed."""
    try:
        listed: dict[str, str] = read_manifest(folder)["sha256"]
    except Changed as change:
        return [str(change)]
    there = files_in(folder) - {MANIFEST, CHECKSUM}
    lines = [fault for name in sorted(listed) if (fault := fault_of(folder / name, listed[name]))]
    return lines + [f"{folder / name}: was not there when the folder was written" for name in sorted(there - {*listed})]


def fault_of(path: Path, sha256: str) -> str | None:
    """What is wrong with a file, or None: it has this checksum."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return f"{one_line(str(path))}: is no regular file any more"
        return None if digest(path) == sha256 else f"{one_line(str(path))}: has changed since it was written"
    except (FileNotFoundError, NotADirectoryError):
        return f"{one_line(str(path))}: is missing"
    except OSError as problem:
        return f"{one_line(str(path))}: cannot be read: {problem.strerror}"


def checked(folder: Path, name: str, manifest: Mapping[str, Any]) -> Path:
    """The path of a file of a folder whose bytes are those of the manifest; Changed if they are not.

    A file is read once in a process, unless its size, its times or its place on the disk are others now. While a folder
    is being written its manifest has no seal and lists nothing, and nothing is checked.
    """
    path, listed = folder / name, manifest["sha256"]
    if not listed and "checksum" not in manifest:
        return path
    if name not in listed:
        raise Changed(f"{one_line(str(path))}: was not there when the folder was written")
    state = state_of(path, listed[name])
    if state is None or _checked.get(str(path.absolute())) != state:
        fault = fault_of(path, listed[name])
        if fault:
            raise Changed(fault)
        if state is not None:
            _checked[str(path.absolute())] = state
    return path


def state_of(path: Path, sha256: str) -> tuple[object, ...] | None:
    """What changes when a file is written: its size, times and place; None if there is no such file."""
    try:
        now = path.lstat()
    except OSError:
        return None
    return (sha256, now.st_size, now.st_mtime_ns, now.st_ctime_ns, now.st_dev, now.st_ino)


def copy_checked(source: Path, target: Path, sha256: str) -> None:
    """Copy a file while its checksum is taken; Changed if the bytes that were copied are others."""
    taken = hashlib.sha256()
    with opened(source) as file, target.open("xb") as copy:
        while block := read_from(file, source):
            taken.update(block)
            copy.write(block)
    if taken.hexdigest() != sha256:
        raise Changed(f"{source}: has changed since it was written")


def opened(path: Path) -> IO[bytes]:
    """A listed file, opened to be read; Changed if it cannot be."""
    try:
        return path.open("rb")
    except OSError as problem:
        raise Changed(f"{path}: cannot be read: {problem.strerror}") from None


def read_from(file: IO[bytes], path: Path) -> bytes:
    """The next bytes of a listed file; Changed if they cannot be read."""
    try:
        return file.read(AT_ONCE)
    except OSError as problem:
        raise Changed(f"{path}: cannot be read: {problem.strerror}") from None


def files_in(folder: Path) -> set[str]:
    """The names of all that is under a folder but folders, links and devices too."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()}


def digest(path: Path) -> str:
    """The SHA-256 of a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checksums(folder: Path, known: Mapping[str, str] = NONE_KNOWN) -> dict[str, str]:
    """The SHA-256 of every file under a folder, by its path inside the folder; those that are known are not read."""
    return {name: known.get(name) or digest(folder / name) for name in sorted(files_in(folder))}
