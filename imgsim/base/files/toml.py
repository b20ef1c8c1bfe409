"""Read TOML strictly: every value is asked for by name and type, and every refusal gives its location in the file."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NoReturn

import tomli

from imgsim.base.errors import InputError, Problems
from imgsim.base.files.source import DEEPEST, read_text
from imgsim.base.printable import in_one_paragraph, one_line, printable

LOCATED: Final = 4 * 2**20  # bytes; to find the places of the keys of larger files takes too long
MISSING: Final = object()
# A key of so many parts, which a parser takes long to read; keys stand at the beginning of a line or after these signs.
PART: Final = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*"""
TOO_DEEP: Final = re.compile(rf"(?:^|[{{,\[])[ \t]*(?:{PART}){{{DEEPEST}}}", re.MULTILINE)
NO_ANSWERS: Final[Mapping[str, str]] = MappingProxyType({})

Key = str | int


class Table:
    """A table of a TOML file that knows its file and its path in it."""

    def __init__(self, data: dict[str, Any], file: Path, path: tuple[Key, ...] = ()) -> None:
        self.data, self.file, self.path = data, file, path

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def fail(
        self, message: str, key: Key | None = None, *, name: str | None = None, known: Iterable[str] = ()
    ) -> NoReturn:
        """Refuse a key of this table (or the table itself) with file, line, column and key."""
        raise self.error(message, key, name=name, known=known)

    def error(
        self, message: str, key: Key | None = None, *, name: str | None = None, known: Iterable[str] = ()
    ) -> InputError:
        """The error that refuses a key of this table, or the table itself."""
        path = self.path if key is None else (*self.path, key)
        line, column = locate(self.file, path)
        return InputError(
            message, file=str(self.file), line=line, column=column, key=dotted(path), name=name, known=known
        )  # fmt: skip

    def only(self, *keys: str, answers: Mapping[str, str] = NO_ANSWERS) -> None:
        """Refuse keys that are not among these; some have an answer of their own, such as what they are called now."""
        problems = Problems()
        for key in self.data:
            if key in answers:
                problems.add(self.error(answers[key], key))
            elif key not in keys:
                problems.add(self.error(f"unknown key `{key}`", key, name=key, known=keys))
        problems.refuse()

    def get(self, key: str, kind: type | tuple[type, ...], what: str, default: Any = MISSING) -> Any:
        """The value of a key if it is of the right kind; booleans are no numbers."""
        if key not in self.data:
            if default is MISSING:
                self.fail(f"`{key}` is missing")
            return default
        value = self.data[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fail(f"must be {what}, not {shown(value)}", key)
        return value

    def text(self, key: str, default: Any = MISSING) -> str:
        """A string."""
        value: str = self.get(key, str, "a text in quotes", default)
        return value

    def number(self, key: str, default: Any = MISSING) -> float:
        """A finite number."""
        value = self.get(key, (int, float), "a number", default)
        if value is not None and not finite(value):
            self.fail(f"must be a finite number, not {shown(value)}", key)
        result: Any = value if value is None else float(value)
        return result  # type: ignore[no-any-return]

    def integer(self, key: str, default: Any = MISSING) -> int:
        """A whole number."""
        value: int = self.get(key, int, "a whole number", default)
        return value

    def flag(self, key: str, default: Any = MISSING) -> bool:
        """True or false."""
        value: bool = self.get(key, bool, "true or false", default)
        return value

    def date(self, key: str, default: Any = MISSING) -> datetime.date:
        """A date without a time."""
        value = self.get(key, datetime.date, "a date such as 2021-07-01", default)
        if isinstance(value, datetime.datetime):
            self.fail("must be a date without a time of day", key)
        result: datetime.date = value
        return result

    def table(self, key: str) -> Table:
        """A table; an empty one if the key is missing."""
        return Table(self.get(key, dict, "a table", {}), self.file, (*self.path, key))

    def tables(self, key: str) -> list[Table]:
        """A list of tables; empty if the key is missing."""
        entries = self.get(key, list, "a list of tables", [])
        for index, entry in enumerate(entries):
            if not isinstance(entry, dict):
                Table({}, self.file, (*self.path, key)).fail(f"must be a table, not {shown(entry)}", index)
        return [Table(entry, self.file, (*self.path, key, index)) for index, entry in enumerate(entries)]

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; empty if the key is missing."""
        entries = self.get(key, list, "a list of texts", [])
        for index, entry in enumerate(entries):
            if not isinstance(entry, str):
                Table({}, self.file, (*self.path, key)).fail(f"must be a text in quotes, not {shown(entry)}", index)
        return tuple(entries)

    def children(self) -> Iterator[tuple[str, Table]]:
        """The tables in this table, by name; anything else is refused."""
        for key in self.data:
            yield key, Table(self.get(key, dict, "a table"), self.file, (*self.path, key))


def finite(value: float) -> bool:
    """Is this a number that fits a float? A whole number of four hundred digits does not."""
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def shown(value: object) -> str:
    """A value as the user wrote it, shortened."""
    text = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else None
    text = text or (f'"{value}"' if isinstance(value, str) else str(value))
    return text if len(text) <= 40 else text[:37] + "..."


def dotted(path: tuple[Key, ...]) -> str:
    """A path as TOML writes it; items of lists are numbered from 1."""
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key + 1}]"
        else:
            text += ("." if text else "") + (key if "." not in key else f'"{key}"')
    return text


def read_toml(file: Path) -> Table:
    """The top table of a file; InputError if it cannot be read, is no text, too large or deep, or no TOML."""
    text = read_text(file)
    locations_of.cache_clear()
    paths_below.cache_clear()
    if deep := TOO_DEEP.search(text):
        line = text.count("\n", 0, deep.end()) + 1
        raise InputError(f"a key has more than {DEEPEST} parts", file=str(file), line=line)
    try:
        top = Table(tomli.loads(text), file)
    except tomli.TOMLDecodeError as problem:
        message, column = broken(problem)
        raise InputError(message, file=str(file), line=problem.lineno, column=column) from None
    except RecursionError:
        raise InputError(f"not valid TOML: nested more than {DEEPEST} levels deep", file=str(file)) from None
    except ValueError:
        raise InputError("not valid TOML: a number of too many digits", file=str(file)) from None
    tidy(top)
    return top


def tidy(top: Table) -> None:
    """Make every text a paragraph that can be shown. InputError for endless nesting and keys that cannot be shown."""
    level: list[tuple[tuple[Key, ...], Any]] = [((), top.data)]
    for _ in range(DEEPEST):
        for path, container in level:
            for key, value in entries(container):
                if isinstance(key, str) and one_line(key) != key:
                    Table(container, top.file, path).fail("a key has a character that cannot be shown", key)
                if isinstance(value, str):
                    container[key] = printable(in_one_paragraph(value))
        level = [
            ((*path, key), value)
            for path, container in level
            for key, value in entries(container)
            if isinstance(value, (dict, list))
        ]
        if not level:
            return
    Table({}, top.file, level[0][0][:3]).fail(f"nested more than {DEEPEST} levels deep")


def entries(container: dict[str, Any] | list[Any]) -> list[tuple[Any, Any]]:
    """What stands in a table or list, each with its key or place."""
    return list(container.items() if isinstance(container, dict) else enumerate(container))


def broken(problem: tomli.TOMLDecodeError) -> tuple[str, int]:
    """What the parser refused, and in which column; it may call a date that is none an unclosed table."""
    line = (problem.doc.split("\n")[problem.lineno - 1 : problem.lineno] or [""])[0]
    for date in re.finditer(r"\d{4}-\d\d-\d\d", line):
        if date.start() < problem.colno <= date.end() + 1 and not is_date(date[0]):
            return f"`{date[0]}` is no date", date.start() + 1
    if re.search(r"\r(?!\n)", problem.doc):
        return "not valid TOML: a line ends with a carriage return alone", problem.colno
    return f"not valid TOML: {problem.msg}", problem.colno


def is_date(text: str) -> bool:
    """Is this YYYY-MM-DD a day of the calendar?"""
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def locate(file: Path, path: tuple[Key, ...]) -> tuple[int | None, int | None]:
    """Line and column (from 1) of a path in a TOML file, of what stands below it, or of its nearest parent there."""
    locations = locations_in(file)
    if path not in locations and (below := first_below(file, path)):
        return locations[below]
    while path and locations:
        if path in locations:
            return locations[path]
        path = path[:-1]
    return (1, 1) if locations else (None, None)


def locate_name(file: Path, name: str, last: str | None = None) -> tuple[int | None, int | None]:
    """Line and column of the table of a dotted name, or of a key inside it."""
    parts = {path: ".".join(str(part) for part in path) for path in locations_in(file)}
    heads = [path for path, text in parts.items() if text in (name, f"parameter.{name}")]
    inner = [path for head in heads for path in parts if path[: len(head)] == head and path[-1] == last]
    return locate(file, min(inner or heads, key=len)) if heads else (None, None)


def locations_in(file: Path) -> Mapping[tuple[Key, ...], tuple[int, int]]:
    """Line and column of every key of a file; nothing if they are unknown, as reporting an error must not fail."""
    try:
        return locations_of(file, signature(file))
    except (InputError, OSError, ValueError, RecursionError, RuntimeError, StopIteration):
        return {}


def first_below(file: Path, path: tuple[Key, ...]) -> tuple[Key, ...] | None:
    """The first path of a file that begins with another path."""
    return paths_below(file, signature(file)).get(path) if locations_in(file) else None


def signature(file: Path) -> tuple[int, ...]:
    """What changes when a file is written anew."""
    status = file.stat()
    return status.st_ino, status.st_mtime_ns, status.st_size


@lru_cache(maxsize=16)
def locations_of(file: Path, signature: tuple[int, ...]) -> dict[tuple[Key, ...], tuple[int, int]]:
    """Line and column of every key of a file, kept as long as it is the same: every change asks for its line."""
    from imgsim.base.files.toml_positions import locations

    return {} if signature[-1] > LOCATED else locations(read_text(file).encode())


@lru_cache(maxsize=16)
def paths_below(file: Path, signature: tuple[int, ...]) -> dict[tuple[Key, ...], tuple[Key, ...]]:
    """For every beginning of a path of a file the first path that has it."""
    known: dict[tuple[Key, ...], tuple[Key, ...]] = {}
    for path in locations_of(file, signature):
        for length in range(len(path) - 1, 0, -1):
            if known.setdefault(path[:length], path) is not path:
                break
    return known


def parsed(file: Path) -> dict[str, Any]:
    """The TOML file as a dictionary; InputError if it cannot be read or is broken."""
    return read_toml(file).data
