"""Parts of a run: some finished replications in a sealed folder that can be copied, counted and joined.

A part is there complete or not at all. Its manifest says which replications it has, how many rows each of its tables
has, and of which replications those are; so a part that lacks one, or has rows of another, is never sealed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from imgsim.base.errors import ImgsimError
from imgsim.base.files.atomic import publish, unfinished
from imgsim.base.files.checksums import (
    CHECKSUM,
    MANIFEST,
    Changed,
    add_manifest,
    checked,
    copy_checked,
    problems,
    read_manifest,
)
from imgsim.base.files.locks import TRIES
from imgsim.base.files.parquet import count_rows, write_table
from imgsim.base.files.parquet_concat import concat
from imgsim.engines.records.data_dictionary import layout

if TYPE_CHECKING:
    from pandas import DataFrame

NAME: Final = re.compile(r"rep-(\d{5,})-(\d{5,})")
NUMBERS: Final = ("replication", "draw")  # columns that say of which replication a row is
Rows = dict[str, int]


class PartLost(ImgsimError):
    """A part of a run that was finished is missing or damaged, so its replications have to be computed again."""


@dataclass(frozen=True, slots=True)
class Part:
    """The folder of some finished replications, whether it is there or not, and the key of the work it belongs to."""

    folder: Path
    numbers: range
    key: str = ""

    def fault(self) -> str | None:
        """What is wrong with it, in words that follow its name, or None."""
        if not self.folder.is_dir():
            return "is missing"
        try:
            manifest = read_manifest(self.folder)
            faults = problems(self.folder)
        except ImgsimError as error:
            return f"is damaged ({error})"
        if faults:
            return f"is damaged ({faults[0]})"
        if manifest.get("replications") != list(self.numbers):
            return "has other replications than its name says"
        return None if manifest.get("key") == self.key else "belongs to other inputs or another version of the program"

    def manifest(self) -> dict[str, Any]:
        """Its manifest; PartLost if it cannot be trusted."""
        try:
            manifest = read_manifest(self.folder)
        except ImgsimError as error:
            raise PartLost(f"{self.title} is lost ({error})") from None
        if (manifest.get("replications"), manifest.get("key")) != (list(self.numbers), self.key):
            raise PartLost(f"{self.title} is lost ({self.folder}: {self.fault()})")
        return manifest

    @property
    def title(self) -> str:
        """The part in words."""
        first, last = self.numbers[0], self.numbers[-1]
        return f"the part with replication {first}" if first == last else f"the part with replications {first}-{last}"

    def rows(self) -> Rows:
        """The number of rows of each table."""
        return {name: sum(counted["rows"]) for name, counted in self.manifest()["tables"].items()}

    def files(self, table: str) -> list[Path]:
        """The files of a table in their order, each checked against its checksum."""
        manifest = self.manifest()
        try:
            return [checked(self.folder, name, manifest) for name in files_of(manifest, table)]
        except Changed as change:
            raise PartLost(f"{self.title} is lost ({change})") from None


def files_of(manifest: Mapping[str, Any], table: str) -> list[str]:
    """The names of a table's files in a part, in their order."""
    pieces = len(manifest["tables"].get(table, {"rows": ()})["rows"])
    return [file_name(table, number) for number in range(pieces)]


def file_name(table: str, number: int) -> str:
    """The name of a piece of a table."""
    return f"{table}.{number:05d}.parquet"


def parts_in(folder: Path, key: str = "") -> list[Part]:
    """All parts in a folder, by the names of their folders, sound or not."""
    named = [(path, NAME.fullmatch(path.name)) for path in sorted(folder.glob("rep-*"))]
    return [Part(path, range(int(name[1]), int(name[2]) + 1), key) for path, name in named if name]


def write_part(part: Part, pieces: Iterable[Mapping[str, DataFrame]]) -> None:
    """Write, count and seal the tables of a part, which come in pieces: later ones contain further rows."""
    if part.fault() is None:
        return
    with unfinished(part.folder) as folder:
        tables = _write_behind(folder, pieces)
        refuse_miscounted(part, tables)
        add_manifest(folder, {"key": part.key, "replications": list(part.numbers), "tables": tables})
        publish_part(folder, part)


def copy_part(source: Part, target: Part) -> None:
    """Copy a part into another folder of parts; every file is checked while it is copied, and read no second time."""
    manifest = source.manifest()
    with unfinished(target.folder) as folder:
        for name, sha256 in manifest["sha256"].items():
            copy_checked(source.folder / name, folder / name, sha256)
        for name in (MANIFEST, CHECKSUM):
            (folder / name).write_bytes((source.folder / name).read_bytes())
        if Part(folder, target.numbers, target.key).manifest() != manifest:
            raise PartLost(f"{source.folder}: has changed while it was copied")
        publish_part(folder, target)


