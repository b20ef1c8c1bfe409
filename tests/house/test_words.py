"""Identifiers take their words from the glossary: names in older words may only become fewer.

A name is counted once for each module that defines it (as a class, function, argument, variable or attribute), by whole
words split at underscores and capitals. ``LEFT`` is how many are left of each word; the aim is none. Whoever lowers a
count writes the new one here; ``python -m pytest tests/house/test_words.py -s`` prints where the rest are.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import imgsim

PACKAGE = Path(imgsim.__file__).parent

# The older words, with what the glossary says in their stead.
INSTEAD: Final = {
    "road roads roadmap": "pathway, stage plans",
    "walk walks walked walker": "simulate, advance",
    "strike strikes struck": "expire",
    "dose doses": "lever",
    "twin twins": "counterfactual pairs",
    "doubt": "parameter uncertainty",
    "standing": "evidence",
    "turn turns turning": "switching point, adjust, slot",
    "knob knobs": "calibration parameter",
    "ledger": "accumulators",
    "journal": "event log",
    "rulebook": "compiled rules",
    "lots": "lottery",
    "asking": "applicant rules",
    "circle circles": "hash ring",
    "noise": "idiosyncratic utility",
    "afterwards": "SOAP",
    "lap laps": "round-robin pass",
    "handed": "by reference",
    "ahead": "prefetch",
    "joined": "concatenated",
    "standstill": "instant cycle",
    "news": "differences",
    "seal seals": "checksum",
    "recipe": "job",
    "heads": "persons",
    "beside": "by country, by group",
    "held holds": "the thing's own noun",
    "found": "the thing's own noun",
    "kept keep keeps": "write, read, or the thing's own noun",
    "told tell tells telling": "report, message",
    "said says say": "message, label, text",
    "whole wholes": "table, total, denominator",
}
LEFT: Final[dict[str, int]] = {
    "road": 1,
    "doses": 3,
    "turn": 1,
    "turns": 2,
    "journal": 6,
    "circle": 1,
    "ahead": 3,
    "standstill": 1,
    "heads": 1,
    "beside": 3,
    "held": 6,
    "holds": 1,
    "found": 3,
    "kept": 1,
    "tell": 1,
    "tells": 1,
    "says": 2,
    "whole": 6,
}


def defined(node: ast.AST) -> Iterator[str]:
    """Names that one piece of syntax defines."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
        yield node.id if isinstance(node, ast.Name) else node.attr
    elif isinstance(node, ast.alias) and node.asname:
        yield node.asname


def words(name: str) -> set[str]:
    """The words of an identifier: split at underscores and capitals, in small letters."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def names_by_word(folder: Path) -> dict[str, set[str]]:
    """For every word, the places that define a name with it: ``module: name``."""
    places = defaultdict(set)
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            for name in defined(node):
                for word in words(name):
                    places[word].add(f"{file.relative_to(folder)}: {name}")
    return places


NAMES = names_by_word(PACKAGE)
OLDER = [word for row in INSTEAD for word in row.split()]


def test_an_identifier_is_split_into_its_words() -> None:
    assert words("HashRing_of_walked2") == {"hash", "ring", "of", "walked"}
    tree = ast.parse("import a.b as c\nclass D:\n    e: int = 0\ndef f(g, *h):\n    i.j = k = l.m\n")
    assert sorted(name for node in ast.walk(tree) for name in defined(node)) == list("Dcefghjk")


@pytest.mark.parametrize("row", INSTEAD)
def test_no_name_in_an_older_word_is_added(row: str) -> None:
    for word in row.split():
        places, limit = sorted(NAMES[word]), LEFT.get(word, 0)
        if places:
            print(f"\n{word} ({INSTEAD[row]}): {len(places)}, written down {limit}", *places, sep="\n  ")
        assert len(places) <= limit, f"`{word}`: say {INSTEAD[row]} in {places}"
