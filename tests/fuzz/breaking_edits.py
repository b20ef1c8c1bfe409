"""Random edits that do not care whether a file stays valid."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from fuzz.edits import Edit
from fuzz.odd_values import BYTES, NAMES, OTHERS
from fuzz.places import places
from fuzz.small_countries import Files


def drop(random: Random, files: Files) -> Edit:
    file, path, _ = random.choice(places(files))
    return ("drop", file, path)


def rename(random: Random, files: Files) -> Edit:
    file, path, _ = random.choice([place for place in places(files) if isinstance(place[1][-1], str)])
    others = [each[1][-1] for each in places(files) if isinstance(each[1][-1], str)]
    key = path[-1]
    name = random.choice((random.choice(NAMES), random.choice(others), key.upper(), key + "x", key[:-1]))
    return ("rename", file, path, name)


def copied(random: Random, files: Files) -> Edit:
    """A table or value of one place at another, or beside itself under a new name."""
    file, path, _ = random.choice(places(files))
    source = random.choice([place for place in places(files) if place[1][-1] == path[-1]] or places(files))
    if random.random() < 0.5:
        path = (*path[:-1], random.choice((source[1][-1], random.choice(NAMES), f"{path[-1]}2")))
    return ("set", file, path, source[2])


def other_kind(random: Random, files: Files) -> Edit:
    file, path, _ = random.choice(places(files))
    return ("set", file, path, random.choice(OTHERS))


def other_text(random: Random, files: Files) -> Edit:
    """Another of the texts that stand in the files, or an odd one."""
    texts = [place for place in places(files) if isinstance(place[2], str)]
    file, path, _ = random.choice(texts)
    return ("set", file, path, random.choice((random.choice(texts)[2], random.choice(NAMES))))


def bytes_inserted(random: Random, files: Files) -> Edit:
    return ("bytes", random.choice(list(files)), random.randrange(100_000), random.choice(BYTES))


def listed(random: Random, files: Files) -> Edit:
    """An item of a list twice, or all in another order."""
    lists = [place for place in places(files) if isinstance(place[2], list) and place[2]]
    file, path, items = random.choice(lists)
    items = list(items)
    return (
        "set",
        file,
        path,
        [*items, random.choice(items)] if random.random() < 0.5 else random.sample(items, len(items)),
    )


BREAKING: Final[tuple[Callable[[Random, Files], Edit], ...]] = (
    drop,
    rename,
    copied,
    other_kind,
    other_text,
    bytes_inserted,
    listed,
)
