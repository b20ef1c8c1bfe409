"""Where something stands in the files of a country: every key and item, the parameters, the stages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fuzz.small_countries import Files

Path = tuple[Any, ...]
Place = tuple[str, Path, Any]  # file, path in it, and what stands there


def places(files: Files) -> list[Place]:
    """Every key and item of every file."""
    return [(file, *place) for file, content in files.items() for place in below(content, ())]


def below(content: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Every key and item below a table or list."""
    pairs = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in pairs:
        yield (*path, key), value
        yield from below(value, (*path, key))


def parameters(files: Files) -> list[Place]:
    """The tables that define parameters."""
    return [place for place in places(files) if isinstance(place[2], dict) and "unit" in place[2]]


def stages(files: Files) -> list[Place]:
    """The tables that define stages."""
    return [place for place in places(files) if isinstance(place[2], dict) and "kind" in place[2]]


def of_main(files: Files) -> list[Place]:
    """The places of the scenario and of a reform."""
    return [place for place in places(files) if "/" not in place[0]]
