"""Portions of the work of a command: all of it, one shard of several, or none of it, as it was computed elsewhere.

Every piece of work (the replications of a run, the draws of a comparison) is divided into the same batches wherever it
is computed. Shard k of n has every n-th batch from the k-th on; so no two shards have one in common, and all have their
share of the long ones.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from imgsim.base.errors import ImgsimError, InputError
from imgsim.base.files.atomic import write_file
from imgsim.base.files.source import read_text
from imgsim.base.files.toml import shown
from imgsim.runs.folders import CHECKPOINTS
from imgsim.runs.keys import made_by

SHARD: Final = re.compile(r"\s*(\d{1,6})\s*/\s*(\d{1,6})\s*")
GATHERED, LOOKED_AT = 0, -1  # instead of the number of a shard
CHECKSUM: Final = "sha256"  # of a record, in it
FILES: Final = ("path", "base", "reforms")  # arguments that name files
RECORD: Final = ".shards.json"  # beside a folder of parts: which command they are shards of


@dataclass(frozen=True, slots=True)
class Portion:
    """Which batches a process computes: those of shard `number` of `of`; none if it is GATHERED or only LOOKED_AT.

    `sources` are results folders that have finished parts; `record` is what a shard leaves beside its parts, so that
    they can be gathered: the command and its arguments.
    """

    number: int = 1
    of: int = 1
    sources: tuple[Path, ...] = ()
    record: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_all(self) -> bool:
        """Does the process compute everything?"""
        return (self.number, self.of) == (1, 1) and not self.record

    @property
    def writes_results(self) -> bool:
        """Does the process write results, once all parts are there?"""
        return self.is_all or self.number == GATHERED

    @property
    def is_shard(self) -> bool:
        """Does the process leave parts for others to gather?"""
        return self.number > 0 and not self.is_all

    def has(self, batch: int) -> bool:
        """Is the batch of this place, from 0 on, computed here?"""
        return self.number > 0 and batch % self.of == self.number - 1

    def shard_of(self, batch: int) -> int:
        """The shard, from 1 on, that computes the batch of this place."""
        return batch % self.of + 1


ALL: Final = Portion()


class Incomplete(ImgsimError):
    """Raised where results need batches that are not there, or are to be gathered by another process."""

    def __init__(self, about: str, missing: Sequence[int], batches: int, portion: Portion, why: str = "") -> None:
        self.about, self.missing, self.batches, self.portion = about, tuple(missing), batches, portion
        self.shards = tuple(sorted({portion.shard_of(batch) for batch in missing}))
        listed = ", ".join(map(str, self.shards[:20])) + (" and more" if len(self.shards) > 20 else "")
        lacking = f"{len(missing)} of {batches} parts are missing, of shards {listed} of {portion.of}"
        super().__init__(f"{about}: {f'{lacking}{why}' if missing else f'all {batches} parts are there'}")

    def together_with(self, others: Sequence[Incomplete]) -> Incomplete:
        """One for several pieces of work: the first, with the shards of all."""
        joint = Incomplete(self.about, self.missing, self.batches, self.portion)
        joint.args = ("; ".join(str(each) for each in (self, *others)),)
        joint.shards = tuple(sorted({shard for each in (self, *others) for shard in each.shards}))
        return joint


def carry_out(steps: Iterable[Callable[[], object]]) -> None:
    """Carry out steps, none of which needs what others compute of another; then Incomplete with all that is missing."""
    left = []
    for step in steps:
        try:
            step()
        except Incomplete as each:
            left.append(each)
    if left:
        raise left[0].together_with(left[1:])


def shard_named(text: str) -> tuple[int, int]:
    """The number of a shard and of how many, from a text such as ``3/40``; InputError for anything else."""
    named = SHARD.fullmatch(text)
    number, of = (int(named[1]), int(named[2])) if named else (0, 0)
    if not 1 <= number <= of:
        raise InputError(f"must be a shard and their number, such as 3/40, not {shown(text)}", key="--shard")
    return number, of


def write_record(root: Path, key: str, about: str, portion: Portion) -> None:
    """Leave beside the parts of some work which command they are a shard of, and by which versions they are made.

    InputError where the parts of another command wait in the folder: what it needs would be forgotten.
    """
    path = root / f"{key}{RECORD}"
    record = {**portion.record, "shards": portion.of, "about": about, "made_by": made_by()}
    if path.exists() and (other := loaded(path)) and work_of(other) != work_of(record):
        message = f"parts of `{other['command']}` (of {other['shards']} shards) wait here to be gathered; take another"
        raise InputError(f"{message} --out for these", file=str(root.parent))
    text = json.dumps(record | {CHECKSUM: checksum_of(record)}, indent=1, sort_keys=True)
    write_file(path, f"{text}\n".encode())


def read_record(folders: Sequence[Path]) -> dict[str, Any]:
    """The command that the parts in some results folders are shards of; InputError if there is none, or several."""
    records: dict[str, dict[str, Any]] = {}
    for folder in folders:
        if not folder.is_dir():
            raise InputError("no such folder", file=str(folder))
        for path in sorted((folder / CHECKPOINTS).glob(f"*{RECORD}")):
            record = loaded(path)
            records.setdefault(work_of(record), record)
    if not records:
        raise InputError("has no parts of shards", file=", ".join(map(str, folders)))
    if len(records) > 1:
        commands = "; ".join(sorted({f"{each['command']} (of {each['shards']})" for each in records.values()}))
        raise InputError(f"shards of several commands, to be gathered one by one from folders of their own: {commands}")
    return next(iter(records.values()))


def work_of(record: Mapping[str, Any]) -> str:
    """What is asked for, however its files were spelled: parts of other files have another key anyway."""
    asked = {name: value for name, value in record["arguments"].items() if name not in FILES}
    return json.dumps([record["function"], record["shards"], asked], sort_keys=True)


def checksum_of(record: Mapping[str, Any]) -> str:
    """The SHA-256 of a record, which stands in it so that damage is noticed."""
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def loaded(path: Path) -> dict[str, Any]:
    """The record in a file; InputError if it is damaged or no regular file."""
    try:
        record: dict[str, Any] = json.loads(read_text(path))
        if record.pop(CHECKSUM) == checksum_of(record):
            return record
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        pass
    raise InputError("is damaged: remove it and submit a shard again, which writes it anew", file=str(path))
