"""A choice among named options whose rules stand anywhere in the rulebook."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imgsim.base.compiled.jit import inline_kernel
from imgsim.persons.compile_rules import CompiledRules
from imgsim.persons.risk_equations import Row, Rules, Who, draw, probability

Ints = npt.NDArray[np.int64]


def options(book: CompiledRules, family: str, names: tuple[str, ...]) -> tuple[Ints, Ints]:
    """Rules of a choice in the order of ``names`` (those that have one), and the code of every option.

    The last name without a rule is what is left when all others were passed over.
    """
    numbers = [book.number(f"{family}.{name}") for name in names]
    asked = [code for code, number in enumerate(numbers) if number >= 0]
    rest = [code for code, number in enumerate(numbers) if number < 0]
    return np.array([numbers[code] for code in asked], np.int64), np.array([*asked, rest[-1]], np.int64)


@inline_kernel
def chooses_among(rules: Rules, who: Who, asked: Ints, day: int, row: Row, occurrence: int) -> int:
    """The place of the option taken: each in turn with its conditional probability, else the last one.

    One uniform serves the whole choice, as in ``imgsim.persons.risk_equations.chooses``.
    """
    u = draw(rules, who, asked[0], occurrence) if len(asked) > 0 else 0.0
    for option in range(len(asked)):
        p = probability(rules, asked[option], day, row)
        if u < p:
            return option
        if p > 0.0:
            u = (u - p) / (1.0 - p)
    return len(asked)
