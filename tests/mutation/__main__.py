"""``python -m tests.mutation [MODULE ...]``: what share of small mistakes in the modules that decide the tests notice.

Every mutant (tests/mutation/mutants.py says what mistakes there are) is a process of its own, in which the tests of
its module run until one fails. ``--count 40 --seed 1`` runs that many mutants of each module, chosen by the seed.
Modules and their tests stand in tests/mutation/modules.toml. A mutant that does what the original does survives.
"""

from __future__ import annotations

import os

os.environ["NUMBA_DISABLE_JIT"] = "1"  # before anything loads numba: compiled functions cannot be changed

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mutation.mutants import Mutant
    from mutation.run import Module, Result

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the tests find their helpers by plain names


def main() -> int:
    """Run what was asked for; 1 if a module is below the score that is asked of it."""
    from mutation.run import chosen, modules, of_every_day, run

    known = modules()
    given = arguments(list(known))
    names = given.module or list(known)
    asked = [
        of_every_day(known[name]) if given.always else chosen(known[name], given.count, given.seed) for name in names
    ]
    results = run([(module, mutants) for module, mutants in asked if mutants], tell if given.verbose else ignore)
    print(table(results))
    for result in results:
        for mutant in result.survivors:
            print(f"survived  {result.module.name}:{mutant.line} {mutant}")
    return int(any(result.score < given.least / 100 for result in results))


def arguments(known: Sequence[str]) -> argparse.Namespace:
    """The arguments of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("module", nargs="*", help=f"of {', '.join(known)}; all unless named")
    parser.add_argument("--count", type=int, help="mutants of each module, chosen by the seed; all unless given")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--always", action="store_true", help="only the mutants that the tests of every day run too")
    parser.add_argument("--least", type=float, default=85, help="per cent below which a module fails (85)")
    parser.add_argument("--verbose", action="store_true", help="every mutant, and the test that noticed it")
    given = parser.parse_args()
    if unknown := [name for name in given.module if name not in known]:
        parser.error(f"no module {unknown[0]}; there are {', '.join(known)}")
    return given


def tell(module: Module, mutant: Mutant, test: str | None) -> None:
    """Print what became of a mutant."""
    print(f"{module.name}:{mutant.line} {mutant}  [{test or 'SURVIVED'}]", flush=True)


def ignore(module: Module, mutant: Mutant, test: str | None) -> None:
    """Print nothing of it: what survives is printed at the end."""


def table(results: Sequence[Result]) -> str:
    """The results in a table of Markdown."""
    lines = ["", "| module | mutants | noticed | survived | score |", "|---|---|---|---|---|"]
    for result in results:
        n, survived = len(result.noticed), len(result.survivors)
        lines.append(f"| {result.module.name} | {n} | {n - survived} | {survived} | {result.score:.1%} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
