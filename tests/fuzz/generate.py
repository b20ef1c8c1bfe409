"""Cases by number: the same seed and number give the same case, whatever is asked before it."""

from __future__ import annotations

import copy
from random import Random
from typing import Final

from fuzz.breaking_edits import BREAKING
from fuzz.edits import Case, Edit, edited
from fuzz.keeping_edits import KEEPING
from fuzz.small_countries import bases

MOST: Final = 4  # edits of a case
WEIGHTS: Final = {"isle": 3, "crossroads": 5, "reformed": 2, "pair": 1}


def case(seed: int, number: int) -> Case:
    """The case of a number: often one that may be valid, sometimes one that cannot."""
    random = Random(f"{seed}/{number}")
    base = random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    breaks = random.random() < 0.4
    edits: list[Edit] = []
    for _ in range(random.randrange(1, MOST + 1)):
        files = edited(Case(base, tuple(edits)))[0] if edits else copy.deepcopy(bases()[base])
        edits.append(random.choice(BREAKING if breaks else KEEPING)(random, files))
    return Case(base, tuple(edits))
