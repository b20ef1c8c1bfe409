"""``python tests/house/kernel_coverage.py FILE``: which statements of compiled functions the tests reach.

Compiled code cannot be traced, so the tests run with ``NUMBA_DISABLE_JIT=1`` under coverage (``make coverage`` does it
all). Counted are statements inside functions that are compiled; everything else is plain Python, which any run covers.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import NamedTuple

from coverage import Coverage

PACKAGE = Path(__file__).parents[2] / "imgsim"
DECORATORS = {"kernel", "inline_kernel", "called_kernel"}


class Kernel(NamedTuple):
    """A compiled function: where it stands, and its statements that were and were not reached."""

    name: str
    reached: int
    missed: int


def kernels(file: Path) -> list[ast.FunctionDef]:
    """The compiled functions of a module."""
    functions = [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)]
    return [f for f in functions if any(isinstance(d, ast.Name) and d.id in DECORATORS for d in f.decorator_list)]


def measured(file: Path, data: Coverage) -> list[Kernel]:
    """How much of each compiled function of a module was reached."""
    _, statements, _, missing, _ = data.analysis2(str(file))
    rows = []
    for function in kernels(file):
        lines = {line for line in statements if function.body[0].lineno <= line <= (function.end_lineno or 0)}
        missed = len(lines & set(missing))
        where = f"{file.relative_to(PACKAGE)}:{function.lineno} {function.name}"
        rows.append(Kernel(where, len(lines) - missed, missed))
    return rows


def report(every: list[Kernel]) -> str:
    """Incompletely reached functions, the most missed first, and the share of all statements."""
    incomplete = sorted((kernel for kernel in every if kernel.missed), key=lambda kernel: -kernel.missed)
    rows = [f"{kernel.missed:4} of {kernel.missed + kernel.reached:3} missed  {kernel.name}" for kernel in incomplete]
    reached, total = sum(k.reached for k in every), sum(k.reached + k.missed for k in every)
    never = sum(k.reached == 0 for k in every)
    share = f"{reached} of {total} statements in {len(every)} compiled functions: {reached / total:.1%}"
    return "\n".join([*rows, f"{share}; functions never entered: {never}"])


def main() -> None:
    data = Coverage(data_file=sys.argv[1])
    data.load()
    print(report([kernel for file in sorted(PACKAGE.rglob("*.py")) for kernel in measured(file, data)]))


if __name__ == "__main__":
    main()
