"""Put the code of a mutant into a module that is loaded, wherever what it defines is used already.

Compilation must be off (``NUMBA_DISABLE_JIT=1``): compiled functions cannot be changed.
"""

from __future__ import annotations

import ast
import sys
from types import FunctionType, ModuleType
from typing import Any

import numpy as np


def transplant(module: ModuleType, tree: ast.Module) -> None:
    """Give a loaded module the functions, methods and constants of another version of its text."""
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            statement.decorator_list = []  # what is loaded is decorated already
    other = ModuleType(module.__name__)
    other.__file__ = module.__file__
    exec(compile(tree, str(module.__file__), "exec"), vars(other))
    for name, new in list(vars(other).items()):
        old = vars(module).get(name)
        if isinstance(new, FunctionType):
            if new.__module__ == module.__name__:
                graft(old, new)
        elif isinstance(new, type):
            if new.__module__ == module.__name__:
                graft_methods(old, new)
        elif name.isupper() and differs(old, new):
            rebind(name, old, new)


def graft(old: Any, new: FunctionType) -> None:
    """Give a function the code and the defaults of another."""
    old = getattr(old, "__wrapped__", old)
    old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__


def graft_methods(old: Any, new: type) -> None:
    """Give the methods and properties of a class the code of those of another."""
    for name, method in vars(new).items():
        for function, there in zip(functions_of(method), functions_of(vars(old).get(name)), strict=False):
            if function.__code__.co_filename == there.__code__.co_filename:  # not those that Python has made itself
                graft(there, function)


def functions_of(member: Any) -> list[FunctionType]:
    """The function behind a method, a property or a class method."""
    for attribute in ("fget", "func", "__func__"):
        member = getattr(member, attribute, None) or member
    return [member] if isinstance(member, FunctionType) else []


def differs(old: Any, new: Any) -> bool:
    """Are two constants different, arrays too?"""
    if isinstance(new, np.ndarray):
        return not np.array_equal(old, new)
    return bool(type(old) is not type(new) or old != new)


def rebind(name: str, old: Any, new: Any) -> None:
    """Give a constant its new value in every module that has it under its name."""
    for module in list(sys.modules.values()):
        if getattr(module, "__dict__", {}).get(name) is old:
            setattr(module, name, new)
