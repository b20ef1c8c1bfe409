"""The location of every key in a TOML file; loaded only when something has to be refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import tomli
import tree_sitter_toml
from tree_sitter import Language, Parser

from imgsim.base.files.source import DEEPEST

Path = tuple[str | int, ...]
Nodes = dict[Path, Any]


def locations(content: bytes) -> dict[Path, tuple[int, int]]:
    """Line and column, from 1, of every key path (``("change", 0, "value")``) of a TOML text."""
    return {
        path: (node.start_point[0] + 1, node.start_point[1] + 1) for path, node in nodes(content, keys=True).items()
    }


def nodes(content: bytes, keys: bool = False) -> Nodes:
    """The syntax node of every key path of a TOML text: of its key, or else of its value."""
    root = Parser(Language(tree_sitter_toml.language())).parse(content).root_node
    nodes_by_path: Nodes = {}
    counts: dict[Path, int] = {}
    for node in root.children:
        if node.type == "pair":
            pair(node, (), nodes_by_path, keys)
        elif node.type in ("table", "table_array_element"):
            header(node, nodes_by_path, counts, keys)
    return nodes_by_path


def header(node: Any, nodes_by_path: Nodes, counts: dict[Path, int], keys: bool) -> None:
    """A ``[table]`` or ``[[list of tables]]`` with its pairs."""
    path: Path = ()
    for part in names(key_of(node)):
        path = (*path, part)
        if path in counts and not (node.type == "table_array_element" and path == names(key_of(node))):
            path = (*path, counts[path])
    if node.type == "table_array_element":
        counts[path] = counts.get(path, -1) + 1
        path = (*path, counts[path])
    nodes_by_path.setdefault(path, node)
    for child in node.children:
        if child.type == "pair":
            pair(child, path, nodes_by_path, keys)


def pair(node: Any, parent: Path, nodes_by_path: Nodes, keys: bool) -> None:
    """One ``key = value`` and the entries of its value."""
    path = parent
    for part in names(key_of(node)):
        path = (*path, part)
        nodes_by_path.setdefault(path, node)
    nodes_by_path[path] = node if keys else value_of(node)
    value(value_of(node), path, nodes_by_path, keys)


def value(node: Any, path: Path, nodes_by_path: Nodes, keys: bool) -> None:
    """The entries of an inline table or list."""
    if node.type == "inline_table":
        for child in node.children:
            if child.type == "pair":
                pair(child, path, nodes_by_path, keys)
    elif node.type == "array":
        entries = [child for child in node.children if child.is_named and child.type != "comment"]
        for index, entry in enumerate(entries):
            nodes_by_path.setdefault((*path, index), entry)
            value(entry, (*path, index), nodes_by_path, keys)


def key_of(node: Any) -> Any:
    """The node of a key."""
    return next(child for child in node.children if child.type in ("bare_key", "quoted_key", "dotted_key"))


def value_of(node: Any) -> Any:
    """The node of the value of a pair; a remark at the end of its line may come after it."""
    return next(child for child in reversed(node.children) if child.type != "comment")


def names(node: Any) -> Path:
    """The parts of a key without their quotes, as far as a path is followed."""
    return tuple(map(name, part_nodes(node)[:DEEPEST]))


def name(node: Any) -> str:
    """One part of a key without its quotes."""
    text: str = node.text.decode("utf-8")
    if text.startswith('"') and "\\" in text:
        return next(iter(tomli.loads(f"{text} = 0")))
    return text[1:-1] if node.type == "quoted_key" else text


def key_parts(content: bytes) -> Iterator[tuple[Path, Any]]:
    """Path and syntax node of every part of every key, in the order of the file; headers first give their own parts."""
    root = Parser(Language(tree_sitter_toml.language())).parse(content).root_node
    counts: dict[Path, int] = {}
    for node in root.children:
        if node.type == "pair":
            yield from parts_of_pair(node, ())
        elif node.type in ("table", "table_array_element"):
            yield from parts_of_header(node, counts)


def parts_of_header(node: Any, counts: dict[Path, int]) -> Iterator[tuple[Path, Any]]:
    """The parts of the key of a ``[table]`` or ``[[list of tables]]``, then those of its pairs."""
    path: Path = ()
    parts = part_nodes(key_of(node))
    for place, part in enumerate(parts):
        path = (*path, *names(part))
        yield path, part
        if path in counts and not (node.type == "table_array_element" and place == len(parts) - 1):
            path = (*path, counts[path])
    if node.type == "table_array_element":
        counts[path] = counts.get(path, -1) + 1
        path = (*path, counts[path])
    for child in node.children:
        if child.type == "pair":
            yield from parts_of_pair(child, path)


def parts_of_pair(node: Any, parent: Path) -> Iterator[tuple[Path, Any]]:
    """The parts of the key of one ``key = value``, then those inside its value."""
    path = parent
    for part in part_nodes(key_of(node)):
        path = (*path, *names(part))
        yield path, part
    yield from parts_of_value(value_of(node), path)


def parts_of_value(node: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """The parts of the keys of inline tables, also of those in lists."""
    if node.type == "inline_table":
        for child in node.children:
            if child.type == "pair":
                yield from parts_of_pair(child, path)
    elif node.type == "array":
        entries = [child for child in node.children if child.is_named and child.type != "comment"]
        for place, entry in enumerate(entries):
            yield from parts_of_value(entry, (*path, place))


def part_nodes(node: Any) -> list[Any]:
    """The nodes of the single parts of a key, which tree-sitter nests for dotted keys."""
    parts = []
    while node.type == "dotted_key":
        node, last = (child for child in node.children if child.is_named)
        parts.append(last)
    return [node, *reversed(parts)]
