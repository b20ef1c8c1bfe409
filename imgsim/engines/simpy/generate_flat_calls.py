"""Write ``_generated_flat_calls``: the rules that the SimPy engine asks, behind flat arguments.

Handing a named tuple of arrays from Python to compiled code costs more than most rules compute; flat arguments do not.
Each generated function takes the fields of a rule's named tuples one by one, in the order of the rule's own arguments.
After a change of a rule's arguments or of a named tuple's fields:

    python -m imgsim.engines.simpy.generate_flat_calls
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple, get_type_hints

import numpy as np
import numpy.typing as npt

from imgsim.persons import livelihood, pass_rules, risk_equations, sitting_rules
from imgsim.persons.risk_equations import Rules, Who

TARGET: Final = Path(__file__).with_name("_generated_flat_calls.py")
WIDTH: Final = 120
UNBROKEN: Final = "\N{NO-BREAK SPACE}"
RULES: Final[tuple[Callable[..., Any], ...]] = (
    risk_equations.happens,
    risk_equations.lasts,
    risk_equations.expires_after,
    risk_equations.chooses,
    pass_rules.grade,
    sitting_rules.barred,
    sitting_rules.earliest_retake,
    sitting_rules.session_after,
    livelihood.next_transition,
)
TYPES: Final[tuple[tuple[str, Any], ...]] = (
    ("Ints", npt.NDArray[np.int64]),
    ("Floats", npt.NDArray[np.float64]),
    ("SmallFloats", npt.NDArray[np.float32]),
    ("int", int),
    ("float", float),
    ("bool", bool),
)
HEADER: Final = '''\
"""The rules that the SimPy engine asks, behind flat arguments; written by ``generate_flat_calls``, not by hand."""

# fmt: off
from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import Floats, Ints
from imgsim.base.compiled.by_reference import by_reference
from imgsim.base.compiled.jit import inline_kernel
'''
ALIASES: Final = """
SmallFloats = npt.NDArray[np.float32]
"""


class Argument(NamedTuple):
    """One argument of a rule: its flat parameters with their types, and how the rule is given it."""

    parameters: list[tuple[str, str]]
    passed: str


def type_name(annotation: Any) -> str:
    """The name under which the generated file knows a type; of a union its first member that it knows."""
    members = getattr(annotation, "__args__", ()) if not hasattr(annotation, "__origin__") else ()
    known = [name for each in (annotation, *members) for name, kind in TYPES if kind == each]
    if not known:
        raise TypeError(f"{annotation} has no name in the generated file; add it to TYPES")
    return known[0]


def is_named_tuple(annotation: Any) -> bool:
    """Is this a class of named tuples, whose fields become parameters?"""
    return isinstance(annotation, type) and issubclass(annotation, tuple) and hasattr(annotation, "_fields")


def argument(name: str, annotation: Any) -> Argument:
    """One argument of a rule, its fields as parameters if it is a named tuple."""
    if not is_named_tuple(annotation):
        return Argument([(name, type_name(annotation))], name)
    hints = get_type_hints(annotation)
    fields = [(f"{name}_{field}", type_name(hints[field])) for field in annotation._fields]
    return Argument(fields, f"by_reference({annotation.__name__}({', '.join(each for each, _ in fields)}))")


def python_function(rule: Callable[..., Any]) -> Callable[..., Any]:
    """The Python function that was compiled, or the function itself where compilation is turned off."""
    function: Callable[..., Any] = getattr(rule, "py_func", rule)
    return function


def arguments(rule: Callable[..., Any]) -> list[Argument]:
    """All arguments of a rule, in its own order."""
    function = python_function(rule)
    hints = get_type_hints(function)
    return [argument(name, hints[name]) for name in inspect.signature(function).parameters]


def wrapped(items: Iterable[str], indent: str = "    ") -> str:
    """A comma-separated list over as many lines as it needs; a parameter stays together with its type."""
    text = ", ".join(items).replace(": ", f":{UNBROKEN}") + ","
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent).replace(UNBROKEN, " ")


def flat_call(rule: Callable[..., Any]) -> str:
    """The text of one generated function."""
    function, given = python_function(rule), arguments(rule)
    module = function.__module__.rpartition(".")[2]
    parameters = wrapped(f"{name}: {kind}" for each in given for name, kind in each.parameters)
    return "\n".join([
        "", "", "@inline_kernel",
        f"def {function.__name__}(", parameters,
        f") -> {type_name(get_type_hints(function)['return'])}:",
        f'    """``{function.__module__}.{function.__name__}``, its named tuples field by field."""',
        f"    return {module}.{function.__name__}(",
        wrapped((each.passed for each in given), " " * 8),
        "    )", "",
    ])  # fmt: skip


def imports(rules: Iterable[Callable[..., Any]]) -> Iterator[str]:
    """The import statements for the modules of the rules and for the named tuples that they take."""
    functions = [python_function(rule) for rule in rules]
    package = functions[0].__module__.rpartition(".")[0]
    yield f"from {package} import {', '.join(sorted({each.__module__.rpartition('.')[2] for each in functions}))}"
    classes = {hint for each in functions for hint in get_type_hints(each).values() if is_named_tuple(hint)}
    for module in sorted({each.__module__ for each in classes}):
        names = sorted(each.__name__ for each in classes if each.__module__ == module)
        yield f"from {module} import {', '.join(names)}"


def call_type() -> str:
    """The type of what most calls begin with: the arrays of the rules, then who asks."""
    fields = [kind for name, each in (("rules", Rules), ("who", Who)) for _, kind in argument(name, each).parameters]
    return f"Call = tuple[{', '.join(fields)}]  # the fields of Rules, then those of Who\n"


def generated() -> str:
    """The text of the whole file."""
    return HEADER + "\n".join([*imports(RULES), ALIASES.rstrip(), call_type()]) + "".join(map(flat_call, RULES))


def main() -> None:
    """Write the file anew."""
    TARGET.write_text(generated(), encoding="utf-8")


if __name__ == "__main__":
    main()
