"""Rewrite TOML files with keys of before 0.2: each key gets its new name in its place, comments and layout stay."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from imgsim.base.errors import InputError
from imgsim.base.files.atomic import write_file
from imgsim.base.files.toml import Table, read_toml
from imgsim.base.files.toml_positions import Path as KeyPath
from imgsim.base.files.toml_positions import key_parts, nodes
from imgsim.base.printable import one_line
from imgsim.inputs.durations import durations_near, new_name
from imgsim.inputs.parameters.dispersion import SPREAD
from imgsim.inputs.renamed import RENAMED, RENAMED_VALUES

ANY: Final = "*"  # in a pattern: any one part of a path
# Kind of file, pattern of the table that a key stands in, and the name of that place in RENAMED.
PLACES: Final[Sequence[tuple[str, KeyPath, str]]] = (
    ("pathway", (), "pathway"),
    ("pathway", ("clock", ANY), "timer"),
    *((kind, ("stage", ANY), "stage") for kind in ("pathway", "scenario", "reform")),
    ("reform", (), "reform"),
    ("reform", ("dose", ANY), "lever"),
    ("reform", ("lever", ANY), "lever"),
    *(("reform", ("change", ANY, word), "amount") for word in ("value", "scale", "add")),
    ("calibration", (), "calibration"),
)
NAMES_AS_VALUES: Final = ("parameter", "same_as", "rows")  # keys whose texts are names of parameters

Edit = tuple[int, int, str]  # first byte, end byte, new text
Renaming = tuple[str, str]  # old and new name


@dataclass(frozen=True, slots=True)
class Migration:
    """A file before and after, with every renaming that was done."""

    file: Path
    before: bytes
    after: bytes
    renamed: tuple[Renaming, ...]

    def summary(self) -> str:
        """One line: the file and how often each key was renamed."""
        counts = Counter(self.renamed)
        listed = ", ".join(f"`{old}` -> `{new}` ({n})" for (old, new), n in counts.items())
        return f"{one_line(str(self.file))}: {listed or 'nothing to rename'}"

    def diff(self) -> str:
        """The change as a unified diff; empty if there is none."""
        name = one_line(str(self.file))
        before, after = (text.decode("utf-8").splitlines(keepends=True) for text in (self.before, self.after))
        return "".join(difflib.unified_diff(before, after, name, name))


def migrate(paths: Iterable[Path], *, write: bool = True) -> list[Migration]:
    """Rewrite files, and all TOML files of folders; nothing is written if one of them cannot be read. InputError."""
    migrations = [migration(file) for path in paths for file in toml_files(path)]
    for changed in migrations:
        if write and changed.after != changed.before:
            write_file(changed.file, changed.after)
    return migrations


def toml_files(path: Path) -> list[Path]:
    """The file itself, or the TOML files below a folder."""
    if not path.is_dir():
        return [path]
    files = sorted(path.rglob("*.toml"))
    if not files:
        raise InputError("no TOML file in this folder", file=str(path))
    return files


def migration(file: Path) -> Migration:
    """What the new names make of a file. InputError if it is no TOML, or has a key by its old and its new name."""
    top = read_toml(file)
    before = file.read_bytes()
    kind = kind_of(top)
    distributions = durations_near(top, kind)
    edits = [*edits_of_keys(before, top, kind, distributions), *edits_of_values(before, top, distributions)]
    after = before
    for begin, end, text in sorted({edit for edit, _ in edits}, reverse=True):
        after = after[:begin] + text.encode("utf-8") + after[end:]
    return Migration(file, before, after, tuple(renaming for _, renaming in edits))


def kind_of(top: Table) -> str:
    """What a file describes: a pathway, a scenario, a reform, a calibration or parameters."""
    if "stage" in top and "entry" in top:
        return "pathway"
    if "actor" in top or "not_modelled" in top:
        return "reform"
    if "extends" in top or isinstance(top.data.get("country"), str):
        return "scenario"
    lists = [key for key in ("knob", "parameter") if isinstance(top.data.get(key), list)]
    return "calibration" if lists else "parameters"


def edits_of_keys(
    content: bytes, top: Table, kind: str, distributions: Mapping[str, str]
) -> Iterator[tuple[Edit, Renaming]]:
    """The edits of keys, and of names of parameters that are keys."""
    for path, node in key_parts(content):
        own = str(path[-1])
        new = new_key(top, kind, path) or renamed_dispersion(kind, path, distributions)
        if new is not None:
            refuse_both(top, path, new)
            yield (node.start_byte, node.end_byte, node.text.decode("utf-8").replace(own, new)), (own, new)


def new_key(top: Table, kind: str, path: KeyPath) -> str | None:
    """The new name of a key at the end of a path; None if it keeps its own."""
    *parent, key = path
    for of_kind, pattern, place in PLACES:
        if of_kind == kind and fits(tuple(parent), pattern) and key in RENAMED[place]:
            return RENAMED[place][str(key)]
    if in_parameters(kind, path) and key in RENAMED["parameter"] and not isinstance(at(top.data, path), dict):
        return RENAMED["parameter"][str(key)]
    return None


def fits(path: KeyPath, pattern: KeyPath) -> bool:
    """Does a path have the form of a pattern?"""
    return len(path) == len(pattern) and all(b in (ANY, a) for a, b in zip(path, pattern, strict=True))


def in_parameters(kind: str, path: KeyPath) -> bool:
    """Does a path lie among the parameters that a file defines?"""
    return kind == "parameters" or (kind in ("scenario", "reform") and path[0] == "parameter")


def at(data: Any, path: KeyPath) -> Any:
    """The value of a path in parsed TOML."""
    for key in path:
        data = data[key]
    return data


def renamed_dispersion(kind: str, path: KeyPath, distributions: Mapping[str, str]) -> str | None:
    """The new key that ends the name of a duration's dispersion; None for any other key."""
    key = str(path[-1])
    if not in_parameters(kind, path) or not key.endswith(SPREAD):
        return None
    new = new_name(".".join(str(part) for part in (path if kind == "parameters" else path[1:])), distributions)
    return None if new is None else key.removesuffix(SPREAD) + new.rpartition(".")[2]


def refuse_both(top: Table, path: KeyPath, new: str) -> None:
    """InputError if a table has a key by its old and by its new name."""
    if new in at(top.data, path[:-1]):
        inside = Table({}, top.file, path[:-1])
        inside.fail(f"both `{path[-1]}` and its new name `{new}` stand here; take one out", path[-1])


def edits_of_values(content: bytes, top: Table, distributions: Mapping[str, str]) -> Iterator[tuple[Edit, Renaming]]:
    """The edits of values from closed lists, and of values that are names of parameters."""
    for path, node in nodes(content).items():
        if node.type != "string":
            continue
        text, key = node.text.decode("utf-8"), next(part for part in reversed(path) if isinstance(part, str))
        old = str(at(top.data, path))
        new = RENAMED_VALUES.get(key, {}).get(old) if path[0] == "stage" else None
        if key in NAMES_AS_VALUES:
            old = old.partition("[")[0].partition("@")[0]
            new = new_name(old, distributions)
        if new is not None:
            yield (node.start_byte, node.end_byte, text.replace(old, new, 1)), (old, new)
