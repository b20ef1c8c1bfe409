"""Pass named tuples to compiled functions by reference: one pointer.

A scenario is four dozen arrays in named tuples, and Numba passes a tuple array by array, eight words each: calling a
rule costs more than what it computes, and compiling it into each of its callers takes long. By reference it is one
word, and a rule can be one function, whoever calls it.
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

FIRST = 0  # the first tuple at the address


class Reference(types.Type):
    """The type of a reference to a named tuple; its fields are read like those of the tuple."""

    def __init__(self, tuple_type: Any) -> None:
        self.tuple_type = tuple_type
        types.Type.__init__(self, f"Reference({tuple_type})")


@models.register_default(Reference)
class ReferenceModel(models.PrimitiveModel):  # type: ignore[misc]
    """One word: the address of the tuple."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, tools.voidptr_t)


@infer_getattr
class FieldsOfReference(AttributeTemplate):
    """The types of the fields: of a field that is itself a named tuple, a reference to it."""

    key = Reference

    def generic_resolve(self, reference: Any, name: str) -> Any:  # type: ignore[override]
        """The type of a field, None if the tuple has none of that name."""
        if name not in reference.tuple_type.fields:
            return None
        field_type = reference.tuple_type.types[reference.tuple_type.fields.index(name)]
        return Reference(field_type) if isinstance(field_type, types.BaseNamedTuple) else field_type


@lowering.lower_getattr_generic(Reference)  # type: ignore[untyped-decorator]
def read_field(context: Any, builder: Any, kind: Any, reference: Any, name: str) -> Any:
    """Read a field of the tuple."""
    index = kind.tuple_type.fields.index(name)
    field_type = kind.tuple_type.types[index]
    pointer = builder.bitcast(reference, context.get_value_type(kind.tuple_type).as_pointer())
    field = tools.gep_inbounds(builder, pointer, FIRST, index)
    if isinstance(field_type, types.BaseNamedTuple):
        return builder.bitcast(field, tools.voidptr_t)
    return lowering.impl_ret_borrowed(context, builder, field_type, builder.load(field))


def by_reference(record: T) -> T:
    """The named tuple by reference while the calling function runs; without compilation the tuple itself."""
    return record


@type_callable(by_reference)
def type_of_reference(context: Any) -> Any:
    """The type that ``by_reference`` returns: a reference to the type of named tuple that it is given."""
    return lambda record: Reference(record) if isinstance(record, types.BaseNamedTuple) else None


@lower(by_reference, types.BaseNamedTuple)  # type: ignore[untyped-decorator]
def store_on_stack(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Store the tuple on the stack of the calling function; its address."""
    return builder.bitcast(tools.alloca_once_value(builder, arguments[0]), tools.voidptr_t)
