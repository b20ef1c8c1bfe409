"""Edits of a base: small steps as plain data, so that a case can be kept, replayed and made smaller."""

from __future__ import annotations

import copy
import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fuzz.shipped_scenarios import shipped
from fuzz.small_countries import Files, bases
from fuzz.toml_text import toml

Edit = tuple[
    Any, ...
]  # ("set", file, path, value), ("drop", file, path), ("rename", file, path, key), ("bytes", file, place, text)


@dataclass(frozen=True)
class Case:
    """A base and what is done to it."""

    base: str
    edits: tuple[Edit, ...]

    def dumped(self) -> str:
        """The case as JSON of a line for each edit."""
        lines = ",\n".join(f"  {json.dumps(edit, default=written)}" for edit in self.edits)
        return f'{{"base": "{self.base}", "edits": [\n{lines}\n]}}\n'

    def write(self, folder: Path) -> None:
        """The files of the case."""
        files, texts = edited(self)
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            text = toml(content).encode()
            for place, inserted in texts.get(path, ()):
                at = place % (len(text) + 1)
                text = text[:at] + inserted.encode("latin-1") + text[at + (not inserted) :]
            (folder / path).write_bytes(text)


def written(value: Any) -> Any:
    """What JSON does not know."""
    if isinstance(value, (datetime.date, datetime.time)):
        return {"@": value.isoformat()}
    raise TypeError(type(value))


def loaded(text: str) -> Case:
    """A case from its JSON."""
    import tomli

    content = json.loads(
        text, object_hook=lambda table: tomli.loads(f"v = {table['@']}")["v"] if "@" in table else table
    )
    return Case(content["base"], tuple(tuple(edit) for edit in content["edits"]))


def edited(case: Case) -> tuple[Files, dict[str, list[tuple[int, str]]]]:
    """The files after all edits of tables, and the edits of bytes; an edit that no longer fits does nothing."""
    files, texts = copy.deepcopy({**bases(), **shipped()}[case.base]), dict[str, list[tuple[int, str]]]()
    for kind, file, *rest in case.edits:
        if kind == "bytes":
            texts.setdefault(file, []).append((rest[0], rest[1]))
            continue
        *above, key = rest[0] or [None]
        table = at(files.get(file), above)
        if table is None or key is None:
            continue
        apply(table, kind, key, rest[1:])
    return files, texts


def at(table: Any, path: Sequence[Any]) -> Any:
    """What stands at a path, or None."""
    for key in path:
        try:
            table = table[key]
        except (KeyError, IndexError, TypeError):
            return None
    return table


def apply(table: Any, kind: str, key: Any, given: Sequence[Any]) -> None:
    """One edit in the table or list where it belongs."""
    if isinstance(table, list) and isinstance(key, int):
        if kind == "drop" and key < len(table):
            del table[key]
        elif kind == "set":
            table[key : key + 1] = [copy.deepcopy(given[0])]
    elif isinstance(table, dict) and isinstance(key, str):
        if kind == "drop":
            table.pop(key, None)
        elif kind == "set":
            table[key] = copy.deepcopy(given[0])
        elif key in table:  # the place in the table stays: the order of keys may count
            renamed = {given[0] if name == key else name: item for name, item in table.items()}
            table.clear()
            table.update(renamed)
