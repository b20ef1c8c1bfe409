"""Named tuples handed over by reference in compiled code.

A scenario is four dozen arrays in named tuples, and Numba hands a tuple over array by array, eight words each: a rule
that is called costs more than it computes, and one that is made part of each of its callers takes a minute to compile.
By reference it is one word, and a rule can be one function, whoever asks.
"""

from __future__ import annotations

from typing import Any, TypeVar

from numba.core import cgutils, datamodel, imputils, types
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, lower_builtin, type_callable

T = TypeVar("T")

tools: Any = cgutils  # not typed, nor are the next
models: Any = datamodel
lowering: Any = imputils
lower: Any = lower_builtin

FIRST = 0  # of what a pointer points to


class Reference(types.Type):
    """The type of a named tuple handed over by reference; its parts are read as those of the tuple."""

    def __init__(self, held: Any) -> None:
        self.held = held
        types.Type.__init__(self, f"Reference({held})")


@models.register_default(Reference)
class ReferenceModel(models.PrimitiveModel):  # type: ignore[misc]
    """One word: where the tuple lies."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, tools.voidptr_t)


@infer_getattr
class PartsOfReference(AttributeTemplate):
    """What a part of the tuple is: itself, or a reference again if it is a tuple."""

    key = Reference

    def generic_resolve(self, reference: Any, name: str) -> Any:  # type: ignore[override]
        """The type of a part, None if the tuple has none of that name."""
        if name not in reference.held.fields:
            return None
        part = reference.held.types[reference.held.fields.index(name)]
        return Reference(part) if isinstance(part, types.BaseNamedTuple) else part


@lowering.lower_getattr_generic(Reference)  # type: ignore[untyped-decorator]
def read_part(context: Any, builder: Any, kind: Any, reference: Any, name: str) -> Any:
    """Read a part of the tuple."""
    place = kind.held.fields.index(name)
    part = kind.held.types[place]
    whole = builder.bitcast(reference, context.get_value_type(kind.held).as_pointer())
    found = tools.gep_inbounds(builder, whole, FIRST, place)
    if isinstance(part, types.BaseNamedTuple):
        return builder.bitcast(found, tools.voidptr_t)
    return lowering.impl_ret_borrowed(context, builder, part, builder.load(found))


def by_reference(held: T) -> T:
    """The tuple by reference, for as long as the calling function runs; without compilation the tuple itself."""
    return held


@type_callable(by_reference)
def type_of_reference(context: Any) -> Any:
    """What ``handed`` gives: a reference to whatever named tuple it is given."""
    return lambda held: Reference(held) if isinstance(held, types.BaseNamedTuple) else None


@lower(by_reference, types.BaseNamedTuple)  # type: ignore[untyped-decorator]
def lay_down(context: Any, builder: Any, signature: Any, given: Any) -> Any:
    """Lay the tuple down in the memory of the calling function."""
    return builder.bitcast(tools.alloca_once_value(builder, given[0]), tools.voidptr_t)
