"""Cases by number: the same seed and number give the same case, whatever is asked before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random
from typing import Final

from fuzz.breaking_edits import BREAKING
from fuzz.edits import Case, Edit, edited
from fuzz.keeping_edits import KEEPING
from fuzz.shipped_scenarios import shipped
from fuzz.small_countries import Files

MOST: Final = 4  # edits of a case
WEIGHTS: Final = {"isle": 3, "crossroads": 5, "reformed": 2, "pair": 1}


def case(seed: int, number: int) -> Case:
    """The case of a number: often one that may be valid, sometimes one that cannot."""
    random = Random(f"{seed}/{number}")
    base = random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    return changed(random, base)


def shipped_case(seed: int, number: int) -> Case:
    """The case of a number over a scenario that comes with imgsim."""
    random = Random(f"shipped {seed}/{number}")
    return changed(random, random.choice(list(shipped())))


def changed(random: Random, base: str) -> Case:
    """A base with a few edits, all of which may be valid or none of which cares."""
    breaks = random.random() < 0.4
    edits: list[Edit] = []
    for _ in range(random.randrange(1, MOST + 1)):
        files = edited(Case(base, tuple(edits)))[0]
        edits.append(an_edit(random, files, BREAKING if breaks else KEEPING))
    return Case(base, tuple(edits))


def an_edit(random: Random, files: Files, kinds: Sequence[Callable[[Random, Files], Edit]]) -> Edit:
    """An edit of one of some kinds; a kind that needs what these files have none of is passed over."""
    while True:
        with suppress(IndexError):
            return random.choice(kinds)(random, files)
