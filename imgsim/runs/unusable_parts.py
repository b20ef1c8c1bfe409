"""Why finished parts of a command do not count: other versions computed them, or they are of other inputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from imgsim.runs.keys import made_by
from imgsim.runs.parts import Part, parts_in
from imgsim.runs.portions import RECORD, loaded


def unusable(roots: Iterable[Path], key: str, about: str) -> str:
    """A text on parts in some folders that are of the same work by its name but have another key; empty if none are."""
    return "".join(
        f"; {len(parts)} more in {folder} {reason}"
        for folder, record, parts in waiting(roots, key)
        if (reason := why_unusable(record, about))
    )


def why_unusable(record: Mapping[str, Any], about: str) -> str:
    """Why parts with this record have another key than those that are looked for, as far as it tells."""
    if differences := other_versions(record.get("made_by", {})):
        return f"were made by other versions ({differences})"
    return "are of other inputs, as a file has changed since" if record.get("about") == about else ""


def waiting(roots: Iterable[Path], key: str) -> Iterator[tuple[Path, dict[str, Any], list[Part]]]:
    """The folders in which shards have left parts under another key, with their records and these parts."""
    for root in dict.fromkeys(root.resolve() for root in roots):
        for record in sorted(root.glob(f"*{RECORD}")):
            other = record.name.removesuffix(RECORD)
            if other != key and (parts := parts_in(root / other)):
                yield root, loaded(record), parts


def other_versions(maker: Mapping[str, str | None]) -> str:
    """Each package of which the maker of some parts had another version than there is here, with both."""
    here = made_by()
    return ", ".join(
        f"{name} {maker.get(name) or 'unknown'}, here {here.get(name) or 'none'}"
        for name in here
        if maker.get(name) != here.get(name)
    )