def publish_part(folder: Path, part: Part) -> None:
    """Give a finished part its name; a sound part of that name that another process has just made may stay."""
    for _ in range(TRIES):
        try:
            publish(folder, [part.folder])
        except FileExistsError:
            if part.fault() is None:
                return
            discard_damaged(part)
        else:
            return
    raise ImgsimError(f"{part.folder}: is written by others all the time")


def discard_damaged(part: Part) -> bool:
    """Remove a part that is damaged; whether it was.

    It is set aside first and looked at there: another process may have put a sound one in its place, which stays.
    """
    with suppress(FileNotFoundError), unfinished(part.folder) as folder:
        aside = part.folder.rename(folder / part.folder.name)
        if Part(aside, part.numbers, part.key).fault() is not None:
            return True
        with suppress(FileExistsError):
            publish(aside, [part.folder])
    return False


def refuse_miscounted(part: Part, tables: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse a part that lacks a replication or has rows of another: it would be wrong without a word later."""
    of = {number for counted in tables.values() for number in counted["replications"]}
    if of != {*part.numbers}:
        missing, others = sorted({*part.numbers} - of), sorted(of - {*part.numbers})
        raise ImgsimError(f"{part.title} was not computed whole: rows missing of {missing}, rows of others: {others}")


def _write_behind(folder: Path, pieces: Iterable[Mapping[str, DataFrame]]) -> dict[str, dict[str, Any]]:
    """Write each piece while the next one is computed, at most two in memory; rows and replications by table."""
    written: Future[None] | None = None
    tables: dict[str, dict[str, Any]] = {}
    try:
        for piece in pieces:
            if written is not None:
                written.result()
            files = _counted(tables, piece)
            written = _writer(os.getpid()).submit(_write, folder, files, piece)
    finally:
        if written is not None:
            wait([written])
    if written is not None:
        written.result()
    return tables


def _counted(tables: dict[str, dict[str, Any]], piece: Mapping[str, DataFrame]) -> dict[str, str]:
    """The names of the files of a piece, whose rows and replications are added to those of each table."""
    files = {}
    for name, table in piece.items():
        numbers = {int(number) for column in NUMBERS if column in table for number in table[column].unique()}
        counted = tables.setdefault(name, {"rows": [], "replications": []})
        files[name] = file_name(name, len(counted["rows"]))
        counted["rows"].append(len(table))
        counted["replications"] = sorted({*counted["replications"], *numbers})
    return files


@lru_cache(maxsize=1)
def _writer(process: int) -> ThreadPoolExecutor:
    """A thread that writes; one for all batches, because with every thread that ends DuckDB gives its memory back."""
    del process  # a fork has no threads of its parent
    return ThreadPoolExecutor(1)


def _write(folder: Path, files: Mapping[str, str], tables: Mapping[str, DataFrame]) -> None:
    for name, table in tables.items():
        write_table(layout(name), table, folder / files[name])


def join(parts: Sequence[Part], folder: Path) -> Rows:
    """Write one file per table with the rows of all parts in their order; the number of rows by table."""
    manifests = [part.manifest() for part in parts]
    names = sorted({name for manifest in manifests for name in manifest["tables"]})
    return {name: _join_table(parts, manifests, name, folder / f"{name}.parquet") for name in names}


def _join_table(parts: Sequence[Part], manifests: Sequence[Mapping[str, Any]], table: str, target: Path) -> int:
    """Join one table; PartLost if a byte that was copied is not the sealed one, or a row is missing or too many."""
    files = [
        (part, part.folder / name, manifest["sha256"].get(name))
        for part, manifest in zip(parts, manifests, strict=True)
        for name in files_of(manifest, table)
    ]
    try:
        copied = concat([path for _, path, _ in files], target)
    except (ValueError, OSError) as error:
        _refuse_lost(parts, error)
        raise
    for (part, path, sha256), copy in zip(files, copied, strict=True):
        if copy.sha256 != sha256:
            raise PartLost(f"{part.title} is lost ({path}: has changed since it was written)")
    counted = [manifest["tables"][table] for manifest in manifests if table in manifest["tables"]]
    numbers = [number for each in counted for number in each["replications"]]
    expected = (sum(sum(each["rows"]) for each in counted), len(numbers))
    if (written := count_rows(target, NUMBERS)) != expected:
        raise ImgsimError(f"{target.name}: has {written} rows and replications, its parts have {expected}")
    return expected[0]


def _refuse_lost(parts: Sequence[Part], error: Exception) -> None:
    """Name the first part that is not what it was, if there is one."""
    for part in parts:
        if fault := part.fault():
            raise PartLost(f"{part.title} is lost ({part.folder}: {fault})") from error
