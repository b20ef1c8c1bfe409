"""Equals `reference_applicants.choose_specialty`: one specialty after another, each with its own probability."""

from __future__ import annotations

import numpy as np

from imgsim.base.arrays import Ints
from imgsim.base.compiled.jit import inline_kernel
from imgsim.persons.compile_rules import CompiledRules
from imgsim.persons.risk_equations import Row, Rules, Who, draw, probability


def options(book: CompiledRules, family: str, names: tuple[str, ...]) -> tuple[Ints, Ints]:
    """The rules of a choice in the order of ``names``, and the code of every option.

    The last name without a rule is taken when all others were passed over.
    """
    numbers = [book.number(f"{family}.{name}") for name in names]
    ruled = [code for code, number in enumerate(numbers) if number >= 0]
    rest = [code for code, number in enumerate(numbers) if number < 0]
    return np.array([numbers[code] for code in ruled], np.int64), np.array([*ruled, rest[-1]], np.int64)


@inline_kernel
def chooses_among(rules: Rules, who: Who, ruled: Ints, day: int, row: Row, occurrence: int) -> int:
    """The index of the option taken: each in turn with its conditional probability, else the last one.

    One uniform serves the whole choice, as in ``imgsim.persons.risk_equations.chooses``.
    """
    u = draw(rules, who, ruled[0], occurrence) if len(ruled) > 0 else 0.0
    for option in range(len(ruled)):
        p = probability(rules, ruled[option], day, row)
        if u < p:
            return option
        if p > 0.0:
            u = (u - p) / (1.0 - p)
    return len(ruled)
