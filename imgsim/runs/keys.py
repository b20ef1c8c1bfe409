"""The one key under which work is kept: a digest of its inputs, the program, and the packages it computes with."""

from __future__ import annotations

import hashlib
import json
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parents[1]
# Another version of any of these may give other numbers, or write them as other bytes.
COMPUTE: Final = ("numpy", "numba", "llvmlite", "scipy", "pandas", "duckdb", "simpy")


def key_of(*inputs: object) -> str:
    """The key of finished work with these inputs, which are plain data: another version of anything gives another."""
    text = json.dumps([code_digest(), versions(), inputs], default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def versions() -> dict[str, str | None]:
    """The version of Python and of every package that takes part in computing and writing results."""
    return {"python": platform.python_version()} | {name: installed(name) for name in COMPUTE}


def made_by() -> dict[str, str | None]:
    """What a key says of the program: its own version, with the first digits of its code, Python, and packages."""
    return {"imgsim": f"{installed('imgsim') or 'unknown'} ({code_digest()[:8]})"} | versions()


def installed(package: str) -> str | None:
    """The installed version of a package, or None."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


@cache
def code_digest() -> str:
    """SHA-256 over the program's own files and Python, without countries: what is used of those is among the inputs."""
    digest = hashlib.sha256(platform.python_version().encode())
    for path in sorted(path for suffix in ("py", "toml") for path in PACKAGE.rglob(f"*.{suffix}")):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith("countries/"):
            digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
