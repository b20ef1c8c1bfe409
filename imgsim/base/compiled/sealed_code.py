"""Compiled code on disk, sealed: a file for each function and types of arguments, with its checksum before its content.

Numba's own cache loads what it reads as a pickle, whoever wrote it and whatever became of it. Here a file counts only
if it is the user's, its checksum fits, and it was made of the same sources for the same processor; any other is as good
as none, and the function is compiled anew. Nothing that happens to these files ends a run.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from numba.core import caching, compiler, serialize

from imgsim.base.compiled.code_folder import code_folders, written_folder
from imgsim.base.files.private_folder import read_private

# Numba's parts are not typed; tests/canaries says what is used of them.
Base: Any = caching._Cache
CompileResult: Any = compiler.CompileResult
dumps: Any = serialize.dumps

MARK: Final = b"imgsim compiled code 1\n"
SUFFIX: Final = ".nbc"


class SealedCode(Base):  # type: ignore[misc]
    """The compiled code of one function: what a dispatcher of Numba asks before it compiles, and tells when it has."""

    def __init__(self, function: Callable[..., Any], digest: str) -> None:
        self.function, self.digest, self.enabled = function, digest, True

    @property
    def cache_path(self) -> str:
        """The folder to which the code is written; nothing if there is none."""
        folder = written_folder()
        return str(folder / self.digest) if folder else ""

    def load_overload(self, signature: Any, context: Any) -> Any:
        """The compiled function for a signature; None if there is none that can be trusted and used."""
        context.refresh()
        if not self.enabled:
            return None
        key = self.key(signature, context.codegen())
        for folder in code_folders():
            payload = read_sealed(folder / self.digest / self.name(key))
            code = None if payload is None else self.rebuilt(payload, key, context)
            if code is not None:
                return code
        return None

    def rebuilt(self, payload: bytes, key: object, context: Any) -> Any:
        """The compiled function in a payload; None if it is another one, or one of another version."""
        try:
            of, reduced = pickle.loads(payload)
            return CompileResult._rebuild(context, *reduced) if of == key else None
        except Exception:  # whatever is wrong with it, it can be compiled anew
            return None

    def save_overload(self, signature: Any, code: Any) -> None:
        """Store the compiled function for a signature; where that cannot be done, the run goes on without."""
        if not self.enabled or code.library.has_dynamic_globals or any(not each.can_cache for each in code.lifted):
            return
        folder = written_folder()
        if folder is None:
            return
        key = self.key(signature, code.codegen)
        with suppress(RuntimeError):  # seen once: Numba found no object code; the next process compiles it anew
            write_sealed(folder / self.digest / self.name(key), dumps((key, code._reduce())))

    def key(self, signature: Any, codegen: Any) -> tuple[Any, ...]:
        """All that the machine code of a function is made from: sources, types of arguments, processor."""
        code, closure = self.function.__code__.co_code, self.function.__closure__
        cells = dumps(tuple(cell.cell_contents for cell in closure)) if closure else b""
        digests = tuple(hashlib.sha256(part).hexdigest() for part in (code, cells))
        return self.digest, self.function.__qualname__, signature, codegen.magic_tuple(), digests

    def name(self, key: tuple[Any, ...]) -> str:
        """The name of the file for a key."""
        described = hashlib.sha256(repr(key).encode()).hexdigest()[:16]
        return f"{file_name(self.function.__module__, self.function.__qualname__)}-{described}{SUFFIX}"

    def enable(self) -> None:
        """Load and store code from now on."""
        self.enabled = True

    def disable(self) -> None:
        """Load and store no code from now on."""
        self.enabled = False

    def flush(self) -> None:
        """Remove the code of this function that is stored."""
        pattern = f"{file_name(self.function.__module__, self.function.__qualname__)}-*{SUFFIX}"
        for file in Path(self.cache_path).glob(pattern) if self.cache_path else ():
            with suppress(OSError):
                file.unlink()


def file_name(module: str, function: str) -> str:
    """The first part of the names of a function's files."""
    return f"{module.rpartition('.')[2]}.{function.replace('<', '').replace('>', '')}"


def read_sealed(file: Path) -> bytes | None:
    """What a file contains; None if it is missing, unreadable, damaged, or may be written by others."""
    try:
        return unsealed(read_private(file))
    except (OSError, MemoryError):
        return None


def unsealed(content: bytes) -> bytes | None:
    """The payload behind a checksum, None if the checksum does not fit."""
    payload = content[len(MARK) + hashlib.sha256().digest_size :]
    return payload if content == sealed(payload) else None


def sealed(payload: bytes) -> bytes:
    """A payload behind its checksum."""
    return MARK + hashlib.sha256(MARK + payload).digest() + payload


def write_sealed(file: Path, payload: bytes) -> None:
    """Write a payload with its checksum, at once or not at all; nothing happens where that is impossible."""
    unfinished = file.with_name(f"{file.name}.{uuid.uuid4().hex[:16]}.tmp")  # by another name than any other process
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
                opened.write(sealed(payload))
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)
