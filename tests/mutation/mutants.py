"""Mutants: copies of a module, each with one small mistake of the kind that people make.

A mistake is a comparison that includes or leaves out its bound, a sum for a difference, a number one too large, an
index that begins elsewhere, a condition that always holds, a statement that is missing. Types, docstrings, imports and
decorators have none. The same text always has the same mutants in the same order.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

COMPARISONS: Final = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}  # fmt: skip
OPERATORS: Final = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitAnd, ast.MatMult: ast.Mult,
}  # fmt: skip
FUNCTIONS: Final = {
    "min": "max", "max": "min", "any": "all", "all": "any", "minimum": "maximum", "maximum": "minimum",
    "argmax": "argmin", "argmin": "argmax", "floor": "ceil", "ceil": "floor", "zeros": "ones", "ones": "zeros",
    "log1p": "log", "exp": "expm1",
}  # fmt: skip
ERRORS: Final = ("Raise", "Break", "Continue", "AugAssign")  # statements that may be missing, beside calls and items
SHOWN: Final = 24  # letters shown to either side of a change


class Site(NamedTuple):
    """A place in a module where a mistake can be made."""

    node: Any
    holder: Any  # the node, or the list of nodes, that it is a part of
    key: str | int  # where in it
    statement: ast.stmt
    function: str  # with its class, or the name that a statement of the module assigns


@dataclass(frozen=True)
class Mutant:
    """One mistake in one module."""

    place: int  # of the site, and of the mistake at it
    mistake: int
    line: int
    function: str
    change: str  # the text before and after

    @property
    def in_function(self) -> bool:
        """Is it in a function or method, not in a constant?"""
        return not self.function.isupper()

    def __str__(self) -> str:
        """Function and change: what it is called in lists, whatever the line."""
        return f"{self.function}: {self.change}"


def mutants_of(file: Path) -> list[Mutant]:
    """All mutants of a module."""
    tree = parsed(file)
    found = []
    for place, site in enumerate(sites(tree)):
        for number, wrong in enumerate(mistakes(site)):
            before = header(site.statement)
            after = header_with(site, wrong)
            found.append(Mutant(place, number, site.statement.lineno, site.function, difference(before, after)))
    return found


def mutated(file: Path, mutant: Mutant) -> ast.Module:
    """The module with the mistake in it."""
    tree = parsed(file)
    site = list(sites(tree))[mutant.place]
    put(site, mistakes(site)[mutant.mistake])
    return ast.fix_missing_locations(tree)


def parsed(file: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(file.read_text("utf-8"), str(file))


# --- where -----------------------------------------------------------------------------------------------------------


def sites(tree: ast.Module) -> Iterator[Site]:
    """Every place where a mistake can be made: in functions and methods, and in constants of the module."""
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            yield from sites_of_function(statement, statement.name)
        elif isinstance(statement, ast.ClassDef):
            for method in statement.body:
                if isinstance(method, ast.FunctionDef):
                    yield from sites_of_function(method, f"{statement.name}.{method.name}")
        elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value and (name := constant(statement)):
            yield from below(statement.value, statement, "value", statement, name)


def constant(statement: ast.Assign | ast.AnnAssign) -> str:
    """The names that a statement gives constants; none for types, which are not written in capitals."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    name = ast.unparse(target)
    return name if name.isupper() else ""


def sites_of_function(function: ast.FunctionDef, name: str) -> Iterator[Site]:
    """The places in the defaults and in the body of a function."""
    for defaults in (function.args.defaults, function.args.kw_defaults):
        for key, default in enumerate(defaults):
            if default is not None:
                yield from below(default, defaults, key, function, name)
    for key, statement in enumerate(function.body):
        if not is_text(statement):
            yield from below(statement, function.body, key, statement, name)


def is_text(statement: ast.stmt) -> bool:
    """Is a statement a docstring?"""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def below(node: ast.AST, holder: Any, key: str | int, statement: ast.stmt, function: str) -> Iterator[Site]:
    """A node and all nodes below it; annotations are no code, and letters of a message are not taken apart."""
    statement = node if isinstance(node, ast.stmt) else statement
    yield Site(node, holder, key, statement, function)
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "ctx", "format_spec"):
            continue
        inside = enumerate(value) if isinstance(value, list) else [(field, value)]
        for place, one in inside:
            if isinstance(one, ast.AST) and not (isinstance(node, ast.JoinedStr) and isinstance(one, ast.Constant)):
                yield from below(one, value if isinstance(value, list) else node, place, statement, function)


