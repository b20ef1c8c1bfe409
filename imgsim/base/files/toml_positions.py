"""The location of every key in a TOML file; loaded only when something has to be refused."""

from __future__ import annotations

from typing import Any

import tree_sitter_toml
from tree_sitter import Language, Parser

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
    nodes_by_path[path] = node if keys else node.children[-1]
    value(node.children[-1], path, nodes_by_path, keys)


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


def names(node: Any) -> Path:
    """The parts of a key without their quotes."""
    if node.type == "dotted_key":
        return tuple(name for child in node.children if child.is_named for name in names(child))
    text = node.text.decode("utf-8")
    return (text[1:-1] if node.type == "quoted_key" else text,)