# --- what ------------------------------------------------------------------------------------------------------------


def mistakes(site: Site) -> list[ast.AST]:
    """What could stand at a place by mistake."""
    node = site.node
    if isinstance(node, ast.stmt):
        return wrong_statements(node)
    for kind, change in CHANGES.items():
        if isinstance(node, kind):
            return list(change(node))
    return []


def wrong_statements(node: ast.stmt) -> list[ast.AST]:
    """A statement without its operator, that always or never goes its way, or that is missing."""
    wrong: list[ast.AST] = []
    if isinstance(node, ast.AugAssign):
        wrong.append(ast.AugAssign(node.target, OPERATORS[type(node.op)](), node.value))
    if isinstance(node, ast.If):
        wrong += [ast.If(ast.Constant(value), node.body, node.orelse) for value in (True, False)]
    call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    item = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript | ast.Attribute)
    if call or item or type(node).__name__ in ERRORS:
        wrong.append(ast.Pass())
    return [ast.copy_location(one, node) for one in wrong]


def wrong_constants(node: ast.Constant) -> Iterator[ast.AST]:
    """A number one off, the other truth value, another text."""
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
        yield ast.Constant(value - 1)
    elif isinstance(value, str):
        yield ast.Constant(f"not {value}")


def wrong_comparisons(node: ast.Compare) -> Iterator[ast.AST]:
    """A comparison that includes or leaves out its bound, or looks the other way."""
    for place, operator in enumerate(node.ops):
        for other in COMPARISONS[type(operator)]:
            yield ast.Compare(node.left, [*node.ops[:place], other(), *node.ops[place + 1 :]], node.comparators)


def wrong_conditions(node: ast.BoolOp) -> Iterator[ast.AST]:
    """One condition for another, or one of them forgotten."""
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for place in range(len(node.values)):
        rest = [*node.values[:place], *node.values[place + 1 :]]
        yield ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0]


def wrong_slices(node: ast.Slice) -> Iterator[ast.AST]:
    """A part that begins with the first, or ends with the last."""
    if node.lower is not None:
        yield ast.Slice(None, node.upper, node.step)
    if node.upper is not None:
        yield ast.Slice(node.lower, None, node.step)


def wrong_names(node: ast.Name | ast.Attribute) -> Iterator[ast.AST]:
    """The function that is mixed up with this one."""
    if isinstance(node, ast.Name) and node.id in FUNCTIONS:
        yield ast.Name(FUNCTIONS[node.id], node.ctx)
    elif isinstance(node, ast.Attribute) and node.attr in FUNCTIONS and isinstance(node.value, ast.Name):
        yield ast.Attribute(node.value, FUNCTIONS[node.attr], node.ctx)


CHANGES: Final[dict[type[ast.AST], Any]] = {
    ast.Constant: wrong_constants,
    ast.Compare: wrong_comparisons,
    ast.BoolOp: wrong_conditions,
    ast.Slice: wrong_slices,
    ast.BinOp: lambda node: [ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right)],
    ast.UnaryOp: lambda node: [node.operand],
    ast.IfExp: lambda node: [node.body, node.orelse],
    ast.Name: wrong_names,
    ast.Attribute: wrong_names,
    ast.Lambda: lambda node: [],
}


# --- in words --------------------------------------------------------------------------------------------------------


def put(site: Site, node: ast.AST) -> None:
    """Put a node where another stands."""
    if isinstance(site.key, int):
        site.holder[site.key] = node
    else:
        setattr(site.holder, site.key, node)


def header(statement: ast.AST) -> str:
    """The first line of a statement."""
    return ast.unparse(ast.fix_missing_locations(statement)).partition("\n")[0]


def header_with(site: Site, wrong: ast.AST) -> str:
    """The first line of a statement with a mistake in it."""
    if site.node is site.statement:
        return header(wrong)
    put(site, wrong)
    text = header(site.statement)
    put(site, site.node)
    return text


def difference(before: str, after: str) -> str:
    """Two texts from shortly before the first letter in which they differ to shortly after the last."""
    same = next((k for k, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), len(before))
    rest = min(len(before), len(after)) - same
    pairs = zip(reversed(before), reversed(after), strict=False)
    end = next((k for k, pair in enumerate(pairs) if pair[0] != pair[1]), rest)
    first, last = max(same - SHOWN, 0), max(min(end, rest) - SHOWN, 0)
    return " => ".join(text[first : len(text) - last] for text in (before, after))
